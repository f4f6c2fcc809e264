package org.roadloop.core.clearing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;

/**
 * From metered use to booked money (清算): a fold of the ledger's {@code usage.metered} events into
 * double-entry accounts. Any thread.
 *
 * <p>A price step counts once it is started, over the whole quantity of the agreement: each use
 * books the difference it makes, so bill and accounts agree at every moment. A use is known by
 * meter, agreement, actor, unit and interval; the same again is counted and not booked. A meter
 * must therefore give each use an interval of its own.
 */
public final class Clearing {
    /** What makes a use the same use. */
    private record UseKey(
            String meter,
            int meterVersion,
            String agreement,
            String asset,
            String actor,
            String action,
            String unit,
            Instant from,
            Instant until) {
        static UseKey of(UsageRecord use) {
            return new UseKey(
                    use.meter(),
                    use.meterVersion(),
                    use.agreement(),
                    use.asset(),
                    use.actor(),
                    use.action(),
                    use.unit(),
                    use.from(),
                    use.until());
        }
    }

    private record Terms(String provider, String consumer, Tariff tariff) {}

    private record AccountKey(String account, String currency) {}

    private static final class Meter {
        private long quantity;
        private long uses;
        private long bookedMilli;
    }

    private static final class Agreement {
        private @Nullable Terms terms;
        private final TreeMap<String, Meter> meters = new TreeMap<>();
    }

    private final Map<String, Agreement> agreements = new HashMap<>();
    private final Map<AccountKey, Long> balances = new HashMap<>();
    private final Map<UseKey, Long> seen = new HashMap<>();
    private long duplicates;
    private long conflicts;

    /**
     * Gives an agreement its price. Uses that were metered before are booked now.
     *
     * @throws IllegalArgumentException if it has other terms already, or two prices for one unit
     */
    public synchronized List<Posting> register(
            String agreementId, String provider, String consumer, Tariff tariff) {
        if (tariff.prices().stream().map(Tariff.Price::unit).distinct().count()
                != tariff.prices().size()) {
            throw new IllegalArgumentException(
                    "tariff of agreement " + agreementId + " has two prices for one unit");
        }
        Agreement agreement = agreements.computeIfAbsent(agreementId, id -> new Agreement());
        Terms terms = new Terms(provider, consumer, tariff);
        if (agreement.terms != null && !agreement.terms.equals(terms)) {
            throw new IllegalArgumentException(
                    "agreement " + agreementId + " is registered with other terms");
        }
        agreement.terms = terms;
        List<Posting> postings = new ArrayList<>();
        for (Map.Entry<String, Meter> meter : agreement.meters.entrySet()) {
            postings.addAll(book(agreementId, terms, meter.getKey(), meter.getValue()));
        }
        return postings;
    }

    /** Takes any entry, books metered uses; returns both sides of what was booked. */
    public List<Posting> apply(Entry entry) {
        Event event = entry.event();
        if (!event.type().equals(UsageRecord.EVENT)) {
            return List.of();
        }
        return switch (event.body()) {
            case Event.Inline inline -> apply(UsageRecord.fromJson(inline.json()));
            // Erased uses were personal: their quantity left with them.
            case Event.Payload payload -> List.of();
            case Event.Erased erased -> List.of();
        };
    }

    synchronized List<Posting> apply(UsageRecord use) {
        Long earlier = seen.putIfAbsent(UseKey.of(use), use.quantity());
        if (earlier != null) {
            if (earlier == use.quantity()) {
                duplicates++;
            } else {
                conflicts++;
            }
            return List.of();
        }
        Agreement agreement = agreements.computeIfAbsent(use.agreement(), id -> new Agreement());
        Meter meter = agreement.meters.computeIfAbsent(use.unit(), unit -> new Meter());
        meter.quantity = Math.addExact(meter.quantity, use.quantity());
        meter.uses++;
        return agreement.terms == null
                ? List.of()
                : book(use.agreement(), agreement.terms, use.unit(), meter);
    }

    private List<Posting> book(String agreementId, Terms terms, String unit, Meter meter) {
        long amount = amountMilli(price(terms.tariff(), unit), meter.quantity);
        long milli = amount - meter.bookedMilli;
        if (milli == 0) {
            return List.of();
        }
        meter.bookedMilli = amount;
        String currency = terms.tariff().currency();
        List<Posting> both =
                List.of(
                        new Posting(terms.consumer(), agreementId, unit, currency, -milli),
                        new Posting(terms.provider(), agreementId, unit, currency, milli));
        for (Posting posting : both) {
            balances.merge(
                    new AccountKey(posting.account(), currency), posting.milli(), Math::addExact);
        }
        return both;
    }

    private static Tariff.Price price(Tariff tariff, String unit) {
        return tariff.prices().stream()
                .filter(p -> p.unit().equals(unit))
                .findFirst()
                .orElse(new Tariff.Price(unit, 1, 0));
    }

    private static long amountMilli(Tariff.Price price, long quantity) {
        return Math.multiplyExact(Math.ceilDiv(quantity, price.per()), price.milli());
    }

    /** Reads the whole ledger; agreements may be registered before or after. */
    public void replay(Ledger ledger) {
        try (Stream<Entry> entries = ledger.read(0)) {
            entries.forEach(this::apply);
        }
    }

    /** The bill so far; empty if the agreement is not registered. */
    public synchronized Optional<Bill> findBill(String agreementId) {
        Agreement agreement = agreements.get(agreementId);
        if (agreement == null || agreement.terms == null) {
            return Optional.empty();
        }
        Terms terms = agreement.terms;
        List<Bill.Line> lines = new ArrayList<>();
        long total = 0;
        for (Map.Entry<String, Meter> entry : agreement.meters.entrySet()) {
            Meter meter = entry.getValue();
            Tariff.Price price = price(terms.tariff(), entry.getKey());
            lines.add(
                    new Bill.Line(
                            entry.getKey(),
                            meter.quantity,
                            meter.uses,
                            price.per(),
                            price.milli(),
                            meter.bookedMilli));
            total = Math.addExact(total, meter.bookedMilli);
        }
        return Optional.of(
                new Bill(
                        agreementId,
                        terms.provider(),
                        terms.consumer(),
                        terms.tariff().currency(),
                        lines,
                        total));
    }

    public Bill bill(String agreementId) {
        return findBill(agreementId)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "agreement "
                                                + agreementId
                                                + " has no bill: it is not registered for"
                                                + " clearing"));
    }

    /** Thousandths of the currency that the account is to get; negative: it owes. */
    public synchronized long balanceMilli(String account, String currency) {
        return balances.getOrDefault(new AccountKey(account, currency), 0L);
    }

    /** Sum over all accounts of a currency: always 0. */
    public synchronized long imbalanceMilli(String currency) {
        return balances.entrySet().stream()
                .filter(b -> b.getKey().currency().equals(currency))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Uses that came again, equal to the first, and were not booked again. */
    public synchronized long duplicates() {
        return duplicates;
    }

    /** Uses that came again with another quantity; the first is kept, someone should look. */
    public synchronized long conflicts() {
        return conflicts;
    }
}
