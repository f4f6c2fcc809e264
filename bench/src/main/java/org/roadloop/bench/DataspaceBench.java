package org.roadloop.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Figures of the data space (数据空间): two participants of this distribution as processes of their
 * own, with durable ledgers, on the loopback.
 */
final class DataspaceBench implements Main.Bench {
    private static final List<String> PARTS =
            List.of(
                    "start",
                    "latency",
                    "rate",
                    "transfer",
                    "faults",
                    "watermark",
                    "revocation",
                    "tck",
                    "odrl",
                    "peer");
    private static final int SYNCS = 200;
    private static final int WARM_UPS = 300;
    private static final int ONE_BY_ONE = 200;
    private static final int MOST_AT_RATE = 5_000;
    private static final int STARTS = 3;
    private static final long SEED = 20_261_122;

    private int negotiations = 10_000;
    private int kills = 5;
    private int idleSeconds = 60;
    private Set<String> only = new LinkedHashSet<>(PARTS);

    @Override
    public void run(Path root, Figures figures, List<String> arguments) throws Exception {
        read(arguments);
        Path parent = Files.createDirectories(root.resolve("target"));
        Path folder = Files.createTempDirectory(parent, "bench-dataspace");
        System.out.printf(
                "# load average %.1f%n",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        try {
            if (only.contains("start")) {
                start(folder, figures);
            }
            if (only.contains("latency") || only.contains("rate") || only.contains("transfer")) {
                negotiate(folder, figures);
            }
            if (only.contains("faults")) {
                faults(folder.resolve("faults"), figures);
            }
            if (only.contains("watermark")) {
                WatermarkFigures.measure(folder.resolve("watermark"), figures);
            }
            if (only.contains("revocation")) {
                RevocationTimes.measure(folder.resolve("revocation"), figures);
            }
            suites(root, figures);
            if (only.contains("peer")) {
                PeerFigures.measure(root, folder, figures, negotiations);
            }
        } finally {
            delete(folder);
        }
    }

    private void start(Path folder, Figures figures) throws IOException, InterruptedException {
        double[] cpu = new double[STARTS];
        for (int i = 0; i < STARTS - 1; i++) {
            try (Participant one = Participant.start(folder.resolve("start-" + i))) {
                cpu[i] = ProcessUse.cpuSeconds(one.process());
            }
        }
        StartFigures start = StartFigures.measure(folder.resolve("start"), idleSeconds);
        cpu[STARTS - 1] = start.cpuSeconds();
        figures.add("start.cpu_seconds", new Percentiles(cpu).at(50), "s");
        figures.add("start.rss_mb", start.pssMebibytes(), "MiB");
        figures.add("idle.cpu_percent", start.idlePercent(), "%");
    }

    private void negotiate(Path folder, Figures figures) throws IOException, InterruptedException {
        try (ConnectorPair pair = ConnectorPair.start(folder)) {
            Percentiles before = DiskSync.measure(folder, SYNCS);
            int few = Math.min(ONE_BY_ONE, negotiations);
            NegotiationTimes times =
                    NegotiationTimes.measure(pair, Math.min(WARM_UPS, negotiations), few);
            figures.add("negotiation.p50_ms", times.wall().at(50), "ms");
            figures.add("negotiation.p99_ms", times.wall().at(99), "ms");
            figures.add("negotiation.own_p50_ms", times.own().at(50), "ms");
            if (only.contains("rate")) {
                int many = Math.min(MOST_AT_RATE, negotiations);
                NegotiationRate.measure(pair, 16, many / 2); // warm
                NegotiationRate rate = NegotiationRate.measure(pair, 16, many);
                figures.add("negotiation.per_second", rate.perSecond(), "1/s");
                figures.add("negotiation.cpu_ms", rate.cpuMillis(), "ms");
            }
            if (only.contains("transfer")) {
                figures.add("transfer.p50_ms", transfers(pair, few).at(50), "ms");
            }
            Percentiles after = DiskSync.measure(folder, SYNCS);
            figures.add("dataspace.fsync_p50_ms", (before.at(50) + after.at(50)) / 2, "ms");
            figures.add("dataspace.fsync_p99_ms", Math.max(before.at(99), after.at(99)), "ms");
        }
    }

    private static Percentiles transfers(ConnectorPair pair, int count) throws IOException {
        JsonNode agreement = pair.negotiate();
        double[] millis = new double[count];
        for (int i = -count / 2; i < count; i++) {
            long began = System.nanoTime();
            pair.transfer(agreement.required("id").asString());
            if (i >= 0) {
                millis[i] = (System.nanoTime() - began) / 1e6;
            }
        }
        return new Percentiles(millis);
    }

    private void faults(Path folder, Figures figures) throws IOException, InterruptedException {
        FaultyNegotiations outcome =
                FaultyNegotiations.measure(folder, negotiations, 32, kills, SEED);
        figures.add("negotiation.under_faults", outcome.begun(), "negotiations");
        figures.add("negotiation.failed", outcome.failed(), "negotiations");
        figures.add("negotiation.divergent", outcome.divergent(), "negotiations");
        figures.add("negotiation.kills", outcome.kills(), "kills");
        figures.add("negotiation.dropped_answers", outcome.droppedAnswers(), "answers");
        figures.add("negotiation.slowest_restart_ms", outcome.slowestRestartMillis(), "ms");
        figures.add("negotiation.settled_ms", outcome.settledMillis(), "ms");
    }

    private void suites(Path root, Figures figures) throws IOException, InterruptedException {
        Suites suites = new Suites(root);
        if (only.contains("tck") || only.contains("odrl")) {
            suites.prepare();
        }
        if (only.contains("tck")) {
            figures.add("tck.passed", suites.dataspaceProtocol(), "tests");
        }
        if (only.contains("odrl")) {
            Path cases = root.resolve("../shared/data/odrl").normalize();
            if (Files.isDirectory(cases)) {
                figures.add("odrl.passed", suites.odrl(cases), "cases");
            } else {
                System.out.println("# odrl.passed: left out, " + cases + " is missing");
            }
        }
    }

    private void read(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i += 2) {
            String option = arguments.get(i);
            if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException("option " + option + " needs a value");
            }
            String value = arguments.get(i + 1);
            switch (option) {
                case "--negotiations" -> negotiations = Integer.parseInt(value);
                case "--kills" -> kills = Integer.parseInt(value);
                case "--idle" -> idleSeconds = Integer.parseInt(value);
                case "--only" -> only = new LinkedHashSet<>(List.of(value.split(",")));
                default ->
                        throw new IllegalArgumentException(
                                "no option '"
                                        + option
                                        + "' of bench dataspace; there are --negotiations, --kills,"
                                        + " --idle, --only");
            }
        }
        if (negotiations < 10 || kills < 0 || idleSeconds < 1 || !PARTS.containsAll(only)) {
            throw new IllegalArgumentException(
                    "--negotiations is at least 10, --idle at least 1 s, --kills at least 0, and"
                            + " the parts of --only are "
                            + String.join(",", PARTS));
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
