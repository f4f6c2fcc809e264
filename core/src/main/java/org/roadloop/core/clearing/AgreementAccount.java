package org.roadloop.core.clearing;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Everything the clearing knows of one agreement (合约账目). One thread. */
final class AgreementAccount {
    record Terms(String provider, String consumer, Tariff tariff) {}

    /**
     * Money owed for another reason than a use.
     *
     * @param day epoch day it is booked on
     * @param what unit, objective, case or beneficiary
     * @param quantity started periods, basis points or corrected units
     * @param priceMilli of one period; base of a credit
     * @param amountMilli consumer to provider; of a share: provider to beneficiary
     */
    record Adjustment(
            int day,
            JournalEntry.Kind kind,
            String what,
            String flavour,
            long quantity,
            long priceMilli,
            long amountMilli,
            Evidence evidence) {}

    /** A service level that was missed and is not credited yet. */
    record Miss(int day, String objective, long index) {}

    private static final int NO_MONTH = 0;

    final String id;
    final Accounts accounts;
    @Nullable Terms terms;

    /** What is agreed about; empty if not known. */
    String asset = "";

    /** First day in force, in the tariff's zone. */
    @Nullable LocalDate start;

    /** Day the agreement was terminated on. */
    @Nullable LocalDate end;

    /** Ledger index of {@code contract.agreed}. */
    Evidence agreed = Evidence.NONE;

    /** Last day whose instalments are booked. */
    @Nullable LocalDate subscribedThrough;

    final TreeMap<Meter.Key, Meter> meters = new TreeMap<>();

    /** Used before the terms were known. */
    final TreeMap<Meter.Key, TreeMap<Integer, Meter.Line>> waiting = new TreeMap<>();

    /** By epoch day. */
    final TreeMap<Integer, List<Adjustment>> adjustments = new TreeMap<>();

    final List<Miss> misses = new ArrayList<>();
    final Set<Miss> missed = new HashSet<>();

    /** Basis points credited so far, by the day of the miss. */
    final TreeMap<Integer, Integer> credited = new TreeMap<>();

    /** Uses, instalments and corrections so far, by month as in {@link Meter.Key}. */
    final TreeMap<Integer, Long> unboundedMilli = new TreeMap<>();

    /** What the cap and the minimum changed so far, by month. */
    final TreeMap<Integer, Long> boundsMilli = new TreeMap<>();

    /** Months that changed since their bounds were looked at. */
    final TreeSet<Integer> changedMonths = new TreeSet<>();

    /** Corrections by the day of the use, whichever day they are booked on. */
    private final TreeMap<Integer, Long> correctedMilli = new TreeMap<>();

    /** Changes with the terms, so that who remembers a meter looks again. */
    int generation;

    private int consumerExpense;
    private int consumerPayable;
    private int providerReceivable;
    private int providerRevenue;

    AgreementAccount(String id, Accounts accounts) {
        this.id = id;
        this.accounts = accounts;
    }

    void agree(Terms agreed) {
        terms = agreed;
        generation++;
        String currency = agreed.tariff().currency();
        consumerExpense = accounts.number(agreed.consumer(), Account.Kind.EXPENSE, currency);
        consumerPayable = accounts.number(agreed.consumer(), Account.Kind.PAYABLE, currency);
        providerReceivable = accounts.number(agreed.provider(), Account.Kind.RECEIVABLE, currency);
        providerRevenue = accounts.number(agreed.provider(), Account.Kind.REVENUE, currency);
    }

    /** Present from the first booking on. */
    Terms requireTerms() {
        Terms agreed = terms;
        if (agreed == null) {
            throw new IllegalStateException("agreement " + id + " has no terms yet");
        }
        return agreed;
    }

    static int month(LocalDate day) {
        return day.getYear() * 12 + day.getMonthValue() - 1;
    }

    static YearMonth yearMonth(int month) {
        return YearMonth.of(Math.floorDiv(month, 12), Math.floorMod(month, 12) + 1);
    }

    /** Meter for a use on a day; the terms must be known. */
    Meter meter(String unit, String flavour, int day) {
        Price.Metered price = requireTerms().tariff().findPrice(unit, flavour).orElse(null);
        int month = price != null && price.monthly() ? month(LocalDate.ofEpochDay(day)) : NO_MONTH;
        return meters.computeIfAbsent(
                new Meter.Key(unit, flavour, month), key -> new Meter(key, price));
    }

    /** Line for a use before the terms are known. */
    Meter.Line waiting(String unit, String flavour, int day) {
        return waiting.computeIfAbsent(new Meter.Key(unit, flavour, NO_MONTH), k -> new TreeMap<>())
                .computeIfAbsent(day, d -> new Meter.Line());
    }

    /** Books what the consumer comes to owe the provider; negative: what it owes less. */
    void owe(long milli) {
        accounts.check(consumerExpense, milli);
        accounts.check(consumerPayable, -milli);
        accounts.check(providerReceivable, milli);
        accounts.check(providerRevenue, -milli);
        accounts.post(consumerExpense, milli);
        accounts.post(consumerPayable, -milli);
        accounts.post(providerReceivable, milli);
        accounts.post(providerRevenue, -milli);
    }

