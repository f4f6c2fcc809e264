package org.roadloop.dataspace.dsp;

import java.util.LinkedHashMap;
import java.util.Map;
import org.roadloop.core.asset.MobilityTerms;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Prefixes of our catalogue beyond those of the protocol's context (目录词汇上下文), as a JSON-LD context
 * of its own, because the protocol's schemas allow no context inside a message.
 *
 * <p>Who names {@code ADDRESS/catalog/context.jsonld} in the {@code @context} of its request is
 * answered with prefixes; everybody else with whole IRIs. Many connectors load no context from afar
 * and would refuse the message; whole IRIs need none.
 */
final class CatalogContext {
    static final String PATH = "/catalog/context.jsonld";

    private static final Map<String, String> PREFIXES = new LinkedHashMap<>();

    static {
        PREFIXES.put(MobilityTerms.PREFIX, MobilityTerms.NAMESPACE);
        PREFIXES.put("foaf", "http://xmlns.com/foaf/0.1/");
        PREFIXES.put("adms", "http://www.w3.org/ns/adms#");
        PREFIXES.put("skos", "http://www.w3.org/2004/02/skos/core#");
    }

    private CatalogContext() {}

    static ObjectNode document() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        ObjectNode context = json.putObject("@context");
        context.put("@version", 1.1);
        PREFIXES.forEach(context::put);
        return json;
    }

    /** A whole IRI for a name with one of these prefixes; other names as they are. */
    static String expanded(String name) {
        int colon = name.indexOf(':');
        String namespace = colon < 0 ? null : PREFIXES.get(name.substring(0, colon));
        return namespace == null ? name : namespace + name.substring(colon + 1);
    }
}
