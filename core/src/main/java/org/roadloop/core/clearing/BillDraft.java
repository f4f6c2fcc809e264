package org.roadloop.core.clearing;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Sums what is booked under an agreement into a {@link Bill} (出账). One thread. */
final class BillDraft {
    /** Lines that are one on the bill. */
    private record Key(JournalEntry.Kind kind, String unit, String flavour)
            implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int c = kind.compareTo(other.kind);
            c = c != 0 ? c : unit.compareTo(other.unit);
            return c != 0 ? c : flavour.compareTo(other.flavour);
        }
    }

    private static final class Sum {
        long quantity;
        long uses;
        long milli;
        long priceMilli;
        Evidence evidence = Evidence.NONE;

        void add(long moreQuantity, long moreUses, long moreMilli, Evidence more) {
            quantity = Math.addExact(quantity, moreQuantity);
            uses += moreUses;
            milli = Math.addExact(milli, moreMilli);
            evidence = evidence.and(more);
        }
    }

    private final AgreementAccount agreement;
    private final Tariff tariff;
    private final TreeMap<Key, Sum> sums = new TreeMap<>();
    private final TreeMap<String, Sum> shares = new TreeMap<>();
    private final List<Bill.Credit> credits = new ArrayList<>();

    private BillDraft(AgreementAccount agreement) {
        this.agreement = agreement;
        tariff = agreement.requireTerms().tariff();
    }

    static Bill of(
            AgreementAccount agreement,
            ZoneId zone,
            LocalDate from,
            LocalDate through,
            Optional<LocalDate> closedThrough) {
        if (from.isAfter(through)) {
            throw new IllegalArgumentException(
                    "a bill from " + from + " through " + through + " has no day");
        }
        BillDraft draft = new BillDraft(agreement);
        draft.sum(DayClock.clamp(from), DayClock.clamp(through));
        List<Bill.Line> lines = draft.lines();
        long total = 0;
        for (Bill.Line line : lines) {
            total = Math.addExact(total, line.amountMilli());
        }
        for (Bill.Credit credit : draft.credits) {
            total = Math.subtractExact(total, credit.amountMilli());
        }
        AgreementAccount.Terms terms = agreement.requireTerms();
        return new Bill(
                agreement.id,
                terms.provider(),
                terms.consumer(),
                terms.tariff(),
                zone.getId(),
                orNull(from, LocalDate.MIN),
                orNull(through, LocalDate.MAX),
                closedThrough.orElse(null),
                lines,
                draft.credits,
                draft.shares(),
                total);
    }

    private static @Nullable LocalDate orNull(LocalDate date, LocalDate none) {
        return date.equals(none) ? null : date;
    }

    private void sum(int from, int through) {
        for (Meter meter : agreement.meters.values()) {
            for (Meter.Line line : meter.lines.subMap(from, true, through, true).values()) {
                sums.computeIfAbsent(
                                new Key(
                                        JournalEntry.Kind.USAGE,
                                        meter.key.unit(),
                                        meter.key.flavour()),
                                k -> new Sum())
                        .add(line.quantity, line.uses, line.milli, line.evidence());
            }
        }
        for (List<AgreementAccount.Adjustment> day :
                agreement.adjustments.subMap(from, true, through, true).values()) {
            day.forEach(this::add);
        }
    }

    private void add(AgreementAccount.Adjustment a) {
        switch (a.kind()) {
            case CREDIT ->
                    credits.add(
                            new Bill.Credit(
                                    LocalDate.ofEpochDay(a.day()),
                                    a.what(),
                                    a.quantity(),
                                    a.priceMilli(),
                                    -a.amountMilli(),
                                    a.evidence()));
            case SHARE ->
                    shares.computeIfAbsent(a.what(), w -> new Sum())
                            .add(0, 0, a.amountMilli(), a.evidence());
            case USAGE, SUBSCRIPTION, BOUNDS, CORRECTION, NETTING -> {
                Sum sum =
                        sums.computeIfAbsent(
                                new Key(a.kind(), a.what(), a.flavour()), k -> new Sum());
                sum.add(a.quantity(), 0, a.amountMilli(), a.evidence());
                sum.priceMilli = a.priceMilli();
            }
        }
    }

    private List<Bill.Line> lines() {
        List<Bill.Line> lines = new ArrayList<>();
        sums.forEach((key, sum) -> lines.add(line(key, sum)));
        return lines;
    }

    private Bill.Line line(Key key, Sum sum) {
        Price.Metered price = tariff.findPrice(key.unit(), key.flavour()).orElse(null);
        String model = price == null ? "free" : price.model();
        long per = price == null ? 1 : price.per();
        long priceMilli = price == null ? 0 : price.milli();
        if (key.kind() == JournalEntry.Kind.SUBSCRIPTION
                || key.kind() == JournalEntry.Kind.BOUNDS) {
            model = key.kind().name().toLowerCase(Locale.ROOT);
            per = 1;
            priceMilli = key.kind() == JournalEntry.Kind.BOUNDS ? 0 : sum.priceMilli;
        }
        boolean single = !(price instanceof Price.Tiered) && priceMilli > 0;
        return new Bill.Line(
                key.kind().name().toLowerCase(Locale.ROOT),
                model,
                key.unit(),
                key.flavour(),
                sum.quantity,
                sum.uses,
                per,
                priceMilli,
                single ? sum.milli / priceMilli : 0,
                sum.milli,
                sum.evidence);
    }

    private List<Bill.Share> shares() {
        List<Bill.Share> list = new ArrayList<>();
        for (Tariff.Share share : tariff.shares()) {
            Sum sum = shares.get(share.beneficiary());
            if (sum != null) {
                list.add(new Bill.Share(share.beneficiary(), share.basisPoints(), sum.milli));
            }
        }
        return list;
    }
}
