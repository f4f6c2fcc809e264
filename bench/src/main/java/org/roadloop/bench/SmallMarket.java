package org.roadloop.bench;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.roadloop.compute.broker.Broker;
import org.roadloop.compute.broker.Placement;
import org.roadloop.compute.broker.Quote;
import org.roadloop.compute.broker.SitePolicy;
import org.roadloop.compute.broker.Wish;
import org.roadloop.compute.replay.ReplayClock;
import org.roadloop.compute.replay.ReplayLedger;
import org.roadloop.compute.replay.ReplaySite;
import org.roadloop.compute.site.Site;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.booking.Claim;
import org.roadloop.core.booking.Resource;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.network.admission.Admission;
import org.roadloop.network.admission.Topology;
import org.roadloop.network.calendar.BulkNetwork;

/**
 * A small cross-site instance that an exact solver can still prove (小规模算例): 4 sites around a
 * switch, at most 12 jobs within 24 hours, all drawn from a seed.
 *
 * <p>A site has 2 to 4 slots, speed 0.5 to 2 and price 1 to 10 milli a second; lines carry 100
 * Mbit/s, 80 of them bookable. With an even seed the jobs arrive within the first 12 hours, with an
 * odd one all at once. A job takes 0.5 to 4 hours at speed 1 on 1 or 2 slots, reads 5 to 60 GB from
 * one site or either of two, is due after 1.2 to 3 times its length and 2 hours, and may not run
 * everywhere in 3 of 10 cases.
 */
final class SmallMarket {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final long MILLI_PER_LATE_SECOND = 5;
    static final long MILLI_PER_GIGABYTE = 1_000;
    static final String ACTOR = "did:web:bench.example";
    private static final String[] NAMES = {"north", "south", "east", "west"};

    final List<Site> sites = new ArrayList<>();
    final List<Wish> wishes = new ArrayList<>();
    final Calendar calendar;
    final BulkNetwork network;
    final Broker broker;

    SmallMarket(long seed) {
        this(seed, new ReplayLedger(), clock(), new SplittableRandom(seed), 0);
    }

    /**
     * Sites with 64 slots more, so that every task is placed at once; for the pace of decisions.
     */
    static SmallMarket roomy(Ledger ledger, Clock clock) {
        return new SmallMarket(1, ledger, clock, new SplittableRandom(1), 64);
    }

    static ReplayClock clock() {
        return new ReplayClock(START);
    }

    private SmallMarket(
            long seed, Ledger ledger, Clock clock, SplittableRandom random, int moreSlots) {
        List<Topology.Port> ports = new ArrayList<>();
        for (String name : NAMES) {
            sites.add(site(name, random, moreSlots));
            ports.addAll(Topology.line(name, "switch", 100_000_000, 5_000, 50_000));
        }
        calendar = new Calendar(ledger, clock);
        network =
                new BulkNetwork(
                        new Admission(Topology.of(ports), ledger, clock, ACTOR),
                        calendar,
                        clock,
                        0.8,
                        50);
        broker = new Broker(sites, network, calendar, clock, ACTOR);
        int jobs = random.nextInt(6, 13);
        for (int i = 0; i < jobs; i++) {
            wishes.add(wish(i, seed % 2 == 0 ? random.nextInt(12 * 3600) : 0, random));
        }
    }

    private static ReplaySite site(String name, SplittableRandom random, int moreSlots) {
        Site.Capabilities capabilities =
                new Site.Capabilities(
                        name,
                        name,
                        name,
                        "x86_64",
                        new Resource(
                                "slot:" + name + "/cpu", random.nextInt(2, 5) + moreSlots, "slot"),
                        0.5 + 1.5 * random.nextDouble(),
                        1L << 40,
                        random.nextLong(1, 11),
                        "replay",
                        List.of(),
                        Site.Profile.plain(name, Site.Kind.GENERAL, "bench"));
        return new ReplaySite(
                new ReplaySite.Settings(capabilities, 0, 0),
                clock(),
                key -> {
                    throw new IllegalStateException("nothing runs here: " + key);
                },
                List.of());
    }

