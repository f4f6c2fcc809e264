package org.roadloop.app.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.ServerFile;

class DoctorTest {
    @TempDir Path folder;

    private static Doctor.Check check(List<Doctor.Check> checks, String name) {
        return checks.stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void everyCheckMeasuresAndLeavesNothing() throws Exception {
        Path program = folder.resolve("bin/bwrap");
        Files.createDirectories(program.getParent());
        Files.createFile(
                program,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Path home = Files.createDirectory(folder.resolve("home"));
        List<Doctor.Check> checks =
                new Doctor(home, Config.DEFAULTS.withFreePorts(), program.getParent().toString())
                        .examine();
        assertThat(check(checks, "jdk").verdict()).isEqualTo(Doctor.Verdict.OK);
        assertThat(check(checks, "fsync").found()).matches("p50 [\\d.]+ ms, p99 [\\d.]+ ms of 60");
        assertThat(check(checks, "disk").found()).contains("GiB free at " + home);
        assertThat(check(checks, "clock").found()).contains("wall against monotonic");
        assertThat(check(checks, "descriptors").found()).startsWith("soft ");
        assertThat(check(checks, "bubblewrap").found()).isEqualTo(program.toString());
        assertThat(check(checks, "sumo").advice()).contains("./roadloop setup sumo");
        assertThat(check(checks, "sumo").verdict()).isEqualTo(Doctor.Verdict.NOTE);
        assertThat(check(checks, "port http.port").found()).isEqualTo("any free one");
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void aTakenPortIsAProblemWithAWayOut() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Config config = Config.DEFAULTS.withFreePorts().withHttpPort(taken.getLocalPort());
            Doctor.Check check = check(new Doctor(folder, config, "").examine(), "port http.port");
            assertThat(check.verdict()).isEqualTo(Doctor.Verdict.PROBLEM);
            assertThat(check.advice())
                    .isEqualTo("give another http.port in roadloop.yaml, or 0 for a free one");
        }
    }

    @Test
    void aHomeThatIsNotThereYetIsLookedAtThroughItsParent() {
        Doctor doctor = new Doctor(folder.resolve("a/b/c"), Config.DEFAULTS.withFreePorts(), "");
        assertThat(check(doctor.examine(), "disk").found()).contains(" free at " + folder + " ");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aRunningServerIsAskedHowItIs() throws Exception {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicReference<String> parts = new AtomicReference<>("{\"collect\":true}");
        server.createContext(
                "/api/v1/health",
                exchange -> {
                    boolean ready = !parts.get().contains("false");
                    byte[] answer =
                            ("{\"live\":true,\"ready\":" + ready + ",\"parts\":" + parts + "}")
                                    .getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(ready ? 200 : 503, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        server.start();
        try (Home home = Home.open(folder.resolve("home"))) {
            URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
            home.publish(new ServerFile(url, ProcessHandle.current().pid(), Instant.now()));
            Doctor doctor = new Doctor(home.root(), Config.DEFAULTS.withFreePorts(), "");
            assertThat(check(doctor.examine(), "health").verdict()).isEqualTo(Doctor.Verdict.OK);

            parts.set("{\"collect\":true,\"govern\":false}");
            Doctor.Check check = check(doctor.examine(), "health");
            assertThat(check.verdict()).isEqualTo(Doctor.Verdict.PROBLEM);
            assertThat(check.found()).isEqualTo("not ready: govern");
        } finally {
            server.stop(0);
        }
    }
}
