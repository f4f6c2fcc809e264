package org.roadloop.compute.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.compute.site.Bubblewrap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tasks that mean harm (恶意任务), in the real sandbox: contained, metered, and told with the cause.
 */
@Tag("slow")
class HostileTaskTest {
    @TempDir Path home;
    private TaskPlatform platform;

    @BeforeEach
    void open() throws Exception {
        assumeTrue(
                Bubblewrap.find().isPresent(),
                "bubblewrap is missing or may not create namespaces; apt-get install bubblewrap");
        platform = new TaskPlatform(home);
    }

    @AfterEach
    void close() throws Exception {
        if (platform != null) {
            platform.close();
        }
    }

    /** Skips where the kernel's control groups can't be written: then the task's log says so. */
    private void limited(String controller) {
        assumeTrue(
                Bubblewrap.find().orElseThrow().notEnforced().stream()
                        .noneMatch(sentence -> sentence.contains("'" + controller + "'")),
                "control group '"
                        + controller
                        + "' can't be written here; run as root on a host"
                        + " that delegates it");
    }

    @Test
    void aForkBombIsEnded() throws Exception {
        limited("pids");
        JsonNode task = run("f() { f | f & }; while :; do f; done", 60);
        assertThat(task.required("state").asString()).isEqualTo("EXECUTOR_ERROR");
        assertThat(task.toString()).contains("started more processes than it may");
        meteredByTheKernel(task);
    }

    @Test
    void aMemoryBombIsEnded() throws Exception {
        limited("memory");
        JsonNode task = run("x=$(yes 0123456789012345678901234567890123456789); echo $x", 60);
        assertThat(task.toString()).contains("used more memory than it may");
        meteredByTheKernel(task);
    }

    /** /tmp is memory, so it can't be filled past the memory limit either. */
    @Test
    void scratchFilesAreLimited() throws Exception {
        JsonNode task = run("head -c 900000000 /dev/zero > /tmp/x; ls -l /tmp/x; exit 3", 60);
        assertThat(task.required("state").asString()).isEqualTo("EXECUTOR_ERROR");
        assertThat(task.toString()).containsAnyOf("No space left", "more memory");
    }

    @Test
    void aDiskFillerIsEndedHoweverItHides() throws Exception {
        JsonNode many =
                run("i=0; while :; do i=$((i+1)); head -c 30000000 /dev/zero > /out/$i; done", 60);
        assertThat(many.toString()).contains("wrote more than it may");
        JsonNode one = run("head -c 900000000 /dev/zero > /out/x", 60);
        assertThat(one.toString()).contains("wrote more than it may");
        JsonNode log = run("while :; do echo 01234567890123456789012345678901234567890; done", 600);
        assertThat(log.toString()).contains("wrote more than it may");
        limited("pids");
        JsonNode unlinked =
                run(
                        "for n in 3 4 5 6; do eval \"exec $n>/out/x\"; rm /out/x;"
                                + " head -c 100000000 /dev/zero >&$n; done; sleep 30",
                        60);
        assertThat(unlinked.toString()).contains("wrote more than it may");
    }

    @Test
    void thereIsNobodyToTalkTo() throws Exception {
        try (ServerSocket server = new ServerSocket(0)) {
            JsonNode task =
                    run(
                            "grep -c : /proc/net/dev; bash -c 'echo x > /dev/tcp/127.0.0.1/"
                                    + server.getLocalPort()
                                    + "' && echo CONNECTED; getent hosts example.org && echo FOUND;"
                                    + " true",
                            30);
            assertThat(stdout(task)).startsWith("1\n").doesNotContain("CONNECTED", "FOUND");
        }
    }

    @Test
    void hostFilesAreNotThere() throws Exception {
        Path secret = Files.writeString(home.resolve("secret"), "the secret");
        JsonNode task =
                run(
                        "cat /etc/shadow /etc/passwd "
                                + secret
                                + "; ls /root /home /var /sys; cat /proc/1/environ; ls / ; env;"
                                + " cat /proc/*/cmdline | tr '\\0' ' '; true",
                        30);
        assertThat(stdout(task))
                .doesNotContain("root:", "the secret", "JAVA_HOME", "java")
                .contains("usr", "out");
    }

    @Test
    void nestedNamespacesAndMountsAreRefused() throws Exception {
        assumeTrue(
                Bubblewrap.find().orElseThrow().notEnforced().stream()
                        .noneMatch(sentence -> sentence.contains("nested user namespaces")),
                "this bubblewrap lacks --disable-userns; it needs 0.8.0");
        JsonNode task =
                run(
                        "unshare --user --map-root-user true && echo NESTED;"
                                + " mount -t tmpfs x /out && echo MOUNTED; mknod /tmp/d b 8 0 &&"
                                + " echo DEVICE; grep NoNewPrivs /proc/self/status; grep CapEff"
                                + " /proc/self/status",
                        30);
        assertThat(stdout(task))
                .doesNotContain("NESTED", "MOUNTED", "DEVICE")
                .contains("NoNewPrivs:\t1")
                .contains("CapEff:\t0000000000000000");
    }

