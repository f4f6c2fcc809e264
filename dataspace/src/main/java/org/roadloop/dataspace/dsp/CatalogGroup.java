package org.roadloop.dataspace.dsp;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * A catalogue, or one inside another, with data sets of its own (目录分组). DCAT 3 §6.3 lets a
 * catalogue list catalogues, and connectors group what they offer that way.
 *
 * <p>What a connector lists as another's, by participant or by service, is that one's to tell: it
 * is no group, and is read where it points to or not at all.
 *
 * @param at JSON pointer to it in the page
 */
public record CatalogGroup(JsonNode catalog, String at) {
    private static final int DEEPEST = 8;
    private static final int MOST = 1000;

    public List<JsonNode> datasets() {
        return each(catalog.path("dataset"));
    }

    /**
     * The page and the groups in it, outermost first; what is deeper than {@value #DEEPEST} or
     * beyond {@value #MOST} is left out.
     *
     * @param participantId DID of the connector that sent the page
     * @param address of it, without a slash at the end
     */
    public static List<CatalogGroup> of(JsonNode page, String participantId, String address) {
        List<CatalogGroup> groups = new ArrayList<>(List.of(new CatalogGroup(page, "")));
        int begin = 0;
        for (int depth = 0; depth < DEEPEST; depth++) {
            int end = groups.size();
            for (CatalogGroup outer : groups.subList(begin, end).toArray(CatalogGroup[]::new)) {
                int i = 0;
                for (JsonNode inner : each(outer.catalog.path("catalog"))) {
                    if (groups.size() < MOST && belongs(inner, participantId, address)) {
                        groups.add(new CatalogGroup(inner, outer.at + "/catalog/" + i));
                    }
                    i++;
                }
            }
            begin = end;
        }
        return groups;
    }

    private static boolean belongs(JsonNode inner, String participantId, String address) {
        String claimed = inner.path("participantId").asString("");
        return inner.isObject()
                && (claimed.isEmpty() || claimed.equals(participantId))
                && services(inner).stream().allMatch(address::equals);
    }

    /** Addresses of the connectors that the catalogues in this one name, at most so many. */
    public Set<String> pointsTo(int most) {
        Set<String> found = new TreeSet<>();
        for (JsonNode inner : each(catalog.path("catalog"))) {
            for (String address : services(inner)) {
                if (found.size() < most) {
                    found.add(address);
                }
            }
        }
        return found;
    }

    private static List<String> services(JsonNode catalog) {
        return each(catalog.path("service")).stream()
                .map(s -> s.path("endpointURL").asString("").replaceAll("/$", ""))
                .toList();
    }

    /** A single value stands for a list of one in compact JSON-LD. */
    private static List<JsonNode> each(JsonNode json) {
        return json.isArray()
                ? List.copyOf(json.values())
                : json.isObject() ? List.of(json) : List.of();
    }
}
