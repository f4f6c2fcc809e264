package org.roadloop.compute.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.compute.site.Bubblewrap;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.compute.site.Site;
import org.roadloop.core.ledger.Ledger;
import tools.jackson.databind.JsonNode;

/** A platform that dies in any state: no task lost, none with effect twice, outputs once. */
@Tag("slow")
class TaskCrashTest {
    private static final String OWN =
            """
            {"outputs": [{"path": "/out/result.txt"}],
             "executors": [{"image": "alpine", "command": ["sh", "-c", "echo x >> /out/result.txt"]}]}""";
    private static final String UNDER_CONTRACT =
            OWN.replace(
                    "{\"outputs\"",
                    "{\"resources\": {\"backend_parameters\": {\"roadloop.agreement\": \"a-1\"}},"
                            + " \"outputs\"");

    @TempDir Path home;

    @BeforeEach
    void sandbox() {
        assumeTrue(
                Bubblewrap.find().isPresent(),
                "bubblewrap is missing or may not create namespaces; apt-get install bubblewrap");
    }

    @ParameterizedTest
    @CsvSource({
        "booking.held, false, 2", "booking.held, true, 1",
        "booking.committed, false, 1", "booking.committed, true, 2",
        "task.placed, false, 2", "task.placed, true, 1",
        "task.started, false, 1", "task.started, true, 2",
        "usage.metered, false, 1", "usage.metered, true, 1",
        "usage.metered, true, 2", "usage.metered, false, 3",
        "task.finished, false, 1", "task.finished, true, 2",
        "booking.released, false, 1"
    })
    void eachTaskEndsOnceWhereverThePlatformDied(String event, boolean after, int nth)
            throws Exception {
        AtomicReference<Ledger> seen = new AtomicReference<>();
        List<String> ids = new ArrayList<>();
        try (TaskPlatform first =
                platform(seen, real -> new KilledLedger(real, event, after, nth))) {
            for (String task : List.of(UNDER_CONTRACT, OWN, UNDER_CONTRACT)) {
                // one after the other was answered, so it counts
                var answer = first.post(task);
                if (answer.statusCode() == 200) {
                    ids.add(answer.body().replaceAll(".*\"id\":\"([^\"]+)\".*", "$1"));
                }
            }
            KilledLedger killed = (KilledLedger) seen.get();
            for (long end = System.nanoTime() + 60_000_000_000L; !killed.dead; ) {
                assertThat(System.nanoTime()).as("%s never came", event).isLessThan(end);
                Thread.sleep(5);
            }
        }
        try (TaskPlatform second = platform(seen, real -> real)) {
            for (String id : ids) {
                JsonNode task = second.await(id);
                assertThat(task.required("state").asString())
                        .as(task.toPrettyString())
                        .isEqualTo("COMPLETE");
                assertThat(
                                second.send(
                                                "GET",
                                                "/api/v1/tasks/" + id + "/outputs/result.txt",
                                                "operator",
                                                "")
                                        .body())
                        .isEqualTo("x\n");
                assertThat(finished(second.ledger, id)).isEqualTo(1);
            }
            long contracts =
                    ids.stream()
                            .filter(id -> !second.service.book().get(id).agreement().isEmpty())
                            .count();
            assertThat(MeteringGate.net(second.ledger, "use")).isEqualTo(Map.of("a-1", contracts));
            assertThat(MeteringGate.net(second.ledger, "compute-second"))
                    .isEqualTo(Map.of("a-1", contracts));
            for (long end = System.nanoTime() + 60_000_000_000L;
                    !second.calendar.bookings().isEmpty() && System.nanoTime() < end; ) {
                Thread.sleep(5);
            }
            assertThat(second.calendar.bookings()).as("bookings").isEmpty();
        }
    }

    private interface Seen {
        Ledger as(Ledger real);
    }

    private TaskPlatform platform(AtomicReference<Ledger> seen, Seen as) throws Exception {
        return new TaskPlatform(
                home,
                new MeteringGate(seen::get),
                new TaskPlatform.Parts() {
                    @Override
                    public Ledger ledger(Ledger real) {
                        seen.set(as.as(real));
                        return seen.get();
                    }

                    @Override
                    public List<Site> sites(Path at) throws Exception {
                        return List.of(TaskPlatform.site(at, "local", Sandbox.strongest()));
                    }
                });
    }

