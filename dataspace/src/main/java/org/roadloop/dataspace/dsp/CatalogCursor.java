package org.roadloop.dataspace.dsp;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where a page of the catalogue begins (目录翻页游标). It holds the whole request, so the provider keeps
 * nothing, and an id to go on from, not a number, so that it stays valid while assets come and go.
 * It carries no right: the caller is asked for its token on every page.
 *
 * @param filter as it was sent
 * @param id of the asset at the margin, which is not on the page; empty: from the start
 * @param forward true: what comes after {@code id}; false: what comes before
 * @param prefixed see {@link CatalogJson}
 */
record CatalogCursor(JsonNode filter, String id, boolean forward, boolean prefixed) {
    private static final int LONGEST = 8 * 1024;

    static CatalogCursor start(JsonNode filter, boolean prefixed) {
        return new CatalogCursor(filter, "", true, prefixed);
    }

    CatalogCursor after(String last) {
        return new CatalogCursor(filter, last, true, prefixed);
    }

    CatalogCursor before(String first) {
        return new CatalogCursor(filter, first, false, prefixed);
    }

    /** For a query parameter. */
    String text() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put(forward ? "a" : "b", id);
        if (!filter.isEmpty()) {
            json.set("f", filter);
        }
        if (prefixed) {
            json.put("x", true);
        }
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(json.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * @throws DspException 400 for a text that is none of ours
     */
    static CatalogCursor read(String text) {
        try {
            if (text.length() <= LONGEST) {
                JsonNode json = JsonMapper.shared().readTree(Base64.getUrlDecoder().decode(text));
                boolean forward = json.has("a");
                JsonNode id = json.path(forward ? "a" : "b");
                if (id.isString()) {
                    return new CatalogCursor(
                            json.path("f"),
                            id.asString(),
                            forward,
                            json.path("x").asBoolean(false));
                }
            }
        } catch (JacksonException | IllegalArgumentException e) {
            // one answer for all that is no cursor
        }
        throw new DspException(
                400, "cursor_invalid", "take a link of an answer, or send no cursor");
    }
}
