package org.roadloop.core.descriptor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.roadloop.core.asset.MobilityTerms;
import org.roadloop.core.policy.Action;

/** The prefixes of our RDF (词汇前缀). */
final class Vocabulary {
    static final Map<String, String> PREFIXES;

    /** Of authority tables of the European Union. */
    static final String AUTHORITY = "http://publications.europa.eu/resource/authority/";

    static {
        Map<String, String> prefixes = new LinkedHashMap<>();
        prefixes.put("adms", "http://www.w3.org/ns/adms#");
        prefixes.put("csvw", "http://www.w3.org/ns/csvw#");
        prefixes.put("dcat", "http://www.w3.org/ns/dcat#");
        prefixes.put("dct", "http://purl.org/dc/terms/");
        prefixes.put("dqv", "http://www.w3.org/ns/dqv#");
        prefixes.put("foaf", "http://xmlns.com/foaf/0.1/");
        prefixes.put(MobilityTerms.PREFIX, MobilityTerms.NAMESPACE);
        prefixes.put("odrl", "http://www.w3.org/ns/odrl/2/");
        prefixes.put("prov", "http://www.w3.org/ns/prov#");
        prefixes.put("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#");
        prefixes.put("rdfs", "http://www.w3.org/2000/01/rdf-schema#");
        prefixes.put("roadloop", Action.PROFILE + "#");
        prefixes.put("schema", "https://schema.org/");
        prefixes.put("skos", "http://www.w3.org/2004/02/skos/core#");
        prefixes.put("spdx", "http://spdx.org/rdf/terms#");
        prefixes.put("xsd", "http://www.w3.org/2001/XMLSchema#");
        PREFIXES = Collections.unmodifiableMap(prefixes);
    }

    private Vocabulary() {}

    /** Whether a name is short for an IRI of these. */
    static boolean isPrefixed(String name) {
        int colon = name.indexOf(':');
        return colon > 0 && PREFIXES.containsKey(name.substring(0, colon));
    }

    /** The whole IRI; what is not prefixed stays as it is. */
    static String expanded(String name) {
        if (!isPrefixed(name)) {
            return name;
        }
        int colon = name.indexOf(':');
        return PREFIXES.get(name.substring(0, colon)) + name.substring(colon + 1);
    }
}
