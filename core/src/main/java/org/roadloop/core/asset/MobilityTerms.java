package org.roadloop.core.asset;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Properties of mobilityDCAT-AP 1.1 and the concepts of their controlled vocabularies (出行数据词表), as
 * NAPCORE publishes them. A publisher writes the last part of a concept's IRI, {@code
 * road-events-and-conditions}, or the whole IRI.
 */
public final class MobilityTerms {
    public static final String PREFIX = "mobilitydcatap";
    public static final String NAMESPACE = "https://w3id.org/mobilitydcat-ap#";
    private static final String VOCABULARIES = "https://w3id.org/mobilitydcat-ap/";

    /** Said of a distribution; the others of the data set. */
    private static final Set<String> OF_DISTRIBUTION =
            Set.of(
                    "mobilityDataStandard",
                    "communicationMethod",
                    "grammar",
                    "applicationLayerProtocol");

    private record Vocabulary(String name, Set<String> concepts) {}

    private MobilityTerms() {}

    /** Read at the first use: most starts need no vocabulary. */
    private static final class Published {
        static final Map<String, Vocabulary> BY_PROPERTY = read();
    }

    /** Names of the properties: {@code mobilityTheme}, {@code transportMode}, … */
    public static Set<String> properties() {
        return Published.BY_PROPERTY.keySet();
    }

    public static boolean ofDistribution(String property) {
        return OF_DISTRIBUTION.contains(property);
    }

    /**
     * @param concept its short name or its IRI
     */
    public static String iri(String property, String concept) {
        return concept.indexOf(':') > 0
                ? concept
                : VOCABULARIES + vocabulary(property).name() + "/" + concept;
    }

    /**
     * The short names of concepts, each once.
     *
     * @throws IllegalArgumentException for a property or concept that is not published
     */
    static List<String> check(String property, List<String> concepts) {
        Vocabulary vocabulary = vocabulary(property);
        String base = VOCABULARIES + vocabulary.name() + "/";
        Set<String> shortened = new TreeSet<>();
        for (String concept : concepts) {
            String name = concept.startsWith(base) ? concept.substring(base.length()) : concept;
            if (!vocabulary.concepts().contains(name)) {
                throw new IllegalArgumentException(
                        "'"
                                + concept
                                + "' is no concept of "
                                + base
                                + "; concepts are "
                                + String.join(", ", vocabulary.concepts()));
            }
            shortened.add(name);
        }
        return List.copyOf(shortened);
    }

    private static Vocabulary vocabulary(String property) {
        Vocabulary vocabulary = Published.BY_PROPERTY.get(property);
        if (vocabulary == null) {
            throw new IllegalArgumentException(
                    "'"
                            + property
                            + "' is no property of mobilityDCAT-AP with a vocabulary; there are "
                            + String.join(", ", properties()));
        }
        return vocabulary;
    }

    /** A line at the margin names property and vocabulary, indented ones list concepts. */
    private static Map<String, Vocabulary> read() {
        Map<String, Vocabulary> read = new LinkedHashMap<>();
        Vocabulary open = new Vocabulary("", new TreeSet<>());
        for (String line : text().lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.strip().split(" +");
            if (line.startsWith(" ")) {
                Collections.addAll(open.concepts(), words);
            } else {
                open = new Vocabulary(words[1], new TreeSet<>());
                read.put(words[0], open);
            }
        }
        return Collections.unmodifiableMap(read);
    }

    private static String text() {
        String file = "mobility-concepts.txt";
        try (InputStream in = MobilityTerms.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing beside MobilityTerms");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
