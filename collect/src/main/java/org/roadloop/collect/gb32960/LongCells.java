package org.roadloop.collect.gb32960;

import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;

/** The same as {@link IntCells} for a LONG or time column. One thread. */
final class LongCells {
    private final long[] values;
    private final byte[] states;

    LongCells(Batch batch, int column) {
        values = batch.longs(column);
        states = batch.states(column);
    }

    /** A field whose values are raw numbers. */
    void put(int row, Field field, byte[] bytes, int unit) {
        long raw = field.raw(bytes, unit);
        values[row] = raw;
        if (!field.isInRange(raw)) {
            states[row] = field.state(raw);
        }
    }

    void put(int row, long value) {
        values[row] = value;
    }

    void putAbsent(int row) {
        states[row] = CellState.ABSENT;
    }
}
