package org.roadloop.core.watermark;

/**
 * When a match is no chance (显著性): one bound for a whole trace, divided among its tests
 * (Bonferroni), so that however many contracts are tried, all together accuse a wrong one with at
 * most that probability.
 *
 * @param tests contracts times keys times the two ways of marking
 * @param bound probability of any false accusation in one trace
 */
public record Significance(long tests, double bound) {
    /** One trace in a million. */
    public static final double USUAL = 1e-6;

    public Significance {
        if (tests < 0 || !(bound > 0 && bound < 1)) {
            throw new IllegalArgumentException(tests + " tests at a bound of " + bound);
        }
    }

    /** Whether that many matches name a contract. */
    public boolean accuses(MarkCount count) {
        return count.log10ByChance() + correction() <= Math.log10(bound);
    }

    /** Log10 of the bound that holds for one found match after all tests; 0 at most. */
    public double log10Corrected(MarkCount count) {
        return Math.min(0, count.log10ByChance() + correction());
    }

    private double correction() {
        return Math.log10(Math.max(1, tests));
    }

    /** Marked cells that name a contract if all of them match. */
    public long cellsNeeded() {
        long cells = 1;
        while (!accuses(new MarkCount(cells, cells))) {
            cells++;
        }
        return cells;
    }

    /** Matches among so many cells that name a contract; more than there are if none would do. */
    public long matchesNeeded(long cells) {
        long low = cells / 2;
        long high = cells + 1;
        while (low + 1 < high) {
            long middle = (low + high) >>> 1;
            if (accuses(new MarkCount(cells, middle))) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }
}
