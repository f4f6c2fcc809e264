package org.roadloop.app.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.Platform;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.TransparencyLog;
import tools.jackson.databind.json.JsonMapper;

/** A backup of a platform at work, its restore, and damage to it. */
class BackupTest {
    @TempDir Path folder;

    private static final String DID = "did:web:localhost";

    /** Writers to the ledger, to a catalogue and to a growing raw segment. */
    private static final class Town implements Part {
        private final Set<String> acknowledged = new ConcurrentSkipListSet<>();
        private final AtomicLong committedRows = new AtomicLong();
        private final AtomicBoolean going = new AtomicBoolean(true);
        private final List<Thread> threads = new ArrayList<>();
        private @Nullable PlatformContext context;

        @Override
        public String name() {
            return "town";
        }

        @Override
        public void start(PlatformContext started) throws Exception {
            context = started;
            TransparencyLog ledger = started.ledger();
            for (int writer = 0; writer < 4; writer++) {
                int id = writer;
                threads.add(Thread.ofPlatform().start(() -> write(ledger, id)));
            }
            Path lake = started.home().lake();
            Path data = Files.createDirectories(lake.resolve("data"));
            threads.add(Thread.ofPlatform().start(() -> commit(lake, data)));
            threads.add(Thread.ofPlatform().start(() -> grow(started.home().frameLog())));
        }

        /** Every tenth event carries a payload; a subject is acknowledged when append returns. */
        private void write(TransparencyLog ledger, int writer) {
            for (int i = 0; going.get(); i++) {
                String subject = "table:" + writer + "-" + i;
                Instant now = Instant.now();
                ledger.append(
                        i % 10 == 0
                                ? Event.withPayload(
                                        "test.written",
                                        now,
                                        DID,
                                        subject,
                                        ("payload of " + subject).getBytes())
                                : Event.of(
                                        "test.written",
                                        now,
                                        DID,
                                        subject,
                                        JsonMapper.shared().createObjectNode().put("n", i)));
                acknowledged.add(subject);
                LockSupport.parkNanos(2_000_000);
            }
        }

