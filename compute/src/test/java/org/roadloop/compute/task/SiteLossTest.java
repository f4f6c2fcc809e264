package org.roadloop.compute.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.compute.broker.Broker;
import org.roadloop.compute.site.Bubblewrap;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.LocalSite;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.SiteException;
import tools.jackson.databind.JsonNode;

/** A site out of reach and back, a reservation over a restart, and turns between two owners. */
@Tag("slow")
class SiteLossTest {
    @TempDir Path home;

    @BeforeEach
    void sandbox() {
        assumeTrue(
                Bubblewrap.find().isPresent(),
                "bubblewrap is missing or may not create namespaces; apt-get install bubblewrap");
    }

    /** A site behind a line that can be cut; what runs there does not notice. */
    private static final class FarSite implements Site {
        private final LocalSite real;
        final Queue<String> submitted = new ConcurrentLinkedQueue<>();
        volatile boolean away;
        volatile boolean loseNextAnswer;

        FarSite(LocalSite real) {
            this.real = real;
        }

        private void reach() {
            if (away) {
                throw SiteException.unreachable("site far does not answer");
            }
        }

        @Override
        public Capabilities capabilities() {
            return real.capabilities();
        }

        @Override
        public Offer offer(Work work) {
            return real.offer(work);
        }

        @Override
        public Limits limits(Work work) {
            return real.limits(work);
        }

        @Override
        public Staged stage(Path file, String sha256, long rate)
                throws IOException, InterruptedException {
            reach();
            return real.stage(file, sha256, rate);
        }

        @Override
        public void submit(String key, Run run) {
            reach();
            submitted.add(key);
            real.submit(key, run);
            if (loseNextAnswer) {
                loseNextAnswer = false;
                away = true;
                reach();
            }
        }

        @Override
        public Optional<Observation> find(String key) {
            reach();
            return real.find(key);
        }

        @Override
        public Observation.Ended await(String key) throws InterruptedException {
            while (true) {
                reach();
                if (real.find(key).orElseThrow() instanceof Observation.Ended) {
                    return real.await(key);
                }
                Thread.sleep(5);
            }
        }

        @Override
        public void cancel(String key) {
            reach();
            real.cancel(key);
        }
    }

    private static String task(String parameters, String command) {
        return """
               {"resources": {"backend_parameters": {%s}},
                "outputs": [{"path": "/out/result.txt"}],
                "executors": [{"image": "alpine", "command": ["sh", "-c", "%s"]}]}"""
                .formatted(parameters, command);
    }

    private static void mustBe(JsonNode task, String state) {
        assertThat(task.required("state").asString()).as(task.toPrettyString()).isEqualTo(state);
    }

    private static String site(JsonNode task) {
        return task.at("/logs/0/metadata/roadloop.site").asString("-");
    }

