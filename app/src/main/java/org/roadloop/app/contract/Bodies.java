package org.roadloop.app.contract;

import java.net.URI;
import org.roadloop.app.http.Problem;
import tools.jackson.databind.JsonNode;

/** Members of a request body that must be there (请求成员). */
public final class Bodies {
    private Bodies() {}

    public static String text(JsonNode body, String field) {
        String text = body.path(field).asString("");
        if (text.isEmpty()) {
            throw Problem.badRequest("missing_" + field, "the body needs '" + field + "'");
        }
        return text;
    }

    public static URI uri(JsonNode body, String field) {
        try {
            URI uri = URI.create(text(body, field));
            if (uri.isAbsolute()) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // falls through to the one message
        }
        throw Problem.badRequest("invalid_" + field, "'" + field + "' must be an absolute URL");
    }
}
