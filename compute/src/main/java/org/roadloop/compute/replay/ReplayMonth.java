package org.roadloop.compute.replay;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.roadloop.compute.broker.Placement;
import org.roadloop.compute.broker.Quote;
import org.roadloop.compute.broker.SitePolicy;
import org.roadloop.compute.broker.Wish;
import org.roadloop.compute.site.Site;
import org.roadloop.core.booking.Claim;
import org.roadloop.network.calendar.Estimate;

/**
 * One month of jobs through four sites under one policy (月度回放). All policies see the same quotes,
 * book in the same calendar and profit from the same caches; they differ in the site they choose.
 * Jobs are decided on in the order of their arrival, without a look ahead. A run that a lost site
 * ends is paid for as far as it got and placed again.
 */
public final class ReplayMonth {
    /**
     * The weights, fixed before the first run: a job that is a second late costs what a second of a
     * slot in the cloud does, a moved gigabyte what two minutes of a slot of the AI centre do.
     */
    public static final double MILLI_PER_LATE_SECOND = 5;

    public static final double MILLI_PER_GIGABYTE = 1_000;

    /** Who chooses the site. */
    public enum Policy {
        /** The broker, told the weights above. */
        OURS,
        RANDOM,
        CHEAPEST_SITE,
        /** The fewest bytes to move, then the earliest arrival. */
        NEAREST_DATA,
        /** The least share of its slots booked now, then the earliest start. */
        LEAST_LOADED
    }

    /**
     * @param milliCost of runs and transfers, without the price of scarcity, which nobody spends
     * @param lateSeconds after the jobs were due, all together
     * @param rerun runs that were lost with a site
     */
    public record Totals(
            Policy policy,
            int jobs,
            double milliCost,
            double lateSeconds,
            double movedBytes,
            int rerun) {
        public double weighted() {
            return milliCost
                    + lateSeconds * MILLI_PER_LATE_SECOND
                    + movedBytes / 1e9 * MILLI_PER_GIGABYTE;
        }
    }

    private final Policy policy;
    private final SplittableRandom random;
    private final Map<String, ReplaySite.Recorded> recorded = new HashMap<>();
    private final FourSites four = new FourSites(this::recorded);
    private double milliCost;
    private double lateSeconds;
    private double movedBytes;
    private int done;
    private int rerun;

    private ReplayMonth(Policy policy, long seed) {
        this.policy = policy;
        this.random = new SplittableRandom(seed);
    }

    /**
     * @param seed of the random policy
     * @throws IllegalStateException if a job was not placed or a booking is left at the end
     */
    public static Totals run(List<TraceJob> jobs, Policy policy, long seed) {
        ReplayMonth month = new ReplayMonth(policy, seed);
        for (TraceJob job : jobs) {
            month.four.clock.advanceTo(FourSites.START.plus(job.arrival()));
            month.place(job, 0);
        }
        while (month.four.clock.step()) {
            // until the last job has ended
        }
        if (month.done != jobs.size() || !month.four.calendar.bookings().isEmpty()) {
            throw new IllegalStateException(
                    "%d of %d jobs ended, %d bookings are left"
                            .formatted(
                                    month.done,
                                    jobs.size(),
                                    month.four.calendar.bookings().size()));
        }
        return new Totals(
                policy,
                jobs.size(),
                month.milliCost,
                month.lateSeconds,
                month.movedBytes,
                month.rerun);
    }

    private ReplaySite.Recorded recorded(String key) {
        ReplaySite.Recorded known = recorded.get(key);
        if (known == null) {
            throw new IllegalArgumentException("run " + key + " is not recorded");
        }
        return known;
    }

