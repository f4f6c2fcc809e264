package org.roadloop.core.catalog;

import java.util.Arrays;
import java.util.Optional;

/** A property with few values that a search counts and narrows by (检索分面). */
public enum Facet {
    KIND("kind"),
    THEME("theme"),
    PUBLISHER("publisher"),
    LICENSE("license"),
    FORMAT("format"),
    PRICE_MODEL("priceModel"),
    REGION("region"),
    /** Registered identifiers of the data: narrowed by, yet too many to be counted. */
    IDENTIFIER("identifier");

    private final String term;

    Facet(String term) {
        this.term = term;
    }

    /** As it stands in queries and answers. */
    public String term() {
        return term;
    }

    /** Whether a search says how often each value occurs. */
    public boolean counted() {
        return this != IDENTIFIER;
    }

    public static Optional<Facet> find(String term) {
        return Arrays.stream(values()).filter(f -> f.term.equals(term)).findFirst();
    }
}
