package org.roadloop.collect;

import java.util.Arrays;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;

/**
 * Adds rows whose cells have their usual state from the start (新行预置状态), so that a decoder writes a
 * state only where it is another one. The states are set for many rows at once, a column at a time.
 * The only one who adds rows to its batch; the batch may be cleared or truncated at any time. One
 * thread.
 */
public final class FreshRows {
    /** Rows prepared at once: few of a batch that was just cleared, as it may never have many. */
    private static final int FEWEST = 64;

    private static final int MOST = 1024;

    private final Batch batch;
    private final byte[][] states;
    private final int firstAbsent;

    /** Where the next row begins, unless the batch was cleared or truncated. */
    private int next;

    /** Rows from {@link #next} up to here have their usual states. */
    private int prepared;

    /** All cells of a new row are {@link CellState#OK}. */
    public FreshRows(Batch batch) {
        this(batch, batch.schema().size());
    }

    /** The same, but the columns from {@code firstAbsent} on are {@link CellState#ABSENT}. */
    public FreshRows(Batch batch, int firstAbsent) {
        this.batch = batch;
        this.firstAbsent = firstAbsent;
        states = new byte[batch.schema().size()][];
        for (int column = 0; column < states.length; column++) {
            states[column] = batch.states(column);
        }
    }

    /**
     * @return the first of the new rows
     * @throws IllegalArgumentException if they do not fit the batch
     */
    public int add(int count) {
        int row = batch.rows();
        int end = row + count;
        batch.rows(end);
        if (row != next || end > prepared) {
            prepare(row, end);
        }
        next = end;
        return row;
    }

    private void prepare(int row, int end) {
        int ahead = Math.clamp(row, FEWEST, MOST);
        prepared = Math.min(batch.capacity(), Math.max(end, row + ahead));
        for (int column = 0; column < states.length; column++) {
            byte usual = column < firstAbsent ? CellState.OK : CellState.ABSENT;
            Arrays.fill(states[column], row, prepared, usual);
        }
    }
}
