package org.roadloop.govern.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.S3Proxy;
import org.roadloop.core.table.LogPosition;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeSettings;
import org.roadloop.govern.lake.LakeStorage;
import org.roadloop.govern.operator.Keyring;

/** kill -9 at seeded moments: every row of the log is in its table exactly once. */
@Tag("slow")
class IngestKillTest {
    private static final int RECORDS = 12_000;
    private static final int KILLS = 3;

    @TempDir Path home;

    /** Record number -> place of the value in the log, for the rows that must be stored. */
    private final Set<Long> vehicles = new HashSet<>();

    private final Set<Long> tracks = new HashSet<>();
    private LakeStorage storage = new LakeStorage.Disk();

    private void writeLog(Random random) throws Exception {
        List<int[]> records = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        try (DataOutputStream out =
                new DataOutputStream(
                        new BufferedOutputStream(Files.newOutputStream(home.resolve("log"))))) {
            for (int i = 0; i < RECORDS; i++) {
                int dice = random.nextInt(100);
                int[] record;
                if (dice < 8 && i > 0) {
                    record = records.get(random.nextInt(i)).clone(); // resent
                } else if (dice < 10 && i > 0) {
                    record = records.get(random.nextInt(i)).clone(); // contradicts
                    record[3] = (record[3] + 1) % 30;
                } else {
                    record = new int[] {random.nextInt(3) == 0 ? 1 : 0, i % 50, i / 50, i % 30};
                }
                records.add(record);
                if (keys.add(record[0] + " " + record[1] + " " + record[2])) {
                    (record[0] == 0 ? vehicles : tracks).add((long) i);
                }
                for (int value : record) {
                    out.writeInt(value);
                }
            }
        }
    }

    private Process start() throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                                "-cp",
                                System.getProperty("java.class.path"),
                                IngestChild.class.getName(),
                                home.toString()));
        if (storage instanceof LakeStorage.Bucket bucket) {
            command.add(bucket.endpoint().orElseThrow().toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader reader = process.inputReader();
        List<String> seen = new ArrayList<>();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            seen.add(line);
            if (line.equals("started")) {
                return process;
            }
        }
        throw new AssertionError("the child did not start: " + seen);
    }

    @Test
    void onTheDisk() throws Exception {
        everyRowIsStoredExactlyOnce();
    }

    @Test
    void inABucket() throws Exception {
        assumeTrue(
                S3Proxy.resolved(), "S3Proxy can't be resolved by Maven here: no bucket is tested");
        try (S3Proxy s3 = S3Proxy.start(home)) {
            storage = IngestChild.bucket(s3.endpoint());
            everyRowIsStoredExactlyOnce();
            try (Stream<Path> local = Files.walk(home.resolve("lake/tables"))) {
                assertThat(local.filter(Files::isRegularFile)).as("all is in the bucket").isEmpty();
            }
        }
    }

    private void everyRowIsStoredExactlyOnce() throws Exception {
        long seed = 20261122;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        writeLog(random);
        int killed = 0;
        for (int i = 0; i < KILLS; i++) {
            Process child = start();
            if (!child.waitFor(150 + random.nextInt(1500), TimeUnit.MILLISECONDS)) {
                child.destroyForcibly().waitFor();
                killed++;
            }
            assertConsumedIsCommitted();
        }
        Process last = start();
        String rest = new String(last.getInputStream().readAllBytes());
        assertThat(last.waitFor()).as(rest).isZero();
        assertThat(rest).contains("drained");
        assertThat(killed).as("kills that hit a running child").isPositive();

        try (Lake lake = open()) {
            assertStored(lake, "vehicle_report", vehicles);
            assertStored(lake, "track_point", tracks);
            assertThat(lake.committedPosition("vehicle_report")).isEqualTo(FileFeed.place(RECORDS));
        }
    }

    private Lake open() {
        Lake lake =
                new Lake(
                        home.resolve("lake"),
                        new LakeSettings(64, 1),
                        new Keyring(new byte[32], 1),
                        storage);
        for (Plan plan : List.of(RawRows.VEHICLE, RawRows.TRACK)) {
            lake.create(plan.table(), plan.governedSchema(), plan.releaseRule());
        }
        return lake;
    }

    /** The feed may free what it was told is consumed: all of that must be in the tables. */
    private void assertConsumedIsCommitted() throws Exception {
        Path file = home.resolve("consumed");
        if (!Files.exists(file) || Files.size(file) == 0) {
            return;
        }
        LogPosition consumed = LogPosition.parse(Files.readString(file));
        try (Lake lake = open()) {
            assertThat(lake.committedPosition("vehicle_report")).isGreaterThanOrEqualTo(consumed);
            assertThat(lake.committedPosition("track_point")).isGreaterThanOrEqualTo(consumed);
        }
    }

    private static void assertStored(Lake lake, String table, Set<Long> expected) {
        TreeMap<Long, Integer> stored = StoredRows.of(lake, table);
        assertThat(stored.values()).as(table + ": rows stored twice").containsOnly(1);
        assertThat(stored.keySet()).as(table).containsExactlyInAnyOrderElementsOf(expected);
    }
}
