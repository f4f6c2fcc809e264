package org.roadloop.bench;

import org.roadloop.core.table.Batch;

/**
 * A sum over the cells and states of one column of a batch (列求和), a further one each time. The
 * batch is known outside the bench, so no compiler may leave out what goes to the others; to sum
 * all of them each time would measure the sums. Strings count by their length.
 */
final class ColumnSum {
    private ColumnSum() {}

    /** Of the column whose turn it is. */
    static long of(Batch batch, int turn) {
        int column = turn % batch.schema().size();
        byte[] states = batch.states(column);
        int rows = batch.rows();
        long sum = 0;
        for (int row = 0; row < rows; row++) {
            sum += states[row];
        }
        return sum + cells(batch, column, rows);
    }

    private static long cells(Batch batch, int c, int rows) {
        long sum = 0;
        switch (batch.schema().column(c).type()) {
            case BOOL -> {
                boolean[] cells = batch.booleans(c);
                for (int row = 0; row < rows; row++) {
                    sum += cells[row] ? 1 : 0;
                }
            }
            case INT -> {
                int[] cells = batch.ints(c);
                for (int row = 0; row < rows; row++) {
                    sum += cells[row];
                }
            }
            case LONG, TIMESTAMP_MICROS_UTC -> {
                long[] cells = batch.longs(c);
                for (int row = 0; row < rows; row++) {
                    sum += cells[row];
                }
            }
            case FLOAT -> {
                float[] cells = batch.floats(c);
                for (int row = 0; row < rows; row++) {
                    sum += Float.floatToRawIntBits(cells[row]);
                }
            }
            case DOUBLE -> {
                double[] cells = batch.doubles(c);
                for (int row = 0; row < rows; row++) {
                    sum += Double.doubleToRawLongBits(cells[row]);
                }
            }
            case STRING -> sum += batch.strings(c).offset(rows);
        }
        return sum;
    }
}
