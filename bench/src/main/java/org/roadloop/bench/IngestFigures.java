package org.roadloop.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.roadloop.collect.gb32960.VehicleReportTable;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeSettings;
import org.roadloop.govern.plan.Ingest;
import org.roadloop.govern.plan.PlanReader;

/**
 * Frames to committed Iceberg snapshots by the platform's own loop, passports and ledger included
 * (入湖速率): rows per second on the machine's cores, and the peak of the heap at two sizes.
 */
final class IngestFigures {
    private static final long SEED = 20_260_602;
    private static final int WARM_UP_ROUNDS = 12;
    private static final int ROUNDS = 8;
    private static final int TIMES = 5;

    private IngestFigures() {}

    /**
     * {@code lake.rows_per_second}: wall clock without the making of frames, best of some times;
     * and rows per second of the whole process' processor time, which a busy machine moves less.
     */
    static void rate(Figures figures) throws IOException {
        Path folder = Files.createTempDirectory("roadloop-bench");
        OperatingSystemMXBean process =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        double[] perCpuSecond = new double[TIMES];
        double best = 0;
        try (Lake lake = lake(folder);
                FileLedger ledger = BenchLog.open(folder.resolve("ledger"))) {
            FrameFeed feed = new FrameFeed(SEED, WARM_UP_ROUNDS);
            Ingest ingest = ingest(feed, lake, ledger);
            ingest.drain(Duration.ZERO);
            for (int i = 0; i < TIMES; i++) {
                feed.allow(ROUNDS);
                long rowsBefore = committed(ingest);
                long making = feed.makingNanos();
                long cpu = process.getProcessCpuTime();
                long began = System.nanoTime();
                ingest.drain(Duration.ZERO);
                making = feed.makingNanos() - making;
                long wall = System.nanoTime() - began - making;
                cpu = process.getProcessCpuTime() - cpu - making;
                long rows = committed(ingest) - rowsBefore;
                if (rows != (long) ROUNDS * FrameRound.FRAMES) {
                    throw new IllegalStateException(rows + " rows were committed");
                }
                best = Math.max(best, rows * 1e9 / wall);
                perCpuSecond[i] = rows * 1e9 / cpu;
            }
        } finally {
            Folders.delete(folder);
        }
        figures.add("lake.rows_per_second", best, "rows/s");
        figures.add("lake.rows_per_cpu_second", FrameRates.median(perCpuSecond), "rows/s");
    }

    /** Peak of the used heap after collections, at 1 M and at 20 M rows of one day. */
    static void memory(Figures figures) throws IOException {
        figures.add("govern.peak_heap_mb_at_1m_rows", peakMegabytes(1_000_000), "MB");
        figures.add("govern.peak_heap_mb_at_20m_rows", peakMegabytes(20_000_000), "MB");
    }

    private static double peakMegabytes(long rows) throws IOException {
        int rounds = Math.toIntExact((rows + FrameRound.FRAMES - 1) / FrameRound.FRAMES);
        Path folder = Files.createTempDirectory("roadloop-bench");
        long peak = 0;
        try (Lake lake = lake(folder);
                FileLedger ledger = BenchLog.open(folder.resolve("ledger"))) {
            FrameFeed feed = new FrameFeed(SEED, 0);
            Ingest ingest = ingest(feed, lake, ledger);
            System.gc();
            for (int done = 0; done < rounds; done += ROUNDS) {
                feed.allow(Math.min(ROUNDS, rounds - done));
                ingest.drain(Duration.ZERO);
                peak = Math.max(peak, usedAfterCollection());
            }
            System.gc();
            peak = Math.max(peak, usedAfterCollection());
        } finally {
            Folders.delete(folder);
        }
        return peak / 1e6;
    }

    /** Bytes that lived through the last collection, all heap pools together. */
    private static long usedAfterCollection() {
        long used = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage after = pool.getCollectionUsage();
            if (pool.getType() == MemoryType.HEAP && after != null) {
                used += after.getUsed();
            }
        }
        return used;
    }

    private static long committed(Ingest ingest) {
        return Objects.requireNonNull(ingest.status().get(VehicleReportTable.NAME)).committedRows();
    }

    private static Lake lake(Path folder) {
        return new Lake(folder.resolve("lake"), new LakeSettings(256, 2), GovernedRows.keys());
    }

    private static Ingest ingest(FrameFeed feed, Lake lake, FileLedger ledger) {
        return new Ingest(
                feed,
                lake,
                List.of(PlanReader.standard(VehicleReportTable.NAME)),
                GovernedRows.keys(),
                ledger,
                BenchLog.signer(),
                Clock.systemUTC(),
                Ingest.Settings.DEFAULT,
                null);
    }
}
