package org.roadloop.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.roadloop.core.ledger.FileLedger;

/**
 * 64 writers, each with one entry at a time and waiting for it (单条追加), beside what the same disk
 * does for one writer that syncs a file after each entry.
 */
final class SingleAppends {
    private static final int WRITERS = 64;
    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long MEASURED_NANOS = TimeUnit.SECONDS.toNanos(8);
    private static final int SYNCS = 500;

    private SingleAppends() {}

    static void measure(Path folder, Figures figures) throws Exception {
        Files.createDirectories(folder);
        Percentiles before = DiskSync.measure(folder, SYNCS);
        List<double[]> all;
        double seconds;
        try (FileLedger ledger = BenchLog.open(folder.resolve("log"));
                ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
            long warmUntil = System.nanoTime() + WARM_UP_NANOS;
            write(ledger, writers, warmUntil);
            long began = System.nanoTime();
            all = write(ledger, writers, began + MEASURED_NANOS);
            seconds = (System.nanoTime() - began) / 1e9;
        }
        double[] millis = all.stream().flatMapToDouble(java.util.Arrays::stream).toArray();
        double baseline = syncedAppends(folder.resolve("baseline"));
        Percentiles after = DiskSync.measure(folder, SYNCS);
        Percentiles appends = new Percentiles(millis);
        figures.add("ledger.single_appends_per_second", millis.length / seconds, "entries/s");
        figures.add("ledger.append_p50_ms", appends.at(50), "ms");
        figures.add("ledger.append_p99_ms", appends.at(99), "ms");
        figures.add("ledger.fsync_p50_ms", (before.at(50) + after.at(50)) / 2, "ms");
        figures.add("ledger.fsync_p99_ms", Math.max(before.at(99), after.at(99)), "ms");
        figures.add("baseline.synced_appends_per_second", baseline, "entries/s");
    }

    /** Milliseconds of each append of each writer. */
    private static List<double[]> write(FileLedger ledger, ExecutorService writers, long until)
            throws Exception {
        List<Callable<double[]>> tasks = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            UsageEvents events = new UsageEvents(i);
            tasks.add(
                    () -> {
                        double[] millis = new double[1024];
                        int count = 0;
                        long began = System.nanoTime();
                        while (began < until) {
                            ledger.append(events.next());
                            long ended = System.nanoTime();
                            if (count == millis.length) {
                                millis = java.util.Arrays.copyOf(millis, 2 * count);
                            }
                            millis[count++] = (ended - began) / 1e6;
                            began = ended;
                        }
                        return java.util.Arrays.copyOf(millis, count);
                    });
        }
        List<double[]> results = new ArrayList<>();
        for (Future<double[]> result : writers.invokeAll(tasks)) {
            results.add(result.get());
        }
        return results;
    }

    /** The plain way: a file, an entry, a sync, and so on. */
    private static double syncedAppends(Path file) throws IOException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        long began = System.nanoTime();
        long count = 0;
        ByteBuffer entry = ByteBuffer.allocate(DiskSync.ENTRY_BYTES);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (System.nanoTime() < until) {
                entry.clear();
                channel.write(entry);
                channel.force(false);
                count++;
            }
        }
        return count / ((System.nanoTime() - began) / 1e9);
    }
}
