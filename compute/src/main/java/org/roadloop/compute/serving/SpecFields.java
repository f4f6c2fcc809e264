package org.roadloop.compute.serving;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads a group of a service's request strictly: what is unknown or of another kind is named. */
final class SpecFields {
    private final String where;
    private final JsonNode json;

    /**
     * @param where of the group, with a dot at the end, or empty
     */
    SpecFields(String where, JsonNode json, List<String> known) {
        this.where = where;
        this.json = json;
        if (!json.isObject()) {
            throw new IllegalArgumentException(
                    (where.isEmpty() ? "a service" : where) + " is no JSON object");
        }
        for (String key : json.propertyNames()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException(
                        where + key + " is not a key; known are " + String.join(", ", known));
            }
        }
    }

    String text(String key, String otherwise) {
        JsonNode value = json.path(key);
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (!value.isString()) {
            throw new IllegalArgumentException(where + key + " is no text");
        }
        return value.asString();
    }

    String required(String key) {
        String value = text(key, "");
        if (value.isEmpty()) {
            throw new IllegalArgumentException(where + key + " is missing");
        }
        return value;
    }

    List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (JsonNode item : json.path(key)) {
            if (!item.isString()) {
                throw new IllegalArgumentException(where + key + " is no list of texts");
            }
            texts.add(item.asString());
        }
        return texts;
    }

    long whole(String key, long otherwise, long least, long most) {
        JsonNode value = json.path(key);
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.asLong() < least
                || value.asLong() > most) {
            throw new IllegalArgumentException(
                    "%s%s = %s is no whole number within %d to %d"
                            .formatted(where, key, value, least, most));
        }
        return value.asLong();
    }

    Duration seconds(String key, double otherwise, double least, double most) {
        return Duration.ofNanos(scaled(key, otherwise, 1_000_000_000L, least, most));
    }

    /** Exact to the nanosecond: a bound is compared with it. */
    long nanosOfMillis(String key, double otherwise, double least, double most) {
        return scaled(key, otherwise, 1_000_000L, least, most);
    }

    private long scaled(String key, double otherwise, long factor, double least, double most) {
        JsonNode value = json.path(key);
        if (!value.isMissingNode() && !value.isNumber()) {
            throw new IllegalArgumentException(where + key + " is no number");
        }
        BigDecimal number =
                value.isMissingNode() ? BigDecimal.valueOf(otherwise) : value.decimalValue();
        if (number.doubleValue() < least || number.doubleValue() > most) {
            throw new IllegalArgumentException(
                    "%s%s = %s is not within %s to %s".formatted(where, key, number, least, most));
        }
        return number.multiply(BigDecimal.valueOf(factor))
                .setScale(0, RoundingMode.FLOOR)
                .longValueExact();
    }
}
