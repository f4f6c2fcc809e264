package org.roadloop.app.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.operate.LedgerCheck;
import org.roadloop.app.witness.WitnessPart;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import tools.jackson.databind.json.JsonMapper;

/** Two platforms with the same keys on one database, and what must not be mixed up. */
@Tag("slow")
class SharedLedgerTest {
    @TempDir Path folder;

    /** Shows the ledger it was given. */
    private static final class Seen implements Part {
        private final boolean onOneNode;
        @Nullable Ledger ledger;

        Seen() {
            this(false);
        }

        Seen(boolean onOneNode) {
            this.onOneNode = onOneNode;
        }

        @Override
        public boolean onOneNode() {
            return onOneNode;
        }

        @Override
        public String name() {
            return "seen";
        }

        @Override
        public void start(PlatformContext context) {
            ledger = context.ledger();
        }

        @Override
        public void close() {}

        long append(String subject) {
            return ledger().append(
                            Event.of(
                                    "test.happened",
                                    java.time.Instant.EPOCH,
                                    "did:web:example.com",
                                    subject,
                                    JsonMapper.shared().createObjectNode()))
                    .firstIndex();
        }

        Ledger ledger() {
            return java.util.Objects.requireNonNull(ledger);
        }
    }

    private static Config config(String url) throws IOException {
        Path file = Files.createTempFile("roadloop", ".yaml");
        Files.writeString(
                file,
                """
                http: {port: 0}
                participant: {did: "did:web:data.example.org"}
                ledger:
                  backend: postgresql
                  postgresql: {url: "%s", user: postgres, passwordSecret: ledger-database}
                """
                        .formatted(url));
        Config config = Config.load(file);
        Files.delete(file);
        return config;
    }

    private Platform start(String home, Config config, Seen seen) throws Exception {
        Home opened = Home.open(folder.resolve(home));
        Path secret = folder.resolve(home).resolve("secrets").resolve("ledger-database");
        if (!Files.exists(secret)) {
            Files.createFile(
                    secret,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.writeString(secret, "unused\n");
        }
        try {
            return Platform.start(
                    opened, config, List.of(new WitnessPart(Set::of), seen), Set.of(), "test");
        } catch (Exception e) {
            opened.close();
            throw e;
        }
    }

    private void copyKeys(String from, String to) throws IOException {
        Home.open(folder.resolve(to)).close();
        try (Stream<Path> files = Files.list(folder.resolve(from).resolve("keys"))) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        folder.resolve(to).resolve("keys").resolve(file.getFileName()),
                        java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void execute(String url, String sql) throws SQLException {
        try (var session = DriverManager.getConnection(url, "postgres", "");
                var statement = session.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Status of an answer to an offer that is no checkpoint. */
    private static int offered(Platform platform) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(
                                            URI.create(platform.url() + "/witness/add-checkpoint"))
                                    .POST(HttpRequest.BodyPublishers.ofString("nothing"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    /** The words of docs/postgresql.md: the holder is named, and only it loses the part. */
    private void givingARoleFree(String url, Config config) throws Exception {
        String holder = Files.readString(folder.resolve("a/ledger/node")).strip();
        String other = Files.readString(folder.resolve("b/ledger/node")).strip();
        String free = "DELETE FROM ledger_role WHERE role = 'seen' AND holder = '%s'";
        execute(url, free.formatted(other));
        assertThatThrownBy(() -> start("b", config, new Seen(true)))
                .as("of another holder nothing is taken")
                .hasMessageContaining("belongs to another node")
                .hasMessageContaining("docs/postgresql.md");
        execute(url, free.formatted(holder));
        start("b", config, new Seen(true)).close();
        assertThatThrownBy(() -> start("a", config, new Seen(true)))
                .as("the node that was given up comes back")
                .hasMessageContaining("the part 'seen' belongs to another node");
    }

    @Test
    void nodesWithTheSameKeysShareAndOthersAreRefused() throws Exception {
        EmbeddedPostgres server;
        try {
            server = EmbeddedPostgres.builder().setServerConfig("fsync", "on").start();
        } catch (IOException | RuntimeException e) {
            Assumptions.abort("no PostgreSQL: the embedded one can't start: " + e);
            return;
        }
        try (server) {
            String url = server.getJdbcUrl("postgres", "postgres").replaceFirst("\\?.*", "");
            Config config = config(url);
            Seen a = new Seen(true);
            try (Platform first = start("a", config, a)) {
                assertThat(a.ledger().shared()).isTrue();
                copyKeys("a", "b");
                Seen b = new Seen();
                try (Platform second = start("b", config, b)) {
                    assertThat(a.append("x")).isZero();
                    assertThat(b.append("y")).isEqualTo(1);
                    assertThat(a.ledger().version("y")).isEqualTo(1);
                    assertThat(second.partNames()).isEqualTo(first.partNames());
                    assertThat(offered(first))
                            .as("the witness refuses what is none")
                            .isEqualTo(400);
                    assertThat(offered(second)).as("one key, one witness").isEqualTo(503);
                }
                assertThatThrownBy(() -> start("b", config, new Seen(true)))
                        .hasMessageContaining("the part 'seen' belongs to another node")
                        .hasMessageContaining("--only operate,dataspace");
                assertThatThrownBy(() -> start("c", config, new Seen()))
                        .as("other keys, another log")
                        .hasMessageContaining("holds the log 'roadloop/");
            }
            givingARoleFree(url, config);
            assertThatThrownBy(() -> start("a", Config.DEFAULTS.withFreePorts(), new Seen()))
                    .as("a log in files under the same keys")
                    .hasMessageContaining("would be a fork");

            assertThat(LedgerCheck.home(folder.resolve("a")).says())
                    .contains("is in jdbc:postgresql:", "make a backup");

            execute(
                    url,
                    "TRUNCATE ledger_entry, ledger_subject, ledger_checkpoint, ledger_receipt;"
                            + " UPDATE ledger_head SET size = 0, root = sha256('')");
            assertThatThrownBy(() -> start("a", config, new Seen()))
                    .as("a database that was set back with all it knows of")
                    .hasMessageContaining("does not continue the checkpoint of 2 entries");

            try (Platform files = start("files", Config.DEFAULTS.withFreePorts(), new Seen())) {
                assertThat(files.partNames()).containsExactly("witness", "seen");
            }
            assertThatThrownBy(() -> start("files", config, new Seen()))
                    .hasMessageContaining("would be a fork");
        }
    }
}
