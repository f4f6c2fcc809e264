package org.roadloop.govern.privacy;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.HeldBatches;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Setting;

/**
 * Makes every row look like at least {@code k - 1} others in the columns that could single it out
 * (k-匿名): one level of generalisation per column for the whole table, and the rows left over in
 * smaller groups suppressed. The level of each column is the one of least loss, see {@link
 * Lattice}.
 *
 * <p>Rows are held, encrypted in a file beyond the first, until all have been seen. In memory are
 * the different combinations of values, {@link ValueTuples#MOST_TUPLES} at most. An absent cell is
 * a value of its own. One row is one person: a table with several rows of one is to be aggregated
 * before.
 *
 * <p>Where no column of class identity is left, a generalised column is graded personal at most: it
 * no longer locates anybody. Beside an identity it keeps its grade, for k rows of one vehicle hide
 * nothing.
 *
 * @param k from 2
 * @param columns the hierarchy of each column that could single out a row (quasi-identifier)
 * @param suppressionPercent of rows that may be suppressed; 4 if left out
 * @param search {@code EXACT} finds the optimum, {@code FAST} a good node; exact if left out
 */
public record KAnonymity(
        int k,
        Map<String, Hierarchy> columns,
        @Nullable Double suppressionPercent,
        @Nullable Search search)
        implements Operator {
    /** How the lattice of generalisations is searched. */
    public enum Search {
        EXACT,
        FAST
    }

    public KAnonymity {
        if (k < 2) {
            throw new IllegalArgumentException("k is " + k + "; it needs at least 2");
        }
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("k_anonymity names no columns");
        }
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        suppressionPercent = suppressionPercent == null ? 4.0 : suppressionPercent;
        if (!(suppressionPercent >= 0 && suppressionPercent <= 100)) {
            throw new IllegalArgumentException(
                    "suppression_percent " + suppressionPercent + " is outside 0..100");
        }
        search = search == null ? Search.EXACT : search;
    }

    @Override
    public String name() {
        return "k_anonymity/1";
    }

    @Override
    public Schema output(Schema input) {
        columns.forEach(
                (name, hierarchy) -> {
                    ColumnType type = input.column(input.indexOf(name)).type();
                    if (hierarchy.widths() != null && type == ColumnType.BOOL) {
                        throw new IllegalArgumentException(
                                "column '"
                                        + name
                                        + "' is "
                                        + type
                                        + "; a hierarchy of widths needs numbers");
                    }
                });
        boolean alone =
                input.columns().stream().noneMatch(c -> c.dataClass() == DataClass.IDENTITY);
        return new Schema(
                input.columns().stream()
                        .map(
                                c ->
                                        columns.containsKey(c.name())
                                                ? new Column(
                                                        c.name(),
                                                        ColumnType.STRING,
                                                        c.unit(),
                                                        c.dataClass(),
                                                        alone
                                                                ? atMostPersonal(c.grade())
                                                                : c.grade(),
                                                        c.coordinateSystem())
                                                : c)
                        .toList());
    }

    private static Grade atMostPersonal(Grade grade) {
        return grade.compareTo(Grade.PERSONAL) > 0 && grade.compareTo(Grade.IMPORTANT) < 0
                ? Grade.PERSONAL
                : grade;
    }

    @Override
    public Run start(Schema input, Setting setting) {
        return new Generalisation(this, input, output(input));
    }

    /** The text of a cell that hierarchies are asked with. */
    static String text(Batch batch, int column, int row) {
        return switch (batch.schema().column(column).type()) {
            case BOOL -> Boolean.toString(batch.booleans(column)[row]);
            case INT -> Integer.toString(batch.ints(column)[row]);
            case LONG, TIMESTAMP_MICROS_UTC -> Long.toString(batch.longs(column)[row]);
            case FLOAT -> Float.toString(batch.floats(column)[row]);
            case DOUBLE -> Double.toString(batch.doubles(column)[row]);
            case STRING -> batch.strings(column).get(row);
        };
    }

    private static final class Generalisation implements Run {
        private final KAnonymity operator;
        private final Schema to;
        private final String[] names;
        private final int[] at;
        private final ValueTuples tuples;
        private final HeldBatches held;
        private long rowsIn;
        private long rowsOut;
        private final Map<String, Long> dropped = new TreeMap<>();
        private final Map<String, Double> figures = new TreeMap<>();

        Generalisation(KAnonymity operator, Schema from, Schema to) {
            this.operator = operator;
            this.to = to;
            names = operator.columns().keySet().toArray(String[]::new);
            at = new int[names.length];
            for (int c = 0; c < names.length; c++) {
                at[c] = from.indexOf(names[c]);
            }
            tuples = new ValueTuples(operator.columns().values().toArray(Hierarchy[]::new));
            held = new HeldBatches(from, 4);
        }

        @Override
        public void process(Batch in, Consumer<Batch> out) {
            rowsIn += in.rows();
            for (int r = 0; r < in.rows(); r++) {
                tuples.count(in, at, r);
            }
            held.add(in);
        }

        @Override
        public void finish(Consumer<Batch> out) {
            if (tuples.rows() == 0) {
                held.drain(
                        batch -> {
                            drop("value_outside_hierarchy", batch.rows());
                            batch.close();
                        });
                return;
            }
            Double percent = operator.suppressionPercent();
            double share = percent == null ? 0 : percent / 100;
            Lattice lattice =
                    tuples.lattice(operator.k(), (long) Math.floor(tuples.rows() * share));
            Lattice.Node best = operator.search() == Search.FAST ? lattice.fast() : lattice.exact();
            figures.put("achieved_k", (double) best.leastGroup());
            figures.put("groups", (double) best.groups());
            figures.put("lattice_nodes", (double) lattice.nodes());
            figures.put("loss_percent", 100 * best.loss());
            figures.put("nodes_evaluated", (double) lattice.evaluated());
            figures.put("suppressed_percent", 100.0 * best.suppressed() / tuples.rows());
            for (int c = 0; c < names.length; c++) {
                figures.put("level_of_" + names[c], (double) best.levels().get(c));
            }
            boolean[] stays = lattice.staying(best.levels());
            byte[][][] texts = tuples.texts(best.levels());
            held.drain(batch -> write(batch, stays, texts, out));
        }

        private void write(Batch batch, boolean[] stays, byte[][][] texts, Consumer<Batch> out) {
            int[] quasi = new int[to.size()];
            Arrays.fill(quasi, -1);
            for (int q = 0; q < at.length; q++) {
                quasi[at[q]] = q;
            }
            Batch result = new Batch(to, batch.rows());
            for (int r = 0; r < batch.rows(); r++) {
                int tuple = tuples.find(batch, at, r);
                if (tuple < 0 || !stays[tuple]) {
                    drop(tuple < 0 ? "value_outside_hierarchy" : "k_anonymity", 1);
                    continue;
                }
                int target = result.addRow();
                for (int c = 0; c < quasi.length; c++) {
                    if (quasi[c] < 0) {
                        result.copyCell(batch, c, r, c, target);
                        continue;
                    }
                    byte[] text = texts[quasi[c]][tuples.code(tuple, quasi[c])];
                    result.strings(c).set(target, text, 0, text.length);
                    result.setState(
                            c,
                            target,
                            text == ValueTuples.ABSENT ? CellState.ABSENT : CellState.OK);
                }
            }
            rowsOut += result.rows();
            batch.close();
            if (result.rows() > 0) {
                out.accept(result);
            } else {
                result.close();
            }
        }

        private void drop(String reason, long rows) {
            dropped.merge(reason, rows, Long::sum);
        }

        @Override
        public OperatorReport report() {
            return new OperatorReport(
                    rowsIn,
                    rowsOut,
                    new TreeMap<>(dropped),
                    new TreeMap<>(),
                    new TreeMap<>(figures));
        }
    }
}
