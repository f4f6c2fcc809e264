package org.roadloop.core.clearing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Jcs;

/**
 * Many samples of one meter as two ledger entries (用量批次): the samples as a payload that can be
 * erased, and their totals with the Merkle root in the log for good. Both are appended together,
 * the samples first.
 *
 * <p>A batch counts for the clearing day of its last sample: end one when the day ends. No two
 * batches of a meter may have the same interval and a total of the same agreement, asset, actor,
 * unit and flavour; {@link #split} keeps to that.
 */
public final class UsageBatch {
    /** Payload: the samples, as the package describes. */
    public static final String SAMPLED = "usage.sampled";

    /** A leaf of the ledger has 65,535 bytes. */
    private static final int TOTALS_BYTES = 60_000;

    private record Meter(String meter, int version) {}

    private record Group(
            String agreement, String asset, String actor, String unit, String flavour) {
        static Group of(UsageRecord use) {
            return new Group(use.agreement(), use.asset(), use.actor(), use.unit(), use.flavour());
        }

        /** At least what its total takes in JCS: names and numbers, and the texts with escapes. */
        int bytes() {
            int bytes = 160;
            for (String text : List.of(agreement, asset, actor, unit, flavour)) {
                bytes += text.getBytes(UTF_8).length;
                bytes += (int) text.chars().filter(c -> c == '"' || c == '\\').count();
            }
            return bytes;
        }
    }

    private final UsageTotals totals;
    private final byte[] samples;

    private UsageBatch(UsageTotals totals, byte[] samples) {
        this.totals = totals;
        this.samples = samples;
    }

    /**
     * One batch in the order given.
     *
     * @throws IllegalArgumentException if there are none, they are of several meters, or too many
     *     different agreements, assets, actors and units for one entry: then {@link #split} them
     */
    public static UsageBatch of(List<UsageRecord> samples) {
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("a batch has at least one sample");
        }
        UsageRecord first = samples.getFirst();
        Instant from = first.from();
        Instant until = first.until();
        Map<Group, long[]> sums = new LinkedHashMap<>();
        for (UsageRecord use : samples) {
            if (use.meterVersion() != first.meterVersion() || !use.meter().equals(first.meter())) {
                throw new IllegalArgumentException(
                        "a batch is of one meter, not of "
                                + first.meter()
                                + " and "
                                + use.meter()
                                + "; split them");
            }
            from = use.from().isBefore(from) ? use.from() : from;
            until = use.until().isAfter(until) ? use.until() : until;
            long[] sum = sums.computeIfAbsent(Group.of(use), g -> new long[2]);
            sum[0]++;
            sum[1] = Math.addExact(sum[1], use.quantity());
        }
        List<UsageTotals.Total> lines = new ArrayList<>();
        sums.forEach(
                (g, sum) ->
                        lines.add(
                                new UsageTotals.Total(
                                        g.agreement(),
                                        g.asset(),
                                        g.actor(),
                                        g.unit(),
                                        g.flavour(),
                                        sum[0],
                                        sum[1])));
        SampleText.Written text = SampleText.write(samples, from);
        UsageTotals totals =
                new UsageTotals(
                        first.meter(),
                        first.meterVersion(),
                        from,
                        until,
                        samples.size(),
                        text.root(),
                        lines);
        if (Jcs.bytes(totals.toJson()).length > TOTALS_BYTES) {
            throw new IllegalArgumentException(
                    "batch has "
                            + lines.size()
                            + " totals, more than one ledger entry holds; split it");
        }
        return new UsageBatch(totals, text.text());
    }

    /**
     * As few batches as hold the samples: each of one meter, all samples of one agreement, asset,
     * actor, unit and flavour in the same.
     */
    public static List<UsageBatch> split(List<UsageRecord> samples) {
        Map<Meter, Map<Group, List<UsageRecord>>> meters = new LinkedHashMap<>();
        for (UsageRecord use : samples) {
            meters.computeIfAbsent(
                            new Meter(use.meter(), use.meterVersion()), m -> new LinkedHashMap<>())
                    .computeIfAbsent(Group.of(use), g -> new ArrayList<>())
                    .add(use);
        }
        List<UsageBatch> batches = new ArrayList<>();
        for (Map<Group, List<UsageRecord>> groups : meters.values()) {
            List<UsageRecord> next = new ArrayList<>();
            int bytes = 0;
            for (Map.Entry<Group, List<UsageRecord>> group : groups.entrySet()) {
                int more = group.getKey().bytes();
                if (bytes + more > TOTALS_BYTES - 1000 && !next.isEmpty()) {
                    batches.add(of(next));
                    next = new ArrayList<>();
                    bytes = 0;
                }
                bytes += more;
                next.addAll(group.getValue());
            }
            batches.add(of(next));
        }
        return batches;
    }

    public UsageTotals totals() {
        return totals;
    }

    /** Of both events. */
    public String subject() {
        return "batch:" + totals.root();
    }

    /** {@code usage.sampled}, then {@code usage.totalled}; to be appended in one append. */
    public List<Event> events(Instant at, String actor) {
        return List.of(
                Event.withPayload(SAMPLED, at, actor, subject(), samples),
                Event.of(UsageTotals.EVENT, at, actor, subject(), totals.toJson()));
    }
}
