package org.roadloop.bench;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.roadloop.core.clearing.Clearing;
import org.roadloop.core.clearing.Price;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.clearing.UsageRecord;

/**
 * Seeded random uses under random tariffs (随机用量): 500 agreements among 60 participants in three
 * currencies, every price model, ten days, one use in 200 sent again, one in 5,000 with another
 * quantity. One thread.
 */
final class UsageStream {
    static final int DAYS = 10;
    private static final int AGREEMENTS = 500;
    private static final int PARTICIPANTS = 60;
    private static final LocalDate FIRST_DAY = LocalDate.parse("2026-11-01");
    private static final String[] CURRENCIES = {"CNY", "EUR", "USD"};
    private static final String[] UNITS = {"call", "byte", "row", "use", "compute-second"};
    private static final String[] FLAVOURS = {"cpu", "gpu"};

    private final SplittableRandom random;
    private final long events;
    private final List<String> agreements = new ArrayList<>();
    private final List<String> assets = new ArrayList<>();
    private final List<String> consumers = new ArrayList<>();
    private final List<String> providers = new ArrayList<>();
    private final List<Tariff> tariffs = new ArrayList<>();
    private long produced;

    UsageStream(long seed, long events) {
        random = new SplittableRandom(seed);
        this.events = events;
        for (int i = 0; i < AGREEMENTS; i++) {
            agreements.add("urn:uuid:00000000-0000-4000-8000-" + String.format("%012d", i));
            assets.add("urn:asset:data-set-" + i % 97);
            int provider = random.nextInt(PARTICIPANTS);
            int consumer = (provider + 1 + random.nextInt(PARTICIPANTS - 1)) % PARTICIPANTS;
            providers.add(did(provider));
            consumers.add(did(consumer));
            tariffs.add(tariff());
        }
    }

    private static String did(int participant) {
        return "did:web:participant-" + participant + ".example";
    }

    private Tariff tariff() {
        List<Price> prices = new ArrayList<>();
        for (String unit : UNITS) {
            long per = 1 + random.nextInt(unit.equals("byte") ? 1_000_000 : 100);
            long milli = random.nextInt(500);
            switch (random.nextInt(4)) {
                case 0 ->
                        prices.add(
                                new Price.Tiered(
                                        unit,
                                        "",
                                        per,
                                        random.nextBoolean(),
                                        random.nextBoolean(),
                                        List.of(
                                                new Price.Tier(per * 1_000, milli),
                                                new Price.Tier(Price.Tier.OPEN, milli / 2))));
                case 1 -> prices.add(new Price.Auctioned("auction-1", unit, "", per, milli));
                default -> prices.add(new Price.PerUnit(unit, per, milli));
            }
        }
        prices.add(new Price.PerUnit("compute-second", "gpu", 60, 900));
        if (random.nextInt(3) == 0) {
            prices.add(new Price.Subscription(Price.Every.DAY, random.nextInt(9_000)));
        }
        if (random.nextInt(4) == 0) {
            prices.add(new Price.MonthlyBounds(1_000, 5_000_000));
        }
        List<Tariff.Share> shares = new ArrayList<>();
        for (int i = 0; i < random.nextInt(3); i++) {
            shares.add(new Tariff.Share("did:web:author-" + i + ".example", 1_234 + i));
        }
        return new Tariff(
                CURRENCIES[random.nextInt(CURRENCIES.length)],
                Tariff.ZONE,
                prices,
                shares,
                new Tariff.Credits(List.of(new Tariff.Objective("availability", 1_000)), 3_000));
    }

    void register(Clearing clearing) {
        for (int i = 0; i < AGREEMENTS; i++) {
            clearing.register(
                    agreements.get(i),
                    providers.get(i),
                    consumers.get(i),
                    tariffs.get(i),
                    begins(0));
        }
    }

    static String[] currencies() {
        return CURRENCIES.clone();
    }

    String agreement(int i) {
        return agreements.get(i % AGREEMENTS);
    }

    /** Noon of a day, in the zone of the clearing. */
    static Instant noon(int day) {
        return begins(day).plusSeconds(12 * 3_600);
    }

    static LocalDate date(int day) {
        return FIRST_DAY.plusDays(day);
    }

    private static Instant begins(int day) {
        return date(day).atStartOfDay(Tariff.ZONE).toInstant();
    }

    boolean hasNext() {
        return produced < events;
    }

    /** Day of the next use. */
    int day() {
        return (int) (produced * DAYS / events);
    }

    /** The next uses, all of one day; at most so many. */
    List<UsageRecord> next(int most) {
        int day = day();
        Instant begins = begins(day);
        List<UsageRecord> chunk = new ArrayList<>(most);
        while (hasNext() && day() == day && chunk.size() < most) {
            int kind = random.nextInt(5_000);
            if (kind < 26 && !chunk.isEmpty()) {
                chunk.add(again(chunk.get(random.nextInt(chunk.size())), kind == 0));
            } else {
                chunk.add(use(begins));
            }
            produced++;
        }
        return chunk;
    }

    private UsageRecord use(Instant begins) {
        int i = random.nextInt(AGREEMENTS);
        String unit = UNITS[random.nextInt(UNITS.length)];
        boolean compute = unit.equals("compute-second");
        // an interval of its own: the number of the use, in nanoseconds
        Instant until = begins.plusNanos(1_000_000 + produced);
        return new UsageRecord(
                agreements.get(i),
                assets.get(i),
                consumers.get(i),
                "use",
                "research",
                1 + random.nextInt(unit.equals("byte") ? 10_000_000 : 1_000),
                unit,
                "usage-gate",
                1,
                until.minusNanos(1_000_000),
                until,
                compute ? FLAVOURS[random.nextInt(FLAVOURS.length)] : "");
    }

    private static UsageRecord again(UsageRecord use, boolean other) {
        return new UsageRecord(
                use.agreement(),
                use.asset(),
                use.actor(),
                use.action(),
                use.purpose(),
                use.quantity() + (other ? 1 : 0),
                use.unit(),
                use.meter(),
                use.meterVersion(),
                use.from(),
                use.until(),
                use.flavour());
    }
}
