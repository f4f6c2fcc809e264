package org.roadloop.core.clearing;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The books behind {@link Clearing} (账簿): what is booked and what is refused. One thread. */
final class Books {
    static final String DUPLICATE = "usage_duplicate";
    static final String CONFLICT = "usage_conflict";
    private static final String LATE = "usage_late";
    private static final String OVERFLOW = "usage_overflow";

    private final DayClock days;
    private final Accounts accounts = new Accounts();
    private final TreeMap<String, AgreementAccount> agreements = new TreeMap<>();
    private final OpenUses open = new OpenUses(this::agreement);
    private final Reviews reviews = new Reviews();

    /** Batches refused since the last day's end, by ledger index. */
    private final List<Long> refused = new ArrayList<>();

    /** Batches of open days that were booked although their samples are erased. */
    private final TreeMap<Long, UsageTotals> unchecked = new TreeMap<>();

    private final Settlements settlements = new Settlements();

    /** Ledger indexes of uses that were taken back. */
    private final Set<Long> reversed = new HashSet<>();

    /** Ledger indexes of single uses that were not booked: there is nothing to take back. */
    private final Set<Long> unbooked = new HashSet<>();

    /** First day that is not closed; MIN_VALUE before the first close. */
    private int openDay = Integer.MIN_VALUE;

    Books(ZoneId zone) {
        days = new DayClock(zone);
    }

    ZoneId zone() {
        return days.zone();
    }

    Accounts accounts() {
        return accounts;
    }

    Optional<AgreementAccount> findAgreement(String id) {
        return Optional.ofNullable(agreements.get(id));
    }

    private AgreementAccount agreement(String id) {
        return agreements.computeIfAbsent(id, i -> new AgreementAccount(i, accounts));
    }

    List<JournalEntry> register(
            String id,
            String provider,
            String consumer,
            String asset,
            Tariff tariff,
            @Nullable Instant start,
            Evidence evidence) {
        AgreementAccount agreement = agreement(id);
        AgreementAccount.Terms terms = new AgreementAccount.Terms(provider, consumer, tariff);
        if (!asset.isEmpty()) {
            agreement.asset = asset;
        }
        if (agreement.terms != null && !agreement.terms.equals(terms)) {
            throw new IllegalArgumentException(
                    "agreement " + id + " is registered with other terms");
        }
        if (agreement.start == null && start != null) {
            agreement.start = LocalDate.ofInstant(start, tariff.zone());
            agreement.agreed = evidence;
        }
        if (agreement.terms != null) {
            return List.of();
        }
        agreement.agree(terms);
        List<JournalEntry> booked = new ArrayList<>();
        agreement.waiting.forEach(
                (waiting, lines) ->
                        lines.forEach((day, line) -> book(agreement, waiting, day, line, booked)));
        agreement.waiting.clear();
        return booked;
    }

    /** Books what was used before the terms were known, on its day or the first open one. */
    private void book(
            AgreementAccount agreement,
            Meter.Key waiting,
            int day,
            Meter.Line line,
            List<JournalEntry> booked) {
        Meter meter = agreement.meter(waiting.unit(), waiting.flavour(), day);
        int on = Math.max(day, openDay);
        try {
            long milli = charge(agreement, meter, meter.line(on), line.quantity, line.uses);
            meter.line(on).absorb(line);
            if (milli != 0) {
                booked.add(agreement.entry(on, meter, milli, line.evidence()));
            }
        } catch (ArithmeticException e) {
            review(OVERFLOW, line.evidence().lastIndex(), agreement.id, "uses before the terms");
        }
    }

    void terminate(String id, Instant at) {
        AgreementAccount agreement = agreement(id);
        ZoneId zone = agreement.terms == null ? days.zone() : agreement.terms.tariff().zone();
        if (agreement.end == null) {
            agreement.end = LocalDate.ofInstant(at, zone);
        }
    }

    void miss(String id, String objective, LocalDate day, long index) {
        AgreementAccount agreement = agreement(id);
        int epochDay = Math.toIntExact(day.toEpochDay());
        if (agreement.missed.add(new AgreementAccount.Miss(epochDay, objective, 0))) {
            agreement.misses.add(new AgreementAccount.Miss(epochDay, objective, index));
        } else {
            count("sla_duplicate", 1);
        }
    }

