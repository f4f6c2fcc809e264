package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.roadloop.app.report.CollectSummary;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Figures of the whole loop (闭环): frames to rows, a negotiation between two processes, and, without
 * {@code --quick}, the demo and ten {@code kill -9}.
 */
final class LoopBench implements Main.Bench {
    private static final int SYNCS = 200;
    private static final int WARM_UPS = 20;
    private static final int NEGOTIATIONS = 60;
    private static final Duration DEMO_LIMIT = Duration.ofMinutes(5);

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
            figures.add("loop.governed_frames_per_cpu_second", FrameRates.governed(), "frames/s");
            figures.add(
                    "loop.committed_frames_per_cpu_second",
                    FrameRates.committed(folder.resolve("lake")),
                    "frames/s");
            negotiation(folder, figures);
            if (!quick) {
                demo(folder.resolve("demo"), figures);
                CollectSummary.Crash crash = CrashRun.measure(folder.resolve("crash"));
                figures.add("loop.crash_lost", crash.missingAfterRestart(), "frames");
                figures.add("loop.crash_duplicated", crash.storedTwice(), "frames");
            }
        } finally {
            Folders.delete(folder);
        }
    }

    private static void negotiation(Path folder, Figures figures)
            throws IOException, InterruptedException {
        Percentiles before = DiskSync.measure(folder, SYNCS);
        NegotiationTimes times;
        try (ConnectorPair pair = ConnectorPair.start(folder)) {
            times = NegotiationTimes.measure(pair, WARM_UPS, NEGOTIATIONS);
        }
        Percentiles after = DiskSync.measure(folder, SYNCS);
        figures.add("loop.negotiation_p50_ms", times.own().at(50), "ms");
        figures.add("loop.negotiation_p99_ms", times.own().at(99), "ms");
        figures.add("loop.negotiation_wall_p50_ms", times.wall().at(50), "ms");
        figures.add("loop.fsync_p50_ms", (before.at(50) + after.at(50)) / 2, "ms");
        figures.add("loop.fsync_p99_ms", Math.max(before.at(99), after.at(99)), "ms");
    }

    private static void demo(Path out, Figures figures) throws IOException, InterruptedException {
        Path log = out.resolveSibling("demo.log");
        try (PlatformProcess demo =
                PlatformProcess.start(log, List.of("demo", "--out", out.toString()))) {
            demo.awaitSuccess(DEMO_LIMIT);
        }
        JsonNode summary =
                JsonMapper.shared().readTree(Files.readAllBytes(out.resolve("summary.json")));
        JsonNode run = summary.required("run");
        figures.add("loop.demo_seconds", run.required("totalSeconds").asDouble(), "s");
        figures.add(
                "loop.rss_mb",
                run.required("machine").required("peakPssMebibytes").asDouble(),
                "MiB");
    }
}
