package org.roadloop.govern.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.SchemaEvolution.Change;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.privacy.ReleaseRule;

/**
 * Any order of writes, changes of columns, joining, erasure and restarts gives in each snapshot the
 * rows and columns that a list in memory has.
 */
@Tag("slow")
class SchemaEvolutionLawTest {
    private static final Keyring KEYS = new Keyring(new byte[32], 1);
    private static final int STEPS = 60;
    private static final long MICROS = 1_700_000_000_000_000L;

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

    /** A column of the list: who it is never changes. */
    private static final class Field {
        String name;
        ColumnType type;
        final Grade grade;

        Field(String name, ColumnType type, Grade grade) {
            this.name = name;
            this.type = type;
            this.grade = grade;
        }

        Column column() {
            return new Column(
                    name,
                    type,
                    "",
                    switch (name) {
                        case "car" -> DataClass.IDENTITY;
                        case "at" -> DataClass.TIME;
                        default -> DataClass.DRIVING_STATE;
                    },
                    grade,
                    CoordinateSystem.NONE);
        }
    }

    /** What a snapshot shows of a column. */
    private record Shown(Field field, Column column) {}

    private record Kept(List<Shown> columns, List<Map<Field, Object>> rows) {}

    /** A file whose writer has not committed it yet. */
    private record Begun(Lake.Written file, List<Map<Field, Object>> rows) {}

    @TempDir Path directory;
    private final Map<Long, Kept> snapshots = new LinkedHashMap<>();
    private final List<Field> fields = new ArrayList<>();
    private final List<Map<Field, Object>> rows = new ArrayList<>();
    private final Set<Long> pinned = new java.util.TreeSet<>();
    private final Map<String, Field> namedOnce = new HashMap<>();
    private Random random = new Random(0);
    private int serial;
    private long position;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everySnapshotIsWhatItWas(long seed) {
        System.out.println("SchemaEvolutionLawTest seed " + seed);
        random = new Random(seed);
        for (String name : List.of("car", "at", "gear", "ratio", "note")) {
            fields.add(
                    new Field(
                            name,
                            switch (name) {
                                case "at" -> ColumnType.TIMESTAMP_MICROS_UTC;
                                case "gear" -> ColumnType.INT;
                                case "ratio" -> ColumnType.FLOAT;
                                default -> ColumnType.STRING;
                            },
                            Grade.values()[random.nextInt(3)]));
        }
        fields.forEach(f -> namedOnce.put(f.name, f));
        Lake lake = open();
        lake.create("t", schema(), RULE);
        Optional<Begun> begun = Optional.empty();
        for (int step = 0; step < STEPS; step++) {
            int what = random.nextInt(20);
            if (what < 7) {
                Begun now = write(lake);
                commit(lake, now);
            } else if (what < 9 && begun.isEmpty()) {
                begun = Optional.of(write(lake));
            } else if (what < 11 && begun.isPresent()) {
                commit(lake, begun.get());
                begun = Optional.empty();
            } else if (what < 16) {
                change(lake);
            } else if (what == 16) {
                compact(lake);
            } else if (what == 17) {
                pin(lake);
            } else if (what == 18) {
                erase(lake);
            } else if (begun.isEmpty()) {
                lake.close();
                lake = open();
                lake.create("t", schema(), RULE);
            }
            compare(lake, lake.currentSnapshot("t"), "seed " + seed + " step " + step);
        }
        for (long snapshot : List.copyOf(snapshots.keySet())) {
            compare(lake, snapshot, "seed " + seed + " at the end");
        }
        lake.close();
    }

    private Lake open() {
        return new Lake(directory, LakeSettings.DEFAULT, KEYS);
    }

    private Schema schema() {
        return new Schema(fields.stream().map(Field::column).toList());
    }

    private static LakeMaintenance maintenance(Lake lake) {
        LakeMaintenance.Settings d = LakeMaintenance.Settings.DEFAULT;
        return new LakeMaintenance(
                lake,
                new LakeMaintenance.Settings(
                        d.smallRows(),
                        d.targetRows(),
                        2,
                        d.keep(),
                        d.leastSnapshots(),
                        d.orphanAge()),
                (step, table, facts) -> {});
    }

    private Begun write(Lake lake) {
        int count = 1 + random.nextInt(4);
        List<Map<Field, Object>> made = new ArrayList<>();
        try (Batch batch = new Batch(schema(), count)) {
            for (int i = 0; i < count; i++) {
                int row = batch.addRow();
                Map<Field, Object> values = new HashMap<>();
                for (int c = 0; c < fields.size(); c++) {
                    Field field = fields.get(c);
                    values.put(field, cell(batch, c, row, field));
                }
                made.add(values);
            }
            return new Begun(lake.write("t", List.of(batch)), made);
        }
    }

