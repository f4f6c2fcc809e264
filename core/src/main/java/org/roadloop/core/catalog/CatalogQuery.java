package org.roadloop.core.catalog;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is looked for (检索条件): all terms of a text, and of each facet one of some values.
 *
 * @param text in English, Chinese or both; empty: any
 * @param facets a facet that is not in here takes every value
 */
public record CatalogQuery(String text, Map<Facet, Set<String>> facets) {
    public static final CatalogQuery ALL = new CatalogQuery("", Map.of());
    public static final int LONGEST_TEXT = 500;

    public CatalogQuery {
        if (text.length() > LONGEST_TEXT) {
            throw new IllegalArgumentException(
                    "the text to look for has more than " + LONGEST_TEXT + " letters");
        }
        Map<Facet, Set<String>> copy = new EnumMap<>(Facet.class);
        facets.forEach(
                (facet, values) ->
                        copy.put(facet, Collections.unmodifiableSet(new TreeSet<>(values))));
        facets = Collections.unmodifiableMap(copy);
    }

    /** Narrowed further. */
    public CatalogQuery and(String more) {
        return new CatalogQuery((text + " " + more).strip(), facets);
    }

    /** Narrowed to some values of a facet; a second time, to what both allow. */
    public CatalogQuery and(Facet facet, Collection<String> values) {
        Map<Facet, Set<String>> more = new EnumMap<>(Facet.class);
        more.putAll(facets);
        Set<String> both = new TreeSet<>(values);
        if (facets.containsKey(facet)) {
            both.retainAll(facets.get(facet));
        }
        more.put(facet, both);
        return new CatalogQuery(text, more);
    }

    public boolean isAll() {
        return text.isBlank() && facets.isEmpty();
    }

    /** Whether one entry is looked for, without an index. */
    public boolean matches(CatalogEntry entry) {
        for (Map.Entry<Facet, Set<String>> wanted : facets.entrySet()) {
            List<String> values = entry.values(wanted.getKey());
            if (values.stream().noneMatch(wanted.getValue()::contains)) {
                return false;
            }
        }
        List<String> terms = Terms.ofQuery(text);
        return terms.isEmpty() || SearchIndex.weights(entry).keySet().containsAll(terms);
    }
}
