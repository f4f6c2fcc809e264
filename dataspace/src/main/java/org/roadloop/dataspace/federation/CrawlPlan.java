package org.roadloop.dataspace.federation;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Which catalogues are read, how often and how far (爬取设置).
 *
 * @param peers addresses of connectors, with or without the protocol's path
 * @param every pause between two readings of a connector that answers; one that does not is asked
 *     after twice, four times … as long, at most {@link #LONGEST_PAUSES} times
 * @param dropAfter entries of a connector that has not answered for so long are dropped; until then
 *     they are marked stale
 * @param depth how many steps nested catalogues are followed; 0: only the peers themselves
 * @param catalogs most catalogues in all
 * @param entries most entries in all
 */
public record CrawlPlan(
        List<URI> peers, Duration every, Duration dropAfter, int depth, int catalogs, int entries) {
    static final int LONGEST_PAUSES = 16;

    public CrawlPlan {
        peers = List.copyOf(peers);
        if (every.isNegative() || every.isZero() || depth < 0) {
            throw new IllegalArgumentException(
                    "catalogues are read every " + every + ", " + depth + " steps deep");
        }
    }

    public static CrawlPlan of(List<URI> peers, Duration every) {
        return new CrawlPlan(peers, every, Duration.ofHours(24), 2, 100, 100_000);
    }
}
