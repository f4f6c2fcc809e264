package org.roadloop.core.descriptor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands at the end of a statement in RDF (RDF 项). */
sealed interface Term {
    /**
     * A name of a thing of which nothing is said here.
     *
     * @param value prefixed with one of {@link Vocabulary}, or whole
     */
    record Iri(String value) implements Term {}

    /**
     * @param datatype prefixed; empty: a plain text
     * @param language tag of BCP 47; empty: none
     */
    record Literal(String text, String datatype, String language) implements Term {}

    /** A thing with what is said of it, in order. One thread. */
    final class Resource implements Term {
        private final @Nullable String iri;
        private final List<String> types;
        private final Map<String, List<Term>> properties = new LinkedHashMap<>();

        /**
         * @param iri whole; null: it has no name
         * @param types prefixed
         */
        Resource(@Nullable String iri, String... types) {
            this.iri = iri;
            this.types = List.of(types);
        }

        @Nullable String iri() {
            return iri;
        }

        List<String> types() {
            return types;
        }

        /** By prefixed name of the property. */
        Map<String, List<Term>> properties() {
            return properties;
        }

        Resource add(String property, Term value) {
            properties.computeIfAbsent(property, name -> new ArrayList<>()).add(value);
            return this;
        }

        Resource link(String property, String iri) {
            return add(property, new Iri(iri));
        }

        /** Nothing if the text is empty. */
        Resource text(String property, String text) {
            return text.isEmpty() ? this : add(property, new Literal(text, "", ""));
        }

        Resource typed(String property, String text, String datatype) {
            return add(property, new Literal(text, datatype, ""));
        }

        Resource words(String property, Map<String, String> byLanguage) {
            byLanguage.forEach((language, text) -> add(property, new Literal(text, "", language)));
            return this;
        }

        Resource words(String property, String english, String chinese) {
            add(property, new Literal(english, "", "en"));
            return add(property, new Literal(chinese, "", "zh"));
        }
    }
}
