package org.roadloop.core.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An act that somebody wants to do, with the facts it is judged by (使用请求). The five control factors
 * of usage control: time {@code now}, place {@code facts.spatial}, subject {@code actor}, behaviour
 * {@code action} and {@code purpose}, object the policy's target.
 *
 * @param actor DID
 * @param action bare ODRL term
 * @param counters what was used under the agreement, this act included: {@code count} uses
 * @param facts further left operands with what holds of them: {@code spatial}, {@code industry},
 *     {@code event}; an operand without an entry is a missing fact and denies
 * @param agreedAt for {@code elapsedTime}; null before there is an agreement
 * @param fulfilled actions of duties that are proven fulfilled
 */
public record Request(
        String action,
        String actor,
        String purpose,
        Instant now,
        Map<String, Long> counters,
        Map<String, Set<String>> facts,
        @Nullable Instant agreedAt,
        Set<String> fulfilled) {
    public static final String COUNT = "count";

    /** Thousandths of the tariff's currency, compared as a decimal number of its main unit. */
    public static final String PAY_AMOUNT_MILLI = "payAmountMilli";

    /** Seconds of metered use. */
    public static final String METERED_SECONDS = "meteredSeconds";

    public Request {
        counters = Map.copyOf(counters);
        facts = Map.copyOf(facts);
        fulfilled = Set.copyOf(fulfilled);
    }

    public static Request of(String action, String actor, String purpose, Instant now) {
        return new Request(
                action, actor, purpose, now, Map.of(COUNT, 1L), Map.of(), null, Set.of());
    }

    public Request withCount(long count) {
        Map<String, Long> more = new java.util.HashMap<>(counters);
        more.put(COUNT, count);
        return new Request(action, actor, purpose, now, more, facts, agreedAt, fulfilled);
    }

    public Request withFact(String leftOperand, String... values) {
        Map<String, Set<String>> more = new java.util.HashMap<>(facts);
        more.put(leftOperand, Set.of(values));
        return new Request(action, actor, purpose, now, counters, more, agreedAt, fulfilled);
    }

    public Request withAgreedAt(Instant instant) {
        return new Request(action, actor, purpose, now, counters, facts, instant, fulfilled);
    }

    @Nullable Duration elapsed() {
        return agreedAt == null ? null : Duration.between(agreedAt, now);
    }
}