    void adjust(Adjustment adjustment) {
        accounts.post(postings(adjustment));
        adjustments.computeIfAbsent(adjustment.day(), d -> new ArrayList<>()).add(adjustment);
    }

    /** A use of a day, closed or not, turned out to cost more or less. */
    void correct(int usedOn, Adjustment adjustment) {
        adjust(adjustment);
        correctedMilli.merge(usedOn, adjustment.amountMilli(), Math::addExact);
        change(month(LocalDate.ofEpochDay(usedOn)), adjustment.amountMilli());
    }

    /** What the bounds of a month look at. */
    void change(int month, long milli) {
        unboundedMilli.merge(month, milli, Math::addExact);
        changedMonths.add(month);
    }

    /** What the uses of a day cost, with what was corrected since and above the cap given back. */
    long chargeMilli(int day) {
        long charge = Math.addExact(usageMilli(day), correctedMilli.getOrDefault(day, 0L));
        for (Adjustment adjustment : adjustments(day)) {
            if (adjustment.kind() == JournalEntry.Kind.BOUNDS && adjustment.amountMilli() < 0) {
                charge = Math.addExact(charge, adjustment.amountMilli());
            }
        }
        return charge;
    }

    List<Posting> postings(Adjustment adjustment) {
        Terms agreed = requireTerms();
        boolean share = adjustment.kind() == JournalEntry.Kind.SHARE;
        return JournalEntry.owed(
                share ? agreed.provider() : agreed.consumer(),
                share ? adjustment.what() : agreed.provider(),
                agreed.tariff().currency(),
                adjustment.amountMilli());
    }

    JournalEntry entry(Adjustment adjustment) {
        return new JournalEntry(
                LocalDate.ofEpochDay(adjustment.day()),
                adjustment.kind(),
                id,
                adjustment.what(),
                adjustment.flavour(),
                adjustment.evidence(),
                postings(adjustment));
    }

    JournalEntry entry(int day, Meter meter, long milli, Evidence evidence) {
        Terms agreed = requireTerms();
        return new JournalEntry(
                LocalDate.ofEpochDay(day),
                JournalEntry.Kind.USAGE,
                id,
                meter.key.unit(),
                meter.key.flavour(),
                evidence,
                JournalEntry.owed(
                        agreed.consumer(), agreed.provider(), agreed.tariff().currency(), milli));
    }

    long usageMilli(int day) {
        long sum = 0;
        for (Meter meter : meters.values()) {
            Meter.Line line = meter.lines.get(day);
            if (line != null) {
                sum = Math.addExact(sum, line.milli);
            }
        }
        return sum;
    }

    /** Takes a provider's income and where it comes from. */
    interface Income {
        void take(long milli, Evidence evidence);
    }

    void earned(int from, int through, Income income) {
        for (Meter meter : meters.values()) {
            for (Meter.Line line : meter.lines.subMap(from, true, through, true).values()) {
                if (line.milli != 0) {
                    income.take(line.milli, line.evidence());
                }
            }
        }
        for (List<Adjustment> day : adjustments.subMap(from, true, through, true).values()) {
            for (Adjustment adjustment : day) {
                if (adjustment.kind() != JournalEntry.Kind.SHARE) {
                    income.take(adjustment.amountMilli(), adjustment.evidence());
                }
            }
        }
    }

    /** First day that may have something to close. */
    @Nullable LocalDate firstDay() {
        LocalDate first = terms == null ? null : start;
        for (Meter meter : meters.values()) {
            if (!meter.lines.isEmpty()) {
                LocalDate day = LocalDate.ofEpochDay(meter.lines.firstKey());
                first = first == null || day.isBefore(first) ? day : first;
            }
        }
        return first;
    }

    /** What was metered of a unit on a day; empty if nothing. */
    Optional<MeterComparison.Side> metered(LocalDate day, String unit, String flavour) {
        int epochDay = DayClock.clamp(day);
        for (Meter meter : meters.values()) {
            Meter.Line line = meter.lines.get(epochDay);
            if (line != null
                    && meter.key.unit().equals(unit)
                    && meter.key.flavour().equals(flavour)) {
                return Optional.of(new MeterComparison.Side(line.quantity, line.evidence()));
            }
        }
        return Optional.empty();
    }

    List<Adjustment> adjustments(int day) {
        return adjustments.getOrDefault(day, List.of());
    }

    /** What the journal holds of the agreement, a day and unit in one entry. */
    void journal(int from, int through, List<JournalEntry> out) {
        for (Meter meter : meters.values()) {
            meter.lines
                    .subMap(from, true, through, true)
                    .forEach(
                            (day, line) -> {
                                if (line.milli != 0) {
                                    out.add(entry(day, meter, line.milli, line.evidence()));
                                }
                            });
        }
        adjustments
                .subMap(from, true, through, true)
                .values()
                .forEach(day -> day.forEach(adjustment -> out.add(entry(adjustment))));
    }
}
