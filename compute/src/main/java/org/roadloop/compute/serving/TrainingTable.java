package org.roadloop.compute.serving;

import java.time.Instant;
import java.util.Optional;

/** How far a governed table has come that models are trained on (训练数据). Any thread. */
public interface TrainingTable {
    /**
     * @param snapshot −1 while nothing was committed
     * @param rows of the snapshot
     */
    record Reading(long snapshot, long rows) {}

    /**
     * @param agreement under which the asset is used
     * @throws IllegalArgumentException if the agreement is not about that asset, or it is no table
     */
    Reading read(String asset, String agreement);

    /**
     * Event time of the newest row, if the table tells event times. Reads the whole column.
     *
     * @param column empty: the first of type timestamp
     */
    Optional<Instant> newest(String asset, String agreement, long snapshot, String column);
}
