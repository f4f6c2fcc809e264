package org.roadloop.bench;

import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.runner.RunnerException;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.jt808.FrameCutter;
import org.roadloop.collect.jt808.PositionColumns;
import org.roadloop.collect.jt808.PositionTable;
import org.roadloop.collect.jt808.PositionWalk;
import org.roadloop.core.table.Batch;

/**
 * Frames of JT/T 808 to columns, one core: flags found, escapes undone, the checksum verified,
 * every field and add-on checked and written with its state. The yardstick is a pass that only cuts
 * and checks the frames, and one that adds up their bytes.
 */
public class Jt808Rates {
    private static final long SEED = 20_261_122;
    private static final int ROWS = 1_024;

    /** The frames and the batch they are decoded into; one thread. */
    @State(Scope.Thread)
    public static class Work implements PositionWalk.Visitor {
        final byte[] positions = Jt808Frames.positions(SEED);
        final byte[] batches = Jt808Frames.batches(SEED);
        final FrameCutter cutter = new FrameCutter();
        final Batch rows = new Batch(PositionTable.SCHEMA, ROWS);
        final PositionColumns columns = new PositionColumns(rows);
        long sum;
        private int turn;

        @Override
        public void message(byte[] bytes, int message) {
            columns.message(bytes, message, 0, Lineage.VEHICLE, 0, message);
        }

        @Override
        public void position(byte[] bytes, int body, int end, int item, boolean reissued) {
            if (rows.isFull()) {
                consume();
            }
            if (!columns.append(bytes, body, end, item, reissued).isUsable()) {
                throw new IllegalStateException("a position of the bench is not right");
            }
        }

        long decode(byte[] frames) {
            sum = 0;
            cutter.over(frames, 0, frames.length);
            while (cutter.next() == FrameCutter.Verdict.FRAME) {
                if (PositionWalk.walk(cutter.bytes(), cutter.message(), this)
                        != PositionWalk.Verdict.POSITIONS) {
                    throw new IllegalStateException("a frame of the bench is not right");
                }
            }
            if (cutter.length() != 0) {
                throw new IllegalStateException("a frame of the bench was not found");
            }
            consume();
            return sum;
        }

        private void consume() {
            sum += ColumnSum.of(rows, turn++);
            rows.clear();
        }
    }

    static double measure(Figures figures) throws RunnerException {
        return CodecRates.measure(
                Jt808Rates.class,
                figures,
                "frames/s",
                Map.of(
                        "positions", "jt808.positions_per_second",
                        "batches", "jt808.batches_per_second",
                        "positionCuts", "baseline.jt808.position_cuts_per_second",
                        "batchCuts", "baseline.jt808.batch_cuts_per_second",
                        "positionBytes", "baseline.jt808.position_byte_sums_per_second"));
    }

    @Benchmark
    @OperationsPerInvocation(Jt808Frames.FRAMES)
    public long positions(Work work) {
        return work.decode(work.positions);
    }

    @Benchmark
    @OperationsPerInvocation(Jt808Frames.FRAMES)
    public long batches(Work work) {
        return work.decode(work.batches);
    }

    @Benchmark
    @OperationsPerInvocation(Jt808Frames.FRAMES)
    public int positionCuts(Work work) {
        return cuts(work, work.positions);
    }

    @Benchmark
    @OperationsPerInvocation(Jt808Frames.FRAMES)
    public int batchCuts(Work work) {
        return cuts(work, work.batches);
    }

    @Benchmark
    @OperationsPerInvocation(Jt808Frames.FRAMES)
    public int positionBytes(Work work) {
        int sum = 0;
        for (byte b : work.positions) {
            sum += b;
        }
        return sum;
    }

    private static int cuts(Work work, byte[] frames) {
        int found = 0;
        work.cutter.over(frames, 0, frames.length);
        while (work.cutter.next() == FrameCutter.Verdict.FRAME) {
            found++;
        }
        return found;
    }
}
