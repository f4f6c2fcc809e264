package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;
import org.roadloop.compute.broker.Placement;
import org.roadloop.compute.broker.Wish;
import org.roadloop.compute.replay.MonthTrace;
import org.roadloop.compute.replay.ReplayLedger;
import org.roadloop.compute.replay.ReplayMonth;
import org.roadloop.compute.replay.TraceJob;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.Ledger;

/**
 * How good the broker's decisions are, and how fast (调度质量): against the exact optimum of small
 * instances, against four simple rules over a month, and in decisions a second.
 */
final class BrokerFigures {
    /** None of these were looked at while the rules were made. */
    private static final long FIRST_SEED = 1_001;

    private static final int INSTANCES = 60;
    private static final double SOLVER_SECONDS = 20;
    private static final long[] MONTHS = {1, 2, 3};
    private static final int WARM_UP = 3_000;
    private static final int DECISIONS = 3_000;
    private static final int THREADS = 16;

    private BrokerFigures() {}

    /**
     * @param root of the checkout, beside which {@code shared/data} lies; without it no month
     */
    static void measure(Path root, Figures figures) throws Exception {
        gap(figures);
        Path data = root.resolve("../shared/data").normalize();
        if (Files.exists(data.resolve("openb"))) {
            months(data, figures);
        } else {
            System.out.println("broker: no month, because " + data + " has no traces");
        }
        rate(figures);
        durableRate(figures);
    }

