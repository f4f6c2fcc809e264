package org.roadloop.collect.gb32960.text;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An object that is being made into bytes (待编码对象): knows where it stands in the message, and which
 * members were taken, so that none is passed over in silence. One thread.
 */
final class Source {
    private final String path;
    private final ObjectNode object;
    private final Set<String> taken = new HashSet<>();

    Source(String path, ObjectNode object) {
        this.path = path;
        this.object = object;
    }

    /**
     * @throws IllegalArgumentException if it is missing
     */
    JsonNode take(String name) {
        JsonNode node = find(name);
        if (node == null) {
            throw new IllegalArgumentException("there is no " + path(name));
        }
        return node;
    }

    @Nullable JsonNode find(String name) {
        taken.add(name);
        return object.get(name);
    }

    boolean has(String name) {
        return object.has(name);
    }

    /** A member that is true; missing is false. */
    boolean flag(String name) {
        JsonNode node = find(name);
        if (node != null && !node.isBoolean()) {
            throw new IllegalArgumentException(path(name) + " is neither true nor false");
        }
        return node != null && node.asBoolean();
    }

    /** A member that is a small number; missing is 0. */
    int bits(String name, int most) {
        JsonNode node = find(name);
        if (node == null) {
            return 0;
        }
        return whole(node, path(name), 0, most);
    }

    static int whole(JsonNode node, String path, int least, int most) {
        if (!node.isIntegralNumber() || node.asLong() < least || node.asLong() > most) {
            throw new IllegalArgumentException(
                    "%s is no whole number of %d..%d".formatted(path, least, most));
        }
        return node.asInt();
    }

    String word(String name) {
        JsonNode node = take(name);
        if (!node.isString()) {
            throw new IllegalArgumentException(path(name) + " is no text");
        }
        return node.asString();
    }

    /** The elements of an array. */
    List<JsonNode> list(String name) {
        return list(take(name), path(name));
    }

    static List<JsonNode> list(JsonNode node, String path) {
        if (!node.isArray()) {
            throw new IllegalArgumentException(path + " is no array");
        }
        return new ArrayList<>(node.values());
    }

    static Source of(JsonNode node, String path) {
        if (node instanceof ObjectNode object) {
            return new Source(path, object);
        }
        throw new IllegalArgumentException(path + " is no object");
    }

    static byte[] hex(JsonNode node, String path) {
        try {
            if (node.isString()) {
                return HexFormat.of().parseHex(node.asString());
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(path + " is no hex text", e);
        }
        throw new IllegalArgumentException(path + " is no hex text");
    }

    String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /**
     * @throws IllegalArgumentException if a member was not taken
     */
    void requireAllTaken() {
        for (String name : object.propertyNames()) {
            if (!taken.contains(name)) {
                throw new IllegalArgumentException("there is no place for " + path(name));
            }
        }
    }
}
