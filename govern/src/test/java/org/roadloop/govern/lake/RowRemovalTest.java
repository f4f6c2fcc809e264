package org.roadloop.govern.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.RowRemoval.Rows;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.privacy.ReleaseRule;

@Tag("slow") // starts DuckDB and Iceberg
class RowRemovalTest {
    private static final Schema SCHEMA =
            Schema.of(
                    Column.of("car", ColumnType.STRING, "", DataClass.IDENTITY, Grade.GENERAL),
                    Column.of(
                            "at",
                            ColumnType.TIMESTAMP_MICROS_UTC,
                            "",
                            DataClass.TIME,
                            Grade.GENERAL));
    private static final ReleaseRule RULE =
            new ReleaseRule(
                    "car",
                    "at",
                    null,
                    null,
                    null,
                    null,
                    List.of(),
                    List.of("car", "at"),
                    0,
                    0,
                    null);
    private static final String SEED = "car-seeded";
    private static final Rows ALL_OF_SEED = new Rows.OfSubjects(Set.of(SEED), null, 0);

    @TempDir Path directory;
    private Lake lake;
    private LakeMaintenance keeper;
    private RowRemoval removal;
    private final List<String> noted = new ArrayList<>();
    private int commits;

    @BeforeEach
    void open() {
        lake = new Lake(directory, LakeSettings.DEFAULT, new Keyring(new byte[32], 1));
        lake.create("t", SCHEMA, RULE);
        LakeMaintenance.Evidence evidence =
                (step, table, facts) -> noted.add(step + facts.get("why"));
        keeper =
                new LakeMaintenance(
                        lake,
                        new LakeMaintenance.Settings(
                                1_000, 10_000, 3, Duration.ofDays(7), 20, Duration.ofHours(24)),
                        evidence);
        removal = new RowRemoval(lake, evidence);
    }

    @AfterEach
    void close() {
        lake.close();
    }

    /** One row a car; the n-th commit at n seconds. */
    private long commit(String... cars) {
        commits++;
        try (Batch batch = new Batch(SCHEMA, cars.length)) {
            for (String car : cars) {
                int row = batch.addRow();
                batch.set(0, row, car);
                batch.set(1, row, commits * 1_000_000L);
            }
            return lake.commit(
                    "t",
                    List.of(lake.write("t", List.of(batch))),
                    new LogPosition(0, commits),
                    Map.of("roadloop.passport", "p" + commits));
        }
    }

    private List<String> cars(long snapshot) {
        List<String> cars = new ArrayList<>();
        try (var scan = lake.open("t", snapshot, List.of("car"), Filter.ALL)) {
            scan.forEachBatch(
                    batch -> {
                        for (int row = 0; row < batch.rows(); row++) {
                            cars.add(batch.strings(0).get(row));
                        }
                    });
        }
        cars.sort(null);
        return cars;
    }

    private List<String> now() {
        return cars(TableSource.LATEST);
    }