    private static long finished(Ledger ledger, String id) {
        try (var entries = ledger.read(0, java.util.Set.of("task.finished"))) {
            return entries.filter(e -> e.event().subject().equals(id)).count();
        }
    }

    /** A run that had ended is found at its site; its program does not run again. */
    @Test
    void whatHadRunIsNotRunAgain() throws Exception {
        AtomicReference<Ledger> seen = new AtomicReference<>();
        String id;
        Path exchange = Files.createDirectories(home.resolve("exchange")).toRealPath();
        try (TaskPlatform first =
                platform(seen, real -> new KilledLedger(real, "task.finished", false, 1))) {
            id = first.create(OWN.replace("echo x", "cat /proc/sys/kernel/random/uuid"));
            KilledLedger killed = (KilledLedger) seen.get();
            while (!killed.dead) {
                Thread.sleep(5);
            }
        }
        String written =
                Files.readString(home.resolve("tasks/" + id + "/work/mount/out/result.txt"));
        try (TaskPlatform second = platform(seen, real -> real)) {
            assertThat(second.await(id).toString())
                    .contains("the platform was restarted while the task was at site local");
            assertThat(
                            second.send(
                                            "GET",
                                            "/api/v1/tasks/" + id + "/outputs/result.txt",
                                            "operator",
                                            "")
                                    .body())
                    .isEqualTo(written);
        }
        assertThat(exchange).isEmptyDirectory();
    }

    /** Loses its first runs, then says no to further work. */
    private static final class LosingSite implements Site {
        private final Site real;
        private final Thread.Builder killer = Thread.ofVirtual();
        private volatile boolean lost;
        private final Path count;

        LosingSite(Site real, Path count) {
            this.real = real;
            this.count = count;
        }

        @Override
        public Capabilities capabilities() {
            return real.capabilities();
        }

        @Override
        public Offer offer(Work work) {
            return lost ? new Offer.Impossible("lost", "it is gone") : real.offer(work);
        }

        @Override
        public org.roadloop.compute.site.Limits limits(Work work) {
            return real.limits(work);
        }

        @Override
        public Staged stage(Path file, String sha256, long rate)
                throws java.io.IOException, InterruptedException {
            return real.stage(file, sha256, rate);
        }

        @Override
        public void submit(String key, Run run) {
            real.submit(key, run);
            Path live = run.checkpoint().orElseThrow();
            killer.start(
                    () -> {
                        try {
                            // a second state was saved: the site dies in the middle of the work
                            while (!Files.exists(live.resolve("n"))
                                    || Integer.parseInt(Files.readString(live.resolve("n")).strip())
                                            < 12) {
                                Thread.sleep(2);
                            }
                            Files.copy(live.resolve("n"), count);
                        } catch (java.io.IOException | InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                        lost = true;
                        real.cancel(key);
                    });
        }

        @Override
        public Optional<Observation> find(String key) {
            return real.find(key);
        }

        @Override
        public Observation.Ended await(String key) throws InterruptedException {
            Observation.Ended ended = real.await(key);
            return lost
                    ? new Observation.Ended(
                            List.of(
                                    new Outcome(
                                            Outcome.Cause.CANCELLED,
                                            137,
                                            ended.cpuTime(),
                                            0,
                                            "none",
                                            ended.outcomes().getFirst().start(),
                                            ended.outcomes().getFirst().end())),
                            "site one: it is gone")
                    : ended;
        }

        @Override
        public void cancel(String key) {
            real.cancel(key);
        }
    }

