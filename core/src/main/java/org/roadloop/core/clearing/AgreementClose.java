package org.roadloop.core.clearing;

import java.math.BigInteger;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of one day for one agreement (合约日终): instalments, credits, bounds, and the split of what
 * the provider earned. One thread; days in order.
 */
final class AgreementClose {
    private final AgreementAccount agreement;
    private final AgreementAccount.Terms terms;
    private final LocalDate day;
    private final int epochDay;
    private final Evidence cut;

    private AgreementClose(
            AgreementAccount agreement,
            AgreementAccount.Terms terms,
            LocalDate day,
            long cutIndex) {
        this.agreement = agreement;
        this.terms = terms;
        this.day = day;
        epochDay = Math.toIntExact(day.toEpochDay());
        cut = Evidence.of(cutIndex);
    }

    /** Books the day's end and adds its debts; nothing for an agreement whose terms are unknown. */
    static void book(AgreementAccount agreement, LocalDate day, long cutIndex, Nettings nettings) {
        AgreementAccount.Terms terms = agreement.terms;
        if (terms != null) {
            new AgreementClose(agreement, terms, day, cutIndex).book(nettings);
        }
    }

    /** Where debts are collected, by currency. */
    interface Nettings {
        Netting of(String currency);
    }

    private void book(Nettings nettings) {
        subscribe();
        bound();
        credit();
        long owed = agreement.usageMilli(epochDay);
        for (AgreementAccount.Adjustment a : agreement.adjustments(epochDay)) {
            owed = Math.addExact(owed, a.amountMilli());
        }
        if (owed == 0) {
            return;
        }
        Netting netting = nettings.of(terms.tariff().currency());
        netting.owe(terms.consumer(), terms.provider(), owed);
        List<Tariff.Share> shares = terms.tariff().shares();
        long[] parts = split(owed, shares);
        for (int i = 0; i < shares.size(); i++) {
            String beneficiary = shares.get(i).beneficiary();
            if (parts[i] != 0 && !beneficiary.equals(terms.provider())) {
                adjust(
                        JournalEntry.Kind.SHARE,
                        beneficiary,
                        shares.get(i).basisPoints(),
                        owed,
                        parts[i],
                        cut);
                netting.owe(terms.provider(), beneficiary, parts[i]);
            }
        }
    }

    /** One part a share, and the provider's own last. */
    static long[] split(long amount, List<Tariff.Share> shares) {
        long[] weights = new long[shares.size() + 1];
        long own = Tariff.WHOLE;
        for (int i = 0; i < shares.size(); i++) {
            weights[i] = shares.get(i).basisPoints();
            own -= weights[i];
        }
        weights[shares.size()] = own;
        return LargestRemainder.split(amount, weights);
    }

    private void subscribe() {
        LocalDate start = agreement.start;
        if (start == null) {
            return;
        }
        LocalDate done = agreement.subscribedThrough;
        LocalDate last = agreement.end != null && agreement.end.isBefore(day) ? agreement.end : day;
        // before anything is booked: an instalment that does not fit is not tried again each day
        if (done == null || last.isAfter(done)) {
            agreement.subscribedThrough = last;
        }
        for (Price price : terms.tariff().prices()) {
            if (price instanceof Price.Subscription fee && fee.milli() > 0) {
                long due =
                        periods(fee, start, last) - (done == null ? 0 : periods(fee, start, done));
                if (due > 0) {
                    adjust(
                            JournalEntry.Kind.SUBSCRIPTION,
                            fee.every() == Price.Every.DAY ? "day" : "month",
                            due,
                            fee.milli(),
                            Math.multiplyExact(due, fee.milli()),
                            agreement.agreed.and(cut));
                }
            }
        }
    }

    /** Periods started from {@code start} up to and with {@code last}. */
    private static long periods(Price.Subscription fee, LocalDate start, LocalDate last) {
        if (last.isBefore(start)) {
            return 0;
        }
        if (fee.every() == Price.Every.DAY) {
            return ChronoUnit.DAYS.between(start, last) + 1;
        }
        // a start on the 31st makes the next period begin on the last day of a shorter month
        long months = ChronoUnit.MONTHS.between(YearMonth.from(start), YearMonth.from(last));
        return start.plusMonths(months).isAfter(last) ? months : months + 1;
    }

