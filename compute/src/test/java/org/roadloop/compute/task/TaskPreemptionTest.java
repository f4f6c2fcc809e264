package org.roadloop.compute.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.compute.broker.Preemption;
import org.roadloop.compute.site.Bubblewrap;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.compute.site.Site;
import org.roadloop.core.ledger.Ledger;
import tools.jackson.databind.JsonNode;

/** One slot: a task that may be interrupted is at work in it, and an urgent one comes. */
@Tag("slow")
class TaskPreemptionTest {
    /** Counts until it is interrupted, then on to a number, and saves each on the way; 301 s. */
    private static final String COUNTING =
            """
            {"resources": {"preemptible": true, "backend_parameters": {
               "roadloop.agreement": "a-1", "roadloop.cpuSeconds": "200",
               "roadloop.checkpoint": "/ckpt", "roadloop.checkpointSeconds": "0.2"}},
             "outputs": [{"path": "/out/began.txt"}, {"path": "/out/end.txt"}],
             "executors": [{"image": "alpine", "command": ["sh", "-c",
               "n=$(cat /ckpt/n || echo 0); echo $n > /out/began.txt; last=LAST; [ $n -gt 0 ] || last=100000; while [ $n -lt $last ]; do n=$((n+1)); sleep 0.05; echo $n > /ckpt/.n; mv /ckpt/.n /ckpt/n; done; echo $n > /out/end.txt"]}]}""";

    @TempDir Path home;

    @BeforeEach
    void sandbox() {
        assumeTrue(
                Bubblewrap.find().isPresent(),
                "bubblewrap is missing or may not create namespaces; apt-get install bubblewrap");
    }

    private static String urgent(int priority) {
        return """
               {"resources": {"backend_parameters": {
                  "roadloop.agreement": "a-1", "roadloop.priority": "%d",
                  "roadloop.cpuSeconds": "1", "roadloop.deadline": "%s"}},
                "outputs": [{"path": "/out/result.txt"}],
                "executors": [{"image": "alpine", "command": ["sh", "-c", "echo x >> /out/result.txt"]}]}"""
                .formatted(priority, Instant.now().plusSeconds(120));
    }

    private TaskPlatform platform(
            AtomicReference<Ledger> seen, UnaryOperator<Ledger> as, Preemption.Limits limits)
            throws Exception {
        return new TaskPlatform(
                home,
                new MeteringGate(seen::get),
                new TaskPlatform.Parts() {
                    @Override
                    public Ledger ledger(Ledger real) {
                        seen.set(as.apply(real));
                        return seen.get();
                    }

                    @Override
                    public List<Site> sites(Path at) throws Exception {
                        return List.of(TaskPlatform.site(at, "local", Sandbox.strongest(), 1));
                    }

                    @Override
                    public Preemption.Limits limits() {
                        return limits;
                    }
                });
    }

    /** What the counting program has saved last. */
    private int awaitCount(String id, int atLeast) throws Exception {
        Path live = home.resolve("tasks/" + id + "/work/mount/ckpt/n");
        for (long end = System.nanoTime() + 60_000_000_000L; System.nanoTime() < end; ) {
            try {
                String text = Files.readString(live).strip();
                if (!text.isEmpty() && Integer.parseInt(text) >= atLeast) {
                    return Integer.parseInt(text);
                }
            } catch (NoSuchFileException e) {
                // not yet, or between two lives
            }
            Thread.sleep(2);
        }
        throw new AssertionError("never counted to " + atLeast);
    }

    private static long starts(TaskPlatform platform, String id) {
        try (var entries = platform.ledger.read(0, Set.of("task.started"))) {
            return entries.filter(e -> e.event().subject().equals(id)).count();
        }
    }

    private static void mustBe(JsonNode task, String state) {
        assertThat(task.required("state").asString()).as(task.toPrettyString()).isEqualTo(state);
    }

