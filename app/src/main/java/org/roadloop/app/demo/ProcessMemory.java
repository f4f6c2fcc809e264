package org.roadloop.app.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * Peak memory of this process and all its descendants: the sum of PSS (proportional set size) from
 * {@code /proc/PID/smaps_rollup}, sampled. Where that file is missing the peak stays 0.
 */
final class ProcessMemory implements AutoCloseable {
    private final Thread sampler;
    private volatile long peakKib;
    private volatile boolean stopped;

    ProcessMemory(Duration period) {
        sampler =
                Thread.ofPlatform()
                        .daemon()
                        .name("process-memory")
                        .start(
                                () -> {
                                    while (!stopped) {
                                        peakKib = Math.max(peakKib, treeKib());
                                        try {
                                            Thread.sleep(period);
                                        } catch (InterruptedException e) {
                                            return;
                                        }
                                    }
                                });
    }

    /** Mebibytes. */
    long peakMib() {
        return peakKib / 1024;
    }

    static long treeKib() {
        ProcessHandle self = ProcessHandle.current();
        return Stream.concat(Stream.of(self), self.descendants())
                .mapToLong(process -> pssKib(process.pid()))
                .sum();
    }

    private static long pssKib(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException | RuntimeException gone) {
            return 0; // the process ended while we looked, or this isn't Linux
        }
    }

    @Override
    public void close() {
        stopped = true;
        sampler.interrupt();
    }
}
