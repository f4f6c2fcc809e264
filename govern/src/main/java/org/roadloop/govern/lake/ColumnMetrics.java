package org.roadloop.govern.lake;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Schema;

/** Counts and bounds per column, by which Iceberg skips whole files. */
final class ColumnMetrics {
    private ColumnMetrics() {}

    static Metrics of(TableFields fields, List<Batch> batches) {
        Schema schema = fields.schema();
        Map<Integer, Long> values = new HashMap<>();
        Map<Integer, Long> nulls = new HashMap<>();
        Map<Integer, ByteBuffer> lower = new HashMap<>();
        Map<Integer, ByteBuffer> upper = new HashMap<>();
        long all = batches.stream().mapToLong(Batch::rows).sum();
        for (int c = 0; c < schema.size(); c++) {
            int id = fields.id(c);
            values.put(id, all);
            nulls.put(id, all - ok(batches, c));
            switch (schema.column(c).type()) {
                case LONG, TIMESTAMP_MICROS_UTC -> {
                    long min = Long.MAX_VALUE;
                    long max = Long.MIN_VALUE;
                    for (Batch batch : batches) {
                        long[] cells = batch.longs(c);
                        byte[] states = batch.states(c);
                        int rows = batch.rows();
                        boolean allOk = allOk(states, rows);
                        for (int i = 0; allOk && i < rows; i++) {
                            min = Math.min(min, cells[i]);
                            max = Math.max(max, cells[i]);
                        }
                        for (int i = 0; !allOk && i < rows; i++) {
                            // No branch: the loop takes several cells at a time.
                            boolean ok = states[i] == CellState.OK;
                            min = Math.min(min, ok ? cells[i] : min);
                            max = Math.max(max, ok ? cells[i] : max);
                        }
                    }
                    if (min <= max) {
                        lower.put(id, Conversions.toByteBuffer(Types.LongType.get(), min));
                        upper.put(id, Conversions.toByteBuffer(Types.LongType.get(), max));
                    }
                }
                case DOUBLE -> {
                    double min = Double.POSITIVE_INFINITY;
                    double max = Double.NEGATIVE_INFINITY;
                    for (Batch batch : batches) {
                        double[] cells = batch.doubles(c);
                        byte[] states = batch.states(c);
                        int rows = batch.rows();
                        boolean allOk = allOk(states, rows);
                        for (int i = 0; allOk && i < rows; i++) {
                            min = Math.min(min, cells[i]);
                            max = Math.max(max, cells[i]);
                        }
                        for (int i = 0; !allOk && i < rows; i++) {
                            // No branch: the loop takes several cells at a time.
                            boolean ok = states[i] == CellState.OK;
                            min = Math.min(min, ok ? cells[i] : min);
                            max = Math.max(max, ok ? cells[i] : max);
                        }
                    }
                    if (min <= max) { // false also when a cell is not a number: then no bound
                        lower.put(id, Conversions.toByteBuffer(Types.DoubleType.get(), min));
                        upper.put(id, Conversions.toByteBuffer(Types.DoubleType.get(), max));
                    }
                }
                case INT -> {
                    int min = Integer.MAX_VALUE;
                    int max = Integer.MIN_VALUE;
                    for (Batch batch : batches) {
                        int[] cells = batch.ints(c);
                        byte[] states = batch.states(c);
                        int rows = batch.rows();
                        boolean allOk = allOk(states, rows);
                        for (int i = 0; allOk && i < rows; i++) {
                            min = Math.min(min, cells[i]);
                            max = Math.max(max, cells[i]);
                        }
                        for (int i = 0; !allOk && i < rows; i++) {
                            // No branch: the loop takes several cells at a time.
                            boolean ok = states[i] == CellState.OK;
                            min = Math.min(min, ok ? cells[i] : min);
                            max = Math.max(max, ok ? cells[i] : max);
                        }
                    }
                    if (min <= max) {
                        lower.put(id, Conversions.toByteBuffer(Types.IntegerType.get(), min));
                        upper.put(id, Conversions.toByteBuffer(Types.IntegerType.get(), max));
                    }
                }
                case BOOL, FLOAT, STRING -> {
                    // No bounds: never used for pruning.
                }
            }
        }
        return new Metrics(all, Map.of(), values, nulls, Map.of(), lower, upper);
    }

    private static long ok(List<Batch> batches, int c) {
        long ok = 0;
        for (Batch batch : batches) {
            byte[] states = batch.states(c);
            int rows = batch.rows();
            if (allOk(states, rows)) {
                ok += rows;
                continue;
            }
            for (int i = 0; i < rows; i++) {
                ok += states[i] == CellState.OK ? 1 : 0;
            }
        }
        return ok;
    }

    private static boolean allOk(byte[] states, int rows) {
        return rows > 0 && states[0] == CellState.OK && CellState.allEqual(states, 0, rows);
    }
}
