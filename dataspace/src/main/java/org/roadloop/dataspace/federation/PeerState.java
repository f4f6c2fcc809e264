package org.roadloop.dataspace.federation;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with one crawled connector (连接器爬取状态).
 *
 * @param did empty until it is known
 * @param depth 0: configured; else found so many steps away
 * @param entries of its catalogue that are held
 * @param seenAt when its catalogue was last read, null: never
 * @param failures readings in a row that failed
 * @param fault short stable name of the last one; empty after a success
 */
public record PeerState(
        String address,
        String did,
        int depth,
        int entries,
        @Nullable Instant seenAt,
        int failures,
        String fault) {

    /** Has not answered since its entries were read. */
    public boolean stale() {
        return failures > 0;
    }
}