    private static void until(java.util.function.BooleanSupplier so) throws Exception {
        for (long end = System.nanoTime() + 60_000_000_000L; !so.getAsBoolean(); ) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(5);
        }
    }

    private TaskPlatform platform(FarSite[] far) throws Exception {
        return new TaskPlatform(
                home,
                new Gate(),
                at -> {
                    far[0] = new FarSite(TaskPlatform.site(at, "far", Sandbox.strongest(), 1));
                    return List.of(far[0], TaskPlatform.site(at, "near", Sandbox.strongest(), 1));
                });
    }

    @Test
    void whatWaitedAtALostSiteGoesElsewhereAndWhatRanThereIsNotRunAgain() throws Exception {
        FarSite[] far = new FarSite[1];
        Path go = Files.createDirectories(home.resolve("exchange")).resolve("go");
        try (TaskPlatform platform = platform(far)) {
            String running =
                    platform.create(
                            task(
                                    "\"roadloop.site\": \"far\", \"roadloop.cpuSeconds\": \"30\"",
                                    "echo x >> /out/result.txt; i=0; while [ ! -e /out/go ] && [ $i -lt 600 ]; do i=$((i+1)); sleep 0.1; done"));
            platform.awaitState(running, TaskState.RUNNING);
            until(() -> far[0].submitted.size() == 1);
            // far is its first choice, though it has to wait there
            String waiting =
                    platform.create(
                            task(
                                    "\"roadloop.rankedSites\": \"far,near\", \"roadloop.overflowSeconds\": \"1000\"",
                                    "echo y >> /out/result.txt"));
            until(() -> platform.service.book().get(waiting).placement() != null);
            assertThat(platform.get("/api/v1/tasks/" + waiting + "/placement").at("/site"))
                    .hasToString("\"far\"");
            far[0].away = true;
            JsonNode moved = platform.await(waiting);
            mustBe(moved, "COMPLETE");
            assertThat(site(moved)).isEqualTo("near");
            assertThat(moved.toString()).contains("site far can't be reached");
            JsonNode refused =
                    platform.await(platform.create(task("\"roadloop.site\": \"far\"", "true")));
            mustBe(refused, "SYSTEM_ERROR");
            assertThat(refused.toString()).contains("is lost: site far does not answer");
            assertThat(platform.service.book().get(running).state()).isEqualTo(TaskState.RUNNING);

            far[0].away = false;
            Files.writeString(home.resolve("tasks/" + running + "/work/mount/out/go"), "");
            JsonNode ended = platform.await(running);
            mustBe(ended, "COMPLETE");
            assertThat(platform.output(running, "result.txt")).isEqualTo("x");
            assertThat(far[0].submitted).hasSize(1);
            until(
                    () ->
                            platform.service.wiring().broker().quotes(quoted(platform)).stream()
                                    .noneMatch(q -> q.toString().contains("is lost")));
            JsonNode again =
                    platform.await(
                            platform.create(
                                    task(
                                            "\"roadloop.site\": \"far\"",
                                            "echo z > /out/result.txt")));
            mustBe(again, "COMPLETE");
            assertThat(site(again)).isEqualTo("far");
        }
        assertThat(go).doesNotExist();
    }

    @Test
    void whatWasUsedBeforeARestartCounts() throws Exception {
        double used;
        try (TaskPlatform platform = new TaskPlatform(home)) {
            for (String command : List.of("sleep 5", "exit 3")) {
                platform.await(platform.create(task("\"roadloop.cpuSeconds\": \"20\"", command)));
            }
            for (long end = System.nanoTime() + 30_000_000_000L;
                    !platform.calendar.bookings().isEmpty() && System.nanoTime() < end; ) {
                Thread.sleep(5); // the end is recorded first, then the slot is given back
            }
            used = usage(platform);
        }
        assertThat(used).isPositive();
        try (TaskPlatform platform = new TaskPlatform(home)) {
            for (long end = System.nanoTime() + 30_000_000_000L;
                    usage(platform) < 0.8 * used && System.nanoTime() < end; ) {
                Thread.sleep(5); // it is counted beside the start
            }
            assertThat(usage(platform))
                    .as("a slot counts from its end in the ledger, a moment before its release")
                    .isCloseTo(used, withinPercentage(20));
        }
    }

    private static double usage(TaskPlatform platform) {
        return platform.service.wiring().broker().shares().usage(TaskPlatform.DID, Instant.now());
    }

    private static org.roadloop.compute.broker.Wish quoted(TaskPlatform platform) {
        TaskRequest request =
                TaskRequest.parse(
                        tools.jackson.databind.json.JsonMapper.shared()
                                .readTree(task("\"roadloop.cpuSeconds\": \"1\"", "true")));
        return TaskWish.wish(
                platform.service.wiring(),
                new OpenTask("quoted", request, TaskPlatform.DID, null),
                new TaskInputs(List.of()),
                Instant.now());
    }

    @Test
    void aSubmissionWhoseAnswerWasLostIsLookedUpBeforeAnythingRunsAgain() throws Exception {
        FarSite[] far = new FarSite[1];
        try (TaskPlatform platform = platform(far)) {
            far[0].loseNextAnswer = true;
            String id =
                    platform.create(
                            task("\"roadloop.site\": \"far\"", "echo x >> /out/result.txt"));
            until(() -> far[0].away);
            until(() -> far[0].real.find(id).orElseThrow() instanceof Site.Observation.Ended);
            assertThat(platform.service.book().get(id).state().ended()).isFalse();
            far[0].away = false;
            mustBe(platform.await(id), "COMPLETE");
            assertThat(platform.output(id, "result.txt")).isEqualTo("x");
            assertThat(far[0].submitted).containsExactly(id);
        }
    }

    @Test
    void aReservationOutlivesARestartAndIsItsOwnersOnly() throws Exception {
        FarSite[] far = new FarSite[1];
        String own;
        String others;
        Instant from = Instant.now().minusSeconds(1);
        Instant until = Instant.now().plusSeconds(600);
        try (TaskPlatform first = platform(far)) {
            TaskMarket market = first.service.market();
            own = market.reserve("", "near", 1, from, until).id();
            others = market.reserve("did:web:lab.example", "far", 1, from, until).id();
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> market.reserve("", "near", 1, from, until))
                    .hasMessageContaining("it would fit from");
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> market.reserve("", "near", 2, from, until))
                    .hasMessageContaining("site near has 1 to 1");
        }
        try (TaskPlatform second = platform(far)) {
            TaskMarket market = second.service.market();
            assertThat(market.reservations())
                    .extracting(Broker.Reservation::id)
                    .containsExactlyInAnyOrder(own, others);
            String deadline = "\"roadloop.deadline\": \"" + until.minusSeconds(60) + "\"";
            mustBe(second.await(second.create(task(deadline, "true"))), "SYSTEM_ERROR");
            JsonNode inside =
                    second.await(
                            second.create(
                                    task(
                                            deadline
                                                    + ", \"roadloop.reservation\": \""
                                                    + own
                                                    + "\"",
                                            "echo x > /out/result.txt")));
            mustBe(inside, "COMPLETE");
            assertThat(site(inside)).isEqualTo("near");
            assertThat(market.placements(-1, 1).getFirst().json().toString())
                    .contains("near: in the slots of reservation " + own)
                    .contains("far: reservation " + own + " is for slot:near/cpu");
            JsonNode strange =
                    second.await(
                            second.create(
                                    task("\"roadloop.reservation\": \"" + others + "\"", "true")));
            mustBe(strange, "SYSTEM_ERROR");
            assertThat(strange.toString()).contains("is another organisation's");
            assertThat(market.cancelReservation(own)).isTrue();
            assertThat(market.cancelReservation(own)).isFalse();
            mustBe(
                    second.await(second.create(task(deadline, "echo y > /out/result.txt"))),
                    "COMPLETE");
        }
    }

    @Test
    void zonesChooseRegionsThatExist() throws Exception {
        String resources = "\"resources\": {";
        try (TaskPlatform platform = platform(new FarSite[1])) {
            String south =
                    task("\"roadloop.regions\": \"cn-south\"", "true")
                            .replace(resources, resources + "\"zones\": [\"cn-north\"], ");
            assertThat(platform.await(platform.create(south)).toString())
                    .contains("is in region cn-north, allowed are cn-south");
            String elsewhere =
                    task("", "echo x > /out/result.txt")
                            .replace(resources, resources + "\"zones\": [\"us-west-1\"], ");
            JsonNode done = platform.await(platform.create(elsewhere));
            mustBe(done, "COMPLETE");
            assertThat(done.toString()).contains("zones us-west-1 are not heeded");
            TaskRequest both =
                    TaskRequest.parse(
                            tools.jackson.databind.json.JsonMapper.shared()
                                    .readTree(
                                            elsewhere.replace(
                                                    "us-west-1", "us-west-1\", \"cn-north")));
            assertThat(
                            TaskWish.wish(
                                            platform.service.wiring(),
                                            new OpenTask("z", both, TaskPlatform.DID, null),
                                            new TaskInputs(List.of()),
                                            Instant.now())
                                    .terms()
                                    .policy()
                                    .regions())
                    .containsExactly("cn-north");
        }
    }
}