    private static Wish wish(int number, int arrivalSeconds, SplittableRandom random) {
        Instant at = START.plusSeconds(arrivalSeconds);
        double seconds = 1800 + random.nextInt(12_600);
        int slots = random.nextInt(1, 3);
        String home = NAMES[random.nextInt(4)];
        String second = NAMES[random.nextInt(4)];
        List<String> nodes = home.equals(second) ? List.of(home) : List.of(home, second);
        long bytes = random.nextLong(5_000_000_000L, 60_000_000_000L);
        Instant due = at.plusSeconds(7200 + (long) (seconds * (1.2 + 1.8 * random.nextDouble())));
        Set<String> allowed =
                random.nextInt(10) < 3
                        ? Set.copyOf(List.of(home, NAMES[random.nextInt(4)], second))
                        : Set.of();
        return new Wish(
                "job-" + number,
                new Site.Work(
                        "bench",
                        seconds * slots,
                        slots,
                        1L << 30,
                        0,
                        Duration.ofDays(9),
                        false,
                        Site.Gang.ONE),
                List.of(new Wish.Data(nodes, bytes, "")),
                at,
                Optional.empty(),
                0.5,
                "",
                Long.MAX_VALUE,
                new Wish.Terms(
                        "",
                        new SitePolicy(Map.of(), allowed, Set.of(), 0, Set.of(), Set.of(), 0),
                        true,
                        Optional.of(
                                new Wish.Worth(due, MILLI_PER_LATE_SECOND, MILLI_PER_GIGABYTE, 0)),
                        List.of(),
                        Duration.ZERO,
                        "",
                        0));
    }

    /** Cost, lateness and moved bytes of a plan, in milli; without the price of scarcity. */
    double milli(List<Placement> plan) {
        double milli = 0;
        for (int i = 0; i < plan.size(); i++) {
            Quote.Feasible q = plan.get(i).chosen().orElseThrow();
            Wish.Worth worth = wishes.get(i).terms().worth().orElseThrow();
            double late = Duration.between(worth.due(), q.expectedFinish()).toMillis() / 1000.0;
            milli +=
                    q.milliCost()
                            - q.scarcityMilliCost()
                            + Math.max(0, late) * MILLI_PER_LATE_SECOND
                            + q.movedBytes() / 1e9 * MILLI_PER_GIGABYTE;
        }
        return milli;
    }

    /**
     * What is wrong with a plan, found from its claims alone and without the calendar; empty if
     * nothing is.
     */
    List<String> faults(List<Placement> plan) {
        List<String> faults = new ArrayList<>();
        Map<String, TreeMap<Instant, Long>> changes = new TreeMap<>();
        for (int i = 0; i < plan.size(); i++) {
            Wish wish = wishes.get(i);
            Quote.Feasible q = plan.get(i).chosen().orElse(null);
            if (q == null) {
                faults.add(wish.task() + " has no site");
                continue;
            }
            SitePolicy policy = wish.terms().policy();
            if (!policy.sites().isEmpty() && !policy.sites().contains(q.site())) {
                faults.add(wish.task() + " may not run at " + q.site());
            }
            for (var transfer : q.transfers()) {
                if (q.start().isBefore(transfer.finish()) || transfer.start().isBefore(wish.at())) {
                    faults.add(wish.task() + " runs before its data is there");
                }
                double carried =
                        transfer.claims().stream()
                                .mapToDouble(
                                        c ->
                                                c.amount()
                                                        * (Duration.between(c.from(), c.until())
                                                                        .toMillis()
                                                                / 8000.0))
                                .min()
                                .orElse(Double.MAX_VALUE);
                if (carried < transfer.dataBytes()) {
                    faults.add(wish.task() + " books too little of a line");
                }
            }
            for (Claim claim : q.claims()) {
                TreeMap<Instant, Long> of =
                        changes.computeIfAbsent(claim.resource(), r -> new TreeMap<>());
                of.merge(claim.from(), claim.amount(), Long::sum);
                of.merge(claim.until(), -claim.amount(), Long::sum);
            }
        }
        changes.forEach(
                (resource, of) -> {
                    long level = 0;
                    for (long change : of.values()) {
                        level += change;
                        if (level > calendar.get(resource).capacity()) {
                            faults.add(resource + " is booked beyond its capacity");
                        }
                    }
                });
        return faults;
    }
}
