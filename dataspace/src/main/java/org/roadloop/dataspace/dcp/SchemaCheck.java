package org.roadloop.dataspace.dcp;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The part of JSON Schema that credential schemas use (模式校验). A keyword that decides and is not
 * known here is an error, never passed over: a schema is obeyed whole or not used. One thread.
 */
final class SchemaCheck {
    private static final int MAX_DEPTH = 32;

    /** A pattern of a stranger runs over short texts only: it may be a slow one. */
    private static final int MAX_PATTERN = 200;

    private static final int MAX_MATCHED = 2_000;

    private static final Set<String> SAYS_NOTHING =
            Set.of(
                    "$schema",
                    "$id",
                    "id",
                    "$comment",
                    "$defs",
                    "definitions",
                    "title",
                    "description",
                    "default",
                    "examples",
                    "format",
                    "$metadata",
                    "readOnly");

    private final JsonNode root;

    SchemaCheck(JsonNode root) {
        this.root = root;
    }

    /**
     * The first thing that is wrong.
     *
     * @throws IllegalArgumentException if the schema uses what is not known here
     */
    Optional<String> flaw(JsonNode value) {
        return Optional.ofNullable(flaw(root, value, "", 0));
    }

    private @Nullable String flaw(JsonNode schema, JsonNode value, String at, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("it is nested more than " + MAX_DEPTH + " deep");
        }
        if (schema.isBoolean()) {
            return schema.asBoolean() ? null : at + " must not be there";
        }
        for (var keyword : schema.properties()) {
            String flaw = flaw(keyword.getKey(), keyword.getValue(), schema, value, at, depth);
            if (flaw != null) {
                return flaw;
            }
        }
        return null;
    }

    private @Nullable String flaw(
            String keyword, JsonNode rule, JsonNode schema, JsonNode value, String at, int depth) {
        return switch (keyword) {
            case "type" ->
                    VerifiableCredential.list(rule).stream()
                                    .anyMatch(type -> isOf(type.asString(""), value))
                            ? null
                            : at + " is not of type " + rule;
            case "const" -> rule.equals(value) ? null : at + " is not " + rule;
            case "enum" ->
                    rule.valueStream().anyMatch(value::equals) ? null : at + " is none of " + rule;
            case "required" ->
                    !value.isObject()
                            ? null
                            : rule.valueStream()
                                    .map(name -> name.asString(""))
                                    .filter(name -> !value.has(name))
                                    .findFirst()
                                    .map(name -> at + "/" + name + " is missing")
                                    .orElse(null);
            case "properties" -> properties(rule, value, at, depth);
            case "additionalProperties" -> additional(rule, schema, value, at, depth);
            case "items" -> items(rule, value, at, depth);
            case "allOf" ->
                    rule.valueStream()
                            .map(part -> Optional.ofNullable(flaw(part, value, at, depth + 1)))
                            .flatMap(Optional::stream)
                            .findFirst()
                            .orElse(null);
            case "anyOf" -> fitting(rule, value, at, depth) > 0 ? null : at + " fits no anyOf";
            case "oneOf" ->
                    fitting(rule, value, at, depth) == 1 ? null : at + " fits not one oneOf";
            case "not" ->
                    flaw(rule, value, at, depth + 1) == null ? at + " fits what it must not" : null;
            case "$ref" -> flaw(definition(rule.asString("")), value, at, depth + 1);
            case "minLength", "maxLength", "pattern" -> text(keyword, rule, value, at);
            case "minimum", "maximum" -> number(keyword, rule, value, at);
            case "minItems" ->
                    value.isArray() && value.size() < rule.asInt() ? at + " has too few" : null;
            case "maxItems" ->
                    value.isArray() && value.size() > rule.asInt() ? at + " has too many" : null;
            default -> {
                if (SAYS_NOTHING.contains(keyword)) {
                    yield null;
                }
                throw new IllegalArgumentException("it uses '" + keyword + "', not known here");
            }
        };
    }

    private @Nullable String properties(JsonNode rule, JsonNode value, String at, int depth) {
        for (var property : rule.properties()) {
            String name = property.getKey();
            if (value.has(name)) {
                String flaw =
                        flaw(property.getValue(), value.get(name), at + "/" + name, depth + 1);
                if (flaw != null) {
                    return flaw;
                }
            }
        }
        return null;
    }

    private @Nullable String additional(
            JsonNode rule, JsonNode schema, JsonNode value, String at, int depth) {
        for (var member : value.properties()) {
            if (!schema.path("properties").has(member.getKey())) {
                String flaw = flaw(rule, member.getValue(), at + "/" + member.getKey(), depth + 1);
                if (flaw != null) {
                    return flaw;
                }
            }
        }
        return null;
    }

    private @Nullable String items(JsonNode rule, JsonNode value, String at, int depth) {
        if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                String flaw = flaw(rule, value.get(i), at + "/" + i, depth + 1);
                if (flaw != null) {
                    return flaw;
                }
            }
        }
        return null;
    }

    private long fitting(JsonNode rules, JsonNode value, String at, int depth) {
        return rules.valueStream().filter(rule -> flaw(rule, value, at, depth + 1) == null).count();
    }

    private JsonNode definition(String reference) {
        JsonNode found =
                root.at(reference.startsWith("#") ? reference.substring(1) : "/" + reference);
        if (found.isMissingNode()) {
            throw new IllegalArgumentException("it refers to '" + reference + "', not known here");
        }
        return found;
    }

    private static @Nullable String text(String keyword, JsonNode rule, JsonNode value, String at) {
        if (!value.isString()) {
            return null;
        }
        String text = value.asString();
        int length = text.codePointCount(0, text.length());
        return switch (keyword) {
            case "minLength" -> length < rule.asInt() ? at + " is too short" : null;
            case "maxLength" -> length > rule.asInt() ? at + " is too long" : null;
            default -> {
                String pattern = rule.asString("");
                if (pattern.length() > MAX_PATTERN || text.length() > MAX_MATCHED) {
                    throw new IllegalArgumentException("its pattern or the text at it is too long");
                }
                try {
                    yield Pattern.compile(pattern).matcher(text).find()
                            ? null
                            : at + " does not match its pattern";
                } catch (PatternSyntaxException e) {
                    throw new IllegalArgumentException("its pattern is none", e);
                }
            }
        };
    }

    private static @Nullable String number(
            String keyword, JsonNode rule, JsonNode value, String at) {
        if (!value.isNumber()) {
            return null;
        }
        BigDecimal bound = rule.asDecimal();
        int order = value.asDecimal().compareTo(bound);
        return (keyword.equals("minimum") ? order < 0 : order > 0)
                ? at + " is beyond its " + keyword
                : null;
    }

    private static boolean isOf(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isString();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            case "number" -> value.isNumber();
            case "integer" ->
                    value.isNumber() && value.asDecimal().stripTrailingZeros().scale() <= 0;
            default -> throw new IllegalArgumentException("it has a type '" + type + "'");
        };
    }
}
