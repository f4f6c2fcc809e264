package org.roadloop.core.clearing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;

/** What must hold of any uses under any tariffs. */
class ClearingLawsTest {
    private static final LocalDate FIRST = LocalDate.parse("2026-11-29");
    private static final int DAYS = 4;
    private static final int AGREEMENTS = 12;
    private static final String[] CURRENCIES = {"CNY", "EUR"};
    private static final String[] UNITS = {"row", "call", "compute-second"};
    private static final String OPERATOR = "did:web:operator.example";

    private final long seed = 20_261_122;
    private final Random random = new Random(seed);

    private static String did(int i) {
        return "did:web:p" + i + ".example";
    }

    private Tariff tariff() {
        List<Price> prices = new ArrayList<>();
        for (String unit : UNITS) {
            long per = 1 + random.nextInt(50);
            switch (random.nextInt(4)) {
                case 0 -> prices.add(new Price.PerUnit(unit, per, random.nextInt(90)));
                case 1 ->
                        prices.add(
                                new Price.Tiered(
                                        unit,
                                        "",
                                        per,
                                        random.nextBoolean(),
                                        random.nextBoolean(),
                                        List.of(
                                                new Price.Tier(per * 40, random.nextInt(90)),
                                                new Price.Tier(
                                                        Price.Tier.OPEN, random.nextInt(90)))));
                case 2 -> prices.add(new Price.Auctioned("x", unit, "gpu", per, 55));
                default -> {}
            }
        }
        if (random.nextBoolean()) {
            Price.Every every = random.nextBoolean() ? Price.Every.DAY : Price.Every.MONTH;
            prices.add(new Price.Subscription(every, random.nextInt(5_000)));
        }
        if (random.nextInt(3) == 0) {
            prices.add(new Price.MonthlyBounds(700, 9_000));
        }
        List<Tariff.Share> shares = new ArrayList<>();
        for (int i = 0; i < random.nextInt(4); i++) {
            shares.add(new Tariff.Share(did(i), 1 + random.nextInt(3_333)));
        }
        return new Tariff(
                CURRENCIES[random.nextInt(2)],
                Tariff.ZONE,
                prices,
                shares,
                new Tariff.Credits(
                        List.of(
                                new Tariff.Objective("availability", 777),
                                new Tariff.Objective("latency", 4_000)),
                        4_500));
    }

    private static Instant begins(int day) {
        return FIRST.plusDays(day).atStartOfDay(Tariff.ZONE).toInstant();
    }

    private UsageRecord use(int day, int number) {
        Instant until = begins(day).plusSeconds(number);
        String unit = UNITS[random.nextInt(UNITS.length)];
        return new UsageRecord(
                "a-" + random.nextInt(AGREEMENTS),
                "x",
                OPERATOR,
                "use",
                "p",
                random.nextInt(300),
                unit,
                "gate",
                1,
                until,
                until,
                random.nextBoolean() ? "gpu" : "");
    }

