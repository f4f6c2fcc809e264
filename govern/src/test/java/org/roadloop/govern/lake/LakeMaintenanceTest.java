package org.roadloop.govern.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableFeed;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.privacy.ReleaseRule;

@Tag("slow") // starts DuckDB and Iceberg
class LakeMaintenanceTest {
    private static final Schema SCHEMA =
            Schema.of(
                    Column.of("car", ColumnType.STRING, "", DataClass.IDENTITY, Grade.GENERAL),
                    Column.of(
                            "sampled_at",
                            ColumnType.TIMESTAMP_MICROS_UTC,
                            "",
                            DataClass.TIME,
                            Grade.GENERAL),
                    Column.of(
                            "speed_kmh",
                            ColumnType.DOUBLE,
                            "km/h",
                            DataClass.DRIVING_STATE,
                            Grade.GENERAL));
    private static final ReleaseRule RULE =
            new ReleaseRule(
                    "car",
                    "sampled_at",
                    null,
                    null,
                    null,
                    null,
                    List.of(),
                    List.of("car", "sampled_at", "speed_kmh"),
                    0,
                    0,
                    null);
    private static final LakeMaintenance.Settings SETTINGS =
            new LakeMaintenance.Settings(
                    1_000, 10_000, 3, Duration.ofHours(1), 1, Duration.ofHours(24));

    @TempDir Path directory;
    private Lake lake;
    private LakeMaintenance keeper;
    private final List<String> noted = new ArrayList<>();

    @BeforeEach
    void open() {
        lake = new Lake(directory, LakeSettings.DEFAULT, new Keyring(new byte[32], 1));
        lake.create("t", SCHEMA, RULE);
        keeper = new LakeMaintenance(lake, SETTINGS, (step, table, facts) -> noted.add(step));
    }

    @AfterEach
    void close() {
        lake.close();
    }

    /** Ten rows of five cars, backwards; each tenth cell of speed is masked. */
    private long commit(int number) {
        try (Batch batch = new Batch(SCHEMA, 10)) {
            for (int i = 0; i < 10; i++) {
                int row = batch.addRow();
                batch.set(0, row, "car-" + i % 5);
                batch.set(1, row, 1_700_000_000_000_000L + number * 100L + 50 - i);
                batch.set(2, row, i * 0.5);
                if (i == 9) {
                    batch.setState(2, row, CellState.MASKED);
                }
            }
            return lake.commit(
                    "t",
                    List.of(lake.write("t", List.of(batch))),
                    new LogPosition(0, number + 1),
                    Map.of("roadloop.passport", "p" + number));
        }
    }

    private static List<String> rows(TableSource.Scan scan) {
        List<String> rows = new ArrayList<>();
        try (scan) {
            scan.forEachBatch(
                    batch -> {
                        for (int row = 0; row < batch.rows(); row++) {
                            rows.add(
                                    batch.strings(0).get(row)
                                            + " "
                                            + batch.longs(1)[row]
                                            + " "
                                            + (batch.isOk(2, row)
                                                    ? batch.doubles(2)[row]
                                                    : CellState.name(batch.state(2, row))));
                        }
                    });
        }
        return rows;
    }

    private List<String> now() {
        return rows(lake.open("t", TableSource.LATEST, List.of(), Filter.ALL));
    }

    @Test
    void smallFilesBecomeOneSortedFileOfTheSameRows() {
        long first = commit(0);
        long second = commit(1);
        long third = commit(2);
        List<String> before = now();
        List<String> readBefore = rows(lake.openReleased("t", first, third, List.of(), "a"));
        LakeMaintenance.Compaction done = keeper.compact("t").orElseThrow();
        assertThat(done.filesBefore()).isEqualTo(3);
        assertThat(done.rows()).isEqualTo(30);
        assertThat(noted).containsExactly("lake.compacted");
        assertThat(now()).containsExactlyElementsOf(before.stream().sorted().toList());
        assertThat(lake.summary("t", lake.currentSnapshot("t")))
                .containsEntry("total-data-files", "1")
                .containsEntry("roadloop.passport", "p2");
        assertThat(lake.committedPosition("t")).isEqualTo(new LogPosition(0, 3));
        // a contract's snapshot is what it was, and who follows the table misses and repeats
        // nothing
        assertThat(rows(lake.open("t", second, List.of(), Filter.ALL)))
                .containsExactlyInAnyOrderElementsOf(
                        before.stream().filter(r -> !r.contains("17000000000002")).toList());
        assertThat(rows(lake.openReleased("t", first, third, List.of(), "a")))
                .isEqualTo(readBefore);
        assertThat(rows(lake.openReleased("t", first, done.snapshot(), List.of(), "a")))
                .isEqualTo(readBefore);
        assertThat(rows(lake.openReleased("t", third, done.snapshot(), List.of(), "a"))).isEmpty();
        long fourth = commit(3);
        assertThat(rows(lake.openReleased("t", done.snapshot(), fourth, List.of(), "a")))
                .hasSize(10);
        assertThat(rows(lake.openReleased("t", TableFeed.START, fourth, List.of(), "a")))
                .hasSize(40);
        assertThat(keeper.compact("t")).as("two files are not worth it").isEmpty();
    }

