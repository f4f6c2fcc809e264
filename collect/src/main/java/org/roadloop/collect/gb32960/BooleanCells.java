package org.roadloop.collect.gb32960;

import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;

/** The same as {@link IntCells} for a BOOL column. One thread. */
final class BooleanCells {
    private final boolean[] values;
    private final byte[] states;

    BooleanCells(Batch batch, int column) {
        values = batch.booleans(column);
        states = batch.states(column);
    }

    void put(int row, boolean value, byte state) {
        values[row] = value;
        if (state != CellState.OK) {
            states[row] = state;
        }
    }

    void putAbsent(int row) {
        states[row] = CellState.ABSENT;
    }
}