    private Object cell(Batch batch, int c, int row, Field field) {
        int n = serial++;
        if (field.name.equals("car")) {
            String car = "car-" + random.nextInt(12);
            batch.set(c, row, car);
            return car;
        }
        if (field.name.equals("at")) {
            batch.set(c, row, MICROS + n);
            return MICROS + n;
        }
        if (random.nextInt(4) == 0) {
            byte state = (byte) (1 + random.nextInt(4));
            if (field.type == ColumnType.STRING) {
                batch.set(c, row, "");
            }
            batch.setState(c, row, state);
            return CellState.name(state);
        }
        switch (field.type) {
            case BOOL -> {
                batch.set(c, row, n % 2 == 0);
                return n % 2 == 0;
            }
            case INT -> {
                batch.set(c, row, n);
                return (long) n;
            }
            case LONG, TIMESTAMP_MICROS_UTC -> {
                batch.set(c, row, MICROS * 3 + n);
                return MICROS * 3 + n;
            }
            case FLOAT -> {
                batch.set(c, row, n / 8f);
                return n / 8.0;
            }
            case DOUBLE -> {
                batch.set(c, row, n * 0.1);
                return n * 0.1;
            }
            case STRING -> {
                batch.set(c, row, "text " + n);
                return "text " + n;
            }
        }
        throw new IllegalStateException();
    }

    private void commit(Lake lake, Begun begun) {
        lake.commit("t", List.of(begun.file()), new LogPosition(0, ++position), Map.of());
        rows.addAll(begun.rows());
        keep(lake);
    }

    private void keep(Lake lake) {
        List<Shown> columns = fields.stream().map(f -> new Shown(f, f.column())).toList();
        snapshots.put(lake.currentSnapshot("t"), new Kept(columns, new ArrayList<>(rows)));
    }

    private void change(Lake lake) {
        SchemaEvolution evolution = new SchemaEvolution(lake, (step, table, facts) -> {});
        List<Field> measured =
                fields.stream()
                        .filter(f -> f.column().dataClass() == DataClass.DRIVING_STATE)
                        .toList();
        @Nullable Field one =
                measured.isEmpty() ? null : measured.get(random.nextInt(measured.size()));
        switch (random.nextInt(5)) {
            case 0 -> {
                ColumnType[] types = ColumnType.values();
                Field added =
                        new Field(
                                freeName(null),
                                types[random.nextInt(types.length)],
                                Grade.values()[random.nextInt(3)]);
                evolution.apply("t", new Change.Add(added.name, added.type, added.column()));
                fields.add(added);
                namedOnce.put(added.name, added);
            }
            case 1 -> {
                if (one == null) {
                    return;
                }
                String to = freeName(one);
                if (to.equals(one.name)) {
                    return;
                }
                evolution.apply("t", new Change.Rename(one.name, to));
                one.name = to;
                namedOnce.put(to, one);
            }
            case 2 -> {
                if (one == null) {
                    return;
                }
                // no plan writes it any more: as after a start without it
                List<Field> rest = new ArrayList<>(fields);
                rest.remove(one);
                lake.create("t", new Schema(rest.stream().map(Field::column).toList()), RULE);
                evolution.apply("t", new Change.Drop(one.name));
                fields.remove(one);
            }
            case 3 -> {
                Optional<Field> narrow =
                        fields.stream()
                                .filter(f -> f.type == ColumnType.INT || f.type == ColumnType.FLOAT)
                                .findFirst();
                if (narrow.isEmpty()) {
                    return;
                }
                Field field = narrow.get();
                ColumnType wide =
                        field.type == ColumnType.INT ? ColumnType.LONG : ColumnType.DOUBLE;
                evolution.apply("t", new Change.Widen(field.name, wide));
                field.type = wide;
            }
            default -> {
                if (one == null) {
                    return;
                }
                int after = random.nextInt(fields.size());
                if (fields.get(after) == one) {
                    return;
                }
                String behind = fields.get(after).name;
                evolution.apply("t", new Change.Move(one.name, behind));
                Field anchor = fields.get(after);
                fields.remove(one);
                fields.add(fields.indexOf(anchor) + 1, one);
            }
        }
        if (lake.currentSnapshot("t") != TableSource.LATEST) {
            keep(lake);
        }
    }

    /** A name from few, so that those of dropped columns come again. */
    private String freeName(@Nullable Field of) {
        for (int i = 0; i < 50; i++) {
            String name = "c" + random.nextInt(10);
            Field had = namedOnce.get(name);
            if (had == null || had == of || !fields.contains(had)) {
                return name;
            }
        }
        return "n" + serial++;
    }

