package org.roadloop.dataspace.dsp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.roadloop.core.catalog.CatalogQuery;
import org.roadloop.core.catalog.Facet;
import tools.jackson.databind.JsonNode;

/**
 * What stands in {@code filter} of a CatalogRequestMessage (目录过滤). The protocol leaves its content
 * to the provider; ours is an array whose entries all must hold:
 *
 * <pre>
 * "filter": ["路口 trajectory", {"kind": ["dataset", "model"]}, {"region": "CN-31-0115"}]
 * </pre>
 *
 * A text, or {@code {"text": …}}, is looked for in titles, keywords, ids and descriptions; a facet
 * takes one value or several, of which one must hold.
 */
final class CatalogFilter {
    private static final int MOST_ENTRIES = 20;
    private static final int MOST_VALUES = 100;

    private CatalogFilter() {}

    /**
     * @throws DspException 400 that names the entry that is not understood
     */
    static CatalogQuery read(JsonNode filter) {
        CatalogQuery query = CatalogQuery.ALL;
        if (filter.isMissingNode() || filter.isNull()) {
            return query;
        }
        if (!filter.isArray() || filter.size() > MOST_ENTRIES) {
            throw wrong("/filter", "an array of at most " + MOST_ENTRIES + " entries is expected");
        }
        for (int i = 0; i < filter.size(); i++) {
            query = narrowed(query, filter.get(i), "/filter/" + i);
        }
        return query;
    }

    private static CatalogQuery narrowed(CatalogQuery query, JsonNode entry, String at) {
        if (entry.isString()) {
            return text(query, entry.asString(), at);
        }
        if (!entry.isObject() || entry.isEmpty()) {
            throw wrong(at, "a text or an object like {\"kind\": \"dataset\"} is expected");
        }
        CatalogQuery narrowed = query;
        for (var member : entry.properties()) {
            String name = member.getKey();
            String here = at + "/" + name;
            List<String> values = values(member.getValue(), here);
            if (name.equals("text")) {
                for (String value : values) {
                    narrowed = text(narrowed, value, here);
                }
            } else {
                Facet facet =
                        Facet.find(name)
                                .orElseThrow(
                                        () ->
                                                wrong(
                                                        here,
                                                        "is not known; filters are text, "
                                                                + facets()));
                narrowed = narrowed.and(facet, values);
            }
        }
        return narrowed;
    }

    private static CatalogQuery text(CatalogQuery query, String text, String at) {
        try {
            return query.and(text);
        } catch (IllegalArgumentException e) {
            throw wrong(at, String.valueOf(e.getMessage()));
        }
    }

    private static List<String> values(JsonNode json, String at) {
        List<String> values = new ArrayList<>();
        for (JsonNode value : json.isArray() ? json : List.of(json)) {
            if (!value.isString() || value.asString().length() > CatalogQuery.LONGEST_TEXT) {
                throw wrong(at, "a text or an array of texts is expected");
            }
            values.add(value.asString());
        }
        if (values.isEmpty() || values.size() > MOST_VALUES) {
            throw wrong(at, "1 to " + MOST_VALUES + " values are expected");
        }
        return values;
    }

    private static String facets() {
        return Arrays.stream(Facet.values()).map(Facet::term).collect(Collectors.joining(", "));
    }

    private static DspException wrong(String at, String what) {
        String shown = at.length() > 80 ? at.substring(0, 80) + "…" : at;
        return new DspException(400, "filter_not_supported", shown + ": " + what);
    }
}