    private void credit() {
        Tariff.Credits credits = terms.tariff().credits();
        Iterator<AgreementAccount.Miss> misses = agreement.misses.iterator();
        while (misses.hasNext()) {
            AgreementAccount.Miss miss = misses.next();
            if (miss.day() > epochDay) {
                continue;
            }
            misses.remove();
            int before = agreement.credited.getOrDefault(miss.day(), 0);
            int after =
                    Math.min(
                            before + credits.basisPoints(miss.objective()),
                            credits.capBasisPoints());
            if (after > before) {
                agreement.credited.put(miss.day(), after);
                long base = dayCharge(LocalDate.ofEpochDay(miss.day()));
                long milli = basisPoints(base, after) - basisPoints(base, before);
                adjust(
                        JournalEntry.Kind.CREDIT,
                        miss.objective(),
                        after - before,
                        base,
                        -milli,
                        Evidence.of(miss.index()));
            }
        }
    }

    /**
     * Uses of the day after corrections and the cap, and its part of the fees, a month's by its
     * days, rounded half up. Never below 0: nobody is credited what was not charged.
     */
    private long dayCharge(LocalDate on) {
        return Math.max(0, signedDayCharge(on));
    }

    private long signedDayCharge(LocalDate on) {
        long charge = agreement.chargeMilli(Math.toIntExact(on.toEpochDay()));
        @Nullable LocalDate start = agreement.start;
        if (start == null
                || on.isBefore(start)
                || agreement.end != null && on.isAfter(agreement.end)) {
            return charge;
        }
        for (Price price : terms.tariff().prices()) {
            if (price instanceof Price.Subscription fee) {
                long days = 1;
                if (fee.every() == Price.Every.MONTH) {
                    long k = periods(fee, start, on) - 1;
                    days = ChronoUnit.DAYS.between(start.plusMonths(k), start.plusMonths(k + 1));
                }
                charge = Math.addExact(charge, (2 * fee.milli() + days) / (2 * days));
            }
        }
        return charge;
    }

    /** Rounded half up. */
    private static long basisPoints(long amount, long basisPoints) {
        return BigInteger.valueOf(amount)
                .multiply(BigInteger.valueOf(basisPoints))
                .add(BigInteger.valueOf(Tariff.WHOLE / 2))
                .divide(BigInteger.valueOf(Tariff.WHOLE))
                .longValueExact();
    }

    private void bound() {
        int month = AgreementAccount.month(day);
        agreement.change(month, agreement.usageMilli(epochDay));
        for (AgreementAccount.Adjustment a : agreement.adjustments(epochDay)) {
            if (a.kind() == JournalEntry.Kind.SUBSCRIPTION) {
                agreement.change(month, a.amountMilli());
            }
        }
        for (Price price : terms.tariff().prices()) {
            if (price instanceof Price.MonthlyBounds bounds) {
                agreement.changedMonths.forEach(changed -> bound(bounds, changed));
            }
        }
        agreement.changedMonths.clear();
    }

    /** A correction may come when the cap or the minimum of its month is booked already. */
    private void bound(Price.MonthlyBounds bounds, int month) {
        long sum = agreement.unboundedMilli.getOrDefault(month, 0L);
        long before = agreement.boundsMilli.getOrDefault(month, 0L);
        long bounded = Math.min(sum, bounds.capMilli());
        if (minimumIsDue(AgreementAccount.yearMonth(month).atEndOfMonth())) {
            bounded = Math.max(bounded, bounds.minimumMilli());
        }
        long after = Math.subtractExact(bounded, sum);
        if (after != before) {
            long change = Math.subtractExact(after, before);
            agreement.boundsMilli.put(month, after);
            adjust(
                    JournalEntry.Kind.BOUNDS,
                    after < 0 || before < 0 ? "cap" : "minimum",
                    1,
                    change,
                    change,
                    cut);
        }
    }

    private boolean minimumIsDue(LocalDate monthEnd) {
        return !monthEnd.isAfter(day)
                && agreement.start != null
                && !monthEnd.isBefore(agreement.start)
                && (agreement.end == null || !agreement.end.isBefore(monthEnd));
    }

    private void adjust(
            JournalEntry.Kind kind,
            String what,
            long quantity,
            long priceMilli,
            long amountMilli,
            Evidence evidence) {
        agreement.adjust(
                new AgreementAccount.Adjustment(
                        epochDay, kind, what, "", quantity, priceMilli, amountMilli, evidence));
    }
}
