package org.roadloop.govern.quality;

import java.util.stream.LongStream;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;

/**
 * Validity of one numeric column (值域检查): codes of the standard become states, a value outside the
 * range becomes {@link CellState#ABNORMAL} and a bit of the row's {@code quality}.
 *
 * @param column index in the batch
 * @param min and {@code max}: closed range, NaN for open
 * @param bit number of the quality bit, from {@link Reason#FIRST_RANGE_BIT}
 */
public record RangeCheck(
        int column, double min, double max, long[] invalid, long[] abnormal, int bit) {

    public RangeCheck {
        invalid = invalid.clone();
        abnormal = abnormal.clone();
    }

    public void run(Batch batch, long[] quality, Report report) {
        int rows = batch.rows();
        byte[] states = batch.states(column);
        double low = Double.isNaN(min) ? Double.NEGATIVE_INFINITY : min;
        double high = Double.isNaN(max) ? Double.POSITIVE_INFINITY : max;
        boolean codesInside = codesInside(low, high);
        switch (batch.schema().column(column).type()) {
            case INT -> {
                int[] cells = batch.ints(column);
                for (int i = 0; i < rows; i++) {
                    if (states[i] == CellState.OK) {
                        int value = cells[i];
                        if (value < low || value > high || codesInside && isCode(value)) {
                            cells[i] = 0;
                            judge(value, states, i, quality, report);
                        }
                    }
                }
            }
            case LONG -> {
                long[] cells = batch.longs(column);
                for (int i = 0; i < rows; i++) {
                    if (states[i] == CellState.OK) {
                        long value = cells[i];
                        if (value < low || value > high || codesInside && isCode(value)) {
                            cells[i] = 0;
                            judge(value, states, i, quality, report);
                        }
                    }
                }
            }
            case FLOAT -> {
                float[] cells = batch.floats(column);
                for (int i = 0; i < rows; i++) {
                    // Not so of a value that is not a number.
                    boolean inside = cells[i] >= low && cells[i] <= high;
                    if (!inside && states[i] == CellState.OK) {
                        cells[i] = 0;
                        reject(states, i, quality, report);
                    }
                }
            }
            case DOUBLE -> {
                double[] cells = batch.doubles(column);
                for (int i = 0; i < rows; i++) {
                    // Not so of a value that is not a number.
                    boolean inside = cells[i] >= low && cells[i] <= high;
                    if (!inside && states[i] == CellState.OK) {
                        cells[i] = 0;
                        reject(states, i, quality, report);
                    }
                }
            }
            case BOOL, STRING, TIMESTAMP_MICROS_UTC ->
                    throw new IllegalStateException(
                            "column " + column + " is not numeric: the plan was not checked");
        }
    }

    /** Most codes stand outside the range, and need no look at a value inside it. */
    private boolean codesInside(double low, double high) {
        return LongStream.concat(LongStream.of(invalid), LongStream.of(abnormal))
                .anyMatch(code -> code >= low && code <= high);
    }

    private boolean isCode(long value) {
        return contains(invalid, value) || contains(abnormal, value);
    }

    private void judge(long value, byte[] states, int row, long[] quality, Report report) {
        if (contains(invalid, value)) {
            states[row] = CellState.INVALID;
        } else if (contains(abnormal, value)) {
            states[row] = CellState.ABNORMAL;
        } else {
            reject(states, row, quality, report);
        }
    }

    private void reject(byte[] states, int row, long[] quality, Report report) {
        states[row] = CellState.ABNORMAL;
        quality[row] |= 1L << bit;
        report.countRange(bit - Reason.FIRST_RANGE_BIT);
    }

    private static boolean contains(long[] codes, long value) {
        for (long code : codes) {
            if (code == value) {
                return true;
            }
        }
        return false;
    }
}
