package org.roadloop.compute.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.compute.site.Bubblewrap;
import tools.jackson.databind.JsonNode;

/** The platform is killed as by {@code kill -9}; the next one serves the same, once. */
@Tag("slow")
class KilledServiceTest {
    private static final Pattern RUN = Pattern.compile("/services/speed/(r\\d+)/s ");

    @TempDir Path home;

    @BeforeEach
    void sandbox() {
        assumeTrue(
                Bubblewrap.find().isPresent(),
                "bubblewrap is missing or may not create namespaces; apt-get install bubblewrap");
    }

    /** Processes of the service that are alive, by the folder that each was given. */
    private Set<String> alive() {
        return ProcessHandle.allProcesses()
                .map(p -> commandLine(p.pid()))
                .filter(line -> line.contains(home.toString()))
                .map(RUN::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
    }

    private static String commandLine(long pid) {
        try {
            return new String(
                            Files.readAllBytes(Path.of("/proc", Long.toString(pid), "cmdline")),
                            StandardCharsets.UTF_8)
                    .replace('\0', ' ');
        } catch (java.io.IOException e) {
            return ""; // it has ended meanwhile
        }
    }

    @Test
    void theSameServiceIsBackAfterAKill() throws Exception {
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                "--add-modules",
                                "jdk.incubator.vector",
                                ServicePlatformChild.class.getName(),
                                home.toString())
                        .redirectError(home.resolve("child.err").toFile())
                        .start();
        try (var out = child.inputReader()) {
            assertThat(out.readLine())
                    .as(() -> read(home.resolve("child.err")))
                    .isEqualTo("serving");
            awaitAlive(Set.of("r2"));
        } finally {
            child.destroyForcibly().waitFor();
        }
        awaitAlive(Set.of());
        try (ServicePlatform platform = new ServicePlatform(home)) {
            JsonNode back = platform.awaitServing("speed", 2);
            assertThat(platform.call("speed", "/model")).isEqualTo("two");
            assertThat(back.required("starts").asInt()).isEqualTo(3);
            assertThat(alive()).containsExactly("r3");
            assertThat(home.resolve("services/speed/r2")).doesNotExist();
            assertThat(back.required("site").asString()).isEqualTo("kerb");
            assertThat(platform.admission.list()).as("flows").hasSize(1);
            assertThat(platform.calendar.bookings()).as("the old slot is free").hasSize(1);
            platform.send("POST", "/speed/rollback", "operator", "");
            platform.awaitServing("speed", 1);
            assertThat(platform.call("speed", "/model")).isEqualTo("one");
        }
        awaitAlive(Set.of());
    }

    private void awaitAlive(Set<String> wanted) throws Exception {
        for (long end = System.nanoTime() + 60_000_000_000L; !alive().equals(wanted); ) {
            assertThat(System.nanoTime()).as("alive: %s", alive()).isLessThan(end);
            Thread.sleep(50);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }
}
