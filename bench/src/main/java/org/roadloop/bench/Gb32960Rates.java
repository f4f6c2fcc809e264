package org.roadloop.bench;

import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.runner.RunnerException;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.ReportDetails;
import org.roadloop.collect.gb32960.ReportVerdict;
import org.roadloop.collect.gb32960.VehicleReportColumns;
import org.roadloop.collect.gb32960.VehicleReportTable;
import org.roadloop.core.table.Batch;

/**
 * Frames of GB/T 32960 to columns, one core: the checksum verified, every field checked against its
 * range and codes and written with its state. The yardstick is a pass that only folds the checksum.
 */
public class Gb32960Rates {
    private static final long SEED = 20_261_122;
    private static final int REPORT_ROWS = 256;
    private static final int DETAIL_ROWS = 8_192;

    /** The frames and the batch they are decoded into; one thread. */
    @State(Scope.Thread)
    public static class Work {
        final byte[] small = Gb32960Frames.small(SEED);
        final byte[] full = Gb32960Frames.full(SEED);
        final Batch reports = new Batch(VehicleReportTable.SCHEMA, REPORT_ROWS);
        final VehicleReportColumns columns = new VehicleReportColumns(reports);
        final ReportDetails details = new ReportDetails(DETAIL_ROWS);
        int turn;

        long decode(byte[] frames, int frameBytes) {
            long sum = 0;
            for (int at = 0; at < frames.length; at += frameBytes) {
                if (!Frame.hasRightBcc(frames, at)) {
                    throw new IllegalStateException("a frame of the bench has a wrong BCC");
                }
                if (reports.isFull() || !details.hasRoom(frames, at)) {
                    sum += consume();
                }
                int row = reports.rows();
                if (columns.append(frames, at, 0, Lineage.VEHICLE, 0, at) != ReportVerdict.OK) {
                    throw new IllegalStateException("a frame of the bench is not right");
                }
                details.append(frames, columns, row);
            }
            return sum + consume();
        }

        private long consume() {
            turn++;
            long sum = ColumnSum.of(reports, turn);
            reports.clear();
            for (int i = 0; i < details.batches().size(); i++) {
                Batch batch = details.batches().get(i);
                sum += ColumnSum.of(batch, turn);
                batch.clear();
            }
            return sum;
        }
    }

    static double measure(Figures figures) throws RunnerException {
        return CodecRates.measure(
                Gb32960Rates.class,
                figures,
                "frames/s",
                Map.of(
                        "small", "gb32960.small_frames_per_second",
                        "full", "gb32960.full_frames_per_second",
                        "smallChecksum", "baseline.gb32960.small_checksums_per_second",
                        "fullChecksum", "baseline.gb32960.full_checksums_per_second"));
    }

    @Benchmark
    @OperationsPerInvocation(Gb32960Frames.FRAMES)
    public long small(Work work) {
        return work.decode(work.small, Gb32960Frames.SMALL_BYTES);
    }

    @Benchmark
    @OperationsPerInvocation(Gb32960Frames.FRAMES)
    public long full(Work work) {
        return work.decode(work.full, Gb32960Frames.FULL_BYTES);
    }

    @Benchmark
    @OperationsPerInvocation(Gb32960Frames.FRAMES)
    public int smallChecksum(Work work) {
        return checksums(work.small, Gb32960Frames.SMALL_BYTES);
    }

    @Benchmark
    @OperationsPerInvocation(Gb32960Frames.FRAMES)
    public int fullChecksum(Work work) {
        return checksums(work.full, Gb32960Frames.FULL_BYTES);
    }

    private static int checksums(byte[] frames, int frameBytes) {
        int right = 0;
        for (int at = 0; at < frames.length; at += frameBytes) {
            right += Frame.hasRightBcc(frames, at) ? 1 : 0;
        }
        return right;
    }
}
