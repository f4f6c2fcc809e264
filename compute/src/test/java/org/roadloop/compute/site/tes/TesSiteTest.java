package org.roadloop.compute.site.tes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.Mount;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.SandboxRun;
import org.roadloop.compute.site.SandboxTest;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.SiteDeclaration;
import org.roadloop.compute.site.SiteException;

/** An outside server, written from the specification, that loses answers, fails and restarts. */
@Tag("slow")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TesSiteTest {
    @TempDir Path home;
    private TesStub server;
    private TesSite site;

    @BeforeEach
    void open() throws Exception {
        server = new TesStub(home.resolve("server"));
        site = site(TesStub.TOKEN, Duration.ofSeconds(30));
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aRunGoesThereAndItsOutputsComeBack() throws Exception {
        assertThat(site.offer(work(Site.Gang.ONE))).isInstanceOf(Site.Offer.Possible.class);
        Site.Run run = run("lines", "/in", "/out/result.json");
        site.submit("k1", run);
        site.submit("k1", run);
        Site.Observation.Ended ended = site.await("k1");
        assertThat(ended.failure()).isEmpty();
        assertThat(ended.outcomes()).extracting(Outcome::exitCode).containsExactly(0);
        assertThat(ended.outcomes().getFirst().meter()).isEqualTo("tes-held");
        assertThat(home.resolve("out/result.json")).hasContent("{\"lines\": 3}\n");
        assertThat(home.resolve("log/0.stdout")).hasContent("counted 3\n");
        assertThat(server.created).hasValue(1);
        assertThat(home.resolve("exchange")).as("nothing is left there").isEmptyDirectory();
        assertThat(server.only().path("tags").path("roadloop_agreement").asString())
                .isEqualTo("agreement-1");
    }

    /** The task is created, its answer is lost; other tasks stand before it in the list. */
    @Test
    void aLostAnswerCreatesNoSecondTask() throws Exception {
        site.submit("other", run("say", "other"));
        site.await("other");
        server.loseAnswers.set(1);
        site.submit("k1", run("say", "once"));
        assertThat(site.await("k1").failure()).isEmpty();
        assertThat(home.resolve("log/0.stdout")).hasContent("once\n");
        assertThat(server.created).hasValue(2);
    }

    /** The platform is gone between the creation and its answer. */
    @Test
    void aRestartedPlatformFindsItsTask() throws Exception {
        Site.Run run = run("sleep", "1500");
        server.loseAnswers.set(1);
        server.fail.set(0);
        Thread submitting =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        site.submit("k1", run);
                                    } catch (SiteException e) {
                                        // that is what a stopped platform gets
                                    }
                                });
        while (server.created.get() == 0) {
            Thread.sleep(5);
        }
        submitting.interrupt();
        submitting.join();
        TesSite after = site(TesStub.TOKEN, Duration.ofSeconds(30));
        after.submit("k1", run);
        Site.Observation.Ended ended = after.await("k1");
        assertThat(ended.failure()).isEmpty();
        assertThat(server.created).hasValue(1);
        assertThat(site(TesStub.TOKEN, Duration.ofSeconds(30)).find("k1")).contains(ended);
    }

    @Test
    void aFailingAndRestartedServerIsAskedAgain() throws Exception {
        server.fail.set(2);
        site.submit("k1", run("sleep", "2000"));
        assertThat(server.created).hasValue(1);
        server.stop();
        assertThatThrownBy(() -> site.find("k1"))
                .isInstanceOfSatisfying(
                        SiteException.class, e -> assertThat(e.reachable()).isFalse());
        server.start();
        server.fail.set(3);
        assertThat(site.await("k1").outcomes()).extracting(Outcome::exitCode).containsExactly(0);
        assertThat(server.created).hasValue(1);
    }

    @Test
    void aServerThatStaysAwayIsLost() throws Exception {
        TesSite impatient = site(TesStub.TOKEN, Duration.ofMillis(200));
        impatient.submit("k1", run("sleep", "20000"));
        server.stop();
        assertThat(impatient.await("k1").failure()).contains("is lost", "no answer");
    }

    @ParameterizedTest
    @CsvSource({
        "EXECUTOR_ERROR, '', false",
        "SYSTEM_ERROR, failed there, false",
        "PREEMPTED, was pre-empted, true",
        "CANCELED, '', false",
    })
    void itsWordsBecomeOurs(String state, String failure, boolean preempted) throws Exception {
        site.submit("k1", run("sleep", "60000"));
        while (!(site.find("k1").orElseThrow() instanceof Site.Observation.Running)) {
            Thread.sleep(20);
        }
        server.set(state);
        Site.Observation.Ended ended = site.await("k1");
        assertThat(ended.failure()).contains(failure);
        assertThat(ended.failure().isEmpty()).isEqualTo(failure.isEmpty());
        assertThat(ended.preempted()).isEqualTo(preempted);
    }

    @Test
    void aFailingExecutorIsTheTasksFault() throws Exception {
        site.submit("k1", run("fail", "7"));
        Site.Observation.Ended ended = site.await("k1");
        assertThat(ended.failure()).isEmpty();
        assertThat(ended.outcomes()).extracting(Outcome::exitCode).containsExactly(7);
        assertThat(ended.outcomes())
                .extracting(Outcome::cause)
                .containsExactly(Outcome.Cause.EXITED);
    }

    @Test
    void aRunIsCancelled() throws Exception {
        site.submit("k1", run("sleep", "60000"));
        site.cancel("k1");
        Site.Observation.Ended ended = site.await("k1");
        assertThat(server.only().path("state").asString()).isEqualTo("CANCELED");
        assertThat(ended.outcomes()).noneMatch(o -> o.exitCode() == 0);
        site.cancel("never-submitted");
    }

    @Test
    void whatItCannotDoOrWillNotTakeIsSaid() throws Exception {
        assertThat(site.offer(work(new Site.Gang(2, "", 0, "", false))))
                .isInstanceOfSatisfying(
                        Site.Offer.Impossible.class,
                        no -> assertThat(no.reason()).contains("neither gangs"));
        TesSite stranger = site("a-wrong-token", Duration.ofSeconds(1));
        assertThat(stranger.offer(work(Site.Gang.ONE)))
                .isInstanceOfSatisfying(
                        Site.Offer.Impossible.class,
                        no ->
                                assertThat(no.reason())
                                        .contains("does not take our token (401)")
                                        .doesNotContain("a-wrong-token"));
        assertThatThrownBy(() -> stranger.submit("k2", run("say", "never")))
                .isInstanceOfSatisfying(
                        SiteException.class, e -> assertThat(e.reachable()).isTrue());
        assertThat(server.created).hasValue(0);
    }

    private TesSite site(String token, Duration lostAfter) throws Exception {
        return new TesSite(
                new TesSettings(
                        "outside",
                        "elsewhere",
                        SiteDeclaration.in("cn-east", 1),
                        server.url(),
                        home.resolve("exchange"),
                        home.resolve("exchange").toUri(),
                        "registry.example.org/roadloop/tools:1",
                        home.resolve("site"),
                        4,
                        1.0,
                        1L << 30,
                        10,
                        Duration.ofMillis(50),
                        lostAfter),
                () -> token);
    }

    private static Site.Work work(Site.Gang gang) {
        return new Site.Work(
                "roadloop/tools", 10, 1, 64L << 20, 0, Duration.ofMinutes(5), false, gang);
    }

    private Site.Run run(String... words) throws Exception {
        Path in = Files.createDirectories(home.resolve("in"));
        Path out = Files.createDirectories(home.resolve("out"));
        Path log = Files.createDirectories(home.resolve("log"));
        Files.writeString(in.resolve("tracks.csv"), "a\nb\nc\n");
        List<String> command = new ArrayList<>(List.of("roadloop"));
        command.addAll(List.of(words));
        SandboxRun executor =
                new SandboxRun(
                        "run",
                        SandboxTest.IMAGE,
                        command,
                        Map.of(),
                        List.of(new Mount(in, "/in", false), new Mount(out, "/out", true)),
                        "/out",
                        null,
                        log.resolve("0.stdout"),
                        log.resolve("0.stderr"),
                        new Limits(256 << 20, 64, 1, Duration.ofSeconds(60), 16 << 20, 1 << 20));
        return new Site.Run(
                List.of(executor), List.of(false), "agreement-1", Site.Gang.ONE, Optional.empty());
    }
}
