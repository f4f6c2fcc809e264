package org.roadloop.core.policy;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was used so far under an agreement (累计用量), the act that is asked for included: the fifth use
 * is judged with {@code count} 5.
 *
 * @param counters totals by name: {@link #COUNT}, {@link #METERED_SECONDS}, {@link
 *     #PAY_AMOUNT_MILLI}, {@link #quantity}; a name without an entry is a missing fact, not zero
 * @param byRule the same for rules that are counted on their own, by {@link Rule#id}; a rule
 *     without an entry is judged by the totals
 * @param agreedAt {@code elapsedTime} of permissions and prohibitions runs from here
 * @param firstUsedAt {@code elapsedTime} of duties runs from here: at a first use its own {@code
 *     now}; null where nothing is used yet
 * @param events what is known of named events
 * @param currency of the paid amount; null if unknown
 */
public record Usage(
        Map<String, Long> counters,
        Map<String, Map<String, Long>> byRule,
        @Nullable Instant agreedAt,
        @Nullable Instant firstUsedAt,
        Map<String, Happening> events,
        @Nullable String currency) {
    /** Uses. */
    public static final String COUNT = "count";

    /** Thousandths of the currency, compared as a decimal number of its main unit. */
    public static final String PAY_AMOUNT_MILLI = "payAmountMilli";

    /** Seconds of metered use, begun ones counted whole. */
    public static final String METERED_SECONDS = "meteredSeconds";

    /** Nothing is known. */
    public static final Usage UNKNOWN = new Usage(Map.of(), Map.of(), null, null, Map.of(), null);

    /**
     * From when to when an event goes on (事件起止).
     *
     * @param begin first instant; {@link Instant#MAX} for one that is known not to have begun
     * @param end first instant after it; {@link Instant#MAX} while it goes on
     */
    public record Happening(Instant begin, Instant end) {
        public static final Happening NOT_YET = new Happening(Instant.MAX, Instant.MAX);

        public Happening {
            if (end.isBefore(begin)) {
                throw new IllegalArgumentException("event ends at " + end + ", before " + begin);
            }
        }
    }

    public Usage {
        counters = Map.copyOf(counters);
        Map<String, Map<String, Long>> copy = new HashMap<>();
        byRule.forEach((rule, counts) -> copy.put(rule, Map.copyOf(counts)));
        byRule = Map.copyOf(copy);
        events = Map.copyOf(events);
    }

    /** Name of the counter of a metering unit: {@code record}, {@code byte}. */
    public static String quantity(String unit) {
        return "quantity:" + unit;
    }

    @Nullable Long counter(String ruleId, String name) {
        Map<String, Long> own = byRule.get(ruleId);
        Long count = own == null ? null : own.get(name);
        return count == null ? counters.get(name) : count;
    }

    public Usage withCounter(String name, long value) {
        Map<String, Long> more = new HashMap<>(counters);
        more.put(name, value);
        return new Usage(more, byRule, agreedAt, firstUsedAt, events, currency);
    }

    public Usage withRuleCounter(String ruleId, String name, long value) {
        Map<String, Map<String, Long>> rules = new HashMap<>(byRule);
        Map<String, Long> own = new HashMap<>(rules.getOrDefault(ruleId, Map.of()));
        own.put(name, value);
        rules.put(ruleId, own);
        return new Usage(counters, rules, agreedAt, firstUsedAt, events, currency);
    }

    public Usage withAgreedAt(Instant instant) {
        return new Usage(counters, byRule, instant, firstUsedAt, events, currency);
    }

    public Usage withFirstUsedAt(Instant instant) {
        return new Usage(counters, byRule, agreedAt, instant, events, currency);
    }

    public Usage withEvent(String name, Happening happening) {
        Map<String, Happening> more = new HashMap<>(events);
        more.put(name, happening);
        return new Usage(counters, byRule, agreedAt, firstUsedAt, more, currency);
    }

    public Usage withCurrency(String code) {
        return new Usage(counters, byRule, agreedAt, firstUsedAt, events, code);
    }
}
