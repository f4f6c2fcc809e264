package org.roadloop.bench;

import org.roadloop.core.table.Batch;

/**
 * A sum over every cell and state of a batch (列求和), column by column, so that nothing a decoder
 * wrote may be left out by the compiler. Strings count by their length.
 */
final class ColumnSum {
    private ColumnSum() {}

    static long of(Batch batch) {
        long sum = 0;
        int rows = batch.rows();
        for (int c = 0; c < batch.schema().size(); c++) {
            byte[] states = batch.states(c);
            int stateSum = 0;
            for (int row = 0; row < rows; row++) {
                stateSum += states[row];
            }
            sum += stateSum + cells(batch, c, rows);
        }
        return sum;
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
