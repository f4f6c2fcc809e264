package org.roadloop.compute.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real processes, real namespaces, real kernel counters. */
@Tag("slow")
public class SandboxTest {
    public static final ToolImage IMAGE =
            new ToolImage(
                    Path.of(System.getProperty("java.home")),
                    List.of(
                            Path.of(
                                    Tool.class
                                            .getProtectionDomain()
                                            .getCodeSource()
                                            .getLocation()
                                            .getPath())),
                    List.of(
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:MaxDirectMemorySize=1g"),
                    Tool.class.getName());

    @TempDir Path folder;
    private Path in;
    private Path out;
    private int runs;

    @BeforeEach
    void folders() throws Exception {
        in = Files.createDirectory(folder.resolve("in"));
        out = Files.createDirectory(folder.resolve("out"));
        Files.writeString(in.resolve("tracks.csv"), "a\nb\nc\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bubblewrap", "plain-process"})
    void aToolReadsItsInputsAndWritesItsOutput(String kind) throws Exception {
        Outcome outcome = run(sandbox(kind), "lines", "/in", "/out/result.json");
        assertThat(outcome.cause()).as(text("stderr")).isEqualTo(Outcome.Cause.EXITED);
        assertThat(outcome.exitCode()).as(text("stderr")).isZero();
        assertThat(out.resolve("result.json")).hasContent("{\"lines\": 3}\n");
        assertThat(text("stdout")).isEqualTo("counted 3\n");
        assertThat(outcome.cpuTime()).isBetween(Duration.ofMillis(10), Duration.ofSeconds(20));
    }

    /** A program may end as our launcher does when it fails; it ran all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"bubblewrap", "plain-process"})
    void aProgramCannotPassForOneThatWasNotStarted(String kind) throws Exception {
        Outcome outcome = run(sandbox(kind), "fail", "125");
        assertThat(outcome.exitCode()).isEqualTo(125);
        assertThat(outcome.cause()).isEqualTo(Outcome.Cause.EXITED);
    }

    @Test
    void thereIsNoNetworkInside() throws Exception {
        try (ServerSocket server = new ServerSocket(0)) {
            String port = Integer.toString(server.getLocalPort());
            run(sandbox("plain-process"), "connect", port);
            assertThat(text("stdout")).as("the probe itself works").isEqualTo("connected\n");
            run(sandbox("bubblewrap"), "connect", port);
            assertThat(text("stdout")).startsWith("no network: ");
        }
    }

    @Test
    void inputsAreReadOnly() throws Exception {
        Outcome outcome = run(sandbox("bubblewrap"), "write", "/in/tracks.csv", "changed");
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(text("stderr")).contains("Read-only file system");
        assertThat(in.resolve("tracks.csv")).hasContent("a\nb\nc\n");
    }

    @Test
    void hostFoldersAndEnvironmentAreInvisible() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "s");
        Sandbox sandbox = sandbox("bubblewrap");
        for (String path : List.of(secret.toString(), "/root", "/home", "/etc/passwd", "/sys")) {
            run(sandbox, "exists", path);
            assertThat(text("stdout")).as(path).isEqualTo("false\n");
        }
        run(sandbox, "exists", "/in/tracks.csv");
        assertThat(text("stdout")).isEqualTo("true\n");
        run(sandbox, "env");
        assertThat(text("stdout")).contains("HOME=/tmp").doesNotContain("JAVA_HOME", "MAVEN");
    }

    @Test
    void whoEatsTooMuchMemoryIsKilledAndTheCauseIsSaid() throws Exception {
        assumeTrue(!Cgroup.missing().contains("memory"), "control group 'memory' can't be written");
        Outcome outcome = run(sandbox("bubblewrap"), "eat", "400");
        assertThat(outcome.cause()).isEqualTo(Outcome.Cause.MEMORY);
        assertThat(text("stdout")).isEmpty();
        assertThat(outcome.peakMemoryBytes()).isBetween(100L << 20, 128L << 20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bubblewrap", "plain-process"})
    void atTheTimeLimitTheWholeTreeIsKilled(String kind) throws Exception {
        long before = sleepers();
        SandboxRun run = prepare(Duration.ofMillis(1500), 1.0, "child");
        Outcome outcome = sandbox(kind).run(run, () -> false);
        assertThat(outcome.cause()).isEqualTo(Outcome.Cause.TIME);
        long limit = System.nanoTime() + 60_000_000_000L;
        while (sleepers() != before) {
            assertThat(System.nanoTime()).as("60 s").isLessThan(limit);
            Thread.sleep(20);
        }
    }

    @Test
    void aDiskFillerIsKilled() throws Exception {
        Outcome outcome = run(sandbox("bubblewrap"), "fill", "/out");
        assertThat(outcome.cause()).isEqualTo(Outcome.Cause.OUTPUT);
    }

    @Test
    void halfACoreIsHalfACoreAndIsMeteredByTheKernel() throws Exception {
        assumeTrue(
                Cgroup.missing().isEmpty(), "control groups can't be written: " + Cgroup.missing());
        SandboxRun run = prepare(Duration.ofSeconds(30), 0.5, "spin", "2000");
        Outcome outcome = sandbox("bubblewrap").run(run, () -> false);
        double wall = Duration.between(outcome.start(), outcome.end()).toMillis() / 1000.0;
        assertThat(outcome.meter()).startsWith("cgroup-v");
        assertThat(outcome.cpuTime().toMillis() / 1000.0).isBetween(0.01, 0.5 * wall + 0.15);
    }

    @Test
    void cancelEndsIt() throws Exception {
        SandboxRun run = prepare(Duration.ofMinutes(10), 1.0, "sleep", "600000");
        long start = System.nanoTime();
        Outcome outcome =
                sandbox("bubblewrap").run(run, () -> System.nanoTime() - start > 300_000_000L);
        assertThat(outcome.cause()).isEqualTo(Outcome.Cause.CANCELLED);
    }

    /** Services and rates of two platforms have the same keys. */
    @Test
    void aRunOfAnotherPlatformWithTheSameIdGoesOn() throws Exception {
        assumeTrue(
                Cgroup.missing().isEmpty(), "control groups can't be written: " + Cgroup.missing());
        Sandbox bubblewrap = sandbox("bubblewrap");
        SandboxRun theirs = prepare(Duration.ofMinutes(10), 1.0, "sleep", "600000");
        SandboxRun ours = prepare(Duration.ofMinutes(10), 1.0, "sleep", "1");
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        SandboxRun same =
                new SandboxRun(
                        theirs.id(),
                        ours.image(),
                        ours.command(),
                        ours.environment(),
                        ours.mounts(),
                        ours.workdir(),
                        null,
                        elsewhere.resolve("stdout"),
                        elsewhere.resolve("stderr"),
                        ours.limits());
        CountDownLatch running = new CountDownLatch(1);
        AtomicBoolean enough = new AtomicBoolean();
        FutureTask<Outcome> first =
                new FutureTask<>(
                        () ->
                                bubblewrap.run(
                                        theirs,
                                        () -> {
                                            running.countDown();
                                            return enough.get();
                                        }));
        Thread.ofVirtual().start(first);
        running.await();
        assertThat(bubblewrap.run(same, () -> false).cause()).isEqualTo(Outcome.Cause.EXITED);
        enough.set(true);
        assertThat(first.get().cause()).isEqualTo(Outcome.Cause.CANCELLED);
    }

    @Test
    void withoutIsolationItIsSaidLoudly() {
        assertThat(new PlainProcess().notEnforced().getFirst()).startsWith("no sandbox: ");
    }

    private static long sleepers() {
        return ProcessHandle.allProcesses()
                .filter(p -> p.info().commandLine().orElse("").contains("sleep 300"))
                .count();
    }

    private Sandbox sandbox(String kind) {
        if (kind.equals("plain-process")) {
            return new PlainProcess();
        }
        var found = Bubblewrap.find();
        assumeTrue(found.isPresent(), "bubblewrap is missing or may not create namespaces");
        return found.get();
    }

    private Outcome run(Sandbox sandbox, String... words) throws Exception {
        return sandbox.run(prepare(Duration.ofSeconds(30), 1.0, words), () -> false);
    }

    private SandboxRun prepare(Duration time, double cpus, String... words) {
        List<String> command = new java.util.ArrayList<>(List.of("roadloop"));
        command.addAll(List.of(words));
        return new SandboxRun(
                "test-" + ProcessHandle.current().pid() + "-" + System.nanoTime() + "-" + runs++,
                IMAGE,
                command,
                Map.of("WORD", "x"),
                List.of(new Mount(in, "/in", false), new Mount(out, "/out", true)),
                "/out",
                null,
                folder.resolve("stdout"),
                folder.resolve("stderr"),
                new Limits(128L << 20, 64, cpus, time, 16L << 20, 20L << 20));
    }

    private String text(String name) throws Exception {
        return Files.readString(folder.resolve(name));
    }
}
