package org.roadloop.compute.site.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.compute.site.Bubblewrap;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.Mount;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.RootImage;
import org.roadloop.compute.site.SandboxRun;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.SiteException;

/** A site whose agent is a second process: killed, restarted, replaced. */
@Tag("slow")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class AgentSiteTest {
    private static final long SEED = 20261123;

    @TempDir Path home;
    private AgentDoor door;
    private AgentSite site;
    private AgentProcess agent;

    @BeforeEach
    void open() throws Exception {
        assumeTrue(
                Bubblewrap.find().isPresent(),
                "bubblewrap is missing or may not create namespaces; apt-get install bubblewrap");
        door = new AgentDoor(home.resolve("platform"), 0, Duration.ofMinutes(2));
        site = door.site;
        agent = agent(2);
        connected();
        Files.createDirectories(home.resolve("in"));
        Files.createDirectories(home.resolve("out"));
        Files.writeString(home.resolve("in/a.txt"), "one\ntwo\n");
    }

    @AfterEach
    void close() throws Exception {
        if (agent != null) {
            agent.close();
        }
        if (door != null) {
            door.close();
        }
    }

    private AgentProcess agent(int slots) throws Exception {
        return new AgentProcess(
                door.url(), "away", home.resolve("agent"), AgentProcess.TOKEN, slots);
    }

    private void connected() throws Exception {
        until("the agent connects", () -> site.offer(work(1)) instanceof Site.Offer.Possible);
    }

    @Test
    void aRunGoesThereAndItsResultsComeBack() throws Exception {
        Site.Capabilities at = site.capabilities();
        assertThat(at.sandbox()).isEqualTo("bubblewrap");
        assertThat(at.region()).as("for policies: the platform's word").isEqualTo("cn-west");
        assertThat(at.profile().trust()).isEqualTo(1);
        assertThat(site.offer(work(10)))
                .isInstanceOfSatisfying(
                        Site.Offer.Possible.class,
                        yes -> {
                            assertThat(yes.expected()).isEqualTo(Duration.ofSeconds(10));
                            assertThat(yes.milliCost()).as("computed there").isEqualTo(30);
                        });
        assertThat(
                        site.offer(
                                new Site.Work(
                                        "nobody/knows",
                                        1,
                                        1,
                                        64 << 20,
                                        0,
                                        Duration.ofSeconds(60),
                                        false,
                                        Site.Gang.ONE)))
                .isInstanceOfSatisfying(
                        Site.Offer.Impossible.class,
                        no -> assertThat(no.code()).isEqualTo("image_unknown"));
        Site.Run run =
                run(
                        "k1",
                        "cat /in/a.txt; mkdir /out/d; wc -l < /in/a.txt > /out/d/n; ln -s /etc/passwd /out/l; echo e >&2; exit 3");
        site.submit("k1", run);
        site.submit("k1", run);
        Site.Observation.Ended ended = site.await("k1");
        assertThat(ended.failure()).isEmpty();
        assertThat(ended.outcomes()).extracting(Outcome::exitCode).containsExactly(3);
        assertThat(ended.outcomes().getFirst().meter()).as("measured there").isNotEqualTo("none");
        assertThat(home.resolve("log/0.stdout")).hasContent("one\ntwo\n");
        assertThat(home.resolve("log/0.stderr")).hasContent("e\n");
        assertThat(home.resolve("out/d/n")).hasContent("2\n");
        assertThat(home.resolve("out/l")).as("a link stays one, for the judge").isSymbolicLink();
        assertThat(home.resolve("platform/incoming/k1")).doesNotExist();
        until("the agent keeps nothing", () -> !Files.exists(home.resolve("agent/runs/k1")));
    }

    @Test
    void streamsComeWhileItRunsAndItIsCancelled() throws Exception {
        site.submit("k1", run("k1", "echo first; sleep 600; echo second"));
        until("the first line is here", () -> text("log/0.stdout").equals("first\n"));
        assertThat(site.find("k1")).contains(new Site.Observation.Running(0));
        site.cancel("k1");
        assertThat(site.await("k1").outcomes())
                .extracting(Outcome::cause)
                .containsExactly(Outcome.Cause.CANCELLED);
        assertThat(site.find("never-submitted")).isEmpty();
    }

    /** Random bytes of several ranges; what it has does not move again, also after a kill. */
    @Test
    void whatIsStagedIsFetchedInRangesAndResumed() throws Exception {
        System.out.println("seed " + SEED);
        byte[] bytes = new byte[5 << 20];
        new Random(SEED).nextBytes(bytes);
        Path file = Files.write(home.resolve("data.bin"), bytes);
        String sha = Incoming.digest(file);
        assertThat(site.holds(sha)).isFalse();
        CompletableFuture<Site.Staged> staged =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return site.stage(file, sha, 10_000_000);
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        Path part = home.resolve("agent/cache").resolve(sha + ".part");
        until("a part is there", () -> Files.exists(part) && Files.size(part) > 1 << 20);
        agent.kill();
        long kept = Files.size(part);
        assertThat(kept).isLessThan(bytes.length);
        agent = agent(2);
        Site.Staged there = staged.get(120, TimeUnit.SECONDS);
        assertThat(there.movedBytes()).as("the rest only").isEqualTo(bytes.length - kept);
        assertThat(site.holds(sha)).isTrue();
        assertThat(site.stage(file, sha, 1_000).movedBytes()).isZero();
        agent.kill();
        agent = agent(2);
        connected();
        assertThat(site.holds(sha)).as("as it told").isTrue();
        Files.delete(AgentSite.cache(home.resolve("platform")).resolve(sha));
        assertThat(site.holds(sha)).as("dropped here").isFalse();
        until("it is dropped there", () -> !Files.exists(home.resolve("agent/cache").resolve(sha)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"queued", "ended"})
    void whatDidNotRunRunsOnceAndWhatHadEndedRunsNoMore(String moment) throws Exception {
        String key = "k1";
        if (moment.equals("queued")) {
            agent.kill();
            agent = agent(1);
            connected();
            site.submit("other", run("other", "sleep 600"));
            until(
                    "it runs",
                    () -> site.find("other").orElseThrow() instanceof Site.Observation.Running);
        } else {
            door.refuseEnds.set(true);
        }
        site.submit(key, run(key, "cat /proc/sys/kernel/random/uuid >> /out/id"));
        String before = "";
        if (moment.equals("queued")) {
            until("it is laid", () -> Files.exists(home.resolve("agent/runs/k1/mount/1")));
            assertThat(site.find(key)).contains(new Site.Observation.Queued());
        } else {
            until("its end waits", () -> Files.exists(home.resolve("agent/runs/k1/end.json")));
            before = text("agent/runs/k1/mount/1/id");
            assertThat(before).hasLineCount(1);
        }
        agent.kill();
        door.refuseEnds.set(false);
        agent = agent(1);
        Site.Observation.Ended ended = site.await(key);
        assertThat(ended.failure()).isEmpty();
        assertThat(text("out/id")).as("once").hasLineCount(1);
        if (!before.isEmpty()) {
            assertThat(text("out/id")).as("the first run's").isEqualTo(before);
        }
        until("nothing waits there", () -> !Files.exists(home.resolve("agent/runs/k1")));
    }

    @Test
    void aRunThatWasOnIsSaidToBeLostAndItsCheckpointIsHere() throws Exception {
        Path state = Files.createDirectories(home.resolve("out/state"));
        Site.Run run =
                run("k1", "echo 7 > /out/state/.n; mv /out/state/.n /out/state/n; sleep 600");
        Site.Run resumable =
                new Site.Run(
                        run.executors(), run.ignoreError(), "", Site.Gang.ONE, Optional.of(state));
        site.submit("k1", resumable);
        until("a copy is here while it runs", () -> text("out/state/n").equals("7\n"));
        agent.kill();
        agent = agent(2);
        Site.Observation.Ended ended = site.await("k1");
        assertThat(ended.failure()).contains("killed while the run was on");
        assertThat(text("out/state/n")).isEqualTo("7\n");
        site.submit("k1", resumable);
        assertThat(site.await("k1")).as("the key is over").isEqualTo(ended);
    }

    @Test
    void aRestartedPlatformFindsItsRun() throws Exception {
        site.submit("k1", run("k1", "echo a; sleep 4; cat /proc/sys/kernel/random/uuid > /out/id"));
        int port = door.port();
        door.close();
        door = new AgentDoor(home.resolve("platform"), port, Duration.ofMinutes(2));
        site = door.site;
        assertThat(site.capabilities().sandbox())
                .as("known before it is back")
                .isEqualTo("bubblewrap");
        until(
                "it is found",
                () -> {
                    try {
                        return site.find("k1").isPresent();
                    } catch (SiteException away) {
                        assertThat(away.reachable()).isFalse();
                        return false;
                    }
                });
        assertThat(site.await("k1").failure()).isEmpty();
        assertThat(text("out/id")).hasLineCount(1);
        assertThat(text("log/0.stdout")).isEqualTo("a\n");
    }

    @Test
    void anAgentThatIsAwayIsSaidSo() throws Exception {
        agent.kill();
        until(
                "it is away",
                () ->
                        site.offer(work(1)) instanceof Site.Offer.Impossible no
                                && no.code().equals("site_away")
                                && no.reason().contains("last heard at"));
        assertThatThrownBy(() -> site.submit("k1", run("k1", "true")))
                .isInstanceOfSatisfying(
                        SiteException.class, e -> assertThat(e.reachable()).isTrue())
                .hasMessageContaining("nothing was sent");
        assertThat(site.find("k1")).isEmpty();
    }

    @Test
    void aRunWhoseAgentStaysAwayIsLost() throws Exception {
        site.submit("k1", run("k1", "sleep 600"));
        agent.kill();
        int port = door.port();
        door.close();
        door = new AgentDoor(home.resolve("platform"), port, Duration.ofMillis(500));
        Site.Observation.Ended ended = door.site.await("k1");
        assertThat(ended.failure()).contains("site away is lost");
        site = door.site;
        agent = agent(2);
        until("it drops the run", () -> !Files.exists(home.resolve("agent/runs/k1")));
        assertThat(site.find("k1")).contains(ended);
    }

    @Test
    void theNewestAgentWinsAndTheFormerIsTold() throws Exception {
        site.submit("k1", run("k1", "sleep 600"));
        try (AgentProcess newer =
                new AgentProcess(
                        door.url(), "away", home.resolve("newer"), AgentProcess.TOKEN, 1)) {
            assertThat(agent.awaitExit()).isEqualTo(4);
            assertThat(agent.said()).contains("another agent has registered for site away");
            assertThat(site.await("k1").failure()).contains("came back without run k1");
            connected();
        }
    }

    @Test
    void aWrongTokenIsRefusedAndNotRepeated() throws Exception {
        try (AgentProcess stranger =
                new AgentProcess(
                        door.url(),
                        "away",
                        home.resolve("stranger"),
                        "a-wrong-token-0123456789",
                        1)) {
            assertThat(stranger.awaitExit()).isEqualTo(4);
            assertThat(stranger.said())
                    .contains("401", "token_invalid")
                    .doesNotContain("a-wrong-token");
        }
        assertThat(agent.said()).doesNotContain(AgentProcess.TOKEN);
        assertThat(site.offer(work(1))).as("undisturbed").isInstanceOf(Site.Offer.Possible.class);
    }

    private static Site.Work work(double cpuSeconds) {
        return new Site.Work(
                "alpine", cpuSeconds, 1, 64 << 20, 0, Duration.ofSeconds(60), false, Site.Gang.ONE);
    }

    private Site.Run run(String key, String script) {
        return new Site.Run(
                List.of(
                        new SandboxRun(
                                key + "-0",
                                new RootImage("alpine"),
                                List.of("sh", "-c", script),
                                Map.of(),
                                List.of(
                                        new Mount(home.resolve("in"), "/in", false),
                                        new Mount(home.resolve("out"), "/out", true)),
                                "/out",
                                null,
                                home.resolve("log/0.stdout"),
                                home.resolve("log/0.stderr"),
                                new Limits(
                                        64 << 20,
                                        64,
                                        1,
                                        Duration.ofSeconds(700),
                                        8 << 20,
                                        8 << 20))),
                List.of(false),
                "agreement-1",
                Site.Gang.ONE,
                Optional.empty());
    }

    private String text(String file) throws Exception {
        Path path = home.resolve(file);
        return Files.exists(path) ? Files.readString(path) : "";
    }

    static void until(String what, Callable<Boolean> holds) throws Exception {
        for (long end = System.nanoTime() + 60_000_000_000L; System.nanoTime() < end; ) {
            if (holds.call()) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("never: " + what);
    }
}
