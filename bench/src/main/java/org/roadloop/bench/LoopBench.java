package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Figures of the whole loop (闭环): frames to rows, a negotiation between two processes, and, without
 * {@code --quick}, the demo and ten {@code kill -9}.
 */
final class LoopBench implements Main.Bench {
    @Override
    public void run(Path root, Figures figures, List<String> arguments) throws Exception {
        boolean quick = arguments.contains("--quick");
        for (String argument : arguments) {
            if (!argument.equals("--quick")) {
                throw new IllegalArgumentException(
                        "no option '" + argument + "' of bench loop; there is --quick");
            }
        }
        Path folder = Files.createTempDirectory("roadloop-bench");
        try {
            figures.add(
                    "loop.governed_frames_per_cpu_second", FrameRates.governed(), "frames/s");
            figures.add(
                    "loop.committed_frames_per_cpu_second",
                    FrameRates.committed(folder.resolve("lake")),
                    "frames/s");
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