    long book(long index, UsageRecord use) {
        Series kind = open.series(use);
        int day = days.day(use.until());
        if (day < openDay) {
            late(index, use.agreement(), use.quantity(), use.unit(), day);
            unbooked.add(index);
            return 0;
        }
        return switch (open.put(kind, day, use.from(), use.until(), use.quantity())) {
            case FRESH -> take(kind, index, use.quantity(), 1, null);
            case SAME -> {
                count(DUPLICATE, 1);
                unbooked.add(index);
                yield 0;
            }
            case OTHER -> {
                review(
                        CONFLICT,
                        index,
                        use.agreement(),
                        use.quantity()
                                + " "
                                + use.unit()
                                + " of meter "
                                + use.meter()
                                + " until "
                                + use.until()
                                + ", which was booked with another quantity");
                unbooked.add(index);
                yield 0;
            }
        };
    }

    List<JournalEntry> bookEntry(long index, UsageRecord use) {
        long milli = book(index, use);
        if (milli == 0) {
            return List.of();
        }
        AgreementAccount agreement = agreement(use.agreement());
        int day = days.day(use.until());
        Meter meter = agreement.meter(use.unit(), use.flavour(), day);
        return List.of(agreement.entry(day, meter, milli, Evidence.of(index)));
    }

    /**
     * All totals of a batch or none.
     *
     * @param checked false if the samples are erased, so that they may have been refused before
     */
    List<JournalEntry> book(long index, UsageTotals totals, boolean checked) {
        int day = days.day(totals.until());
        if (day < openDay) {
            refuseBatch(LATE, index, totals);
            return List.of();
        }
        int fresh = 0;
        int same = 0;
        for (UsageTotals.Total total : totals.totals()) {
            Series kind = open.series(totals, total);
            switch (open.find(kind, day, totals.from(), totals.until(), total.quantity())) {
                case FRESH -> fresh++;
                case SAME -> same++;
                case OTHER -> {}
            }
        }
        if (same == totals.totals().size()) {
            count(DUPLICATE, totals.count());
            return List.of();
        }
        if (fresh < totals.totals().size()) {
            refuseBatch(CONFLICT, index, totals);
            return List.of();
        }
        List<JournalEntry> booked = new ArrayList<>();
        Evidence evidence = new Evidence(index, index, 0, 1, List.of(totals.root()));
        for (UsageTotals.Total total : totals.totals()) {
            Series kind = open.series(totals, total);
            open.put(kind, day, totals.from(), totals.until(), total.quantity());
            long milli = take(kind, index, total.quantity(), total.uses(), totals.root());
            if (milli != 0 && kind.meter != null) {
                booked.add(kind.agreement.entry(day, kind.meter, milli, evidence));
            }
        }
        if (!checked) {
            unchecked.put(index, totals);
        }
        return booked;
    }

    void refuseBatch(String name, long index, UsageTotals totals) {
        review(
                name,
                index,
                "",
                "batch of "
                        + totals.count()
                        + " samples of meter "
                        + totals.meter()
                        + ", root "
                        + totals.root());
        refused.add(index);
    }

    List<Long> refusedBatches() {
        return List.copyOf(refused);
    }

    /** A batch that was refused while its samples could be read, and was erased since. */
    void takeBack(long index) {
        UsageTotals totals = unchecked.remove(index);
        if (totals == null) {
            return;
        }
        int day = days.day(totals.until());
        for (UsageTotals.Total total : totals.totals()) {
            Series kind = open.series(totals, total);
            open.turn(kind, day);
            take(kind, index, -total.quantity(), -total.uses(), totals.root());
        }
        review("batch_taken_back", index, "", "it was refused before its samples were erased");
    }

    private long take(Series kind, long index, long quantity, long uses, @Nullable String root) {
        Meter meter = kind.meter;
        Meter.Line line = kind.line;
        if (line == null) {
            throw new IllegalStateException("series was not turned to a day");
        }
        try {
            long milli = meter == null ? 0 : charge(kind.agreement, meter, line, quantity, uses);
            line.count(index, uses, quantity, root);
            return milli;
        } catch (ArithmeticException e) {
            review(
                    OVERFLOW,
                    index,
                    kind.agreement.id,
                    quantity + " " + kind.unit + " are more than 64 bits hold, or cost more");
            if (root == null) {
                unbooked.add(index);
            }
            return 0;
        }
    }

