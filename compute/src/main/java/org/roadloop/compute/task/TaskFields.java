package org.roadloop.compute.task;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Reads the fields of a TES message; what is wrong is named with its place (字段读取). */
final class TaskFields {
    private TaskFields() {}

    static double number(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return 0;
        }
        if (!value.isNumber() || value.asDouble() < 0) {
            throw new IllegalArgumentException(
                    "resources." + field + " is not a number of at least 0");
        }
        return value.asDouble();
    }

    static List<JsonNode> array(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return List.of();
        }
        List<JsonNode> items = value.isArray() ? value.valueStream().toList() : List.of();
        if (!value.isArray() || items.stream().anyMatch(i -> !i.isObject())) {
            throw new IllegalArgumentException(field + " is not an array of objects");
        }
        return items;
    }

    static List<String> strings(JsonNode json, String field, String where) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return List.of();
        }
        if (!value.isArray() || value.valueStream().anyMatch(v -> !v.isString())) {
            throw new IllegalArgumentException(where + field + " is not an array of strings");
        }
        return value.valueStream().map(JsonNode::asString).toList();
    }

    static Map<String, String> stringMap(JsonNode json, String field, String where) {
        JsonNode value = json.path(field);
        Map<String, String> map = new LinkedHashMap<>();
        if (value.isMissingNode() || value.isNull()) {
            return map;
        }
        if (!value.isObject() || value.valueStream().anyMatch(v -> !v.isString())) {
            throw new IllegalArgumentException(where + field + " is not an object of strings");
        }
        value.propertyStream().forEach(p -> map.put(p.getKey(), p.getValue().asString()));
        return map;
    }

    static boolean bool(JsonNode json, String field, String where) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw new IllegalArgumentException(where + field + " is not true or false");
        }
        return value.asBoolean();
    }

    static String required(JsonNode json, String field, String where) {
        String value = text(json, field, where);
        if (value.isEmpty()) {
            throw new IllegalArgumentException(where + field + " is missing");
        }
        return value;
    }

    static String text(JsonNode json, String field, String where) {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isString()) {
            throw new IllegalArgumentException(where + field + " is not a string");
        }
        return value.asString();
    }

    /** Absolute and plain: {@code /in/tracks.parquet}. */
    static String path(JsonNode json, String field, String where) {
        String path = withoutSlash(text(json, field, where));
        if (!path.isEmpty()) {
            mustBePlain(path, where + field);
        }
        return path;
    }

    /** A path that may hold wildcards. */
    static String pattern(JsonNode json, String field, String where) {
        String path = withoutSlash(text(json, field, where));
        if (!path.isEmpty()) {
            mustBePlain(path.replaceAll("[*?\\[\\]!]", "x"), where + field);
        }
        return path;
    }

    /** {@code /data/} is the folder {@code /data}. */
    static String withoutSlash(String path) {
        return path.length() > 1 && path.endsWith("/") && !path.endsWith("//")
                ? path.substring(0, path.length() - 1)
                : path;
    }

    /** A path becomes a folder on the host: nothing in it may lead elsewhere. */
    static void mustBePlain(String path, String what) {
        if (!path.matches("(/[A-Za-z0-9._-]+)+") || path.matches(".*/\\.{1,2}(/.*)?")) {
            throw new IllegalArgumentException(
                    what + " '" + path + "' is not an absolute path of plain names");
        }
    }
}
