package org.roadloop.core.template;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is filled into a template (模板参数).
 *
 * @param unit shown with the value; empty for none
 * @param min least value, as the type writes it; empty: none
 * @param max greatest value; empty: none
 * @param choices values that are allowed; none: any
 * @param example a value that is allowed
 */
record Parameter(
        String name,
        Type type,
        String unit,
        String min,
        String max,
        List<String> choices,
        JsonNode example,
        Text title) {
    private static final int MAX_CHARS = 500;

    /** How a value is written. */
    enum Type {
        /** Whole number. */
        WHOLE,
        /** xsd:dateTime with offset. */
        INSTANT,
        /** xsd:duration, of days or of hours, minutes and seconds. */
        DURATION,
        TEXT,
        /** One or more texts. */
        TEXTS;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Type of(String word) {
            for (Type type : values()) {
                if (type.word().equals(word)) {
                    return type;
                }
            }
            throw new IllegalArgumentException(
                    "parameter type '" + word + "' is not whole, instant, duration, text or texts");
        }
    }

    Parameter {
        choices = List.copyOf(choices);
        if (!name.matches("[a-z][A-Za-z0-9]{0,40}")) {
            throw new IllegalArgumentException(
                    "parameter name '" + name + "' is no camelCase word");
        }
    }

    /**
     * A value as it is filled in.
     *
     * @throws IllegalArgumentException that names the parameter and what is allowed
     */
    JsonNode checked(JsonNode value) {
        List<String> texts = new ArrayList<>();
        if (value.isArray() && type == Type.TEXTS) {
            value.forEach(v -> texts.add(v.asString("")));
        } else {
            texts.add(value.isString() || value.isNumber() ? value.asString() : "");
        }
        if (texts.isEmpty()) {
            throw wrong("an empty list");
        }
        texts.forEach(this::check);
        JsonMapper json = JsonMapper.shared();
        return switch (type) {
            case WHOLE -> json.valueToTree(Long.parseLong(texts.getFirst()));
            case INSTANT, DURATION, TEXT -> json.valueToTree(texts.getFirst());
            case TEXTS -> json.valueToTree(texts);
        };
    }

    private void check(String text) {
        if (text.isBlank() || text.length() > MAX_CHARS) {
            throw wrong("'" + text.substring(0, Math.min(text.length(), 20)) + "'");
        }
        if (!choices.isEmpty() && !choices.contains(text)) {
            throw wrong("'" + text + "'");
        }
        try {
            BigDecimal value = size(text);
            if (!min.isEmpty() && value.compareTo(size(min)) < 0
                    || !max.isEmpty() && value.compareTo(size(max)) > 0) {
                throw wrong(text);
            }
        } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
            throw wrong("'" + text + "'");
        }
    }

    /** By which values of the type are compared; texts are all alike. */
    private BigDecimal size(String text) {
        return switch (type) {
            case WHOLE -> BigDecimal.valueOf(Long.parseLong(text));
            case INSTANT ->
                    BigDecimal.valueOf(OffsetDateTime.parse(text).toInstant().toEpochMilli());
            case DURATION -> BigDecimal.valueOf(seconds(text));
            case TEXT, TEXTS -> BigDecimal.ZERO;
        };
    }

    /** Months have 30 days here: for comparing with the bounds only. */
    private static long seconds(String text) {
        if (text.indexOf('T') < 0 && text.matches("P.*[YM].*")) {
            Period period = Period.parse(text);
            return Math.multiplyExact(period.toTotalMonths() * 30 + period.getDays(), 86_400L);
        }
        return Duration.parse(text).toSeconds();
    }

    private IllegalArgumentException wrong(String given) {
        String allowed =
                !choices.isEmpty()
                        ? "one of " + String.join(", ", choices)
                        : type.word()
                                + (min.isEmpty() ? "" : " from " + min)
                                + (max.isEmpty() ? "" : " to " + max)
                                + (unit.isEmpty() ? "" : " " + unit);
        return new IllegalArgumentException(
                "value of '" + name + "' is " + given + "; allowed is " + allowed);
    }

    static Parameter read(JsonNode json) {
        List<String> choices = new ArrayList<>();
        json.path("choices").forEach(c -> choices.add(c.asString()));
        return new Parameter(
                json.required("name").asString(),
                Type.of(json.required("type").asString()),
                json.path("unit").asString(""),
                json.path("min").asString(""),
                json.path("max").asString(""),
                choices,
                json.required("example"),
                Text.read(json.required("title")));
    }

    ObjectNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("name", name).put("type", type.word());
        for (String[] part : new String[][] {{"unit", unit}, {"min", min}, {"max", max}}) {
            if (!part[1].isEmpty()) {
                json.put(part[0], part[1]);
            }
        }
        if (!choices.isEmpty()) {
            choices.forEach(json.putArray("choices")::add);
        }
        json.set("example", example);
        json.set("title", title.toJson());
        return json;
    }
}