    /** Adds a quantity to a meter and books what it adds to the price of the whole. */
    private static long charge(
            AgreementAccount agreement, Meter meter, Meter.Line line, long quantity, long uses) {
        long amount = meter.amountMilliWith(quantity);
        long milli = amount - meter.bookedMilli;
        if (milli != 0) {
            agreement.owe(milli); // first: it is what may not fit
        }
        meter.quantity += quantity;
        meter.uses += uses;
        meter.bookedMilli = amount;
        line.milli += milli;
        return milli;
    }

    /** A case was opened: what is taken back from here on, its statement still counted. */
    void dispute(String caseId, long index) {
        settlements.open(caseId, index);
    }

    /** Books the difference between the adopted and the metered quantity on the first open day. */
    List<JournalEntry> correct(Dispute.Correction correction, Instant at, long index) {
        if (settlements.isSettled(correction.caseId())) {
            count("case_duplicate", 1);
            return List.of();
        }
        List<JournalEntry> booked =
                change(
                        correction.agreement(),
                        correction.unit(),
                        correction.flavour(),
                        Math.toIntExact(correction.day().toEpochDay()),
                        settlements.change(correction),
                        at,
                        Evidence.of(index));
        settlements.settle(correction);
        return booked;
    }

    /**
     * A use that did not happen is taken back, on the day of the reversal. One that a settled case
     * counted is not: both parties adopted a quantity for it.
     */
    List<JournalEntry> reverse(UsageReversal reversal, Instant at, long index) {
        UsageRecord use = reversal.use();
        if (reversal.of() >= index) {
            throw new IllegalArgumentException(
                    "reversal of entry " + reversal.of() + ", which is not before it");
        }
        if (reversed.contains(reversal.of())) {
            count("reversal_duplicate", 1);
            return List.of();
        }
        if (unbooked.contains(reversal.of())) {
            count("reversal_of_unbooked", 1);
            return List.of();
        }
        int usedOn = days.day(use.until());
        Settlements.Subject subject =
                new Settlements.Subject(
                        use.agreement(), LocalDate.ofEpochDay(usedOn), use.unit(), use.flavour());
        List<JournalEntry> booked = List.of();
        boolean agreed = settlements.counted(subject, reversal.of());
        if (agreed) {
            review(
                    "reversal_after_settlement",
                    index,
                    use.agreement(),
                    "entry " + reversal.of() + " is among what a settled case adopted");
        } else {
            booked =
                    change(
                            use.agreement(),
                            use.unit(),
                            use.flavour(),
                            usedOn,
                            -use.quantity(),
                            at,
                            Evidence.of(reversal.of()).and(Evidence.of(index)));
        }
        settlements.reverse(subject, index, reversal.of(), use.quantity(), !agreed);
        reversed.add(reversal.of());
        return booked;
    }

    private List<JournalEntry> change(
            String id,
            String unit,
            String flavour,
            int usedOn,
            long change,
            Instant at,
            Evidence evidence) {
        AgreementAccount agreement = agreement(id);
        if (agreement.terms == null) {
            throw new IllegalArgumentException("change of agreement " + id + " without terms");
        }
        if (change == 0) {
            return List.of();
        }
        Meter meter = agreement.meter(unit, flavour, usedOn);
        if (meter.quantity + change < 0) {
            throw new IllegalArgumentException(
                    "change takes back more " + unit + " than were booked");
        }
        long amount = meter.amountMilliWith(change);
        AgreementAccount.Adjustment adjustment =
                new AgreementAccount.Adjustment(
                        Math.max(days.day(at), openDay),
                        JournalEntry.Kind.CORRECTION,
                        unit,
                        flavour,
                        change,
                        0,
                        amount - meter.bookedMilli,
                        evidence);
        agreement.correct(usedOn, adjustment);
        meter.quantity += change;
        meter.bookedMilli = amount;
        return List.of(agreement.entry(adjustment));
    }

    private void late(long index, String agreement, long quantity, String unit, int day) {
        review(
                LATE,
                index,
                agreement,
                quantity + " " + unit + " for " + LocalDate.ofEpochDay(day) + ", which is closed");
    }

    void review(String name, long index, String agreement, String what) {
        reviews.add(new Review(name, index, agreement, what));
    }

    private void count(String name, long times) {
        reviews.count(name, times);
    }

    Reviews reviews() {
        return reviews;
    }

    Optional<LocalDate> closedThrough() {
        return openDay == Integer.MIN_VALUE
                ? Optional.empty()
                : Optional.of(LocalDate.ofEpochDay(openDay - 1L));
    }

