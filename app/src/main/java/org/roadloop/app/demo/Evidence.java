package org.roadloop.app.demo;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads a platform's ledger over its API, page by page (存证读取). */
final class Evidence {
    private Evidence() {}

    static List<JsonNode> entries(Api platform) throws Exception {
        List<JsonNode> entries = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = platform.get("/api/v1/ledger/entries?limit=1000" + cursor);
            page.required("items").forEach(entries::add);
            cursor = page.hasNonNull("next") ? "&cursor=" + page.required("next").asString() : "";
        } while (!cursor.isEmpty());
        return entries;
    }
}
