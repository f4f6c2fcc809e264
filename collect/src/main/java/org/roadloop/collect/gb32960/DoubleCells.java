package org.roadloop.collect.gb32960;

import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;

/** The same as {@link IntCells} for a DOUBLE column. One thread. */
final class DoubleCells {
    private final double[] values;
    private final byte[] states;

    DoubleCells(Batch batch, int column) {
        values = batch.doubles(column);
        states = batch.states(column);
    }

    void put(int row, Field field, byte[] bytes, int unit) {
        long raw = field.raw(bytes, unit);
        values[row] = field.value(raw);
        if (!field.isInRange(raw)) {
            states[row] = field.state(raw);
        }
    }

    /** A magnitude whose sign is elsewhere. */
    void putSigned(int row, Field field, byte[] bytes, int unit, boolean negative) {
        long raw = field.raw(bytes, unit);
        double value = field.value(raw);
        values[row] = negative ? -value : value;
        if (!field.isInRange(raw)) {
            states[row] = field.state(raw);
        }
    }

    void putAbsent(int row) {
        states[row] = CellState.ABSENT;
    }
}
