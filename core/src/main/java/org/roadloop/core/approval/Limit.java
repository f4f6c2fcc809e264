package org.roadloop.core.approval;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.approval.PolicyDiff.Difference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How far another's terms may go from ours and still be accepted without a person (容许范围). Only the
 * value of a condition or price that both have may differ; one that is left out, added or compared
 * otherwise is never within a limit.
 *
 * @param term left operand, {@code count}, or {@code price:UNIT}, the thousandths of one step
 * @param atLeast empty: no lower bound
 * @param atMost empty: no upper bound
 * @param among values that are allowed, for terms that are compared as sets; none: any by bounds
 */
public record Limit(String term, String atLeast, String atMost, List<String> among) {
    public Limit {
        among = List.copyOf(among);
        if (term.isBlank() || atLeast.isEmpty() && atMost.isEmpty() && among.isEmpty()) {
            throw new IllegalArgumentException(
                    "a limit needs 'term' and one of 'atLeast', 'atMost', 'among'");
        }
        for (String bound : List.of(atLeast, atMost)) {
            if (!bound.isEmpty() && size(bound) == null) {
                throw new IllegalArgumentException(
                        "limit of '" + term + "': '" + bound + "' is no number, time or duration");
            }
        }
    }

    boolean holds(Difference difference) {
        JsonNode ours = difference.ours();
        JsonNode theirs = difference.theirs();
        if (!difference.term().equals(term) || ours == null || theirs == null) {
            return false;
        }
        // a duty's bound, or a prohibition's, works the other way round
        String at = difference.pointer();
        if (!theirs.has("milli") && (!at.startsWith("/permission/") || at.contains("/duty/"))) {
            return false;
        }
        if (theirs.has("milli")) {
            ObjectNode own = (ObjectNode) ours.deepCopy();
            own.set("milli", theirs.get("milli"));
            return own.equals(theirs) && within(theirs.get("milli").asString(""));
        }
        List<String> values = values(theirs.path("rightOperand"));
        return !values.isEmpty() && values.stream().allMatch(this::within);
    }

    private static List<String> values(JsonNode operand) {
        List<String> values = new ArrayList<>();
        if (operand.isArray()) {
            operand.forEach(v -> values.addAll(values(v)));
        } else {
            values.add(
                    operand.isObject()
                            ? operand.path("@value").asString(operand.path("@id").asString(""))
                            : operand.asString(""));
        }
        return values;
    }

    private boolean within(String value) {
        if (!among.isEmpty()) {
            return among.contains(value);
        }
        BigDecimal size = size(value);
        return size != null && notBelow(size, atLeast) && notBelow(size.negate(), negated(atMost));
    }

    private static boolean notBelow(BigDecimal size, @Nullable BigDecimal bound) {
        return bound == null || size.compareTo(bound) >= 0;
    }

    private static boolean notBelow(BigDecimal size, String bound) {
        return notBelow(size, bound.isEmpty() ? null : size(bound));
    }

    private static @Nullable BigDecimal negated(String bound) {
        BigDecimal size = bound.isEmpty() ? null : size(bound);
        return size == null ? null : size.negate();
    }

    /**
     * Of a number, an instant in milliseconds, a duration in milliseconds; null for other texts.
     */
    private static @Nullable BigDecimal size(String text) {
        try {
            if (text.startsWith("P")) {
                return BigDecimal.valueOf(Duration.parse(text).toMillis());
            }
            return text.indexOf('T') > 0
                    ? BigDecimal.valueOf(OffsetDateTime.parse(text).toInstant().toEpochMilli())
                    : new BigDecimal(text.toLowerCase(Locale.ROOT));
        } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
            return null;
        }
    }

    static Limit read(JsonNode json) {
        List<String> among = new ArrayList<>();
        json.path("among").forEach(v -> among.add(v.asString("")));
        return new Limit(
                json.path("term").asString(""),
                json.path("atLeast").asString(""),
                json.path("atMost").asString(""),
                among);
    }

    ObjectNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode().put("term", term);
        if (!atLeast.isEmpty()) {
            json.put("atLeast", atLeast);
        }
        if (!atMost.isEmpty()) {
            json.put("atMost", atMost);
        }
        if (!among.isEmpty()) {
            among.forEach(json.putArray("among")::add);
        }
        return json;
    }
}