    @Test
    void aPinnedSnapshotOutlivesTheOthersAndNotItsAgreement() throws Exception {
        long first = commit(0);
        long second = commit(1);
        long third = commit(2);
        List<String> asAgreed = rows(lake.open("t", second, List.of(), Filter.ALL));
        keeper.pin(Set.of(new LakeMaintenance.Pin("urn:agreement:1", "t", second)));
        keeper.pin(Set.of(new LakeMaintenance.Pin("urn:agreement:1", "t", second)));
        assertThat(noted).as("once").containsExactly("lake.pinned");
        keeper.compact("t");
        Instant later = Instant.now().plus(Duration.ofHours(2));
        assertThat(keeper.expire("t", later)).isEqualTo(2); // the first and the third
        assertThat(rows(lake.open("t", second, List.of(), Filter.ALL))).isEqualTo(asAgreed);
        assertThat(now()).hasSize(30);
        for (long gone : new long[] {first, third}) {
            assertThatThrownBy(() -> lake.open("t", gone, List.of(), Filter.ALL))
                    .isInstanceOf(NoSuchElementException.class);
        }
        assertThatThrownBy(
                        () ->
                                lake.openReleased(
                                        "t", first, lake.currentSnapshot("t"), List.of(), "a"))
                .as("who follows from an expired place is told, and loses no row silently")
                .isInstanceOf(NoSuchElementException.class);
        assertThat(parquetFiles()).isEqualTo(3); // two of the pin, one of the newest
        keeper.pin(Set.of());
        assertThat(keeper.pinned("t")).isEmpty();
        assertThat(keeper.expire("t", later)).isEqualTo(1);
        assertThat(parquetFiles()).isEqualTo(1);
        assertThat(now()).hasSize(30);
        assertThat(noted)
                .containsExactly(
                        "lake.pinned",
                        "lake.compacted",
                        "lake.expired",
                        "lake.unpinned",
                        "lake.expired");
        lake.close();
        lake = new Lake(directory, LakeSettings.DEFAULT, new Keyring(new byte[32], 1));
        lake.create("t", SCHEMA, RULE);
        assertThat(now()).hasSize(30);
    }

    private long parquetFiles() throws Exception {
        try (var files = Files.list(directory.resolve("tables/t/data"))) {
            return files.count();
        }
    }

    @Test
    void whatWasJoinedGoesWithTheLastSnapshotThatNamedIt() throws Exception {
        commit(0);
        commit(1);
        commit(2);
        keeper.compact("t");
        assertThat(parquetFiles()).isEqualTo(4);
        assertThat(keeper.expire("t", Instant.now().plus(Duration.ofHours(2)))).isEqualTo(3);
        assertThat(parquetFiles()).isEqualTo(1);
        assertThat(now()).hasSize(30);
    }

    @Test
    void youngSnapshotsAndTheNewestStay() {
        commit(0);
        commit(1);
        assertThat(keeper.expire("t", Instant.now())).isZero();
        assertThat(keeper.expire("t", Instant.now().plus(Duration.ofDays(900)))).isEqualTo(1);
        assertThat(keeper.expire("t", Instant.now().plus(Duration.ofDays(900)))).isZero();
        assertThat(now()).hasSize(20);
    }

    @Test
    void onlyWhatNoSnapshotNamesIsAnOrphan() throws Exception {
        commit(0);
        commit(1);
        Path data = directory.toRealPath().resolve("tables/t/data");
        Path left = Files.writeString(data.resolve("left-by-a-crash.parquet"), "x");
        Path young = Files.writeString(data.resolve("young.parquet"), "x");
        Lake.Written waits;
        try (Batch batch = new Batch(SCHEMA, 1)) {
            batch.set(0, batch.addRow(), "car");
            waits = lake.write("t", List.of(batch));
        }
        Instant old = Instant.now().minus(Duration.ofDays(2));
        try (var files = Files.walk(directory.resolve("tables"))) {
            for (Path file : files.filter(f -> !f.equals(young)).toList()) {
                Files.setLastModifiedTime(file, FileTime.from(old));
            }
        }
        Files.setLastModifiedTime(young, FileTime.from(Instant.now()));
        assertThat(keeper.orphans("t", Instant.now())).containsExactly(left);
        assertThat(left).exists();
        assertThat(keeper.removeOrphans("t", Instant.now())).containsExactly(left);
        assertThat(left).doesNotExist();
        assertThat(waits.file()).exists();
        lake.commit("t", List.of(waits), new LogPosition(0, 9), Map.of());
        assertThat(now()).hasSize(21);
        assertThat(noted).containsExactly("lake.orphans-removed");
    }

    /** Ingest and maintenance at the same time: no row and no log position is lost. */
    @Test
    void rowsComeInWhileFilesAreJoined() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Thread joining =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (!over.get()) {
                                        keeper.compact("t");
                                    }
                                });
        for (int i = 0; i < 25; i++) {
            commit(i);
            assertThat(lake.committedPosition("t")).isEqualTo(new LogPosition(0, i + 1));
        }
        over.set(true);
        joining.join();
        assertThat(now()).hasSize(250).doesNotHaveDuplicates();
        assertThat(lake.committedPosition("t")).isEqualTo(new LogPosition(0, 25));
        assertThat(noted).contains("lake.compacted");
    }
}
