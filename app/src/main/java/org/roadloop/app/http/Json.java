package org.roadloop.app.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON of the API: unknown members are refused, times are ISO 8601. Any thread. */
public final class Json {
    /** What {@link JsonNode#required(String)} says; a caller need not know our classes. */
    private static final Pattern ABSENT = Pattern.compile("^No value for property '([^']*)'");

    private Json() {}

    /** Made at the first use, so that a start without JSON does not pay for it. */
    private static final class Holder {
        static final JsonMapper MAPPER =
                JsonMapper.builder()
                        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                        .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                        .build();
    }

    public static JsonMapper mapper() {
        return Holder.MAPPER;
    }

    /**
     * The body as a JSON object.
     *
     * @throws Problem 400 if it is not one
     */
    public static JsonNode object(Context context) {
        try {
            JsonNode node = mapper().readTree(context.bodyAsBytes());
            if (node != null && node.isObject()) {
                return node;
            }
        } catch (JacksonException e) {
            throw invalid(e);
        }
        throw Problem.badRequest("invalid_json", "the body is not a JSON object; send {...}");
    }

    /**
     * The body as a record.
     *
     * @throws Problem 400 if it does not fit
     */
    public static <T> T body(Context context, Class<T> type) {
        try {
            return mapper().readValue(context.bodyAsBytes(), type);
        } catch (JacksonException e) {
            throw invalid(e);
        }
    }

    static Problem invalid(JacksonException e) {
        var location = e.getLocation();
        String at =
                location == null
                        ? ""
                        : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
        Matcher absent = ABSENT.matcher(e.getOriginalMessage());
        return Problem.badRequest(
                "invalid_json",
                absent.find()
                        ? "the body lacks '" + absent.group(1) + "'"
                        : "the body does not fit" + at + ": " + e.getOriginalMessage());
    }

    /** Reads a small JSON file. */
    public static JsonNode read(Path file) throws IOException {
        return mapper().readTree(Files.readAllBytes(file));
    }

    /** What Javalin calls for {@code ctx.json} and {@code ctx.bodyAsClass}. */
    static final class ForJavalin implements io.javalin.json.JsonMapper {
        @Override
        public String toJsonString(Object value, Type type) {
            return mapper().writeValueAsString(value);
        }

        @Override
        public <T> T fromJsonString(String json, Type type) {
            return mapper().readValue(json, mapper().getTypeFactory().constructType(type));
        }

        @Override
        public <T> T fromJsonStream(InputStream json, Type type) {
            return mapper().readValue(json, mapper().getTypeFactory().constructType(type));
        }
    }
}
