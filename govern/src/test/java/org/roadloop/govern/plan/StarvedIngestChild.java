package org.roadloop.govern.plan;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeSettings;
import org.roadloop.govern.operator.Keyring;

/**
 * A process whose disk is full or read-only for a while, with a lake and a ledger on it: it ingests
 * until it waits, reads meanwhile, gets its disk back, goes on, and counts. Prints what it saw.
 */
final class StarvedIngestChild {
    private static final int FIRST = 2_000;
    private static final int THEN = 4_000;
    private static final long PATIENCE_NANOS = Duration.ofSeconds(60).toNanos();
    private static final String TABLE = "vehicle_report";

    private StarvedIngestChild() {}

    /** Takes the disk away, and gives it back. */
    private interface Cause {
        void begin() throws Exception;

        void end() throws Exception;
    }

    /**
     * Arguments: {@code full} and the bytes left free, or {@code read-only} and the folder, below
     * the disk; the disk; a folder on another one for the frame log.
     */
    public static void main(String[] args) throws Exception {
        Path disk = Path.of(args[2]);
        Path log = Path.of(args[3]).resolve("log");
        Cause cause =
                args[0].equals("full")
                        ? full(disk.resolve("ballast"), Integer.parseInt(args[1]))
                        : readOnly(disk.resolve(args[1]));
        append(log, 0, FIRST);
        Keyring keys = new Keyring(new byte[32], 1);
        try (Ledger ledger =
                        FileLedger.open(disk.resolve("ledger"), "test.example", new TestSigner());
                Lake lake = new Lake(disk.resolve("lake"), new LakeSettings(64, 1), keys)) {
            Ingest ingest =
                    new Ingest(
                            new FileFeed(log, log.resolveSibling("consumed"), 400),
                            lake,
                            List.of(RawRows.VEHICLE, RawRows.TRACK),
                            keys,
                            ledger,
                            new TestSigner(),
                            Clock.systemUTC(),
                            new Ingest.Settings(
                                    1000,
                                    Duration.ofMillis(200),
                                    Duration.ofDays(7),
                                    Duration.ofDays(1)),
                            disk.resolve("lineage.jsonl"));
            Thread run = Thread.ofPlatform().daemon().start(ingest::run);
            await(run, () -> stored(ingest) == FIRST);
            cause.begin();
            append(log, FIRST, THEN);
            await(run, () -> ingest.waitsFor().isPresent());
            System.out.println("waits: " + ingest.waitsFor().orElseThrow());
            mustBe(StoredRows.of(lake, TABLE).size() >= FIRST, "the lake can be read meanwhile");
            mustBe(ledger.read(0).count() == ledger.size(), "and the ledger");
            cause.end();
            await(run, () -> ingest.waitsFor().isEmpty() && stored(ingest) == FIRST + THEN);
            System.out.println("goes on");
            ingest.stop();
            run.join();
            count(lake, ledger, disk);
        }
        System.out.println("every row once");
    }

    private static long stored(Ingest ingest) {
        return ingest.status().get(TABLE).committedRows();
    }

    private static void count(Lake lake, Ledger ledger, Path disk) throws IOException {
        Map<Long, Integer> rows = StoredRows.of(lake, TABLE);
        mustBe(rows.size() == FIRST + THEN, rows.size() + " rows");
        mustBe(rows.values().stream().allMatch(n -> n == 1), "no row twice");
        List<String> passports =
                ledger.read(0)
                        .filter(e -> e.event().type().equals(Passport.EVENT_TYPE))
                        .map(e -> Passport.read(e.event().json()).sha256())
                        .toList();
        long snapshot = lake.currentSnapshot(TABLE);
        mustBe(snapshot != TableSource.LATEST, "the table has snapshots");
        long files = Long.parseLong(lake.summary(TABLE, snapshot).get("total-data-files"));
        mustBe(passports.size() == files, passports.size() + " passports, " + files + " files");
        mustBe(passports.stream().distinct().count() == files, "no passport twice");
        List<String> lineage = Files.readAllLines(disk.resolve("lineage.jsonl"));
        mustBe(lineage.size() == files, lineage.size() + " lines of lineage");
        try (var data = Files.list(disk.resolve("lake/tables/" + TABLE + "/data"))) {
            mustBe(data.count() == files, "no half file is left");
        }
    }

    private static void append(Path log, int first, int records) throws IOException {
        byte[] bytes;
        try (var packed = new java.io.ByteArrayOutputStream();
                DataOutputStream out = new DataOutputStream(packed)) {
            for (int i = first; i < first + records; i++) {
                for (int value : new int[] {0, i % 20, i / 20, 50}) {
                    out.writeInt(value);
                }
            }
            bytes = packed.toByteArray();
        }
        Files.write(
                log,
                bytes,
                java.nio.file.StandardOpenOption.CREATE,
                java.nio.file.StandardOpenOption.APPEND);
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Thread run, Condition condition) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.holds()) {
            mustBe(run.isAlive(), "ingest still runs");
            mustBe(System.nanoTime() - until < 0, "it comes to this in time");
            run.join(Duration.ofMillis(10));
        }
    }

    /** Leaves some bytes, so that another step than the first may be the one that fails. */
    private static Cause full(Path ballast, int bytesLeft) {
        return new Cause() {
            @Override
            public void begin() throws IOException {
                try (OutputStream out = Files.newOutputStream(ballast)) {
                    byte[] page = new byte[4096];
                    while (ballast.toFile().getUsableSpace() > bytesLeft) {
                        out.write(page);
                    }
                }
            }

            @Override
            public void end() throws IOException {
                Files.delete(ballast);
            }
        };
    }

    private static Cause readOnly(Path folder) {
        return new Cause() {
            @Override
            public void begin() throws Exception {
                command("mount", "--bind", folder.toString(), folder.toString());
                command("mount", "-o", "remount,ro,bind", folder.toString());
            }

            @Override
            public void end() throws Exception {
                command("umount", "-l", folder.toString());
            }
        };
    }

    private static void command(String... words) throws IOException, InterruptedException {
        int exit = new ProcessBuilder(words).inheritIO().start().waitFor();
        mustBe(exit == 0, String.join(" ", words) + " ended with " + exit);
    }

    private static void mustBe(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("not so: " + what);
        }
    }
}
