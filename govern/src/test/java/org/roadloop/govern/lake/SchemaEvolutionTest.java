package org.roadloop.govern.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableQuery;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.SchemaEvolution.Change;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.privacy.ReleaseRule;

@Tag("slow") // starts DuckDB and Iceberg
class SchemaEvolutionTest {
    private static final Keyring KEYS = new Keyring(new byte[32], 1);
    private static final long MICROS = 1_700_000_000_000_000L;
    private static final Column CAR =
            Column.of("car", ColumnType.STRING, "", DataClass.IDENTITY, Grade.PERSONAL);
    private static final Column AT =
            Column.of("at", ColumnType.TIMESTAMP_MICROS_UTC, "", DataClass.TIME, Grade.GENERAL);
    private static final Column X =
            new Column(
                    "x",
                    ColumnType.DOUBLE,
                    "m",
                    DataClass.POSITION,
                    Grade.SENSITIVE_PERSONAL,
                    CoordinateSystem.NONE);
    private static final Column Y = TableFields.named(X, "y");
    private static final Column GEAR =
            Column.of("gear", ColumnType.INT, "", DataClass.DRIVING_STATE, Grade.GENERAL);
    private static final Column NOTE =
            Column.of("note", ColumnType.STRING, "", DataClass.ALARM, Grade.PERSONAL);
    private static final Schema SCHEMA = Schema.of(CAR, AT, X, Y, GEAR);

    /** A kilometre at either end of a trip is hidden. */
    private static final ReleaseRule RULE =
            new ReleaseRule(
                    "car",
                    "at",
                    null,
                    null,
                    "x",
                    "y",
                    List.of("x", "y", "gear"),
                    List.of("car", "at", "x", "gear"),
                    0,
                    0,
                    new ReleaseRule.TripEnd(
                            1000, 1000, Duration.ofMinutes(10), Duration.ofMinutes(5)));

    private static final ReleaseRule OPEN =
            new ReleaseRule(
                    "car",
                    "at",
                    null,
                    null,
                    null,
                    null,
                    List.of(),
                    List.of("car", "at", "x", "gear"),
                    0,
                    0,
                    null);

    @TempDir Path directory;
    private Lake lake;
    private SchemaEvolution evolution;
    private final List<String> noted = new ArrayList<>();
    private long position;

    @BeforeEach
    void open() {
        lake = new Lake(directory.resolve("lake"), LakeSettings.DEFAULT, KEYS);
        evolution = new SchemaEvolution(lake, (step, table, facts) -> noted.add(step + facts));
    }

    @AfterEach
    void close() {
        lake.close();
    }

    /** A car on a straight road, 50 m a row; gear is the row's number from {@code from}. */
    private static Batch rows(Schema schema, int from, int count) {
        Batch batch = new Batch(schema, count);
        for (int i = 0; i < count; i++) {
            int row = batch.addRow();
            for (int c = 0; c < schema.size(); c++) {
                switch (schema.column(c).name()) {
                    case "car" -> batch.set(c, row, "car-" + from);
                    case "at" -> batch.set(c, row, MICROS + (from + i) * 5_000_000L);
                    case "x" -> batch.set(c, row, i * 50.0);
                    case "y" -> batch.set(c, row, 0.0);
                    case "note" -> batch.set(c, row, "note " + (from + i));
                    default -> {
                        if (schema.column(c).type() == ColumnType.LONG) {
                            batch.set(c, row, (1L << 40) + from + i);
                        } else {
                            batch.set(c, row, from + i);
                        }
                    }
                }
            }
        }
        return batch;
    }

    private long commit(Batch batch) {
        return commit(List.of(lake.write("t", List.of(batch))));
    }

    private long commit(List<Lake.Written> written) {
        return lake.commit("t", written, new LogPosition(0, ++position), Map.of());
    }

