package org.roadloop.collect.gateway;

import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;

/** Turns records of the frame log into rows of one raw table (解码). One thread. */
public interface FrameDecoder {
    /** Whether records of this source are decoded here. */
    boolean accepts(Source source);

    /** Name of the raw table. */
    String table();

    Schema schema();

    /** Rows go to this batch from now on; decoders of the same table share it. */
    void bind(Batch batch);

    /** Rows that one record gives at most. */
    default int mostRows() {
        return 1;
    }

    /**
     * Appends at most {@link #mostRows} rows for the record the reader stands on; the batch has
     * room for them. Bad records are counted and add none.
     */
    void decode(FrameLogReader record);
}