    private void place(TraceJob job, int attempt) {
        Instant due = FourSites.START.plus(job.arrival()).plus(job.patience());
        Placement placement = choose(wish(job, due));
        if (placement.chosen().isEmpty()) {
            // no site that could run it answers: an hour later again
            four.clock.at(
                    four.clock.instant().plus(Duration.ofHours(1)), () -> place(job, attempt));
            return;
        }
        Quote.Feasible quote = placement.chosen().get();
        ReplaySite site = (ReplaySite) four.broker.site(quote.site());
        String key = job.id() + "/" + attempt;
        recorded.put(key, new ReplaySite.Recorded(work(job), job.share()));
        for (int i = 0; i < quote.transfers().size(); i++) {
            Estimate transfer = quote.transfers().get(i);
            milliCost += transfer.milliCost();
            movedBytes += transfer.path().isEmpty() ? 0 : transfer.dataBytes();
            String content = job.data().get(i).content();
            four.clock.at(transfer.finish(), () -> site.arrive(content, transfer.dataBytes()));
        }
        site.onEnd(key, ended -> end(job, attempt, due, placement, quote, ended));
        four.clock.at(quote.start(), () -> site.start(key));
    }

    private void end(
            TraceJob job,
            int attempt,
            Instant due,
            Placement placement,
            Quote.Feasible quote,
            Site.Observation.Ended ended) {
        Instant now = four.clock.instant();
        Claim slot = quote.claims().getLast();
        double seconds = Duration.between(slot.from(), now).toMillis() / 1000.0;
        milliCost +=
                Math.ceil(seconds)
                        * slot.amount()
                        * four.broker.site(quote.site()).capabilities().milliPerSecond();
        four.broker.release(placement.hold());
        if (ended.failure().isEmpty()) {
            lateSeconds += Math.max(0, Duration.between(due, now).toMillis() / 1000.0);
            done++;
        } else {
            rerun++;
            four.clock.at(now, () -> place(job, attempt + 1));
        }
    }

    private static Site.Work work(TraceJob job) {
        return new Site.Work(
                "replay",
                job.seconds() * job.slots(),
                job.slots(),
                1L << 30,
                0,
                Duration.ofDays(30),
                false,
                job.cards() ? new Site.Gang(1, "gpu", job.slots(), "", true) : Site.Gang.ONE);
    }

    private Wish wish(TraceJob job, Instant due) {
        return new Wish(
                job.id(),
                work(job),
                job.data(),
                four.clock.instant(),
                Optional.empty(),
                0.5,
                "",
                Long.MAX_VALUE,
                new Wish.Terms(
                        "",
                        SitePolicy.ANY,
                        true,
                        Optional.of(
                                new Wish.Worth(due, MILLI_PER_LATE_SECOND, MILLI_PER_GIGABYTE, 0)),
                        List.of(),
                        Duration.ZERO,
                        "",
                        0));
    }

    private Placement choose(Wish wish) {
        if (policy == Policy.OURS) {
            return four.broker.place(wish);
        }
        List<Quote.Feasible> feasible = new ArrayList<>();
        for (Quote quote : four.broker.quotes(wish)) {
            if (quote instanceof Quote.Feasible f) {
                feasible.add(f);
            }
        }
        if (feasible.isEmpty()) {
            return four.broker.place(wish);
        }
        Quote.Feasible chosen =
                switch (policy) {
                    case RANDOM -> feasible.get(random.nextInt(feasible.size()));
                    case CHEAPEST_SITE ->
                            least(
                                    feasible,
                                    Comparator.comparingLong(
                                            q -> q.milliCost() - q.scarcityMilliCost()));
                    case NEAREST_DATA ->
                            least(
                                    feasible,
                                    Comparator.comparingLong(Quote.Feasible::movedBytes)
                                            .thenComparing(ReplayMonth::ready));
                    case LEAST_LOADED ->
                            least(
                                    feasible,
                                    Comparator.comparingDouble(this::load)
                                            .thenComparing(Quote.Feasible::start));
                    case OURS -> throw new IllegalStateException("the broker chooses itself");
                };
        return four.broker.place(wish.onlyAt(chosen.site()));
    }

    private static Quote.Feasible least(
            List<Quote.Feasible> quotes, Comparator<Quote.Feasible> order) {
        return quotes.stream().min(order).orElseThrow();
    }

    private static Instant ready(Quote.Feasible quote) {
        return quote.transfers().stream()
                .map(Estimate::finish)
                .max(Comparator.naturalOrder())
                .orElse(quote.start());
    }

    private double load(Quote.Feasible quote) {
        Instant now = four.clock.instant();
        String slots = quote.claims().getLast().resource();
        return 1
                - (double) four.calendar.free(slots, now, now.plusSeconds(1))
                        / four.calendar.get(slots).capacity();
    }
}
