package org.roadloop.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.report.CollectSummary;
import org.roadloop.app.report.ComputeSummary;
import org.roadloop.app.report.Station;
import org.roadloop.app.report.Summary;
import org.roadloop.app.report.SummaryJson;

/** The loop from the packaged distribution, as a user starts it: every room once. */
@Tag("slow")
class DemoIT {
    private static final Path DIST = Path.of(System.getProperty("roadloop.dist"));
    private static final Path DATA =
            Path.of(System.getProperty("roadloop.root")).resolve("../shared/data").normalize();

    @TempDir Path folder;

    @Test
    void closes_with_recordings() throws Exception {
        Assumptions.assumeTrue(
                Files.isDirectory(DATA),
                "shared/data is missing: the recorded events are not replayed");
        Summary summary = demo(Map.of(), "--data", DATA.toString(), "--seconds", "60");
        for (Station station : summary.stations()) {
            assertThat(station.status())
                    .as(station.name() + " " + station.remark())
                    .isIn(Station.Status.DONE, Station.Status.PARTIAL);
        }
        assertThat(summary.collect().terminalConnections()).isGreaterThanOrEqualTo(500);
        assertThat(summary.collect().crash().missingAfterRestart()).isZero();
        assertThat(summary.collect().crash().storedTwice()).isZero();
        assertThat(summary.collect().malformed()).isNotEmpty();
        assertThat(summary.govern().rowsByLineage())
                .anySatisfy(count -> assertThat(count.name()).isEqualTo("replay"));
        assertThat(summary.apply().pilotEvent().found()).isTrue();
        assertThat(summary.share().refusals()).hasSize(2);
        assertThat(summary.share().agreement().signatures()).allMatch(s -> s.verified());
        assertThat(summary.prove().bill().equal()).isTrue();
        assertThat(summary.prove().inclusion().verified()).isTrue();
        assertThat(summary.prove().tampering().found()).isTrue();
        ComputeSummary.Flow flow = summary.compute().flow();
        assertThat(flow.boundMicros()).isBetween(1.0, flow.deadlineMicros());
        assertThat(html()).contains(Long.toString(summary.prove().log().entries()));
        verifiesOffline();
    }

    @Test
    void closes_without_recordings_and_without_a_sandbox() throws Exception {
        // A path without bubblewrap, and a root beside which there is no shared data.
        Summary summary = demo(Map.of("PATH", "/nonexistent"), "--seconds", "20");
        assertThat(summary.run().recordingsPresent()).isFalse();
        assertThat(summary.apply().pilotEvent()).isNull();
        assertThat(summary.compute().sandbox().kind()).isEqualTo("plain-process");
        assertThat(summary.compute().sandbox().notEnforced()).isNotEmpty();
        assertThat(summary.station(Station.Name.COMPUTE).status())
                .isEqualTo(Station.Status.PARTIAL);
        assertThat(summary.station(Station.Name.COMPUTE).remark().en()).contains("bubblewrap");
    }

    @Test
    void a_gateway_killed_at_seeded_moments_loses_nothing_it_acknowledged() throws Exception {
        long seed = 7;
        SplittableRandom random = new SplittableRandom(seed);
        double[] moments = random.doubles(3, 0.1, 0.9).sorted().toArray();
        System.out.println("seed " + seed + ", kills at " + Arrays.toString(moments));
        Path out = Files.createDirectories(folder.resolve("kills"));
        DemoOptions options = new DemoOptions(out, Optional.empty(), seed, 60, 140, 40, 5, moments);
        CollectSummary summary =
                Demo.collectOnly(
                        options, new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        assertThat(summary.frames().acknowledged()).isEqualTo(140 * 40);
        assertThat(summary.crash().missingAfterRestart()).isZero();
        assertThat(summary.crash().storedTwice()).isZero();
        assertThat(summary.reconnects()).isGreaterThanOrEqualTo(3 * 60);
    }

    private Summary demo(Map<String, String> environment, String... arguments) throws Exception {
        Path out = folder.resolve("demo");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-Xmx320m",
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                                "-Droadloop.dist=" + DIST,
                                "-Droadloop.root=" + folder,
                                "-cp",
                                DIST.resolve("lib") + "/*",
                                "org.roadloop.app.Main",
                                "demo",
                                "--out",
                                out.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(folder.resolve("demo.log").toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("the demo ends").isTrue();
            assertThat(process.exitValue())
                    .as(Files.readString(folder.resolve("demo.log")) + logs(out))
                    .isZero();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return SummaryJson.parse(Files.readString(out.resolve("summary.json")));
    }

    private static String logs(Path out) throws Exception {
        Path log = out.resolve("provider.log");
        return Files.exists(log) ? "\n--- provider\n" + Files.readString(log) : "";
    }

    private String html() throws Exception {
        return Files.readString(folder.resolve("demo/report.html"));
    }

    /** The verb an auditor would use, on the home the demo left. */
    private void verifiesOffline() throws Exception {
        Process verify =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-cp",
                                DIST.resolve("lib") + "/*",
                                "org.roadloop.app.Main",
                                "verify",
                                folder.resolve("demo/provider").toString())
                        .redirectErrorStream(true)
                        .start();
        try {
            String says =
                    new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(verify.waitFor()).as(says).isZero();
            assertThat(says).contains("verified");
        } finally {
            verify.destroyForcibly();
        }
    }
}