    /** The cells of one column in order of time, as text. */
    private List<String> cells(TableSource.Scan scan, String column) {
        List<String> cells = new ArrayList<>();
        try (scan) {
            int c = scan.schema().indexOf(column);
            scan.forEachBatch(
                    batch -> {
                        for (int row = 0; row < batch.rows(); row++) {
                            cells.add(
                                    !batch.isOk(c, row)
                                            ? CellState.name(batch.state(c, row))
                                            : switch (batch.schema().column(c).type()) {
                                                case STRING -> batch.strings(c).get(row);
                                                case INT -> "" + batch.ints(c)[row];
                                                case DOUBLE -> "" + batch.doubles(c)[row];
                                                default -> "" + batch.longs(c)[row];
                                            });
                        }
                    });
        }
        return cells;
    }

    private List<String> cells(long snapshot, String column) {
        return cells(lake.open("t", snapshot, List.of(column), Filter.ALL, List.of("at")), column);
    }

    private List<String> ask(String sql) throws IOException {
        Path result = directory.resolve("answer-" + System.nanoTime());
        try (var use = lake.relation("t")) {
            new GuardedQuery(directory.resolve("spill"), 1, 1)
                    .run(
                            sql,
                            List.of(use.value()),
                            TableQuery.Limits.DEFAULT,
                            TableQuery.Format.CSV,
                            result,
                            new TableQuery.Stop());
        }
        return Files.readAllLines(result);
    }

    @Test
    void aPlanThatLearnedAColumnAndAWiderTypeChangesItsTableByItself() throws Exception {
        lake.create("t", SCHEMA, OPEN);
        long before = commit(rows(SCHEMA, 1, 2));
        Column wide =
                Column.of("gear", ColumnType.LONG, "", DataClass.DRIVING_STATE, Grade.GENERAL);
        Schema learned = Schema.of(CAR, AT, NOTE, X, Y, wide);
        lake.create("t", learned, OPEN, Map.of(), (step, table, facts) -> noted.add(step + facts));
        assertThat(noted)
                .singleElement()
                .asString()
                .startsWith("lake.schema-changed")
                .contains("change=add, column=note, label=alarm, personal, type=STRING")
                .contains("change=widen, column=gear, from=INT, to=LONG");
        assertThat(lake.schema("t")).isEqualTo(learned);
        assertThat(lake.schema("t", before)).isEqualTo(SCHEMA);
        assertThat(lake.committedPosition("t")).isEqualTo(new LogPosition(0, 1));
        long after = commit(rows(learned, 3, 2));
        assertThat(cells(after, "gear"))
                .containsExactly("1", "2", "1099511627779", "1099511627780");
        assertThat(cells(after, "note")).containsExactly("absent", "absent", "note 3", "note 4");
        assertThat(cells(before, "gear")).containsExactly("1", "2");
        assertThat(ask("SELECT count(note), sum(gear) FROM t"))
                .containsExactly("count(note),sum(gear)", "2,2199023255562");
        // the older plan, as after going back to an older version of the platform
        lake.create("t", SCHEMA, OPEN);
        assertThat(lake.schema("t")).isEqualTo(learned);
        commit(rows(SCHEMA, 5, 1));
        assertThat(cells(TableSource.LATEST, "gear"))
                .containsExactly("1", "2", "1099511627779", "1099511627780", "5");
        assertThat(cells(TableSource.LATEST, "note")).endsWith("note 4", "absent");
    }

    @Test
    void aPlanThatSaysSomethingElseOfAColumnIsRefused() {
        lake.create("t", SCHEMA, OPEN);
        Column text =
                Column.of("gear", ColumnType.STRING, "", DataClass.DRIVING_STATE, Grade.GENERAL);
        Column lower =
                new Column("x", X.type(), "m", X.dataClass(), Grade.GENERAL, CoordinateSystem.NONE);
        Column feet =
                new Column("x", X.type(), "ft", X.dataClass(), X.grade(), CoordinateSystem.NONE);
        Column alarm = Column.of("gear", ColumnType.INT, "", DataClass.ALARM, Grade.GENERAL);
        assertThatThrownBy(() -> lake.create("t", Schema.of(CAR, AT, X, Y, text), OPEN))
                .hasMessage(
                        "the plan gives column 'gear' of table 't' the type STRING, and the table"
                                + " has INT: change the plan, or give it a new table name");
        assertThatThrownBy(() -> lake.create("t", Schema.of(CAR, AT, lower, Y, GEAR), OPEN))
                .hasMessageContaining("grade general, and the table has sensitive_personal");
        assertThatThrownBy(() -> lake.create("t", Schema.of(CAR, AT, feet, Y, GEAR), OPEN))
                .hasMessageContaining("unit 'ft', and the table has 'm'");
        assertThatThrownBy(() -> lake.create("t", Schema.of(CAR, AT, X, Y, alarm), OPEN))
                .hasMessageContaining("class alarm, and the table has driving_state");
        assertThatThrownBy(() -> lake.create("t", Schema.of(AT, X, Y, GEAR, NOTE), OPEN))
                .hasMessageContaining("its column 'car' (identity) is not in the plan");
        assertThat(lake.schema("t")).isEqualTo(SCHEMA);
        assertThat(noted).isEmpty();
    }