    /** Files under the lake, of any kind and whether a snapshot names them, with a text in them. */
    private List<Path> holding(String text) throws Exception {
        List<Path> hits = new ArrayList<>();
        List<Path> parquet = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                if (new String(bytes, StandardCharsets.ISO_8859_1).contains(text)) {
                    hits.add(file);
                } else if (file.toString().endsWith(".parquet")) {
                    parquet.add(file);
                }
            }
        }
        try (var connection = lake.engine().connect();
                Statement statement = connection.createStatement()) {
            for (Path file : parquet) { // compressed: their rows are looked at
                try (ResultSet result =
                        statement.executeQuery(
                                "SELECT count(*) FROM "
                                        + Sql.readParquet(List.of(file))
                                        + " WHERE car = "
                                        + Sql.text(text))) {
                    result.next();
                    if (result.getLong(1) > 0) {
                        hits.add(file);
                    }
                }
            }
        }
        return hits;
    }

    @Test
    void aSubjectLeavesEverySnapshotAndFileAndTheOthersStay() throws Exception {
        long first = commit("a", SEED, "b");
        long alone = commit(SEED);
        long clean = commit("a", "c");
        commit("d", SEED);
        assertThat(holding(SEED)).hasSize(3);
        RowRemoval.Removal done = removal.remove("t", ALL_OF_SEED, "erasure").orElseThrow();
        assertThat(done.rows()).isEqualTo(3);
        assertThat(done.files()).isEqualTo(3);
        assertThat(done.expired()).contains(first, alone, clean);
        assertThat(now()).containsExactly("a", "a", "b", "c", "d");
        assertThat(holding(SEED)).isEmpty();
        assertThat(lake.committedPosition("t"))
                .as("ingest goes on where it was")
                .isEqualTo(new LogPosition(0, 4));
        assertThatThrownBy(() -> cars(first)).isInstanceOf(NoSuchElementException.class);
        assertThat(removal.remove("t", ALL_OF_SEED, "erasure")).isEqualTo(Optional.empty());
        assertThat(noted).containsExactly("lake.rows-removederasure");
        commit("e");
        assertThat(now()).hasSize(6);
    }

    @Test
    void snapshotsBeforeTheFirstOfTheRowsStay() {
        long before = commit("a");
        commit(SEED);
        RowRemoval.Removal done = removal.remove("t", ALL_OF_SEED, "erasure").orElseThrow();
        assertThat(done.expired()).hasSize(1).doesNotContain(before);
        assertThat(cars(before)).containsExactly("a");
    }

    @Test
    void aPinnedSnapshotKeepsItsIdAndItsOtherRows() throws Exception {
        commit("a", SEED);
        long pinned = commit("b", SEED);
        LakeMaintenance.Pin pin = new LakeMaintenance.Pin("urn:agreement:1", "t", pinned);
        keeper.pin(Set.of(pin));
        commit("c");
        keeper.compact("t").orElseThrow();
        commit("d");
        RowRemoval.Removal done = removal.remove("t", ALL_OF_SEED, "erasure").orElseThrow();
        assertThat(done.replaced()).containsOnlyKeys(pinned);
        assertThat(cars(pinned)).containsExactly("a", "b");
        assertThat(now()).containsExactly("a", "b", "c", "d");
        assertThat(holding(SEED)).isEmpty();
        assertThat(lake.summary("t", pinned)).containsEntry("roadloop.passport", "p2");
        keeper.pin(Set.of(pin)); // as the next round does
        assertThat(cars(pinned)).containsExactly("a", "b");
        assertThat(removal.remove("t", new Rows.OfSubjects(Set.of("a"), null, 0), "erasure"))
                .isPresent();
        assertThat(cars(pinned)).as("twice replaced").containsExactly("b");
        lake.close();
        open();
        assertThat(cars(pinned)).as("after a restart").containsExactly("b");
        keeper.pin(Set.of());
        keeper.expire("t", java.time.Instant.now().plus(Duration.ofDays(30)));
        assertThat(keeper.pinned("t")).isEmpty();
    }

    @Test
    void retentionTakesWhatIsOldExceptWhatIsHeld() {
        for (String car : List.of("one", "two", "three", "four")) {
            commit(car, car);
        }
        var old =
                new Rows.Before(
                        "at", 4_000_000, List.of(new RowRemoval.Stretch(2_000_000, 3_000_000)));
        assertThat(removal.remove("t", old, "retention").orElseThrow().rows()).isEqualTo(4);
        assertThat(now()).containsExactly("four", "four", "two", "two");
    }

    @Test
    void rowsAfterTheEndOfAnErasureStay() {
        commit(SEED, "a");
        commit(SEED);
        var until = new Rows.OfSubjects(Set.of(SEED), "at", 1_500_000);
        assertThat(removal.remove("t", until, "erasure").orElseThrow().rows()).isEqualTo(1);
        assertThat(now()).containsExactly("a", SEED);
    }

    @Test
    void whatIsHeldForQueriesIsMadeAnew() throws Exception {
        commit("a", SEED);
        try (var use = lake.relation("t")) {
            assertThat(use.value()).isNotNull();
        }
        List<String> told = new ArrayList<>();
        lake.onRemoval(told::add);
        removal.remove("t", ALL_OF_SEED, "erasure");
        assertThat(told).containsExactly("t");
        assertThat(holding(SEED)).isEmpty();
    }

    @Test
    void somebodysRowsAreListedWithAllColumns() throws IOException {
        commit("a", SEED);
        commit(SEED);
        Set<String> all = new TreeSet<>();
        removal.identities("t", all::add);
        assertThat(all).containsExactly("a", SEED);
        Path csv = directory.resolve("rows.csv");
        assertThat(removal.export("t", Set.of(SEED), csv)).isEqualTo(2);
        assertThat(Files.readString(csv)).startsWith("car,at\n").doesNotContain("a,");
        assertThat(Files.readAllLines(csv)).hasSize(3);
    }
}
