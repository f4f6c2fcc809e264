package org.roadloop.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.LogPosition;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeSettings;

/** How many frames become governed, and how many become committed rows, per second of CPU. */
final class FrameRates {
    private static final long SEED = 20_260_601;
    private static final int WARM_UP_ROUNDS = 6;
    private static final int ROUNDS = 9;
    private static final int COMMIT_WARM_UPS = 2;
    private static final int COMMITS = 5;

    private FrameRates() {}

    /** {@code loop.governed_frames_per_cpu_second}: one thread, its CPU time, median of rounds. */
    static double governed() throws IOException {
        GovernedRows governed = new GovernedRows();
        FrameRound round = new FrameRound(SEED);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        double[] rates = new double[ROUNDS];
        long[] sum = new long[1];
        for (int i = -WARM_UP_ROUNDS; i < ROUNDS; i++) {
            round.next();
            long began = threads.getCurrentThreadCpuTime();
            int rows =
                    governed.govern(
                            round,
                            batch -> {
                                sum[0] += GovernedRows.checksum(batch);
                                batch.close();
                            });
            long nanos = threads.getCurrentThreadCpuTime() - began;
            requireAll(rows);
            if (i >= 0) {
                rates[i] = rows * 1e9 / nanos;
            }
        }
        System.err.printf("governed rows' checksum %016x, seed %d%n", sum[0], SEED);
        return median(rates);
    }

    /** The same rows written as Parquet and committed to Iceberg; CPU time of the whole process. */
    static double committed(Path directory) throws IOException {
        GovernedRows governed = new GovernedRows();
        FrameRound round = new FrameRound(SEED);
        OperatingSystemMXBean process =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        double[] rates = new double[COMMITS];
        try (Lake lake = new Lake(directory, new LakeSettings(256, 2), GovernedRows.keys())) {
            String table = governed.plan().table();
            lake.create(table, governed.plan().governedSchema(), governed.plan().releaseRule());
            for (int i = -COMMIT_WARM_UPS; i < COMMITS; i++) {
                round.next();
                long began = process.getProcessCpuTime();
                List<Batch> batches = new ArrayList<>();
                int rows = governed.govern(round, batches::add);
                Lake.Written written = lake.write(table, batches);
                LogPosition end = new LogPosition(0, i + COMMIT_WARM_UPS + 1L);
                lake.commit(table, List.of(written), end, Map.of());
                batches.forEach(Batch::close);
                long nanos = process.getProcessCpuTime() - began;
                requireAll(rows);
                if (i >= 0) {
                    rates[i] = rows * 1e9 / nanos;
                }
            }
        }
        return median(rates);
    }

    private static void requireAll(int rows) {
        if (rows != FrameRound.FRAMES) {
            throw new IllegalStateException(
                    rows + " rows of " + FrameRound.FRAMES + " frames: some count as duplicates");
        }
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
