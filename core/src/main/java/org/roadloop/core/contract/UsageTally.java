package org.roadloop.core.contract;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.clearing.Price;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.clearing.UsageAmount;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.policy.Performance;
import org.roadloop.core.policy.Usage;

/**
 * How much of an agreement is used up (用量累计), in total and by the rule that permitted it. Not safe
 * for threads; {@link #copy} gives one that nobody changes.
 *
 * <p>Uses that name no rule, of before rules were noted, count for every rule.
 */
final class UsageTally {
    private static final String NO_RULE = "";

    private final Map<String, Map<String, Long>> byRule = new HashMap<>();
    private final Map<Charge, Long> charged = new HashMap<>();
    private final Map<String, Performance> duties = new HashMap<>();
    private final Set<String> infringed = new HashSet<>();
    private @Nullable Instant firstUsedAt;
    private final Tariff tariff;

    /** No rule needs counters of its own, and nobody asks what it comes to. */
    private final boolean counting;

    /**
     * Quantities that are priced together.
     *
     * @param month of a price that begins anew each month; null otherwise
     */
    private record Charge(String unit, String flavour, @Nullable YearMonth month) {}

    UsageTally(Agreement agreement) {
        this(
                agreement.tariff(),
                agreement.policy().permissions().size() <= 1
                        && !agreement.canonical().contains("payAmount"));
    }

    private UsageTally(Tariff tariff, boolean counting) {
        this.tariff = tariff;
        this.counting = counting;
    }

    /** Whether amounts are all it needs to know. */
    boolean counting() {
        return counting;
    }

    UsageTally copy() {
        UsageTally copy = new UsageTally(tariff, counting);
        byRule.forEach((rule, counters) -> copy.byRule.put(rule, new HashMap<>(counters)));
        copy.charged.putAll(charged);
        copy.duties.putAll(duties);
        copy.infringed.addAll(infringed);
        copy.firstUsedAt = firstUsedAt;
        return copy;
    }

    /** A use, where {@link #counting} is enough. */
    void add(UsageAmount amount) {
        add(amount, NO_RULE, 1);
    }

    private void add(UsageAmount amount, String rule, int sign) {
        long quantity = sign * amount.quantity();
        count(rule, name(amount.unit()), quantity);
        if (amount.unit().equals("compute-second")) {
            count(rule, Usage.METERED_SECONDS, quantity);
        }
        if (sign > 0 && firstUsedAt == null) {
            firstUsedAt = amount.until();
        }
    }

    /**
     * @param rule that permitted it; empty if that was not noted
     * @param sign -1 for a use that is taken back
     */
    void add(UsageRecord record, String rule, int sign) {
        add(UsageAmount.of(record), counting ? NO_RULE : rule, sign);
        if (counting) {
            return;
        }
        long quantity = sign * record.quantity();
        tariff.findPrice(record.unit(), record.flavour())
                .ifPresent(price -> charged.merge(charge(record, price), quantity, Long::sum));
    }

    private Charge charge(UsageRecord record, Price.Metered price) {
        ZoneId zone = tariff.zone();
        return new Charge(
                record.unit(),
                record.flavour(),
                price.monthly() ? YearMonth.from(record.until().atZone(zone)) : null);
    }

    /** The consumer's own books do not name the rule. */
    void received(Instant since) {
        byRule.computeIfAbsent(NO_RULE, r -> new HashMap<>());
        if (firstUsedAt == null) {
            firstUsedAt = since;
        }
    }

    void addSeconds(String rule, long seconds) {
        count(counting ? NO_RULE : rule, Usage.METERED_SECONDS, seconds);
    }

    void perform(String duty, Performance performance) {
        duties.putIfAbsent(duty, performance); // done again later, it was done the first time
    }

    void infringe(String prohibition) {
        infringed.add(prohibition);
    }

    private void count(String rule, String counter, long quantity) {
        byRule.computeIfAbsent(rule, r -> new HashMap<>()).merge(counter, quantity, Long::sum);
    }

    private static String name(String unit) {
        return unit.equals(ContractGate.USE) ? Usage.COUNT : Usage.quantity(unit);
    }

    long uses() {
        return byRule.values().stream().mapToLong(c -> c.getOrDefault(Usage.COUNT, 0L)).sum();
    }

    /** Whether something was permitted by the rule, or may have been. */
    boolean usedBy(String rule) {
        return byRule.containsKey(rule) || byRule.containsKey(NO_RULE);
    }

    @Nullable Instant firstUsedAt() {
        return firstUsedAt;
    }

    Map<String, Performance> duties() {
        return duties;
    }

    Set<String> infringed() {
        return infringed;
    }

    /**
     * What would be used up with an act that is asked for.
     *
     * @param rules counted on their own
     * @param act its quantities
     * @param seconds of metered time on top
     */
    Usage with(
            Agreement agreement,
            List<String> rules,
            List<UsageGate.Quantity> act,
            long seconds,
            Instant now) {
        UsageTally after = copy();
        for (UsageGate.Quantity quantity : act) {
            after.add(record(agreement, quantity, now), NO_RULE, 1);
        }
        after.addSeconds(NO_RULE, seconds);
        Map<String, Long> zero = new HashMap<>();
        UsageRecord.UNITS.forEach(unit -> zero.put(name(unit), 0L));
        zero.put(Usage.METERED_SECONDS, 0L);
        Map<String, Long> totals = new HashMap<>(zero);
        after.byRule.values().forEach(counters -> counters.forEach((n, v) -> plus(totals, n, v)));
        if (!counting) {
            totals.put(Usage.PAY_AMOUNT_MILLI, after.chargedMilli());
        }
        Map<String, Map<String, Long>> own = new HashMap<>();
        for (String rule : counting ? List.<String>of() : rules) {
            Map<String, Long> counters = new HashMap<>(zero);
            after.byRule.getOrDefault(NO_RULE, Map.of()).forEach((n, v) -> plus(counters, n, v));
            after.byRule.getOrDefault(rule, Map.of()).forEach((n, v) -> plus(counters, n, v));
            own.put(rule, counters);
        }
        return new Usage(
                totals,
                own,
                agreement.agreedAt(),
                firstUsedAt == null ? now : firstUsedAt,
                Map.of(),
                tariff.currency());
    }

    private static void plus(Map<String, Long> to, String name, long value) {
        to.merge(name, value, Long::sum);
    }

    private static UsageRecord record(
            Agreement agreement, UsageGate.Quantity quantity, Instant now) {
        return new UsageRecord(
                agreement.id(),
                agreement.asset(),
                agreement.consumer(),
                "",
                "",
                quantity.amount(),
                quantity.unit(),
                ContractGate.METER,
                1,
                now,
                now,
                quantity.flavour());
    }

    /** What use comes to by the agreement's prices; subscriptions and minimums are not of use. */
    private long chargedMilli() {
        long milli = 0;
        for (Map.Entry<Charge, Long> line : charged.entrySet()) {
            Price.Metered price =
                    tariff.findPrice(line.getKey().unit(), line.getKey().flavour()).orElseThrow();
            milli = Math.addExact(milli, price.amountMilli(line.getValue()));
        }
        return milli;
    }
}