    @Test
    void anInterruptedTaskGoesOnFromItsCheckpointAndTheLimitHolds() throws Exception {
        AtomicReference<Ledger> seen = new AtomicReference<>();
        Preemption.Limits once = new Preemption.Limits(8, Duration.ofMinutes(10), 1);
        try (TaskPlatform platform = platform(seen, real -> real, once)) {
            String counting = platform.create(COUNTING.replace("LAST", "400"));
            int before = awaitCount(counting, 12);
            String first = platform.create(urgent(1));
            mustBe(platform.await(first), "COMPLETE");
            assertThat(platform.get("/api/v1/tasks/" + first + "/placement").toString())
                    .contains("local: task " + counting + " was interrupted for this one");
            for (long end = System.nanoTime() + 60_000_000_000L; starts(platform, counting) < 2; ) {
                assertThat(System.nanoTime()).isLessThan(end);
                Thread.sleep(5);
            }
            JsonNode second = platform.await(platform.create(urgent(9)));
            mustBe(second, "SYSTEM_ERROR");
            assertThat(second.toString()).contains("after the deadline");
            JsonNode done = platform.await(counting);
            mustBe(done, "COMPLETE");
            assertThat(done.toString())
                    .contains("interrupted for a task of higher priority")
                    .contains("goes on from the checkpoint of");
            int began = Integer.parseInt(platform.output(counting, "began.txt"));
            System.out.printf("was at %d or more, went on from %d%n", before, began);
            // an interval of 0.2 s is four steps of at least 0.05 s
            assertThat(began).isGreaterThanOrEqualTo(before - 4);
            assertThat(platform.output(counting, "end.txt")).isEqualTo("400");
            assertThat(MeteringGate.net(platform.ledger, "use")).isEqualTo(Map.of("a-1", 2L));
        }
    }

    @Test
    void nobodyButTheOperatorGivesPriority() throws Exception {
        try (TaskPlatform platform =
                platform(new AtomicReference<>(), real -> real, Preemption.Limits.USUAL)) {
            var answer = platform.send("POST", "/ga4gh/tes/v1/tasks", "stranger", urgent(1));
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("only the operator gives a task a priority");
            assertThat(platform.post(urgent(1).replace("\"1\"", "\"ten\"")).body())
                    .contains("is no");
        }
    }

    @ParameterizedTest
    @CsvSource({"usage.reversed, true, 1", "task.retried, false, 1", "task.started, true, 2"})
    void aPlatformKilledInTheMiddleLosesNothing(String event, boolean after, int nth)
            throws Exception {
        AtomicReference<Ledger> seen = new AtomicReference<>();
        String counting;
        String hurried;
        try (TaskPlatform first =
                platform(
                        seen,
                        real -> new KilledLedger(real, event, after, nth),
                        Preemption.Limits.USUAL)) {
            counting = first.create(COUNTING.replace("LAST", "30"));
            awaitCount(counting, 8);
            hurried = first.create(urgent(1));
            KilledLedger killed = (KilledLedger) seen.get();
            for (long end = System.nanoTime() + 60_000_000_000L; !killed.dead; ) {
                assertThat(System.nanoTime()).as("%s never came", event).isLessThan(end);
                Thread.sleep(5);
            }
        }
        try (TaskPlatform second = platform(seen, real -> real, Preemption.Limits.USUAL)) {
            for (String id : List.of(hurried, counting)) {
                mustBe(second.await(id), "COMPLETE");
                try (var entries = second.ledger.read(0, Set.of("task.finished"))) {
                    assertThat(entries.filter(e -> e.event().subject().equals(id))).hasSize(1);
                }
            }
            assertThat(second.output(hurried, "result.txt")).isEqualTo("x");
            assertThat(Integer.parseInt(second.output(counting, "began.txt"))).isPositive();
            assertThat(Integer.parseInt(second.output(counting, "end.txt")))
                    .isGreaterThanOrEqualTo(30);
            assertThat(MeteringGate.net(second.ledger, "use")).isEqualTo(Map.of("a-1", 2L));
        }
    }
}