    @Test
    void theTimeLimitHolds() throws Exception {
        JsonNode task = run("trap '' TERM INT HUP; (sleep 600 &) ; sleep 600", 1.5);
        assertThat(task.required("state").asString()).isEqualTo("EXECUTOR_ERROR");
        assertThat(task.toString()).contains("ran longer than it may");
    }

    /** A link is never followed, whether it is the output, its folder, or in a released folder. */
    @Test
    void linksLeadNowhere() throws Exception {
        Path secret = Files.writeString(home.resolve("secret.txt"), "the secret");
        for (String words :
                new String[] {
                    "ln -s " + secret + " /out/a.txt",
                    "rm -r /out/d; ln -s " + home + " /out/d; echo x > /out/a.txt",
                    "echo x > /out/b.txt; ln /out/b.txt /out/a.txt",
                    "ln -s /proc/self/environ /out/d/x.txt; echo x > /out/a.txt"
                }) {
            ObjectNode task = task(words, 30);
            task.withArray("outputs").addObject().put("path", "/out/a.txt");
            task.withArray("outputs").addObject().put("path", "/out/d").put("type", "DIRECTORY");
            JsonNode done = platform.await(platform.create(task.toString()));
            assertThat(done.toString()).as(words).doesNotContain("the secret");
            if (!words.startsWith("rm")) {
                assertThat(done.toString()).as(words).contains("withheld (not_regular)");
            }
            assertThat(released(done.required("id").asString()))
                    .as(words)
                    .doesNotContain("the secret");
        }
    }

    /** An earlier executor lays a link where the next one's input would be mounted. */
    @Test
    void aMountPointIsNoLink() throws Exception {
        Path victim = home.resolve("victim");
        JsonNode task =
                platform.await(
                        platform.create(
                                """
                                {"outputs": [{"path": "/out/r.txt"}],
                                 "executors": [
                                  {"image": "alpine", "stdout": "/out/first",
                                   "command": ["sh", "-c", "ln -s %s /out/first; echo x"]},
                                  {"image": "alpine", "command": ["true"]}]}"""
                                        .formatted(victim)));
        assertThat(task.required("state").asString()).isEqualTo("SYSTEM_ERROR");
        assertThat(task.toString()).contains("the task laid a link in its way");
        assertThat(victim).doesNotExist();
    }

    /** The names of files carry data out as well as their content does. */
    @Test
    void fileNamesAreJudged() throws Exception {
        ObjectNode odd = task("mkdir -p /out/d; : > '/out/d/a b;c'; : > /out/d/fine.txt", 30);
        odd.withArray("outputs").addObject().put("path", "/out/d").put("type", "DIRECTORY");
        JsonNode done = platform.await(platform.create(odd.toString()));
        assertThat(done.required("state").asString()).isEqualTo("SYSTEM_ERROR");
        assertThat(done.required("logs").toString())
                .contains("withheld (file_name)")
                .doesNotContain("a b;c");
        OutputRelease release = new OutputRelease(OutputRelease.Rules.AGGREGATES);
        OutputRelease.Tokens tokens =
                new OutputRelease.Tokens(java.util.Set.of("9f8e7d6c5b4a39281706"));
        assertThat(release.nameOccurs("d/x-9F8E7D6C5B4A39281706.txt", tokens)).isTrue();
        assertThat(release.nameOccurs("d/x-1.txt", tokens)).isFalse();
        assertThat(release.files()).as("names are records too").isEqualTo(100);
    }

    private String released(String id) throws Exception {
        StringBuilder all = new StringBuilder();
        try (var files = Files.walk(home.resolve("tasks").resolve(id).resolve("result"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    private static void meteredByTheKernel(JsonNode task) {
        JsonNode metadata = task.at("/logs/0/metadata");
        assertThat(metadata.required("roadloop.meter").asString()).startsWith("cgroup-v");
        assertThat(Long.parseLong(metadata.required("roadloop.computeSeconds").asString()))
                .isPositive();
    }

    private static String stdout(JsonNode task) {
        return task.at("/logs/0/logs/0/stdout").asString("");
    }

    private JsonNode run(String shell, double seconds) throws Exception {
        return platform.await(platform.create(task(shell, seconds).toString()));
    }

    private static ObjectNode task(String shell, double seconds) {
        ObjectNode task = JsonMapper.shared().createObjectNode();
        task.putArray("volumes").add("/out");
        ObjectNode executor = task.putArray("executors").addObject().put("image", "alpine");
        executor.putArray("command").add("sh").add("-c").add(shell);
        ObjectNode resources = task.putObject("resources").put("ram_gb", 0.125);
        resources
                .putObject("backend_parameters")
                .put(TaskRequest.CPU_SECONDS, "1")
                .put(TaskRequest.TIME_LIMIT_SECONDS, Double.toString(seconds));
        return task;
    }
}