    /** The first day that has anything to close, if it is before {@code through}. */
    LocalDate firstOpen(LocalDate through) {
        if (openDay != Integer.MIN_VALUE) {
            return LocalDate.ofEpochDay(openDay);
        }
        LocalDate first = through;
        for (AgreementAccount agreement : agreements.values()) {
            LocalDate began = agreement.firstDay();
            first = began != null && began.isBefore(first) ? began : first;
        }
        return first;
    }

    DayClose close(LocalDate day, long cutIndex, List<JournalEntry> booked) {
        int epochDay = Math.toIntExact(day.toEpochDay());
        TreeMap<String, Netting> nettings = new TreeMap<>();
        for (AgreementAccount agreement : agreements.values()) {
            int before = agreement.adjustments(epochDay).size();
            try {
                AgreementClose.book(
                        agreement,
                        day,
                        cutIndex,
                        currency -> nettings.computeIfAbsent(currency, c -> new Netting()));
            } catch (ArithmeticException e) {
                // one agreement with absurd prices must not keep the others from being closed
                review(OVERFLOW, cutIndex, agreement.id, "end of " + day);
            }
            List<AgreementAccount.Adjustment> after = agreement.adjustments(epochDay);
            after.subList(before, after.size()).forEach(a -> booked.add(agreement.entry(a)));
        }
        List<DayClose.CurrencyClose> currencies = new ArrayList<>();
        nettings.forEach(
                (currency, netting) -> {
                    DayClose.CurrencyClose close =
                            new DayClose.CurrencyClose(
                                    currency,
                                    netting.positions(),
                                    netting.bilateral(),
                                    netting.payments());
                    currencies.add(close);
                    for (JournalEntry entry : close.journal(day, cutIndex)) {
                        accounts.post(entry.postings());
                        booked.add(entry);
                    }
                });
        openDay = epochDay + 1;
        open.close(openDay);
        unchecked.values().removeIf(totals -> days.day(totals.until()) < openDay);
        refused.clear();
        return new DayClose(day, days.zone().getId(), cutIndex, currencies, stateHash());
    }

    List<JournalEntry> journal(
            LocalDate from, LocalDate through, TreeMap<LocalDate, DayClose> closes) {
        int first = DayClock.clamp(from);
        int last = DayClock.clamp(through);
        List<JournalEntry> journal = new ArrayList<>();
        if (first > last) {
            return journal;
        }
        agreements.values().forEach(agreement -> agreement.journal(first, last, journal));
        closes.subMap(from, true, through, true)
                .forEach(
                        (day, close) ->
                                close.currencies()
                                        .forEach(
                                                c ->
                                                        journal.addAll(
                                                                c.journal(day, close.cutIndex()))));
        return journal;
    }

    List<AssetRevenue.Amount> revenue(
            String provider, String asset, LocalDate from, LocalDate through) {
        TreeMap<String, Long> milli = new TreeMap<>();
        TreeMap<String, TreeSet<Long>> entries = new TreeMap<>();
        for (AgreementAccount agreement : agreements.values()) {
            AgreementAccount.Terms terms = agreement.terms;
            if (terms != null
                    && terms.provider().equals(provider)
                    && agreement.asset.equals(asset)) {
                String currency = terms.tariff().currency();
                agreement.earned(
                        DayClock.clamp(from),
                        DayClock.clamp(through),
                        (amount, evidence) -> {
                            milli.merge(currency, amount, Math::addExact);
                            TreeSet<Long> all =
                                    entries.computeIfAbsent(currency, c -> new TreeSet<>());
                            all.add(evidence.firstIndex());
                            all.add(evidence.lastIndex());
                        });
            }
        }
        List<AssetRevenue.Amount> amounts = new ArrayList<>();
        milli.forEach(
                (currency, sum) ->
                        amounts.add(
                                new AssetRevenue.Amount(
                                        currency, sum, List.copyOf(entries.get(currency)))));
        return amounts;
    }

    long netMilli(String participant, String currency) {
        long sum = 0;
        for (Account.Kind kind :
                List.of(Account.Kind.RECEIVABLE, Account.Kind.PAYABLE, Account.Kind.SETTLEMENT)) {
            sum =
                    Math.addExact(
                            sum, accounts.balanceMilli(new Account(participant, kind, currency)));
        }
        return sum;
    }

    byte[] state() {
        return BooksJson.state(agreements, accounts, reviews.counts(), closedThrough());
    }

    String stateHash() {
        return BooksJson.hash(state());
    }
}
