package org.roadloop.core.ledger;

/** Moments of writing at which a crash leaves different files behind (写入步骤). */
enum Step {
    /** A part of a frame is in the file, the rest is not. */
    FRAME_BEGUN,
    FRAME_WRITTEN,
    FRAME_SYNCED,
    /** A full tile or bundle has its name. */
    TILE_WRITTEN,
    PARTIALS_WRITTEN,
    CHECKPOINT_WRITTEN,
    SNAPSHOT_DRAFTED,
    SNAPSHOT_WRITTEN,
    JOURNAL_DRAFTED,
    JOURNAL_BEGUN_ANEW;

    /** Hears of each step as it is done; a test ends its process there. */
    interface Listener {
        Listener NONE = step -> {};

        void done(Step step);
    }
}