    private List<Event> day(int day) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            UsageRecord use = use(day, i);
            Event metered =
                    Event.of(
                            UsageRecord.EVENT,
                            use.until(),
                            OPERATOR,
                            use.agreement(),
                            use.toJson());
            events.add(metered);
            if (random.nextInt(10) == 0) {
                events.add(metered);
            }
        }
        Collections.shuffle(events, random);
        List<UsageRecord> samples = new ArrayList<>();
        for (int i = 200; i < 260; i++) {
            samples.add(use(day, i));
        }
        for (UsageBatch batch : UsageBatch.split(samples)) {
            events.addAll(batch.events(begins(day), OPERATOR));
        }
        for (int i = 0; i < 3; i++) {
            events.add(
                    Clearing.slaMissed(
                            "a-" + random.nextInt(AGREEMENTS),
                            random.nextBoolean() ? "availability" : "latency",
                            FIRST.plusDays(random.nextInt(day + 1)),
                            begins(day),
                            OPERATOR));
        }
        return events;
    }

    private static void register(Clearing clearing, List<Tariff> tariffs) {
        for (int i = 0; i < tariffs.size(); i++) {
            clearing.register(
                    "a-" + i, did(i % 5), did((i + 1 + i / 5) % 5), tariffs.get(i), begins(0));
        }
    }

    private static void balanced(Clearing clearing, String what) {
        for (String currency : CURRENCIES) {
            assertThat(clearing.imbalanceMilli(currency)).as(what).isZero();
        }
    }

    @Test
    void everyEventKeepsTheBalanceAndAReplayIsTheSame() {
        for (int round = 0; round < 15; round++) {
            String what = "seed " + seed + " round " + round;
            List<Tariff> tariffs = new ArrayList<>();
            for (int i = 0; i < AGREEMENTS; i++) {
                tariffs.add(tariff());
            }
            Clearing clearing = new Clearing();
            register(clearing, tariffs);
            List<Entry> ledger = new ArrayList<>();
            for (int day = 0; day < DAYS; day++) {
                for (Event event : day(day)) {
                    apply(clearing, ledger, event, what);
                }
                LocalDate ended = FIRST.plusDays(day);
                apply(clearing, ledger, clearing.dayEnded(ended, begins(day + 1), OPERATOR), what);
                for (DayClose close : clearing.publishable()) {
                    for (Event event : close.events(begins(day + 1), OPERATOR)) {
                        apply(clearing, ledger, event, what);
                    }
                }
            }
            assertThat(clearing.counts()).as(what).doesNotContainKey("close_differs");
            nothingIsLeftOfClosedDays(clearing, what);
            billsAddUp(clearing, what);
            Clearing replayed = new Clearing();
            register(replayed, tariffs);
            ledger.forEach(replayed::apply);
            assertThat(replayed.state()).as(what).isEqualTo(clearing.state());
        }
    }

    private static void apply(Clearing clearing, List<Entry> ledger, Event event, String what) {
        Entry entry = new Entry(ledger.size(), event);
        ledger.add(entry);
        for (JournalEntry booked : clearing.apply(entry)) {
            assertThat(booked.postings().stream().mapToLong(Posting::milli).sum())
                    .as(what)
                    .isZero();
        }
        balanced(clearing, what);
    }

    private static void nothingIsLeftOfClosedDays(Clearing clearing, String what) {
        clearing.trialBalance()
                .forEach(
                        (account, milli) -> {
                            if (account.kind() == Account.Kind.RECEIVABLE
                                    || account.kind() == Account.Kind.PAYABLE) {
                                assertThat(milli).as(what + " " + account).isZero();
                            }
                        });
    }

    /** What consumers were billed is what providers and their beneficiaries earned. */
    private static void billsAddUp(Clearing clearing, String what) {
        for (String currency : CURRENCIES) {
            long billed = 0;
            for (int i = 0; i < AGREEMENTS; i++) {
                Bill bill = clearing.bill("a-" + i);
                if (bill.currency().equals(currency)) {
                    billed += bill.totalMilli();
                    billed += bill.shares().stream().mapToLong(Bill.Share::amountMilli).sum();
                }
            }
            long earned = 0;
            for (var balance : clearing.trialBalance().entrySet()) {
                if (balance.getKey().kind() == Account.Kind.REVENUE
                        && balance.getKey().currency().equals(currency)) {
                    earned -= balance.getValue();
                }
            }
            assertThat(billed).as(what).isEqualTo(earned);
        }
    }

    /** Within a day, and whenever the terms become known. */
    @Test
    void theOrderOfUsesDoesNotMatter() {
        List<Tariff> tariffs = new ArrayList<>();
        for (int i = 0; i < AGREEMENTS; i++) {
            tariffs.add(tariff());
        }
        List<UsageRecord> uses = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            uses.add(use(0, i));
        }
        Clearing one = new Clearing();
        register(one, tariffs);
        uses.forEach(use -> one.book(0, use));
        Collections.shuffle(uses, random);
        Clearing other = new Clearing();
        for (int i = 0; i < uses.size(); i++) {
            if (i == 700) {
                register(other, tariffs);
            }
            other.book(0, uses.get(i));
        }
        byte[] before = other.state();
        uses.forEach(use -> assertThat(other.book(0, use)).isZero());
        assertThat(other.duplicates()).isEqualTo(2_000);
        assertThat(one.state()).as("seed %d", seed).isEqualTo(before);
    }
}
