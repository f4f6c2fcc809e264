package org.roadloop.govern.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Receipt;
import org.roadloop.core.table.LogPosition;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeSettings;
import org.roadloop.govern.operator.Keyring;

/** Each step of a commit is refused for a while; every row and every passport is there once. */
@Tag("slow")
class IngestRetryTest {
    private static final Keyring KEYS = new Keyring(new byte[32], 1);
    private static final int RECORDS = 1500;

    @TempDir Path home;
    private final TestSigner signer = new TestSigner();

    /** Refuses for a while; what it refused may have been appended all the same. */
    private static final class StubbornLedger extends MemoryLedger {
        private final boolean keepsWhatItRefuses;
        private volatile boolean refuses;

        StubbornLedger(boolean keepsWhatItRefuses) {
            this.keepsWhatItRefuses = keepsWhatItRefuses;
        }

        @Override
        public Receipt append(List<Event> events, Map<String, Long> expectedVersions) {
            if (!refuses) {
                return super.append(events, expectedVersions);
            }
            if (keepsWhatItRefuses) {
                super.append(events, expectedVersions);
            }
            throw new UncheckedIOException(
                    "ledger can't be written", new IOException("No space left on device"));
        }
    }

    @Test
    void whileTheDataFolderCannotBeWritten() throws Exception {
        Path data = home.resolve("lake/tables/vehicle_report/data");
        Path aside = home.resolve("aside");
        holds(
                new MemoryLedger(),
                () -> {
                    Files.move(data, aside);
                    Files.createFile(data);
                },
                "IO Error",
                () -> {
                    Files.delete(data);
                    Files.move(aside, data);
                });
    }

    @Test
    void whileTheLedgerRefuses() throws Exception {
        StubbornLedger ledger = new StubbornLedger(false);
        holds(
                ledger,
                () -> ledger.refuses = true,
                "No space left on device",
                () -> ledger.refuses = false);
    }

    /** The passport is not given to the ledger a second time. */
    @Test
    void whileTheLedgerLosesItsAnswers() throws Exception {
        StubbornLedger ledger = new StubbornLedger(true);
        holds(
                ledger,
                () -> ledger.refuses = true,
                "No space left on device",
                () -> ledger.refuses = false);
    }

    @Test
    void whileLineageHasNoRoom() throws Exception {
        Path lineage = home.resolve("lineage.jsonl");
        holds(
                new MemoryLedger(),
                () -> Files.createSymbolicLink(lineage, Path.of("/dev/full")),
                "cannot add a lineage event",
                () -> Files.delete(lineage));
    }

    @Test
    void whileTheCatalogueCannotOpenItsJournal() throws Exception {
        Path journal = home.resolve("lake/catalog.db-journal");
        holds(
                new MemoryLedger(),
                () -> Files.createDirectory(journal),
                "",
                () -> Files.delete(journal));
    }

    @Test
    void whileTheFeedCannotBeTold() throws Exception {
        Path consumed = home.resolve("consumed");
        holds(
                new MemoryLedger(),
                () -> Files.createDirectory(consumed),
                "consumed",
                () -> Files.delete(consumed));
    }

