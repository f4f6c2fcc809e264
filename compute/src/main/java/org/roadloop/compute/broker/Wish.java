package org.roadloop.compute.broker;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.roadloop.compute.site.Site;

/**
 * What is to be placed, and what matters (调度意愿).
 *
 * @param task id, the owner of the bookings
 * @param data where the inputs are
 * @param at the earliest start
 * @param deadline of the finish; sites that can't meet it are infeasible
 * @param finishWeight 0 (only the cost counts) to 1 (only the finish counts); without effect where
 *     {@link Terms#worth} says what things are worth
 * @param onlySite id, empty for any
 * @param maxMilliCost what the run is worth: the quote of run and transfer together may not exceed
 *     it; {@link Long#MAX_VALUE} for none
 */
public record Wish(
        String task,
        Site.Work work,
        List<Data> data,
        Instant at,
        Optional<Instant> deadline,
        double finishWeight,
        String onlySite,
        long maxMilliCost,
        Terms terms) {
    /**
     * One input.
     *
     * @param nodes of the topology, each of which has all of it
     * @param content SHA-256 in hex: the same name is always the same bytes; empty if unknown
     */
    public record Data(List<String> nodes, long dataBytes, String content) {
        public Data {
            nodes = List.copyOf(nodes);
            if (nodes.isEmpty() || dataBytes < 0) {
                throw new IllegalArgumentException(
                        "an input lies on at least one node and has no fewer than 0 bytes");
            }
        }

        public Data(String node, long dataBytes) {
            this(List.of(node), dataBytes, "");
        }
    }

    /**
     * What else is asked of a placement.
     *
     * @param organisation DID whose share is charged, empty for the platform's own
     * @param parallelInputs inputs may move at the same time; false: each after the one before
     * @param worth empty: {@link Wish#finishWeight} ranks the sites
     * @param rankedSites ids, the best first; a site that is not named is not asked. Empty: the
     *     score ranks all
     * @param overflowAfter with ranked sites: how much later than the earliest a better site may
     *     start before the next one is taken
     * @param reservation id of a {@link Broker#reserve reservation} in whose slots it runs, empty
     *     for none
     * @param priority 0 to 9; only above 0 others are pre-empted for it
     */
    public record Terms(
            String organisation,
            SitePolicy policy,
            boolean parallelInputs,
            Optional<Worth> worth,
            List<String> rankedSites,
            Duration overflowAfter,
            String reservation,
            int priority) {
        public static final Terms NONE =
                new Terms(
                        "",
                        SitePolicy.ANY,
                        false,
                        Optional.empty(),
                        List.of(),
                        Duration.ZERO,
                        "",
                        0);

        public Terms with(SitePolicy other) {
            return new Terms(
                    organisation,
                    other,
                    parallelInputs,
                    worth,
                    rankedSites,
                    overflowAfter,
                    reservation,
                    priority);
        }

        public Terms {
            rankedSites = List.copyOf(rankedSites);
            if (priority < 0 || priority > 9) {
                throw new IllegalArgumentException(
                        "priority is " + priority + ", not within 0 to 9");
            }
        }
    }

    /**
     * What lateness, moved bytes and brown energy weigh against the cost (权重), in thousandths of
     * the unit of money.
     *
     * @param due after which a finish is late; it is no deadline
     * @param milliPerBrownSecond of a slot, of the share of its energy that is not green
     */
    public record Worth(
            Instant due,
            double milliPerLateSecond,
            double milliPerGigabyteMoved,
            double milliPerBrownSecond) {}

    public Wish {
        data = List.copyOf(data);
        if (!(finishWeight >= 0 && finishWeight <= 1)) {
            throw new IllegalArgumentException(
                    "weight of the finish is " + finishWeight + ", not within 0 to 1");
        }
    }

    /** Any site, inputs in sequence, ranked by the weight of the finish. */
    public Wish(
            String task,
            Site.Work work,
            List<Data> data,
            Instant at,
            Optional<Instant> deadline,
            double finishWeight,
            String onlySite,
            long maxMilliCost) {
        this(task, work, data, at, deadline, finishWeight, onlySite, maxMilliCost, Terms.NONE);
    }

    public Wish with(Terms other) {
        return new Wish(
                task, work, data, at, deadline, finishWeight, onlySite, maxMilliCost, other);
    }

    public Wish onlyAt(String site) {
        return new Wish(task, work, data, at, deadline, finishWeight, site, maxMilliCost, terms);
    }
}