    private static void gap(Figures figures) {
        double together = 0;
        double oneByOne = 0;
        double worst = 0;
        int proven = 0;
        int faults = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + INSTANCES; seed++) {
            SmallMarket market = new SmallMarket(seed);
            ExactPlan.Best best = ExactPlan.of(market, SOLVER_SECONDS);
            List<Placement> plan = market.broker.placeAll(market.wishes);
            double gap = market.milli(plan) / best.milli() - 1;
            together += gap;
            worst = Math.max(worst, gap);
            proven += best.proven() ? 1 : 0;
            faults += market.faults(plan).size();
            SmallMarket again = new SmallMarket(seed);
            List<Placement> single = oneByOne(again);
            oneByOne += again.milli(single) / best.milli() - 1;
            faults += again.faults(single).size();
        }
        figures.add("broker.gap_percent", 100 * together / INSTANCES, "%");
        figures.add("broker.gap_worst_percent", 100 * worst, "%");
        figures.add("broker.gap_one_by_one_percent", 100 * oneByOne / INSTANCES, "%");
        figures.add("broker.gap_instances", INSTANCES, "instances");
        figures.add("broker.gap_proven", proven, "instances");
        figures.add("broker.infeasible", faults, "faults");
    }

    /** Each job is decided on when it arrives, by one who knows of no later one. */
    static List<Placement> oneByOne(SmallMarket market) {
        Placement[] plan = new Placement[market.wishes.size()];
        market.wishes.stream()
                .sorted(Comparator.comparing(Wish::at))
                .forEach(w -> plan[market.wishes.indexOf(w)] = market.broker.place(w));
        return Arrays.asList(plan);
    }

    private static void months(Path data, Figures figures) throws IOException {
        double worstRatio = 0;
        double worstMeasure = 0;
        Map<ReplayMonth.Policy, double[]> sums = new EnumMap<>(ReplayMonth.Policy.class);
        for (long seed : MONTHS) {
            List<TraceJob> jobs = MonthTrace.read(data, seed, 1);
            List<ReplayMonth.Totals> rules = new ArrayList<>();
            ReplayMonth.Totals ours = ReplayMonth.run(jobs, ReplayMonth.Policy.OURS, seed);
            for (ReplayMonth.Policy policy : ReplayMonth.Policy.values()) {
                ReplayMonth.Totals totals =
                        policy == ReplayMonth.Policy.OURS
                                ? ours
                                : ReplayMonth.run(jobs, policy, seed);
                if (policy != ReplayMonth.Policy.OURS) {
                    rules.add(totals);
                }
                double[] sum = sums.computeIfAbsent(policy, p -> new double[4]);
                sum[0] += totals.weighted() / 1e9 / MONTHS.length;
                sum[1] += totals.milliCost() / 1e9 / MONTHS.length;
                sum[2] += totals.lateSeconds() / 3600 / MONTHS.length;
                sum[3] += totals.movedBytes() / 1e12 / MONTHS.length;
            }
            double best =
                    rules.stream().mapToDouble(ReplayMonth.Totals::weighted).min().orElseThrow();
            worstRatio = Math.max(worstRatio, ours.weighted() / best);
            worstMeasure = Math.max(worstMeasure, overMedian(ours, rules));
        }
        figures.add("broker.best_baseline_ratio", worstRatio, "ratio, worst of 3 months");
        figures.add("broker.measure_over_median", worstMeasure, "ratio, worst measure and month");
        sums.forEach(
                (policy, sum) -> {
                    String name =
                            policy == ReplayMonth.Policy.OURS
                                    ? "broker.month"
                                    : "peer.broker.month." + policy.name().toLowerCase(Locale.ROOT);
                    figures.add(name + ".weighted", sum[0], "million");
                    figures.add(name + ".cost", sum[1], "million");
                    figures.add(name + ".late_hours", sum[2], "h");
                    figures.add(name + ".moved", sum[3], "TB");
                });
    }

    /** The worst of our three measures, each over the median of the four rules. */
    static double overMedian(ReplayMonth.Totals ours, List<ReplayMonth.Totals> rules) {
        List<ToDoubleFunction<ReplayMonth.Totals>> measures =
                List.of(
                        ReplayMonth.Totals::milliCost,
                        ReplayMonth.Totals::lateSeconds,
                        ReplayMonth.Totals::movedBytes);
        return measures.stream()
                .mapToDouble(
                        measure -> {
                            double[] values =
                                    rules.stream().mapToDouble(measure).sorted().toArray();
                            int n = values.length;
                            double median = (values[(n - 1) / 2] + values[n / 2]) / 2;
                            return measure.applyAsDouble(ours) / median;
                        })
                .max()
                .orElseThrow();
    }

    private static void rate(Figures figures) {
        SmallMarket market = SmallMarket.roomy(new ReplayLedger(), SmallMarket.clock());
        List<Wish> wishes = market.wishes;
        for (int i = 0; i < WARM_UP; i++) {
            placeAndRelease(market, wishes.get(i % wishes.size()));
        }
        double[] micros = new double[DECISIONS];
        long began = System.nanoTime();
        for (int i = 0; i < DECISIONS; i++) {
            long at = System.nanoTime();
            placeAndRelease(market, wishes.get(i % wishes.size()));
            micros[i] = (System.nanoTime() - at) / 1e3;
        }
        figures.add(
                "broker.place_per_second",
                DECISIONS / ((System.nanoTime() - began) / 1e9),
                "place and release/s");
        figures.add("broker.place_p99_us", new Percentiles(micros).at(99), "us");
    }

    private static void durableRate(Figures figures) throws Exception {
        Path folder = Files.createTempDirectory("roadloop-bench");
        try (Ledger ledger =
                        FileLedger.open(
                                folder.resolve("ledger"),
                                "bench.example/log",
                                Keystore.open(folder.resolve("keys"))
                                        .signer("log", SmallMarket.ACTOR));
                var threads = Executors.newFixedThreadPool(THREADS)) {
            Percentiles syncs = DiskSync.measure(folder, 200);
            figures.add("broker.fsync_p50_ms", syncs.at(50), "ms");
            SmallMarket market = SmallMarket.roomy(ledger, Clock.systemUTC());
            List<Callable<Integer>> work = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int first = t;
                work.add(
                        () -> {
                            for (int i = first; i < DECISIONS; i += THREADS) {
                                Wish wish = market.wishes.get(i % market.wishes.size());
                                placeAndRelease(market, wish);
                            }
                            return first;
                        });
            }
            long began = System.nanoTime();
            for (Future<Integer> done : threads.invokeAll(work)) {
                done.get();
            }
            figures.add(
                    "broker.place_per_second.durable",
                    DECISIONS / ((System.nanoTime() - began) / 1e9),
                    "place and release/s");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a decision failed", e);
        } finally {
            Folders.delete(folder);
        }
    }

    private static void placeAndRelease(SmallMarket market, Wish wish) {
        Placement placement = market.broker.place(wish);
        if (placement.chosen().isEmpty()) {
            throw new IllegalStateException(String.join("; ", placement.reasons()));
        }
        market.broker.release(placement.hold());
    }
}