    /** A broken invariant is no disk: it must come out. */
    @Test
    void whatIsNoDiskFaultStopsIngest() throws Exception {
        MemoryLedger broken =
                new MemoryLedger() {
                    @Override
                    public Receipt append(List<Event> events, Map<String, Long> versions) {
                        throw new UncheckedIOException(
                                "a commit failed",
                                new IOException(new IllegalStateException("an invariant")));
                    }
                };
        writeLog();
        try (Lake lake = lake()) {
            Ingest ingest = ingest(lake, broken);
            CompletableFuture<Void> run =
                    CompletableFuture.runAsync(() -> ingest.drain(Duration.ofMillis(1)));
            try {
                run.get(60, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                assertThat(e.getCause()).hasRootCauseMessage("an invariant");
                assertThat(ingest.waitsFor()).isEmpty();
                return;
            } finally {
                ingest.stop();
            }
        }
        throw new AssertionError("ingest went on");
    }

    /** Stopped while it waits, the rows come again from the log. */
    @Test
    void aStopEndsTheWait() throws Exception {
        StubbornLedger ledger = new StubbornLedger(false);
        ledger.refuses = true;
        writeLog();
        try (Lake lake = lake()) {
            Ingest first = ingest(lake, ledger);
            Thread run = Thread.ofPlatform().start(first::run);
            awaitWaiting(first, run);
            first.stop();
            assertThat(run.join(Duration.ofSeconds(60))).isTrue();
            assertThat(lake.committedPosition("vehicle_report")).isEqualTo(LogPosition.START);
            ledger.refuses = false;
            ingest(lake, ledger).drain(Duration.ofMillis(1));
            assertAllOnce(lake, ledger);
        }
    }

    private interface Act {
        void run() throws Exception;
    }

    private void holds(MemoryLedger ledger, Act fault, String said, Act mend) throws Exception {
        writeLog();
        try (Lake lake = lake()) {
            Ingest ingest = ingest(lake, ledger);
            fault.run();
            Thread run = Thread.ofPlatform().start(() -> ingest.drain(Duration.ofMillis(1)));
            try {
                awaitWaiting(ingest, run);
                assertThat(ingest.waitsFor().orElseThrow()).contains(said);
                assertThat(ingest.status().get("vehicle_report").committedRows())
                        .as("nothing counts as stored that is not")
                        .isIn(0L, (long) RECORDS);
                mend.run();
                assertThat(run.join(Duration.ofSeconds(60))).isTrue();
            } finally {
                ingest.stop();
            }
            assertThat(ingest.waitsFor()).isEmpty();
            assertAllOnce(lake, ledger);
            try (var data = Files.list(home.resolve("lake/tables/vehicle_report/data"))) {
                assertThat(lake.summary("vehicle_report", lake.currentSnapshot("vehicle_report")))
                        .as("half files are gone")
                        .containsEntry("total-data-files", Long.toString(data.count()));
            }
        }
    }

    private static void awaitWaiting(Ingest ingest, Thread run) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (ingest.waitsFor().isEmpty()) {
            assertThat(run.isAlive() && System.nanoTime() < until).as("ingest waits").isTrue();
            run.join(Duration.ofMillis(10));
        }
    }

    private void writeLog() throws IOException {
        try (DataOutputStream out =
                new DataOutputStream(Files.newOutputStream(home.resolve("log")))) {
            for (int i = 0; i < RECORDS; i++) {
                for (int value : new int[] {0, i % 5, i / 5, 50}) {
                    out.writeInt(value);
                }
            }
        }
    }

    private Lake lake() {
        return new Lake(home.resolve("lake"), new LakeSettings(64, 1), KEYS);
    }

    private Ingest ingest(Lake lake, MemoryLedger ledger) throws IOException {
        return new Ingest(
                new FileFeed(home.resolve("log"), home.resolve("consumed"), 400),
                lake,
                List.of(RawRows.VEHICLE, RawRows.TRACK),
                KEYS,
                ledger,
                signer,
                Clock.systemUTC(),
                new Ingest.Settings(
                        500, Duration.ofDays(1), Duration.ofDays(7), Duration.ofDays(1)),
                home.resolve("lineage.jsonl"));
    }

    /** Rows, passports, lineage: each once; and each passport is named by a snapshot. */
    private void assertAllOnce(Lake lake, MemoryLedger ledger) throws IOException {
        Map<Long, Integer> stored = StoredRows.of(lake, "vehicle_report");
        assertThat(stored.values()).as("rows stored twice").containsOnly(1);
        assertThat(stored.keySet())
                .containsExactlyElementsOf(LongStream.range(0, RECORDS).boxed().toList());
        List<String> passports =
                ledger.read(0).map(e -> Passport.read(e.event().json()).sha256()).toList();
        assertThat(passports).doesNotHaveDuplicates().hasSizeBetween(1, 3);
        assertThat(lake.summary("vehicle_report", lake.currentSnapshot("vehicle_report")))
                .containsEntry(Passport.SUMMARY_KEY, passports.getLast());
        List<String> lines = Files.readAllLines(home.resolve("lineage.jsonl"));
        assertThat(lines)
                .hasSameSizeAs(passports)
                .allMatch(line -> line.startsWith("{") && line.endsWith("}"));
    }
}
