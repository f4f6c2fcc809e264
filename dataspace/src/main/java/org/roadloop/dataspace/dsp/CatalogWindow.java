package org.roadloop.dataspace.dsp;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Which part of a catalogue is asked for (目录窗口). Eclipse EDC puts its own query into {@code filter}
 * of every CatalogRequestMessage and pages by it:
 *
 * <pre>
 * "filter": [{"@type": "QuerySpec", "offset": 50, "limit": 50, "filterExpression": []}]
 * </pre>
 *
 * @param offset how many that may be seen are passed over
 * @param limit at most so many
 */
record CatalogWindow(int offset, int limit) {
    private static final int MOST = 1_000;

    /**
     * @throws DspException 400 if the query also filters, in EDC's own terms
     */
    static Optional<CatalogWindow> find(JsonNode filter) {
        JsonNode query = filter.path(0);
        if (filter.size() != 1 || !query.path("@type").asString("").endsWith("QuerySpec")) {
            return Optional.empty();
        }
        if (!query.path("filterExpression").isEmpty()) {
            throw new DspException(
                    400, "filter_not_supported", "/filter/0/filterExpression: must be empty");
        }
        int offset = query.path("offset").asInt(0);
        int limit = query.path("limit").asInt(MOST);
        if (offset < 0 || limit < 1) {
            throw new DspException(
                    400, "filter_not_supported", "/filter/0: offset 0 or more, limit 1 or more");
        }
        return Optional.of(new CatalogWindow(offset, Math.min(limit, MOST)));
    }
}