    /** A program that counts, saving each number, is killed and goes on at another site, to 40. */
    @Test
    void aKilledProgramGoesOnElsewhereFromItsCheckpoint() throws Exception {
        Path died = home.resolve("died-at");
        TaskPlatform.Parts parts =
                at ->
                        List.of(
                                new LosingSite(
                                        TaskPlatform.site(at, "one", Sandbox.strongest()), died),
                                TaskPlatform.site(at, "two", Sandbox.strongest()));
        try (TaskPlatform platform = new TaskPlatform(home, new Gate(), parts)) {
            String id =
                    platform.create(
                            """
                            {"resources": {"backend_parameters": {
                               "roadloop.checkpoint": "/ckpt", "roadloop.checkpointSeconds": "0.2"}},
                             "outputs": [{"path": "/out/began.txt"}, {"path": "/out/end.txt"}],
                             "executors": [{"image": "alpine", "command": ["sh", "-c",
                               "n=$(cat /ckpt/n || echo 0); echo $n > /out/began.txt; last=40; [ $n -gt 0 ] || last=100000; while [ $n -lt $last ]; do n=$((n+1)); sleep 0.05; echo $n > /ckpt/.n; mv /ckpt/.n /ckpt/n; done; echo $n > /out/end.txt"]}]}""");
            JsonNode done = platform.await(id);
            assertThat(done.required("state").asString())
                    .as(done.toPrettyString())
                    .isEqualTo("COMPLETE");
            assertThat(done.at("/logs/0/metadata").toString()).contains("\"two\"");
            assertThat(done.toString()).contains("goes on from the checkpoint of");
            int diedAt = Integer.parseInt(Files.readString(died).strip());
            int began = Integer.parseInt(output(platform, id, "began.txt"));
            assertThat(Integer.parseInt(output(platform, id, "end.txt")))
                    .isEqualTo(Math.max(40, began));
            // 0.2 s are four steps of at least 0.05 s; a copy takes its time on a busy machine
            System.out.printf("killed at %d, went on from %d%n", diedAt, began);
            assertThat(began).isGreaterThanOrEqualTo(diedAt - 10).isPositive();
            Path left = home.resolve("tasks/" + id + "/checkpoint");
            for (long end = System.nanoTime() + 30_000_000_000L;
                    Files.exists(left) && System.nanoTime() < end; ) {
                Thread.sleep(5); // the end is recorded first
            }
            assertThat(left).doesNotExist();
        }
    }

    private static String output(TaskPlatform platform, String id, String name) throws Exception {
        return platform.send("GET", "/api/v1/tasks/" + id + "/outputs/" + name, "operator", "")
                .body()
                .strip();
    }

    /** The index finds what a look at every task finds. */
    @Test
    void theIndexEqualsAPlainSearch() {
        for (long seed = 1; seed <= 50; seed++) {
            java.util.Random random = new java.util.Random(seed);
            TaskIndex index = new TaskIndex();
            record Row(String name, String owner, Map<String, String> tags, TaskState state) {}
            List<Row> rows = new ArrayList<>();
            TaskState[] states = {TaskState.QUEUED, TaskState.RUNNING, TaskState.COMPLETE};
            for (int i = 0; i < 200; i++) {
                Row row =
                        new Row(
                                "ab".substring(random.nextInt(2)) + random.nextInt(12),
                                "o" + random.nextInt(3),
                                Map.of("k" + random.nextInt(2), "v" + random.nextInt(3)),
                                states[random.nextInt(3)]);
                index.add(i, row.owner(), TaskState.QUEUED);
                index.describe(i, row.name(), row.tags());
                index.move(i, TaskState.QUEUED, row.state());
                rows.add(row);
            }
            for (int q = 0; q < 20; q++) {
                String prefix = List.of("", "a", "b1", "ab1").get(random.nextInt(4));
                String state = random.nextBoolean() ? "" : states[random.nextInt(3)].name();
                String owner = random.nextBoolean() ? "" : "o" + random.nextInt(4);
                String value = random.nextBoolean() ? "" : "v" + random.nextInt(4);
                boolean tagged = random.nextBoolean();
                List<Map.Entry<String, String>> tags =
                        tagged ? List.of(Map.entry("k1", value)) : List.of();
                int from = random.nextInt(220) - 10;
                List<Integer> expected = new ArrayList<>();
                for (int i = Math.min(from, 199); i >= 0 && expected.size() < 7; i--) {
                    Row r = rows.get(i);
                    if (r.name().startsWith(prefix)
                            && (state.isEmpty() || r.state().name().equals(state))
                            && (owner.isEmpty() || r.owner().equals(owner))
                            && (!tagged
                                    || (r.tags().containsKey("k1")
                                            && (value.isEmpty()
                                                    || value.equals(r.tags().get("k1")))))) {
                        expected.add(i);
                    }
                }
                int[] found =
                        index.find(
                                new TaskIndex.Query(prefix, state, tags, owner),
                                Math.min(from, 199),
                                7);
                assertThat(java.util.Arrays.stream(found).boxed().collect(Collectors.toList()))
                        .as("seed %d query %d", seed, q)
                        .isEqualTo(expected);
            }
        }
    }
}
