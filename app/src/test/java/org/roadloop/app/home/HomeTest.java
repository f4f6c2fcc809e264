package org.roadloop.app.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HomeTest {
    @TempDir Path folder;

    private static String mode(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void aNewHomeIsPrivateAndItsTokenStays() throws Exception {
        Path root = folder.resolve("a/home");
        String token;
        try (Home home = Home.open(root)) {
            assertThat(home.firstStart()).isTrue();
            token = home.adminToken();
            assertThat(token).startsWith("rl_").hasSize(46);
            assertThat(mode(root)).isEqualTo("rwx------");
            assertThat(mode(home.keys())).isEqualTo("rwx------");
            assertThat(mode(root.resolve("admin.token"))).isEqualTo("rw-------");
            Files.writeString(home.tmp().resolve("left-over"), "x");
        }
        try (Home again = Home.open(root)) {
            assertThat(again.firstStart()).isFalse();
            assertThat(again.adminToken()).isEqualTo(token);
            assertThat(again.tmp()).isEmptyDirectory();
        }
    }

    @Test
    void aSecondWriterIsToldWhoHoldsIt() throws Exception {
        try (Home held = Home.open(folder)) {
            assertThatThrownBy(() -> Home.open(folder))
                    .isInstanceOf(HomeException.class)
                    .hasMessage(
                            "home "
                                    + held.root()
                                    + " is in use by process "
                                    + ProcessHandle.current().pid()
                                    + "; stop it first, or give another --home");
        }
        Home.open(folder).close();
    }

    @Test
    void anotherProcessIsKeptOutToo() throws Exception {
        Home.open(folder).close();
        String java = ProcessHandle.current().info().command().orElseThrow();
        Process holder =
                new ProcessBuilder(
                                java,
                                "-cp",
                                System.getProperty("java.class.path"),
                                HoldHome.class.getName(),
                                folder.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            assertThat(holder.inputReader().readLine()).isEqualTo("held");
            assertThatThrownBy(() -> Home.open(folder))
                    .hasMessageContaining("is in use by process " + holder.pid());
        } finally {
            holder.destroyForcibly();
            assertThat(holder.waitFor(120, TimeUnit.SECONDS)).isTrue();
        }
        Home.open(folder).close();
    }

    /** Holds a home until it is killed. */
    static final class HoldHome {
        public static void main(String[] args) throws Exception {
            Home home = Home.open(Path.of(args[0]));
            System.out.println("held");
            System.in.transferTo(OutputStream.nullOutputStream()); // until the test is gone
            home.close();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    roadloop-home 2  | has format 2, made by a newer Roadloop; this build reads up to 1
                    roadloop-home 0  | has format 0, from before the first release; there is no migration
                    something else   | has a damaged 'format' file ('something else')
                    """)
    void otherFormatsAreRefusedByName(String format, String message) throws Exception {
        Files.writeString(folder.resolve("format"), format);
        assertThatThrownBy(() -> Home.open(folder))
                .isInstanceOf(HomeException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aFolderOfSomethingElseIsRefused() throws Exception {
        Files.writeString(folder.resolve("thesis.tex"), "x");
        assertThatThrownBy(() -> Home.open(folder))
                .hasMessageContaining("holds thesis.tex but no 'format' file");
        assertThat(folder.resolve("keys")).doesNotExist();
    }

    @Test
    void secretsMustBePrivate() throws Exception {
        try (Home home = Home.open(folder)) {
            Path secret = folder.resolve("secrets/platform-metro");
            assertThatThrownBy(() -> home.secret("platform-metro"))
                    .hasMessageContaining("secret 'platform-metro' is missing; write it to");
            PrivateFiles.write(secret, "s3cret\n");
            assertThat(home.secret("platform-metro")).isEqualTo("s3cret");
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
            assertThatThrownBy(() -> home.secret("platform-metro"))
                    .hasMessageContaining("chmod 600")
                    .hasMessageNotContaining("s3cret");
            assertThatThrownBy(() -> home.secret("../admin.token"))
                    .hasMessageContaining("may hold letters");
        }
    }

    @Test
    void theServerFileTellsOnlyOfALivingProcess() throws Exception {
        try (Home home = Home.open(folder)) {
            assertThat(Home.findServer(folder)).isEmpty();
            ServerFile mine =
                    new ServerFile(
                            URI.create("http://localhost:7080"),
                            ProcessHandle.current().pid(),
                            Instant.parse("2026-11-22T01:02:03Z"));
            home.publish(mine);
            assertThat(Home.findServer(folder)).contains(mine);
            home.publish(new ServerFile(mine.url(), 999_999_999_999L, mine.startedAt()));
            assertThat(Home.findServer(folder)).isEmpty();
        }
        assertThat(folder.resolve("server.json")).doesNotExist();
    }
}