    @Test
    void aRefusalSaysWhatWhereAndWhatToDo() {
        lake.create("t", SCHEMA, RULE);
        evolution.apply("t", new Change.Rename("gear", "level"));
        noted.clear();
        record Refused(Change change, String message) {}
        for (Refused one :
                List.of(
                        new Refused(
                                new Change.Widen("x", ColumnType.FLOAT),
                                "cannot widen 'x' in table 't': DOUBLE does not widen to FLOAT"
                                        + " without loss; INT widens to LONG and FLOAT to DOUBLE;"
                                        + " for all else add a column"),
                        new Refused(
                                new Change.Widen("level", ColumnType.DOUBLE),
                                "INT does not widen to DOUBLE"),
                        new Refused(
                                new Change.Drop("car"),
                                "cannot drop 'car' in table 't': rows are told apart and found"
                                        + " again by it (identity)"),
                        new Refused(new Change.Drop("at"), "told apart"),
                        new Refused(new Change.Drop("x"), "trip ends and sensitive areas"),
                        new Refused(new Change.Drop("level"), "the plan of the table writes it"),
                        new Refused(new Change.Drop("cell_states"), "belongs to the platform"),
                        new Refused(new Change.Rename("cell_states", "s"), "belongs"),
                        new Refused(new Change.Rename("at", "time"), "finds rows by it"),
                        new Refused(new Change.Rename("x", "y"), "there is one of this name"),
                        new Refused(new Change.Rename("x", "cell_states"), "of this name"),
                        new Refused(
                                new Change.Rename("x", "gear"),
                                "column 'level' had this name, and plans may still call it so"),
                        new Refused(new Change.Add("gear", ColumnType.INT, GEAR), "had this name"),
                        new Refused(new Change.Add("X", ColumnType.INT, null), "lower_snake_case"),
                        new Refused(
                                new Change.Rename("speed", "v"),
                                "there is no such column; columns are car, at, x, y, level"),
                        new Refused(
                                new Change.Classify(
                                        "x",
                                        Column.of(
                                                "x", X.type(), "m", X.dataClass(), Grade.GENERAL)),
                                "only a grade is raised"))) {
            assertThatThrownBy(() -> evolution.apply("t", one.change()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(one.message());
        }
        assertThat(noted).isEmpty();
        assertThat(lake.schema("t").names()).isEqualTo("car, at, x, y, level");
    }

    @Test
    void masksReleaseAndLabelsStayWithAColumnThatIsRenamed() {
        lake.create("t", SCHEMA, RULE);
        long before = commit(rows(SCHEMA, 0, 100));
        List<String> masked = cells(before, "x");
        assertThat(masked).startsWith("masked").contains("2500.0").endsWith("masked");
        evolution.apply("t", new Change.Rename("x", "east_m"));
        evolution.apply("t", new Change.Rename("gear", "level"));
        // the plan was not changed, neither in this process nor at the next start
        for (int start = 0; start < 2; start++) {
            long now = commit(rows(SCHEMA, 1000 * (start + 1), 1));
            assertThat(cells(now, "east_m").subList(0, 100)).isEqualTo(masked);
            assertThat(cells(before, "x")).isEqualTo(masked);
            assertThat(cells(now, "level").subList(0, 100)).isEqualTo(cells(before, "gear"));
            assertThat(lake.schema("t").column(2)).isEqualTo(TableFields.named(X, "east_m"));
            assertThat(lake.findRule("t").orElseThrow().released())
                    .containsExactly("car", "at", "east_m", "level");
            assertThat(
                            cells(lake.openReleased("t", -1, now, List.of("east_m"), "a"), "east_m")
                                    .stream()
                                    .filter("masked"::equals)
                                    .count())
                    .isGreaterThanOrEqualTo(masked.stream().filter("masked"::equals).count());
            assertThatThrownBy(() -> lake.openReleased("t", -1, now, List.of("x"), "a"))
                    .hasMessageContaining("columns x of 't' are not released");
            lake.close();
            open();
            lake.create("t", SCHEMA, RULE);
        }
    }

    @Test
    void aColumnWithoutALabelIsShownToNobodyUntilItHasOne() throws Exception {
        lake.create("t", SCHEMA, OPEN);
        commit(rows(SCHEMA, 1, 2));
        evolution.apply("t", new Change.Add("note", ColumnType.STRING, null));
        assertThat(lake.schema("t")).isEqualTo(SCHEMA);
        assertThat(lake.unlabelled("t")).containsExactly("note");
        Schema with = Schema.of(CAR, AT, X, Y, GEAR, NOTE);
        commit(rows(with, 3, 1)); // a writer that knows it
        assertThatThrownBy(() -> lake.open("t", -1, List.of("note"), Filter.ALL))
                .hasMessageContaining("no column 'note'");
        assertThatThrownBy(() -> ask("SELECT note FROM t")).hasMessageContaining("note");
        assertThatThrownBy(
                        () ->
                                lake.openReleased(
                                        "t", -1, lake.currentSnapshot("t"), List.of("note"), "a"))
                .hasMessageContaining("not released");
        LakeMaintenance.Settings d = LakeMaintenance.Settings.DEFAULT;
        assertThat(
                        new LakeMaintenance(
                                        lake,
                                        new LakeMaintenance.Settings(
                                                d.smallRows(),
                                                d.targetRows(),
                                                2,
                                                d.keep(),
                                                d.leastSnapshots(),
                                                d.orphanAge()),
                                        (step, table, facts) -> {})
                                .compact("t"))
                .isPresent();
        evolution.apply("t", new Change.Classify("note", NOTE));
        assertThat(lake.unlabelled("t")).isEmpty();
        assertThat(lake.schema("t")).isEqualTo(with);
        assertThat(cells(TableSource.LATEST, "note")).containsExactly("absent", "absent", "note 3");
        // released it is when the plan says so
        assertThat(lake.findRule("t").orElseThrow().released()).doesNotContain("note");
    }

    @Test
    void whatWasWrittenBeforeAChangeIsRightAfterIt() {
        lake.create("t", SCHEMA, OPEN);
        Lake.Written begun = lake.write("t", List.of(rows(SCHEMA, 7, 1)));
        lake.create("t", Schema.of(CAR, AT, X, Y), OPEN); // the plan no longer writes gear
        evolution.apply("t", new Change.Drop("gear"));
        evolution.apply("t", new Change.Add("gear", ColumnType.INT, GEAR)); // another one
        long snapshot = commit(List.of(begun));
        assertThat(cells(snapshot, "gear")).containsExactly("absent");
        assertThat(cells(snapshot, "x")).containsExactly("0.0");
    }

    @Test
    void aWriterGoesOnWhileColumnsChange() throws Exception {
        lake.create("t", SCHEMA, OPEN);
        AtomicReference<Throwable> failed = new AtomicReference<>();
        Thread writer =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        for (int i = 0; i < 40; i++) {
                                            commit(rows(SCHEMA, i, 1));
                                        }
                                    } catch (RuntimeException | Error e) {
                                        failed.set(e);
                                    }
                                });
        String name = "gear";
        for (int i = 0; writer.isAlive() && i < 30; i++) {
            evolution.apply("t", new Change.Rename(name, "gear_" + i));
            name = "gear_" + i;
            evolution.apply("t", new Change.Add("more_" + i, ColumnType.INT, GEAR));
            evolution.apply("t", new Change.Move("more_" + i, "car"));
            if (i == 3) {
                evolution.apply("t", new Change.Widen(name, ColumnType.LONG));
            }
        }
        writer.join();
        assertThat(failed.get()).isNull();
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add("" + i);
        }
        assertThat(cells(TableSource.LATEST, name)).isEqualTo(all);
        assertThat(cells(TableSource.LATEST, "more_0")).containsOnly("absent");
        assertThat(lake.committedPosition("t")).isEqualTo(new LogPosition(0, 40));
    }

    @Test
    void erasureFindsRowsByAColumnThatOnlyOldSnapshotsHaveAndKeepsTheirColumns() {
        Column owner = Column.of("owner", ColumnType.STRING, "", DataClass.ALARM, Grade.PERSONAL);
        Schema two = Schema.of(CAR, AT, X, Y, GEAR, owner);
        lake.create("t", two, OPEN);
        long old =
                commit(List.of(lake.write("t", List.of(rows(SCHEMA, 1, 2), rows(SCHEMA, 5, 1)))));
        commit(rows(SCHEMA, 11, 1));
        lake.create("t", Schema.of(CAR, AT, X, Y), OPEN);
        LakeMaintenance keeper =
                new LakeMaintenance(
                        lake, LakeMaintenance.Settings.DEFAULT, (step, table, facts) -> {});
        keeper.pin(Set.of(new LakeMaintenance.Pin("agreement", "t", lake.currentSnapshot("t"))));
        long pinned = lake.currentSnapshot("t");
        evolution.apply("t", new Change.Drop("gear"));
        evolution.apply("t", new Change.Rename("x", "east_m"));
        var removal =
                new RowRemoval(lake, (step, table, facts) -> {})
                        .remove(
                                "t",
                                new RowRemoval.Rows.OfSubjects(Set.of("car-1"), null, 0),
                                "erasure")
                        .orElseThrow();
        assertThat(removal.replaced()).containsOnlyKeys(pinned);
        assertThat(removal.expired()).contains(old);
        // the pin's successor is read with the columns that the pinned one had
        assertThat(lake.schema("t", pinned)).isEqualTo(two);
        assertThat(cells(pinned, "gear")).containsExactly("5", "11");
        assertThat(cells(pinned, "car")).containsExactly("car-5", "car-11");
        assertThat(
                        cells(
                                lake.open(
                                        "t",
                                        pinned,
                                        List.of("x"),
                                        new Filter.Between("x", -1, 1),
                                        List.of("at")),
                                "x"))
                .containsExactly("0.0", "0.0");
        assertThat(cells(TableSource.LATEST, "east_m")).containsExactly("0.0", "0.0");
    }

    @Test
    void aKillBetweenTheStepsLeavesTheTableAsItWasOrAsItShallBe() throws Exception {
        lake.create("t", SCHEMA, OPEN);
        commit(rows(SCHEMA, 1, 2));
        Path home = directory.resolve("lake");
        Path noted = directory.resolve("noted");
        new SchemaEvolution(lake, (step, table, facts) -> copy(home, noted))
                .apply("t", new Change.Rename("gear", "level"));
        Path after = directory.resolve("after");
        copy(home, after);
        // metadata on disk, and the catalogue does not name it yet
        Path between = directory.resolve("between");
        copy(home, between);
        Files.copy(
                noted.resolve("catalog.db"),
                between.resolve("catalog.db"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(Files.list(after.resolve("tables/t/metadata")).count())
                .isGreaterThan(Files.list(noted.resolve("tables/t/metadata")).count());
        lake.close();
        for (Path killed : List.of(noted, between, after)) {
            lake = new Lake(killed, LakeSettings.DEFAULT, KEYS);
            lake.create("t", SCHEMA, OPEN);
            String name = killed.equals(after) ? "level" : "gear";
            assertThat(lake.schema("t").names()).isEqualTo("car, at, x, y, " + name);
            commit(rows(SCHEMA, 3, 1));
            assertThat(cells(TableSource.LATEST, name)).containsExactly("1", "2", "3");
            lake.close();
        }
        open();
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
