package org.roadloop.app.part;

import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Problem;

/** Raw tables that rows are to go to: governed before the first row comes (入表). Any thread. */
final class RawTables {
    private volatile @Nullable Governor governor;

    /** Sees that the rows of a raw table are governed from now on. */
    interface Governor {
        void govern(String rawTable) throws InterruptedException;
    }

    /**
     * @param by null: governance does not run any more
     */
    void governedBy(@Nullable Governor by) {
        governor = by;
    }

    /**
     * @throws Problem 503 while governance does not run
     */
    void govern(String rawTable) throws InterruptedException {
        requireGovernor().govern(rawTable);
    }

    /**
     * @throws Problem 503 while governance does not run
     */
    Governor requireGovernor() {
        Governor by = governor;
        if (by == null) {
            throw new Problem(
                    503, "not_governed", "the part 'govern' does not run: rows have no way in");
        }
        return by;
    }
}