    private void compact(Lake lake) {
        if (maintenance(lake).compact("t").isPresent()) {
            keep(lake);
        }
    }

    private void pin(Lake lake) {
        List<Long> all = List.copyOf(snapshots.keySet());
        if (!all.isEmpty()) {
            pinned.add(all.get(random.nextInt(all.size())));
            maintenance(lake)
                    .pin(
                            pinned.stream()
                                    .map(s -> new LakeMaintenance.Pin("holder", "t", s))
                                    .collect(java.util.stream.Collectors.toSet()));
        }
    }

    private void erase(Lake lake) {
        String car = "car-" + random.nextInt(12);
        Optional<RowRemoval.Removal> removal =
                new RowRemoval(lake, (step, table, facts) -> {})
                        .remove(
                                "t",
                                new RowRemoval.Rows.OfSubjects(Set.of(car), null, 0),
                                "erasure");
        Field who = namedOnce.get("car");
        rows.removeIf(row -> car.equals(row.get(who)));
        snapshots.values().forEach(kept -> kept.rows().removeIf(r -> car.equals(r.get(who))));
        if (removal.isPresent()) {
            removal.get().expired().stream()
                    .filter(s -> !pinned.contains(s) && !removal.get().replaced().containsKey(s))
                    .forEach(snapshots::remove);
            keep(lake);
        }
    }

    private void compare(Lake lake, long snapshot, String when) {
        Kept kept = snapshots.get(snapshot);
        if (kept == null) {
            assertThat(lake.schema("t")).as(when).isEqualTo(schema());
            return;
        }
        String what = when + " snapshot " + snapshot;
        assertThat(lake.schema("t", snapshot).columns())
                .as(what)
                .isEqualTo(kept.columns().stream().map(Shown::column).toList());
        assertThat(read(lake, snapshot, Filter.ALL)).as(what).isEqualTo(counted(kept, kept.rows()));
        for (Shown shown : kept.columns()) {
            if (shown.column().type() == ColumnType.LONG
                    || shown.column().type() == ColumnType.DOUBLE) {
                double from = serial * random.nextDouble();
                Filter filter = new Filter.Between(shown.column().name(), from, 1e17);
                List<Map<Field, Object>> some =
                        kept.rows().stream()
                                .filter(
                                        row ->
                                                row.get(shown.field()) instanceof Number n
                                                        && n.doubleValue() >= from)
                                .toList();
                assertThat(read(lake, snapshot, filter))
                        .as(what + " " + filter)
                        .isEqualTo(counted(kept, some));
            }
        }
    }

    private static Map<String, Integer> counted(Kept kept, List<Map<Field, Object>> rows) {
        Map<String, Integer> counts = new TreeMap<>();
        for (Map<Field, Object> row : rows) {
            StringBuilder text = new StringBuilder();
            for (Shown shown : kept.columns()) {
                Object value = row.getOrDefault(shown.field(), "absent");
                if (value instanceof Double d && shown.column().type() == ColumnType.FLOAT) {
                    value = (float) (double) d;
                }
                text.append(shown.column().name()).append('=').append(value).append(' ');
            }
            counts.merge(text.toString(), 1, Integer::sum);
        }
        return counts;
    }

    private static Map<String, Integer> read(Lake lake, long snapshot, Filter filter) {
        Map<String, Integer> counts = new TreeMap<>();
        try (TableSource.Scan scan = lake.open("t", snapshot, List.of(), filter)) {
            scan.forEachBatch(
                    batch -> {
                        for (int row = 0; row < batch.rows(); row++) {
                            counts.merge(text(batch, row), 1, Integer::sum);
                        }
                    });
        }
        return counts;
    }

    private static String text(Batch batch, int row) {
        StringBuilder text = new StringBuilder();
        for (int c = 0; c < batch.schema().size(); c++) {
            text.append(batch.schema().column(c).name()).append('=');
            if (!batch.isOk(c, row)) {
                text.append(CellState.name(batch.state(c, row)));
            } else {
                switch (batch.schema().column(c).type()) {
                    case BOOL -> text.append(batch.booleans(c)[row]);
                    case INT -> text.append(batch.ints(c)[row]);
                    case LONG, TIMESTAMP_MICROS_UTC -> text.append(batch.longs(c)[row]);
                    case FLOAT -> text.append(batch.floats(c)[row]);
                    case DOUBLE -> text.append(batch.doubles(c)[row]);
                    case STRING -> text.append(batch.strings(c).get(row));
                }
            }
            text.append(' ');
        }
        return text.toString();
    }
}
