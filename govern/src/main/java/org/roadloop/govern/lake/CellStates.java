package org.roadloop.govern.lake;

import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;

/** The {@code cell_states} column: why a cell is null (see the package's page). */
final class CellStates {
    static final String COLUMN = "cell_states";

    /** Letter of each state, {@link CellState#OK} first. */
    private static final byte[] LETTERS = {'.', 'a', 'i', 'x', 'm'};

    private CellStates() {}

    /**
     * Fills {@code text[row * width ..]} with the letters of each row.
     *
     * @param letters place of each column's letter in a row, from 0; see {@link TableFields}
     * @param width letters of a row; a place that no column has says ok
     * @param mixed set true for each row that has a cell which is not ok
     */
    static void encode(Batch batch, int[] letters, int width, byte[] text, boolean[] mixed) {
        int rows = batch.rows();
        if (width > letters.length) {
            java.util.Arrays.fill(text, 0, rows * width, LETTERS[CellState.OK]);
        }
        for (int c = 0; c < letters.length; c++) {
            byte[] states = batch.states(c);
            for (int row = 0, at = letters[c]; row < rows; row++, at += width) {
                byte state = states[row];
                text[at] = LETTERS[state];
                mixed[row] |= state != CellState.OK;
            }
        }
    }

    /** State of a null cell; absent where the row says nothing (a column younger than the file). */
    static byte decode(byte @Nullable [] text, int offset, int length, int place) {
        if (text == null || place < 0 || place >= length) {
            return CellState.ABSENT;
        }
        return switch (text[offset + place]) {
            case 'i' -> CellState.INVALID;
            case 'x' -> CellState.ABNORMAL;
            case 'm' -> CellState.MASKED;
            default -> CellState.ABSENT;
        };
    }
}
