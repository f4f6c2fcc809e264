package org.roadloop.collect.rows;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON objects one after the other, one a line or not, or in one array (JSON 行文件). A column is the
 * path to a value: {@code coreData.speed}.
 */
public final class JsonFile implements RowFile {
    /** Behind an object stands the next. */
    private final JsonMapper mapper =
            JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private final Path file;

    public JsonFile(Path file) {
        this.file = file;
    }

    /** Of the first object. */
    @Override
    public Set<String> names() throws IOException {
        Set<String> names = new LinkedHashSet<>();
        try (InputStream in = open();
                JsonParser parser = mapper.createParser(in)) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_ARRAY) {
                token = parser.nextToken();
            }
            if (token == JsonToken.START_OBJECT
                    && mapper.readTree(parser) instanceof ObjectNode object) {
                addPaths("", object, names);
            }
        } catch (JacksonException e) {
            // No JSON from its first byte: it has no names.
        }
        return names;
    }

    private static void addPaths(String prefix, ObjectNode object, Set<String> names) {
        object.properties()
                .forEach(
                        member -> {
                            String path = prefix + member.getKey();
                            if (member.getValue() instanceof ObjectNode inner) {
                                addPaths(path + ".", inner, names);
                            } else {
                                names.add(path);
                            }
                        });
    }

    private InputStream open() throws IOException {
        return new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    }

    @Override
    public void read(Sink sink) throws IOException {
        long line = 1;
        try (InputStream in = open();
                JsonParser parser = mapper.createParser(in)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                line = parser.currentTokenLocation().getLineNr();
                String place = "line " + line;
                if (token == JsonToken.START_OBJECT) {
                    JsonNode object = mapper.readTree(parser);
                    sink.row(place, path -> value(object, path));
                } else if (token != JsonToken.START_ARRAY && token != JsonToken.END_ARRAY) {
                    sink.error(place, "row_json", "this is no JSON object");
                }
            }
        } catch (JacksonException e) {
            // Where the next object starts cannot be known.
            sink.error(
                    "line " + line,
                    "row_json",
                    "this is no JSON, and nothing behind it is read: " + e.getOriginalMessage());
        }
    }

    static @Nullable Object value(JsonNode object, String path) {
        JsonNode at = object;
        for (String member : path.split("\\.", -1)) {
            at = at.path(member);
        }
        if (at.isNumber()) {
            return at.numberValue();
        }
        if (at.isBoolean()) {
            return at.asBoolean();
        }
        return at.isString() ? at.asString() : null;
    }
}
