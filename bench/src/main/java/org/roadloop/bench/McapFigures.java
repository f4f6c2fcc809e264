package org.roadloop.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.roadloop.collect.mcap.Conformance;
import org.roadloop.collect.mcap.McapLimits;
import org.roadloop.collect.mcap.McapRecord;
import org.roadloop.collect.mcap.McapStream;

/** What the reader of recordings reads right, and how fast (MCAP 读取). */
final class McapFigures {
    private static final int ROUNDS = 8;

    private McapFigures() {}

    /** Nothing of a reading is without allocation: NaN. */
    static double measure(Path root, Figures figures) throws IOException {
        Path data = root.resolve("../shared/data/mcap").normalize();
        figures.add("mcap.conformance_passed", conformance(data.resolve("conformance")), "files");
        figures.add(
                "mcap.read_megabytes_per_second",
                megabytesPerSecond(data.resolve("comma2k19-segment40.mcap")),
                "MB/s");
        return Double.NaN;
    }

    /** Files of the official suite whose records are the expected ones, without a fault. */
    private static long conformance(Path suite) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(suite)) {
            files = found.filter(f -> f.toString().endsWith(".mcap")).toList();
        }
        long passed = 0;
        for (Path file : files) {
            Path json = Path.of(file.toString().replaceFirst("mcap$", "json"));
            boolean[] faulty = {false};
            List<McapRecord> records = new ArrayList<>();
            try (McapStream stream =
                    new McapStream(
                            Files.newInputStream(file),
                            McapLimits.DEFAULT,
                            (_, _, _) -> faulty[0] = true)) {
                for (McapRecord r = stream.next(); r != null; r = stream.next()) {
                    records.add(r);
                }
            }
            boolean same =
                    Conformance.of(records).equals(Conformance.expected(Files.readAllBytes(json)));
            passed += same && !faulty[0] ? 1 : 0;
        }
        return passed;
    }

    /** Bytes of the file as it is, compressed; the best of some rounds on one core. */
    private static double megabytesPerSecond(Path file) throws IOException {
        long bytes = Files.size(file);
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long began = System.nanoTime();
            long data = 0;
            try (McapStream stream =
                    new McapStream(
                            new BufferedInputStream(Files.newInputStream(file), 1 << 16),
                            McapLimits.DEFAULT,
                            (at, reason, _) -> {
                                throw new IllegalStateException(reason + " at " + at);
                            })) {
                for (McapRecord r = stream.next(); r != null; r = stream.next()) {
                    data += r instanceof McapRecord.Message m ? m.length() : 0;
                }
            }
            if (data == 0) {
                throw new IllegalStateException(file + " has no messages");
            }
            best = Math.max(best, bytes / 1e6 / ((System.nanoTime() - began) / 1e9));
        }
        return best;
    }
}