        /** As a table commit does: first the immutable file, then its name in the catalogue. */
        private void commit(Path lake, Path data) {
            try (Connection connection =
                    DriverManager.getConnection("jdbc:sqlite:" + lake.resolve("catalog.db"))) {
                try (var statement = connection.createStatement()) {
                    statement.execute("PRAGMA journal_mode=WAL");
                    statement.execute("CREATE TABLE files (name TEXT PRIMARY KEY)");
                }
                for (int i = 0; going.get(); i++) {
                    String name = "part-" + i + ".parquet";
                    Files.writeString(data.resolve(name), "rows of " + name);
                    try (var insert = connection.prepareStatement("INSERT INTO files VALUES (?)")) {
                        insert.setString(1, name);
                        insert.execute();
                    }
                    committedRows.incrementAndGet();
                    Thread.sleep(20);
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        private void grow(Path frameLog) {
            try (FileChannel segment =
                    FileChannel.open(
                            frameLog.resolve("segment-0"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.APPEND)) {
                while (going.get()) {
                    segment.write(java.nio.ByteBuffer.wrap("frame\n".getBytes()));
                    Thread.sleep(5);
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Map<String, LongSupplier> metrics() {
            return Map.of("town_commits_total", committedRows::get);
        }

        @Override
        public void close() throws Exception {
            going.set(false);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static void waitFor(LongSupplier value, long atLeast) throws InterruptedException {
        long deadline = System.nanoTime() + 120_000_000_000L;
        while (value.getAsLong() < atLeast) {
            assertThat(System.nanoTime()).as("waited 120 s").isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    private Path backupOf(Platform platform, String name) throws Exception {
        Path file = folder.resolve(name);
        try (ApiClient client = new ApiClient(platform.url(), platform.home().adminToken());
                InputStream in = client.stream("/api/v1/backup");
                OutputStream out = Files.newOutputStream(file)) {
            in.transferTo(out);
        }
        return file;
    }

    private static Set<String> subjects(TransparencyLog ledger) {
        Set<String> subjects = new TreeSet<>();
        try (var entries = ledger.read(0)) {
            entries.forEach(
                    entry -> {
                        Event event = entry.event();
                        if (event.body() instanceof Event.Payload payload) {
                            assertThat(new String(payload.bytes()))
                                    .isEqualTo("payload of " + event.subject());
                        }
                        subjects.add(event.subject());
                    });
        }
        return subjects;
    }

    @Test
    @Tag("slow")
    void aBackupUnderLoadHoldsEverythingAcknowledgedBeforeIt() throws Exception {
        Town town = new Town();
        Path root = folder.resolve("home");
        Path archive;
        Set<String> before;
        long rowsBefore;
        try (Platform platform =
                Platform.start(
                        Home.open(root),
                        Config.DEFAULTS.withFreePorts(),
                        List.of(new OperatePart(), town),
                        Set.of(),
                        "test")) {
            waitFor(() -> town.acknowledged.size(), 150);
            waitFor(town.committedRows::get, 5);
            before = new TreeSet<>(town.acknowledged);
            rowsBefore = town.committedRows.get();
            archive = backupOf(platform, "backup.zip");
            long after = town.acknowledged.size();
            waitFor(() -> town.acknowledged.size(), after + 20);
        }

        Path restored = folder.resolve("restored");
        Restore.Result result = Restore.into(restored, archive);
        assertThat(result.proven()).startsWith("verified: ");
        assertThat(result.manifest().skipped()).isEmpty();
        assertThat(result.manifest().ledgerSize()).isGreaterThanOrEqualTo(before.size());
        assertThat(restored.resolve("admin.token")).doesNotExist();
        try (var keys = Files.list(restored.resolve("keys"))) {
            for (Path key : keys.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                        .as(key.toString())
                        .isEqualTo("rw-------");
            }
        }
        assertThat(Files.readString(restored.resolve("framelog/segment-0"))).startsWith("frame\n");
        checkCatalogue(restored.resolve("lake"), rowsBefore);

        Reader reader = new Reader();
        try (Platform again =
                Platform.start(
                        Home.open(restored),
                        Config.DEFAULTS.withFreePorts(),
                        List.of(new OperatePart(), reader),
                        Set.of(),
                        "test")) {
            assertThat(again.home().firstStart()).isTrue();
            assertThat(reader.found).containsAll(before);
        }
    }

    /** Reads the ledger of a restored platform. */
    private static final class Reader implements Part {
        private Set<String> found = Set.of();

        @Override
        public String name() {
            return "reader";
        }

        @Override
        public void start(PlatformContext context) {
            found = subjects(context.ledger());
        }

        @Override
        public void close() {}
    }

    private static void checkCatalogue(Path lake, long atLeast) throws Exception {
        int rows = 0;
        try (var connection =
                        DriverManager.getConnection("jdbc:sqlite:" + lake.resolve("catalog.db"));
                var statement = connection.createStatement();
                var names = statement.executeQuery("SELECT name FROM files")) {
            while (names.next()) {
                String name = names.getString(1);
                assertThat(lake.resolve("data").resolve(name)).hasContent("rows of " + name);
                rows++;
            }
        }
        assertThat(rows).isGreaterThanOrEqualTo((int) atLeast);
    }

    @Test
    @Tag("slow")
    void damageIsFoundAndNothingIsLeftBehind() throws Exception {
        Path archive;
        try (Platform platform =
                Platform.start(
                        Home.open(folder.resolve("home")),
                        Config.DEFAULTS.withFreePorts(),
                        List.of(new OperatePart()),
                        Set.of(),
                        "test")) {
            try (ApiClient client = new ApiClient(platform.url(), platform.home().adminToken())) {
                for (int i = 0; i < 5; i++) {
                    client.post(
                            "/api/v1/tokens",
                            JsonMapper.shared().createObjectNode().put("role", "auditor"));
                }
            }
            archive = backupOf(platform, "backup.zip");
        }
        byte[] whole = Files.readAllBytes(archive);
        Path target = folder.resolve("restored");
        Restore.into(target, archive);
        Map<String, String> good = contents(target);
        Backup.delete(target);

        Path cut = Files.write(folder.resolve("cut.zip"), Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> Restore.into(target, cut)).isInstanceOf(IOException.class);

        // A flipped bit is refused, or it was in a part of the ZIP that carries nothing, such as
        // the distance of a copy among the zeros of the evidence queue, most of this archive.
        int refused = 0;
        for (int at = 60; at < whole.length; at += whole.length / 26) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            Path file = Files.write(folder.resolve("damaged.zip"), damaged);
            try {
                Restore.into(target, file);
                assertThat(contents(target)).as("byte " + at).isEqualTo(good);
                Backup.delete(target);
            } catch (ArchiveException | IOException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
        assertThat(target).doesNotExist();
        try (var left = Files.list(folder)) {
            assertThat(left.map(p -> p.getFileName().toString()))
                    .containsExactlyInAnyOrder("home", "backup.zip", "cut.zip", "damaged.zip");
        }

        Restore.into(target, archive);
        assertThatThrownBy(() -> Restore.into(target, archive))
                .isInstanceOf(ArchiveException.class)
                .hasMessageContaining("is not empty");
    }

    /** The restore was verified; meanwhile somebody put something where it should go. */
    @Test
    void aTargetThatWasFilledMeanwhileIsToldAndLeftAlone() throws Exception {
        Path draft = Files.createDirectory(folder.resolve("draft"));
        Path target = Files.createDirectory(folder.resolve("target"));
        Path theirs = Files.writeString(target.resolve("theirs"), "x");
        assertThatThrownBy(() -> Restore.moveIntoPlace(draft, target))
                .isInstanceOf(ArchiveException.class)
                .hasMessageContaining(target + " is not empty; a backup is restored into a new");
        assertThat(theirs).exists();

        Files.delete(theirs);
        Restore.moveIntoPlace(draft, target);
        assertThat(target).isEmptyDirectory();
        assertThat(draft).doesNotExist();
    }

    private static Map<String, String> contents(Path root) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (var files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] hash = ArchiveWriter.sha256().digest(Files.readAllBytes(file));
                contents.put(root.relativize(file).toString(), HexFormat.of().formatHex(hash));
            }
        }
        return contents;
    }

    /** The manifest decides, also where the ZIP itself is sound. */
    @Test
    void aFileThatIsNotWhatTheManifestSaysIsRefusedByName() throws Exception {
        Path file = folder.resolve("swapped.zip");
        try (ArchiveWriter writer = new ArchiveWriter(Files.newOutputStream(file))) {
            writer.stream("roadloop.yaml", new ByteArrayInputStream("a: 2".getBytes()), 4);
            String hashOfOther =
                    HexFormat.of().formatHex(ArchiveWriter.sha256().digest("a: 1".getBytes()));
            writer.manifest(
                    new Manifest(
                            Manifest.FORMAT,
                            Home.FORMAT,
                            Instant.EPOCH,
                            0,
                            "",
                            List.of(new Manifest.Item("roadloop.yaml", 4, hashOfOther)),
                            List.of()));
        }
        assertThatThrownBy(() -> new ArchiveReader(file).verify())
                .isInstanceOf(ArchiveException.class)
                .hasMessageContaining("file 'roadloop.yaml' of")
                .hasMessageContaining("is not what the manifest says");
    }

    @Test
    void anEntryThatPointsOutsideIsRefused() throws Exception {
        Path file = folder.resolve("evil.zip");
        try (ArchiveWriter writer = new ArchiveWriter(Files.newOutputStream(file))) {
            byte[] bytes = "x".getBytes();
            writer.stream("../outside", new ByteArrayInputStream(bytes), bytes.length);
            writer.manifest(
                    new Manifest(
                            Manifest.FORMAT,
                            Home.FORMAT,
                            Instant.EPOCH,
                            0,
                            "",
                            writer.files(),
                            writer.skipped()));
        }
        assertThatThrownBy(() -> Restore.into(folder.resolve("home"), file))
                .isInstanceOf(ArchiveException.class)
                .hasMessageContaining("points outside the home");
        assertThat(folder.resolve("outside")).doesNotExist();
        assertThat(folder.resolve("home")).doesNotExist();
    }
}
