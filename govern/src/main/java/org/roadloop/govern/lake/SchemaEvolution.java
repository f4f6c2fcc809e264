package org.roadloop.govern.lake;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.Schema;

/*
 * A change is one commit of the catalogue: Iceberg's schema, the labels by field id, and an empty
 * snapshot in the new schema. So a kill leaves the table as it was or as it shall be; the newest
 * snapshot always has the newest columns, and every snapshot before keeps those that it had. No
 * file is written again. A file tells its columns by field id, so one that was begun before the
 * change and is committed after it brings each cell to its own column.
 *
 * Names: a column of now may be known by older names, to a plan that was not changed, to a release
 * rule, to a writer. Therefore no column gets a name that another one of now ever had.
 */

/**
 * Changes the columns of tables (表结构演进). Columns are added, and types are widened, for a plan that
 * learned them ({@link #adopt}); all else is an operator's act ({@link #apply}). Any thread; ingest
 * may run.
 */
public final class SchemaEvolution {
    /** In the evidence. */
    static final String STEP = "lake.schema-changed";

    private final Lake lake;
    private final LakeMaintenance.Evidence evidence;

    /** One change of a table's columns. */
    public sealed interface Change {
        /** The column that it is about. */
        String column();

        /**
         * A new column at the end, null in the rows that there are.
         *
         * @param label its unit, class, grade and datum; null: it is shown to nobody until it has
         *     one ({@link Classify})
         */
        record Add(String column, ColumnType type, @Nullable Column label) implements Change {}

        /** The same column under another name; label, masks and release stay with it. */
        record Rename(String column, String to) implements Change {}

        /** Out of the table; older snapshots keep it. */
        record Drop(String column) implements Change {}

        /** INT to LONG, FLOAT to DOUBLE. */
        record Widen(String column, ColumnType type) implements Change {}

        /**
         * To another place.
         *
         * @param after the column before it then; null: to the front
         */
        record Move(String column, @Nullable String after) implements Change {}

        /**
         * Says what a column holds, where nobody has; or a higher grade.
         *
         * @param label name and type of it are not looked at
         */
        record Classify(String column, Column label) implements Change {}
    }

    public SchemaEvolution(Lake lake, LakeMaintenance.Evidence evidence) {
        this.lake = lake;
        this.evidence = evidence;
    }

    /**
     * Changes a table.
     *
     * @return id of the snapshot that has the new columns; {@link Lake#LATEST} of an empty table
     * @throws IllegalArgumentException if the change is refused: what, where, and what to do
     */
    public long apply(String table, Change change) {
        return commit(table, List.of(change));
    }

