package org.roadloop.compute.broker;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Who goes first when several organisations wait (公平份额): the one that has had least of its share
 * lately. Any thread.
 *
 * <pre>
 * Idea   Usage is what placements cost, and halves with every half-life:
 *            U(t) = Σ cost · 2^(−(t − booked at)/half-life)
 *        The factor of an organisation is 2^(−(U/ΣU)/(share/Σshare)): 1 if it used nothing, 1/2 if
 *        exactly its share, less if more.
 * Source the classic fair-share factor of Slurm's multifactor priority plugin.
 * </pre>
 */
public final class FairShare {
    private static final class Use {
        private double milli;
        private Instant at = Instant.EPOCH;
    }

    private final Duration halfLife;
    private final Map<String, Double> shares;
    private final Map<String, Use> uses = new HashMap<>();

    /**
     * @param shares by organisation; one that is not named has the share 1
     */
    public FairShare(Duration halfLife, Map<String, Double> shares) {
        if (halfLife.isNegative() || halfLife.isZero()) {
            throw new IllegalArgumentException("half-life " + halfLife + " is not above 0");
        }
        shares.forEach(
                (organisation, share) -> {
                    if (!(share > 0)) {
                        throw new IllegalArgumentException(
                                "share of %s is %s, not above 0".formatted(organisation, share));
                    }
                });
        this.halfLife = halfLife;
        this.shares = Map.copyOf(shares);
    }

    /**
     * In any order: what was booked earlier has decayed more.
     *
     * @param milliCost negative to give back what was not used
     */
    public synchronized void charge(String organisation, double milliCost, Instant at) {
        Use use = uses.computeIfAbsent(organisation, o -> new Use());
        if (at.isBefore(use.at)) {
            use.milli = Math.max(0, use.milli + milliCost * decay(at, use.at));
        } else {
            use.milli = Math.max(0, decayed(use, at) + milliCost);
            use.at = at;
        }
    }

    /** Decayed usage, thousandths. */
    public synchronized double usage(String organisation, Instant at) {
        Use use = uses.get(organisation);
        return use == null ? 0 : decayed(use, at);
    }

    private double decayed(Use use, Instant at) {
        return use.milli == 0 ? 0 : use.milli * decay(use.at, at);
    }

    private double decay(Instant from, Instant until) {
        double halves = Duration.between(from, until).toMillis() / (double) halfLife.toMillis();
        return Math.pow(2, -Math.max(0, halves));
    }

    /**
     * 1 (used nothing) down to 0.
     *
     * @param among the organisations that share; those that wait and have no usage count too
     */
    synchronized double factor(String organisation, Set<String> among, Instant at) {
        return factors(among, at).getOrDefault(organisation, 1.0);
    }

    /** The factor of each organisation that shares, at the same moment; cost is linear in them. */
    public synchronized Map<String, Double> factors(Set<String> among, Instant at) {
        Map<String, Double> usages = new HashMap<>();
        double used = 0;
        double share = 0;
        for (String other : among) {
            double usage = usage(other, at);
            usages.put(other, usage);
            used += usage;
            share += share(other);
        }
        double allUsed = used;
        double allShares = share;
        usages.replaceAll(
                (organisation, usage) ->
                        allUsed == 0
                                ? 1
                                : Math.pow(
                                        2, -(usage / allUsed) / (share(organisation) / allShares)));
        return usages;
    }

    private double share(String organisation) {
        return shares.getOrDefault(organisation, 1.0);
    }
}
