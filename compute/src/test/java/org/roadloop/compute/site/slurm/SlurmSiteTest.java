package org.roadloop.compute.site.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.compute.site.Bubblewrap;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.Mount;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.SandboxRun;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.SiteDeclaration;
import org.roadloop.compute.site.SiteException;

/** A real Slurm, real jobs: what a platform asks of a cluster, over REST and over commands. */
@Tag("slow")
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class SlurmSiteTest {
    private static @Nullable SlurmCluster started;
    private static final boolean SANDBOX = Bubblewrap.find().isPresent();

    /** A gang of two that must lie under one leaf switch; the same on every partition. */
    private static final Site.Gang TWO = new Site.Gang(2, "", 0, "leaf", true);

    private static final Site.Gang CARDS = new Site.Gang(1, "npu", 8, "", false);

    @TempDir Path home;
    private final List<SlurmSite> open = new ArrayList<>();
    private int runs;

    @BeforeAll
    static void start() throws Exception {
        Optional<String> missing = SlurmCluster.missing();
        assumeTrue(missing.isEmpty(), missing.orElse(""));
        started = new SlurmCluster();
    }

    @AfterAll
    static void stop() throws Exception {
        if (started != null) {
            started.close();
        }
    }

    @AfterEach
    void close() throws Exception {
        for (SlurmSite site : open) {
            site.close();
        }
    }

    /** 超算 and 智算: the run is the same object, only the site is another. */
    @ParameterizedTest
    @CsvSource({"rest, hpc", "rest, ai", "commands, hpc", "commands, ai"})
    void oneRunGoesToEveryPartitionUnchanged(String access, String partition) throws Exception {
        SlurmSite site = site(access, partition);
        assertThat(site.offer(work(TWO, 256))).isInstanceOf(Site.Offer.Possible.class);
        Job job = job(TWO, 256, 60, "lines", "/in", "/out/result.json");
        site.submit(job.key(), job.run());
        Site.Observation.Ended ended = site.await(job.key());
        assertThat(ended.failure()).as(job.text("stderr")).isEmpty();
        assertThat(ended.outcomes()).hasSize(1);
        assertThat(ended.outcomes().getFirst().exitCode()).as(job.text("stderr")).isZero();
        assertThat(ended.cpuTime()).isBetween(Duration.ofMillis(20), Duration.ofSeconds(60));
        assertThat(job.out().resolve("result.json")).hasContent("{\"lines\": 3}\n");
        assertThat(job.text("stdout")).isEqualTo("counted 3\n[rank 1]\ncounted 3\n");
        SlurmUsage held = site.usage().getLast();
        assertThat(held.partition()).isEqualTo(partition);
        assertThat(held.nodes()).isEqualTo(2);
        assertThat(held.state()).isEqualTo("COMPLETED");
    }

    @Test
    void eachNodeOfAGangKnowsItsPlace() throws Exception {
        SlurmSite site = site("commands", "ai");
        Job job = job(new Site.Gang(2, "npu", 4, "leaf", true), 256, 60, "env");
        site.submit(job.key(), job.run());
        assertThat(site.await(job.key()).failure()).isEmpty();
        String[] ranks = job.text("stdout").split("\\[rank 1\\]");
        assertThat(ranks).hasSize(2);
        for (int rank = 0; rank < 2; rank++) {
            assertThat(ranks[rank]).contains("ROADLOOP_RANK=" + rank, "ROADLOOP_NODES=2");
        }
        assertThat(ranks[1]).contains("ROADLOOP_HOSTS=ai1,ai2");
        assertThat(site.usage().getLast().cards()).isEqualTo(8);
        assertThat(site.usage().getLast().accelerator()).isEqualTo("npu");
    }

    @Test
    void aSiteKnowsWhatItsPartitionHas() throws Exception {
        SlurmSite ai = site("rest", "ai");
        assertThat(ai.offer(work(CARDS, 256))).isInstanceOf(Site.Offer.Possible.class);
        assertThat(ai.capabilities().profile().accelerators()).isEqualTo(Map.of("npu", 8));
        assertThat(ai.capabilities().profile().nodes()).isEqualTo(2);
        assertThat(ai.capabilities().architecture()).isEqualTo("x86_64");
        assertThat(reason(site("rest", "hpc"), work(CARDS, 256)))
                .contains("partition hpc", "0 usable nodes", "8 npu", "asks for 1");
        assertThat(reason(ai, work(new Site.Gang(3, "", 0, "", false), 256)))
                .contains("2 usable nodes", "asks for 3");
        assertThat(reason(ai, work(Site.Gang.ONE, 9_000))).contains("9000 MiB");
        assertThat(reason(ai, work(new Site.Gang(2, "", 0, "rack", true), 256)))
                .contains("knows no tier 'rack'");
        assertThat(
                        reason(
                                site("commands", "all"),
                                work(new Site.Gang(3, "", 0, "leaf", true), 256)))
                .contains("no leaf switch", "largest has 2");
        assertThat(reason(site("rest", "gpu8"), work(Site.Gang.ONE, 256)))
                .contains("no partition 'gpu8'", "hpc");
    }

    /** Slurm gives up looking for one switch after a while; then the gang must not run. */
    @Test
    void aGangOutsideItsHardTierRunsNothing() throws Exception {
        SlurmCluster cluster = cluster();
        cluster.untilNodesIdle();
        for (String node : List.of("ai1", "hpc1")) {
            cluster.command(
                    "sbatch",
                    "-w",
                    node,
                    "-p",
                    "all",
                    "-J",
                    "blocker",
                    "--exclusive",
                    "-o",
                    "/dev/null",
                    "--wrap",
                    "sleep 60");
        }
        try {
            SlurmSite site = site("commands", "all");
            Job job = job(TWO, 256, 60, "write", "/out/ran", "yes");
            site.submit(job.key(), job.run());
            Site.Observation.Ended ended = site.await(job.key());
            assertThat(ended.failure()).contains("2 leaf switches", "tier leaf", "nothing ran");
            assertThat(ended.outcomes()).isEmpty();
            assertThat(job.out()).isEmptyDirectory();
        } finally {
            cluster.command("scancel", "--name=blocker");
            cluster.untilNodesIdle();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rest", "commands"})
    void aRunIsCancelled(String access) throws Exception {
        SlurmSite site = site(access, "hpc");
        Job job = job(Site.Gang.ONE, 256, 100, "sleep", "90000");
        site.submit(job.key(), job.run());
        untilRunning(site, job);
        site.cancel(job.key());
        Site.Observation.Ended ended = site.await(job.key());
        assertThat(ended.outcomes())
                .extracting(Outcome::cause)
                .containsExactly(Outcome.Cause.CANCELLED);
        assertThat(site.usage().getLast().state()).isEqualTo("CANCELLED");
        site.cancel(job.key()); // nothing happens
        site.cancel("never-submitted");
    }

    @Test
    void tooMuchMemoryAndTooMuchTimeAreTheFaultOfTheRun() throws Exception {
        SlurmSite site = site("rest", "hpc");
        Job slow = job(Site.Gang.ONE, 256, 1, "sleep", "60000");
        site.submit(slow.key(), slow.run());
        Outcome late = site.await(slow.key()).outcomes().getFirst();
        assertThat(late.cause()).isEqualTo(Outcome.Cause.TIME);
        Job failing = job(Site.Gang.ONE, 256, 60, "fail", "124");
        site.submit(failing.key(), failing.run());
        assertThat(site.await(failing.key()).outcomes().getFirst().cause())
                .as("a program may end with the exit code of a time-out")
                .isEqualTo(Outcome.Cause.EXITED);
        assumeTrue(cluster().limitsMemory, "no writable cgroup v1: Slurm limits no memory here");
        Job hungry = job(Site.Gang.ONE, 128, 60, "eat", "400");
        site.submit(hungry.key(), hungry.run());
        Site.Observation.Ended ended = site.await(hungry.key());
        assertThat(ended.failure()).isEmpty();
        assertThat(ended.outcomes().getFirst().cause()).isEqualTo(Outcome.Cause.MEMORY);
        assertThat(hungry.text("stdout")).doesNotContain("ate");
        assertThat(site.usage().getLast().state()).isEqualTo("OUT_OF_MEMORY");
    }

    /** The commands forbid Slurm to queue it again; over REST v0.0.38 it does so all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"rest", "commands"})
    void aLostNodeAndAPreemptedJobAreNoFaultOfTheRun(String access) throws Exception {
        SlurmCluster cluster = cluster();
        cluster.untilNodesIdle();
        SlurmSite site = site(access, "ai");
        Job job = job(CARDS, 256, 100, "sleep", "90000");
        site.submit(job.key(), job.run());
        untilRunning(site, job);
        String node =
                cluster.command("squeue", "-h", "-n", "roadloop-" + job.key(), "-o", "%N").strip();
        cluster.command("scontrol", "update", "nodename=" + node, "state=down", "reason=test");
        Site.Observation.Ended lost = site.await(job.key());
        cluster.command("scontrol", "update", "nodename=" + node, "state=resume");
        assertThat(lost.failure()).contains("lost a node");
        assertThat(lost.preempted()).isFalse();
        cluster.untilNodesIdle();

        Site.Gang both = new Site.Gang(2, "npu", 8, "", false);
        Job low = job(both, 256, 100, "sleep", "90000");
        site.submit(low.key(), low.run());
        untilRunning(site, low);
        SlurmSite urgent = site("rest", "urgent");
        Job high = job(both, 256, 60, "say", "first");
        urgent.submit(high.key(), high.run());
        assertThat(urgent.await(high.key()).failure()).isEmpty();
        Site.Observation.Ended taken = site.await(low.key());
        assertThat(taken.preempted()).isTrue();
        assertThat(taken.failure()).contains("taken off");
    }

    @Test
    void theControllerIsKilledAndComesBack() throws Exception {
        SlurmCluster cluster = cluster();
        SlurmSite site = site("rest", "hpc");
        Job job = job(Site.Gang.ONE, 256, 60, "sleep", "4000");
        site.submit(job.key(), job.run());
        untilRunning(site, job);
        cluster.untilJobsSaved();
        cluster.killController();
        assertThatThrownBy(() -> site.find(job.key()))
                .isInstanceOfSatisfying(
                        SiteException.class, e -> assertThat(e.reachable()).isFalse());
        Job meanwhile = job(Site.Gang.ONE, 256, 60, "say", "later");
        assertThatThrownBy(() -> site.submit(meanwhile.key(), meanwhile.run()))
                .isInstanceOf(SiteException.class);
        cluster.startController();
        assertThat(site.await(job.key()).outcomes().getFirst().exitCode()).isZero();
        assertThat(site.find(meanwhile.key())).isEmpty();
        site.submit(meanwhile.key(), meanwhile.run());
        assertThat(site.await(meanwhile.key()).failure()).isEmpty();
        assertThat(meanwhile.text("stdout")).isEqualTo("later\n");
        cluster.untilNodesIdle();
    }

    /** A killed controller may give the number of our job to somebody else. */
    @ParameterizedTest
    @ValueSource(strings = {"rest", "commands"})
    void aNumberThatWasGivenAgainIsAnothersJob(String link) throws Exception {
        SlurmCluster cluster = cluster();
        SlurmSite site = site(link, "hpc");
        Job job = job(Site.Gang.ONE, 256, 60, "sleep", "3000");
        site.submit(job.key(), job.run());
        untilRunning(site, job);
        String number = jobs(job).getFirst();
        cluster.killController();
        cluster.startForgetfulController();
        String other = "";
        while (!other.equals(number)) {
            other =
                    cluster.command(
                                    "sbatch",
                                    "--parsable",
                                    "--hold",
                                    "--partition=hpc",
                                    "--wrap=true")
                            .strip();
            assertThat(Integer.parseInt(other)).isLessThanOrEqualTo(Integer.parseInt(number));
        }
        site.cancel(job.key());
        assertThat(cluster.command("squeue", "-h", "-j", number, "-o", "%T").strip())
                .isEqualTo("PENDING");
        assertThat(site.await(job.key()).failure())
                .isIn(
                        "",
                        "Slurm of site slurm-hpc knows job "
                                + number
                                + " no more, and it left no end");
        cluster.command("scancel", "--user=root", "--state=PENDING");
        cluster.untilNodesIdle();
    }

    /** The job is taken, its answer is lost: the key is looked up, and nothing runs twice. */
    @Test
    void aLostAnswerMakesNoSecondJob() throws Exception {
        SlurmCluster cluster = cluster();
        AtomicInteger submissions = new AtomicInteger();
        HttpServer proxy = proxy(cluster.rest(), submissions);
        try {
            SlurmSite site =
                    site(
                            "hpc",
                            new SlurmSettings.Access.Rest(
                                    URI.create("http://127.0.0.1:" + proxy.getAddress().getPort()),
                                    cluster::token));
            Job job = job(Site.Gang.ONE, 256, 60, "say", "once");
            site.submit(job.key(), job.run());
            site.submit(job.key(), job.run());
            assertThat(site.await(job.key()).failure()).isEmpty();
            assertThat(job.text("stdout")).isEqualTo("once\n");
            assertThat(submissions).hasValue(1);
            assertThat(jobs(job)).hasSize(1);
        } finally {
            proxy.stop(0);
        }
    }

    /** What the look-up can't see: a submission that arrives after it. */
    @Test
    void aSecondJobWithTheSameKeyRunsNothing() throws Exception {
        SlurmCluster cluster = cluster();
        SlurmSite site = site("commands", "hpc");
        Job job = job(Site.Gang.ONE, 256, 60, "sleep", "6000");
        site.submit(job.key(), job.run());
        untilRunning(site, job);
        Path script = shared().resolve("jobs").resolve(job.key()).resolve("script.sh");
        cluster.command(
                "sbatch",
                "-p",
                "hpc",
                "-J",
                "roadloop-" + job.key(),
                "-o",
                "/dev/null",
                script.toString());
        Path state = script.resolveSibling("state");
        String began = Files.readString(state.resolve("0.start"));
        while (java.util.Arrays.stream(state.toFile().list())
                .noneMatch(f -> f.startsWith("duplicate."))) {
            Thread.sleep(50);
        }
        assertThat(state.resolve("done")).as("the first still runs").doesNotExist();
        assertThat(state.resolve("0.start")).hasContent(began);
        Site.Observation.Ended ended = site.await(job.key());
        assertThat(ended.outcomes()).extracting(Outcome::exitCode).containsExactly(0);
    }

    @Test
    void aRestartedPlatformFindsItsRunsAndWhatTheyHeld() throws Exception {
        SlurmSite before = site("rest", "ai");
        Job job = job(new Site.Gang(1, "npu", 4, "", false), 256, 60, "sleep", "2500");
        before.submit(job.key(), job.run());
        untilRunning(before, job);
        before.close();
        SlurmSite after = site("rest", "ai");
        Site.Observation.Ended ended = after.await(job.key());
        assertThat(ended.failure()).isEmpty();
        SlurmUsage held = after.usage().getFirst();
        assertThat(held.cards()).isEqualTo(4);
        assertThat(held.cardSeconds()).isBetween(4.0, 100.0);
        assertThat(held.agreement()).isEqualTo("agreement-1");
        after.close();
        SlurmSite third = site("commands", "ai");
        assertThat(third.usage()).containsExactly(held);
        assertThat(third.find(job.key())).contains(ended);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rest", "commands"})
    void anAgreementHasItsOwnUserAndAccount(String access) throws Exception {
        SlurmCluster cluster = cluster();
        SlurmSite site = site(access, "hpc");
        Job job = jobUnder("agreement-of-a-lab", Site.Gang.ONE, 256, 60, "write", "/out/mine", "x");
        site.submit(job.key(), job.run());
        Site.Observation.Ended ended = site.await(job.key());
        assertThat(ended.failure()).as(job.text("stderr")).isEmpty();
        assertThat(ended.outcomes().getFirst().exitCode()).as(job.text("stderr")).isZero();
        assertThat(job.out().resolve("mine")).hasContent("x");
        assertThat(
                        cluster.command(
                                "scontrol",
                                "show",
                                "job",
                                Long.toString(site.usage().getLast().job())))
                .contains("UserId=daemon", "Account=lab42", "agreement=agreement-of-a-lab");
        assertThat(site.usage().getLast().account()).isEqualTo("lab42");
    }

    @Test
    void aWrongTokenIsSaidAndNeverShown() throws Exception {
        String wrong = "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0.d3Jvbmc";
        SlurmSite site =
                site("hpc", new SlurmSettings.Access.Rest(cluster().rest(), user -> wrong));
        String reason = reason(site, work(Site.Gang.ONE, 256));
        assertThat(reason).contains("token of user root", "scontrol token").doesNotContain(wrong);
        Job job = job(Site.Gang.ONE, 256, 60, "say", "never");
        assertThatThrownBy(() -> site.submit(job.key(), job.run()))
                .isInstanceOf(SiteException.class)
                .message()
                .doesNotContain(wrong);
        SlurmSite broken =
                site("hpc", new SlurmSettings.Access.Rest(cluster().rest(), user -> "two\nlines"));
        assertThat(reason(broken, work(Site.Gang.ONE, 256)))
                .doesNotContain("two")
                .contains("not one line");
    }

    @Test
    void whatSlurmRefusesIsNotTriedAgain() throws Exception {
        SlurmSite site = site("rest", "nowhere");
        Job job = job(Site.Gang.ONE, 256, 60, "say", "never");
        assertThatThrownBy(() -> site.submit(job.key(), job.run()))
                .isInstanceOfSatisfying(
                        SiteException.class,
                        e -> assertThat(e.reachable()).as(e.getMessage()).isTrue())
                .hasMessageContaining("2000");
        assertThat(site.find(job.key()))
                .hasValueSatisfying(
                        o -> assertThat(((Site.Observation.Ended) o).failure()).isNotEmpty());
    }

    /** What a job lays out for us is not followed. */
    @Test
    void linksAreBroughtBackAsLinks() throws Exception {
        SlurmSite site = site("rest", "hpc");
        Job job = job(Site.Gang.ONE, 256, 60, "link", "/out/result.json", "/etc/hostname");
        site.submit(job.key(), job.run());
        assertThat(site.await(job.key()).failure()).isEmpty();
        assertThat(job.out().resolve("result.json")).isSymbolicLink();
    }

    @Test
    void aJobHasNoNetworkAndSeesNoOtherFiles() throws Exception {
        assumeTrue(SANDBOX, "bubblewrap is missing; './roadloop setup bubblewrap' installs it");
        SlurmSite site = site("rest", "hpc");
        Job probe =
                job(
                        Site.Gang.ONE,
                        256,
                        60,
                        "connect",
                        Integer.toString(cluster().rest().getPort()));
        site.submit(probe.key(), probe.run());
        site.await(probe.key());
        assertThat(probe.text("stdout")).startsWith("no network: ");
        Job looking = job(Site.Gang.ONE, 256, 60, "exists", cluster().configuration().toString());
        site.submit(looking.key(), looking.run());
        site.await(looking.key());
        assertThat(looking.text("stdout")).isEqualTo("false\n");
        Job writing = job(Site.Gang.ONE, 256, 60, "write", "/in/tracks.csv", "changed");
        site.submit(writing.key(), writing.run());
        assertThat(site.await(writing.key()).outcomes().getFirst().exitCode()).isEqualTo(1);
    }

    private static SlurmCluster cluster() {
        SlurmCluster cluster = started;
        if (cluster == null) {
            throw new IllegalStateException("no cluster");
        }
        return cluster;
    }

    private SlurmSite site(String access, String partition) throws Exception {
        return site(
                partition,
                access.equals("rest")
                        ? new SlurmSettings.Access.Rest(cluster().rest(), cluster()::token)
                        : new SlurmSettings.Access.Commands(
                                Optional.of(cluster().configuration())));
    }

    private SlurmSite site(String partition, SlurmSettings.Access access) throws Exception {
        Path shared = Files.createDirectories(shared());
        SlurmSite site =
                new SlurmSite(
                        new SlurmSettings(
                                "slurm-" + partition,
                                "centre",
                                SiteDeclaration.in("cn-north", 2),
                                partition.equals("ai") ? Site.Kind.ACCELERATOR : Site.Kind.HPC,
                                partition,
                                shared,
                                home.resolve("site-" + partition),
                                4,
                                1.0,
                                10,
                                access instanceof SlurmSettings.Access.Rest
                                        ? Map.of("leaf1", "ai[1-2]", "leaf2", "hpc[1-2]")
                                        : Map.of(),
                                Map.of("leaf", 1),
                                SANDBOX,
                                new SlurmSettings.Account("root", ""),
                                Map.of(
                                        "agreement-of-a-lab",
                                        new SlurmSettings.Account("daemon", "lab42")),
                                Duration.ofMillis(100),
                                Duration.ofSeconds(60)),
                        access,
                        cluster().image());
        open.add(site);
        return site;
    }

    /** Where the nodes' users may go, unlike the home of the platform. */
    private Path shared() {
        return cluster().folder.resolve("shared-" + home.getFileName());
    }

    private static Site.Work work(Site.Gang gang, long memoryMegabytes) {
        return new Site.Work(
                "roadloop/tools",
                10,
                1,
                memoryMegabytes << 20,
                0,
                Duration.ofMinutes(5),
                false,
                gang);
    }

    private static String reason(SlurmSite site, Site.Work work) {
        return ((Site.Offer.Impossible) site.offer(work)).reason();
    }

    private record Job(String key, Site.Run run, Path out, Path log) {
        String text(String stream) throws Exception {
            Path file = log.resolve("0." + stream);
            return Files.exists(file) ? Files.readString(file) : "";
        }
    }

    private Job job(Site.Gang gang, long memoryMegabytes, long seconds, String... words)
            throws Exception {
        return jobUnder("agreement-1", gang, memoryMegabytes, seconds, words);
    }

    private Job jobUnder(
            String agreement, Site.Gang gang, long memoryMegabytes, long seconds, String... words)
            throws Exception {
        String key = home.getFileName() + "-" + runs++;
        Path folder = Files.createDirectories(home.resolve(key));
        Path in = Files.createDirectories(folder.resolve("in"));
        Path out = Files.createDirectories(folder.resolve("out"));
        Path log = Files.createDirectories(folder.resolve("log"));
        Files.writeString(in.resolve("tracks.csv"), "a\nb\nc\n");
        List<String> command = new ArrayList<>(List.of("roadloop"));
        command.addAll(List.of(words));
        SandboxRun executor =
                new SandboxRun(
                        key,
                        org.roadloop.compute.site.SandboxTest.IMAGE,
                        command,
                        Map.of(),
                        List.of(new Mount(in, "/in", false), new Mount(out, "/out", true)),
                        "/out",
                        null,
                        log.resolve("0.stdout"),
                        log.resolve("0.stderr"),
                        new Limits(
                                memoryMegabytes << 20,
                                128,
                                1,
                                Duration.ofSeconds(seconds),
                                16 << 20,
                                10 << 20));
        return new Job(
                key,
                new Site.Run(List.of(executor), List.of(false), agreement, gang, Optional.empty()),
                out,
                log);
    }

    private void untilRunning(SlurmSite site, Job job) throws Exception {
        Path started = shared().resolve("jobs").resolve(job.key()).resolve("state/0.start");
        while (!(site.find(job.key()).orElseThrow() instanceof Site.Observation.Running)
                || !Files.exists(started)) {
            if (site.find(job.key()).orElseThrow() instanceof Site.Observation.Ended ended) {
                throw new AssertionError("it has ended: " + ended + job.text("stderr"));
            }
            Thread.sleep(100);
        }
    }

    private static List<String> jobs(Job job) throws Exception {
        return cluster()
                .command("squeue", "-h", "--states=all", "--name=roadloop-" + job.key(), "-o", "%i")
                .lines()
                .toList();
    }

    /** Passes everything on, but the answer to the first submission never comes back. */
    private static HttpServer proxy(URI target, AtomicInteger submissions) throws Exception {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpServer proxy =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        proxy.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    HttpRequest.Builder request =
                            HttpRequest.newBuilder(target.resolve(exchange.getRequestURI()))
                                    .method(
                                            exchange.getRequestMethod(),
                                            HttpRequest.BodyPublishers.ofByteArray(body));
                    exchange.getRequestHeaders()
                            .forEach(
                                    (name, values) -> {
                                        if (name.toLowerCase(java.util.Locale.ROOT)
                                                        .startsWith("x-slurm")
                                                || name.equalsIgnoreCase("content-type")) {
                                            request.header(name, values.getFirst());
                                        }
                                    });
                    try {
                        HttpResponse<byte[]> answer =
                                client.send(
                                        request.build(), HttpResponse.BodyHandlers.ofByteArray());
                        if (exchange.getRequestURI().getPath().endsWith("/job/submit")
                                && submissions.incrementAndGet() == 1) {
                            exchange.close();
                            return;
                        }
                        exchange.sendResponseHeaders(
                                answer.statusCode(),
                                answer.body().length == 0 ? -1 : answer.body().length);
                        exchange.getResponseBody().write(answer.body());
                        exchange.close();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        proxy.start();
        return proxy;
    }
}
