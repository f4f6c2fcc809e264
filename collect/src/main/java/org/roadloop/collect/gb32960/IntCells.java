package org.roadloop.collect.gb32960;

import org.roadloop.collect.FreshRows;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;

/**
 * The arrays of one INT column, kept at hand by whoever fills it. Its rows are {@link FreshRows}:
 * only a state other than OK is written. One thread.
 */
final class IntCells {
    private final int[] values;
    private final byte[] states;

    IntCells(Batch batch, int column) {
        values = batch.ints(column);
        states = batch.states(column);
    }

    /** A field whose values are whole numbers. */
    void put(int row, Field field, byte[] bytes, int unit) {
        long raw = field.raw(bytes, unit);
        values[row] = (int) (raw - field.offset());
        if (!field.isInRange(raw)) {
            states[row] = field.state(raw);
        }
    }

    void put(int row, int value) {
        values[row] = value;
    }

    void put(int row, int value, byte state) {
        values[row] = value;
        if (state != CellState.OK) {
            states[row] = state;
        }
    }

    void putAbsent(int row) {
        states[row] = CellState.ABSENT;
    }
}
