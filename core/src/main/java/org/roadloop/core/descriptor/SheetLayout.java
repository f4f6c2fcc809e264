package org.roadloop.core.descriptor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which fields a registration sheet has, in which order and under which names (登记表版式). The text
 * that would fix these nationally (TC609, technical architecture of data infrastructure, 2025) was
 * found in part only, and regional registries differ: so they are data. A field whose key is none
 * of those that the platform fills is taken from what the publisher wrote under {@code
 * registration}.
 *
 * @param title of the sheet
 */
public record SheetLayout(Name title, List<Field> fields) {

    public record Name(String chinese, String english) {}

    /**
     * @param key {@code holder}, {@code rightsBasis}, …
     * @param required whether the sheet is incomplete without it
     */
    public record Field(String key, Name name, boolean required) {}

    public SheetLayout {
        fields = List.copyOf(fields);
        Set<String> keys = new HashSet<>();
        for (Field field : fields) {
            if (!field.key().matches("[A-Za-z][A-Za-z0-9]{0,62}")) {
                throw new IllegalArgumentException(
                        "registration sheet: '" + field.key() + "' is no key like rightsBasis");
            }
            if (!keys.add(field.key())) {
                throw new IllegalArgumentException(
                        "registration sheet: field '"
                                + field.key()
                                + "' is given twice; leave one out");
            }
        }
    }

    /** As shipped. */
    private static final class Shipped {
        static final SheetLayout LAYOUT = read();

        private static SheetLayout read() {
            String file = "registration-sheet.json";
            try (InputStream in = SheetLayout.class.getResourceAsStream(file)) {
                if (in == null) {
                    throw new IllegalStateException(file + " is missing beside SheetLayout");
                }
                return SheetLayout.read(JsonMapper.shared().readTree(in));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file, e);
            }
        }
    }

    public static SheetLayout shipped() {
        return Shipped.LAYOUT;
    }

    /**
     * Reads {@code {"title": {"zh", "en"}, "fields": [{"key", "zh", "en", "required"}]}}.
     *
     * @throws IllegalArgumentException says which member is wrong
     */
    public static SheetLayout read(JsonNode json) {
        only(json, "registration sheet", "title", "fields");
        List<Field> fields = new ArrayList<>();
        JsonNode list = json.path("fields");
        if (!list.isArray() || list.isEmpty()) {
            throw new IllegalArgumentException("registration sheet: 'fields' is a list of fields");
        }
        for (JsonNode field : list) {
            String where = "registration sheet, field " + (fields.size() + 1);
            only(field, where, "key", "zh", "en", "required");
            fields.add(
                    new Field(
                            text(field, "key", where),
                            new Name(text(field, "zh", where), text(field, "en", where)),
                            field.path("required").asBoolean(false)));
        }
        JsonNode title = json.path("title");
        String where = "registration sheet, title";
        return new SheetLayout(
                new Name(text(title, "zh", where), text(title, "en", where)), fields);
    }

    private static String text(JsonNode json, String member, String where) {
        String text = json.path(member).asString("");
        if (text.isBlank()) {
            throw new IllegalArgumentException(where + ": needs a text '" + member + "'");
        }
        return text;
    }

    private static void only(JsonNode json, String where, String... members) {
        for (var member : json.properties()) {
            if (!List.of(members).contains(member.getKey())) {
                throw new IllegalArgumentException(
                        where
                                + ": '"
                                + member.getKey()
                                + "' is not known; members are "
                                + String.join(", ", members));
            }
        }
    }
}