    /**
     * Gives a table the columns of a plan that it lacks, and the plan's wider types. A plan may
     * lack columns of the table, they stay empty from now on; one that says something else of a
     * column, or lacks those by which rows are told apart, is refused.
     *
     * @return what was changed
     * @throws IllegalStateException if the plan does not go with the table
     */
    public List<Change> adopt(String table, Schema plan) {
        List<Change> changes = lacking(table, plan);
        if (!changes.isEmpty()) {
            try {
                commit(table, changes);
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        }
        return changes;
    }

    /**
     * What {@link #adopt} would change.
     *
     * @throws IllegalStateException if the plan does not go with the table
     */
    public List<Change> lacking(String table, Schema plan) {
        TableColumns columns = lake.columns(table);
        List<Change> changes = new ArrayList<>();
        @Nullable String before = null;
        for (Column column : plan.columns()) {
            @Nullable Integer id = columns.live(column.name());
            if (id == null) {
                changes.add(new Change.Add(column.name(), column.type(), column));
                changes.add(new Change.Move(column.name(), before));
                before = column.name();
            } else {
                before = Objects.requireNonNull(columns.nameNow(id));
                adopt(table, columns, column, id).ifPresent(changes::add);
            }
        }
        for (Column column : unwritten(table, plan)) {
            if (tellsRowsApart(column)) {
                throw new IllegalStateException(
                        "table '"
                                + table
                                + "' has other rows than the plan makes: its column '"
                                + column.name()
                                + "' ("
                                + word(column.dataClass())
                                + ") is not in the plan; give the plan a new table name");
            }
        }
        return List.copyOf(changes);
    }

    /** Columns of a table that a plan says nothing of. */
    public List<Column> unwritten(String table, Schema plan) {
        TableColumns columns = lake.columns(table);
        Map<Integer, Column> left = columns.current().byId();
        for (Column column : plan.columns()) {
            @Nullable Integer id = columns.live(column.name());
            if (id != null) {
                left.remove(id);
            }
        }
        return List.copyOf(left.values());
    }

    private static Optional<Change> adopt(
            String table, TableColumns columns, Column column, int id) {
        String name = Objects.requireNonNull(columns.nameNow(id));
        @Nullable ColumnType type = TableColumns.type(columns.newest().findType(id));
        @Nullable Column label = columns.labels().get(id);
        if (label == null) {
            if (type != column.type()) {
                throw otherwise(table, name, "type " + column.type(), String.valueOf(type));
            }
            return Optional.of(new Change.Classify(name, column));
        }
        if (!label.unit().equals(column.unit())) {
            throw otherwise(table, name, "unit '" + column.unit() + "'", "'" + label.unit() + "'");
        }
        if (label.dataClass() != column.dataClass()) {
            throw otherwise(
                    table, name, "class " + word(column.dataClass()), word(label.dataClass()));
        }
        if (label.coordinateSystem() != column.coordinateSystem()) {
            throw otherwise(
                    table,
                    name,
                    "datum " + word(column.coordinateSystem()),
                    word(label.coordinateSystem()));
        }
        if (label.grade() != column.grade()) {
            throw otherwise(table, name, "grade " + word(column.grade()), word(label.grade()));
        }
        if (type != null && TableColumns.widens(type, column.type())) {
            return Optional.of(new Change.Widen(name, column.type()));
        }
        if (type == null || !(type == column.type() || TableColumns.widens(column.type(), type))) {
            throw otherwise(table, name, "type " + column.type(), String.valueOf(type));
        }
        return Optional.empty();
    }

    private static IllegalStateException otherwise(
            String table, String column, String plan, String stored) {
        return new IllegalStateException(
                "the plan gives column '"
                        + column
                        + "' of table '"
                        + table
                        + "' the "
                        + plan
                        + ", and the table has "
                        + stored
                        + ": change the plan, or give it a new table name");
    }

    /** Names, times and lineage: the platform finds rows again by these. */
    private static boolean tellsRowsApart(Column column) {
        return switch (column.dataClass()) {
            case IDENTITY, TIME, LINEAGE -> true;
            case POSITION, DRIVING_STATE, ENERGY_STATE, ALARM, ENVIRONMENT -> false;
        };
    }

    private long commit(String table, List<Change> changes) {
        long[] snapshot = {Lake.LATEST};
        try {
            lake.changing(
                    table,
                    fresh -> {
                        Edit edit = new Edit(table, fresh);
                        changes.forEach(edit::check);
                        edit.note();
                        edit.commit();
                        fresh.refresh();
                        snapshot[0] = TableWriter.snapshot(fresh);
                    });
        } finally {
            lake.evolved(table);
        }
        return snapshot[0];
    }

    /** Changes that become one commit. */
    private final class Edit {
        private final String table;
        private final Table fresh;
        private final TableColumns columns;
        private final Transaction all;
        private final UpdateSchema schema;
        private final Map<Integer, Column> labels;

        /** Labels of columns that get their field id with the commit. */
        private final Map<String, Column> labelsOfNew = new LinkedHashMap<>();

        private final Set<String> added = new TreeSet<>();
        private final List<Map<String, Object>> facts = new ArrayList<>();

        Edit(String table, Table fresh) {
            this.table = table;
            this.fresh = fresh;
            columns = TableColumns.of(fresh);
            all = fresh.newTransaction();
            schema = all.updateSchema();
            labels = new TreeMap<>(columns.labels());
        }

        void check(Change change) {
            switch (change) {
                case Change.Add add -> add(add);
                case Change.Rename rename -> rename(rename);
                case Change.Drop drop -> drop(drop);
                case Change.Widen widen -> widen(widen);
                case Change.Move move -> move(move);
                case Change.Classify classify -> classify(classify);
            }
        }

        private void add(Change.Add add) {
            name(add.column(), null);
            @Nullable Column label = add.label();
            @Nullable String doc = label == null ? null : SchemaJson.documentation(label);
            schema.addColumn(add.column(), SchemaJson.type(add.type()), doc);
            schema.moveBefore(add.column(), CellStates.COLUMN);
            added.add(add.column());
            if (label != null) {
                labelsOfNew.put(add.column(), label);
            }
            fact("add", add.column(), Map.of("type", add.type().name(), "label", text(label)));
        }

        private void rename(Change.Rename rename) {
            int id = id(rename.column(), "rename");
            @Nullable Column label = labels.get(id);
            if ((label != null && tellsRowsApart(label))
                    || lake.bound(table).filter(rule -> rule.keys().contains(id)).isPresent()) {
                throw refused(
                        "rename",
                        rename.column(),
                        "the platform finds rows by it under this name",
                        "give the new name in a product made of the table");
            }
            name(rename.to(), id);
            schema.renameColumn(rename.column(), rename.to());
            if (label != null) {
                labels.put(id, TableFields.named(label, rename.to()));
            }
            fact("rename", rename.column(), Map.of("to", rename.to()));
        }

        private void drop(Change.Drop drop) {
            int id = id(drop.column(), "drop");
            @Nullable Column label = labels.get(id);
            if (label != null && tellsRowsApart(label)) {
                throw refused(
                        "drop",
                        drop.column(),
                        "rows are told apart and found again by it ("
                                + word(label.dataClass())
                                + ")",
                        "leave it out of what is released");
            }
            if (lake.bound(table).filter(rule -> rule.needed().contains(id)).isPresent()) {
                throw refused(
                        "drop",
                        drop.column(),
                        "trip ends and sensitive areas are hidden by it",
                        "leave it out of what is released");
            }
            if (fresh.spec().fields().stream().anyMatch(f -> f.sourceId() == id)
                    || fresh.sortOrder().fields().stream().anyMatch(f -> f.sourceId() == id)) {
                throw refused(
                        "drop", drop.column(), "the table is laid out by it", "keep the column");
            }
            if (lake.plan(table).filter(plan -> plan.ids().contains(id)).isPresent()) {
                throw refused(
                        "drop",
                        drop.column(),
                        "the plan of the table writes it",
                        "take it out of the plan, start again, then drop it");
            }
            schema.deleteColumn(drop.column());
            fact("drop", drop.column(), Map.of());
        }

        private void widen(Change.Widen widen) {
            int id = id(widen.column(), "widen");
            @Nullable ColumnType from = TableColumns.type(fresh.schema().findType(id));
            if (from == null || !TableColumns.widens(from, widen.type())) {
                throw refused(
                        "widen",
                        widen.column(),
                        from + " does not widen to " + widen.type() + " without loss",
                        "INT widens to LONG and FLOAT to DOUBLE; for all else add a column");
            }
            schema.updateColumn(widen.column(), SchemaJson.type(widen.type()));
            @Nullable Column label = labels.get(id);
            if (label != null) {
                labels.put(id, typed(label, widen.type()));
            }
            fact("widen", widen.column(), Map.of("from", from.name(), "to", widen.type().name()));
        }

        private void move(Change.Move move) {
            if (!added.contains(move.column())) {
                id(move.column(), "move");
            }
            @Nullable String after = move.after();
            if (after == null) {
                schema.moveFirst(move.column());
            } else {
                if (!added.contains(after)) {
                    id(after, "move");
                }
                if (after.equals(move.column())) {
                    throw refused(
                            "move", after, "it cannot stand behind itself", "name another one");
                }
                schema.moveAfter(move.column(), after);
            }
            if (!added.contains(move.column())) {
                fact("move", move.column(), Map.of("after", after == null ? "" : after));
            }
        }

        private void classify(Change.Classify classify) {
            int id = id(classify.column(), "classify");
            @Nullable Column known = labels.get(id);
            Column said = classify.label();
            if (known != null
                    && !(known.unit().equals(said.unit())
                            && known.dataClass() == said.dataClass()
                            && known.coordinateSystem() == said.coordinateSystem()
                            && said.grade().compareTo(known.grade()) >= 0)) {
                throw refused(
                        "classify",
                        classify.column(),
                        "it is " + text(known) + " already, and only a grade is raised",
                        "add another column for other values");
            }
            @Nullable ColumnType type = TableColumns.type(fresh.schema().findType(id));
            if (type == null || !TableColumns.isName(classify.column())) {
                throw refused(
                        "classify",
                        classify.column(),
                        "another program made it, and its type or name has no place here",
                        "copy its values to a column of a type that is known here");
            }
            labels.put(id, typed(TableFields.named(said, classify.column()), type));
            schema.updateColumnDoc(classify.column(), SchemaJson.documentation(said));
            fact("classify", classify.column(), Map.of("label", text(said)));
        }

        /** A column that is there. */
        private int id(String name, String verb) {
            if (name.equals(CellStates.COLUMN)) {
                throw refused(
                        verb,
                        name,
                        "it says why cells are null, and belongs to the platform",
                        "name another one");
            }
            Types.@Nullable NestedField field = fresh.schema().findField(name);
            if (field == null) {
                throw refused(
                        verb,
                        name,
                        "there is no such column",
                        "columns are " + columns.current().schema().names());
            }
            return field.fieldId();
        }

        /**
         * Whether a name is free.
         *
         * @param of whose former name it may be
         */
        private void name(String name, @Nullable Integer of) {
            String verb = of == null ? "add" : "rename a column to";
            if (!TableColumns.isName(name)) {
                throw refused(
                        verb,
                        name,
                        "it is not lower_snake_case of at most 63 characters",
                        "choose another name");
            }
            @Nullable Integer known = columns.live(name);
            if (name.equals(CellStates.COLUMN)
                    || added.contains(name)
                    || fresh.schema().findField(name) != null) {
                throw refused(verb, name, "there is one of this name", "choose another name");
            }
            if (known != null && !known.equals(of)) {
                throw refused(
                        verb,
                        name,
                        "column '"
                                + columns.nameNow(known)
                                + "' had this name, and plans may still"
                                + " call it so",
                        "choose another name");
            }
        }

        private IllegalArgumentException refused(
                String verb, String column, String why, String instead) {
            return new IllegalArgumentException(
                    "cannot "
                            + verb
                            + " '"
                            + column
                            + "' in table '"
                            + table
                            + "': "
                            + why
                            + "; "
                            + instead);
        }

        private void fact(String change, String column, Map<String, Object> more) {
            Map<String, Object> fact = new LinkedHashMap<>();
            fact.put("change", change);
            fact.put("column", column);
            fact.putAll(new TreeMap<>(more));
            facts.add(fact);
        }

        void note() {
            evidence.note(
                    STEP,
                    table,
                    Map.of(
                            "after", Long.toString(TableWriter.snapshot(fresh)),
                            "changes", List.copyOf(facts)));
        }

        void commit() {
            Map<String, Integer> ids =
                    schema.apply().columns().stream()
                            .collect(
                                    Collectors.toMap(
                                            Types.NestedField::name, Types.NestedField::fieldId));
            labelsOfNew.forEach(
                    (name, label) -> labels.put(Objects.requireNonNull(ids.get(name)), label));
            schema.commit();
            all.updateProperties().set(SchemaJson.KEY, SchemaJson.write(labels)).commit();
            @Nullable Snapshot newest = fresh.currentSnapshot();
            if (newest != null) {
                AppendFiles none = all.newAppend();
                // what the newest snapshot says of the log and its passport stays said
                newest.summary().entrySet().stream()
                        .filter(e -> e.getKey().startsWith("roadloop."))
                        .filter(e -> !e.getKey().equals(TableColumns.READ_WITH))
                        .forEach(e -> none.set(e.getKey(), e.getValue()));
                none.commit();
            }
            all.commitTransaction();
        }
    }

    private static Column typed(Column column, ColumnType type) {
        return new Column(
                column.name(),
                type,
                column.unit(),
                column.dataClass(),
                column.grade(),
                column.coordinateSystem());
    }

    private static String text(@Nullable Column label) {
        return label == null
                ? "none"
                : word(label.dataClass())
                        + ", "
                        + word(label.grade())
                        + (label.unit().isEmpty() ? "" : ", " + label.unit());
    }

    private static String word(Enum<?> of) {
        return of.name().toLowerCase(java.util.Locale.ROOT);
    }
}
