package org.roadloop.govern.product;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Setting;

/** Keeps the rows for which every condition holds (筛行). */
public record Where(List<Condition> all) implements Operator, RowWise {
    public Where {
        all = List.copyOf(all);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("where names no condition");
        }
    }

    /** What a cell's state may be. */
    public enum State {
        OK,
        ABSENT,
        INVALID,
        ABNORMAL,
        MASKED
    }

    /**
     * What one column must show. A cell that is not ok fulfils {@code state} alone.
     *
     * @param in texts, as the cell would be printed
     * @param atLeast and {@code atMost}: numbers, both inclusive
     * @param from inclusive, and {@code before}, exclusive: times
     */
    public record Condition(
            String column,
            @Nullable List<String> in,
            @Nullable Double atLeast,
            @Nullable Double atMost,
            @Nullable Instant from,
            @Nullable Instant before,
            @Nullable State state) {
        public Condition {
            in = in == null ? null : List.copyOf(in);
            if (in == null
                    && atLeast == null
                    && atMost == null
                    && from == null
                    && before == null
                    && state == null) {
                throw new IllegalArgumentException(
                        "a condition needs one of in, at_least, at_most, from, before, state");
            }
        }

        private void check(Schema schema) {
            Column of = schema.column(schema.indexOf(column));
            if ((atLeast != null || atMost != null) && !Rows.isNumeric(of.type())) {
                throw new IllegalArgumentException(
                        "column '" + column + "' is no number: at_least and at_most need one");
            }
            if ((from != null || before != null) && of.type() != ColumnType.TIMESTAMP_MICROS_UTC) {
                throw new IllegalArgumentException(
                        "column '" + column + "' is no time: from and before need one");
            }
        }
    }

    @Override
    public String name() {
        return "where/1";
    }

    @Override
    public Schema output(Schema input) {
        all.forEach(condition -> condition.check(input));
        return input;
    }

    @Override
    public Run start(Schema input, Setting setting) {
        output(input);
        return new Filtering(all, input);
    }

    private static final class Filtering implements Run {
        private final List<Condition> all;
        private final List<@Nullable Set<String>> words;
        private final int[] places;
        private final int[] columns;
        private final TreeMap<String, Long> dropped = new TreeMap<>();
        private int[] kept = new int[0];
        private long rowsIn;
        private long rowsOut;

        Filtering(List<Condition> all, Schema schema) {
            this.all = all;
            words = new java.util.ArrayList<>();
            all.forEach(c -> words.add(c.in() == null ? null : Set.copyOf(c.in())));
            places = all.stream().mapToInt(c -> schema.indexOf(c.column())).toArray();
            columns = java.util.stream.IntStream.range(0, schema.size()).toArray();
        }

        @Override
        public void process(Batch in, Consumer<Batch> out) {
            if (kept.length < in.rows()) {
                kept = new int[in.rows()];
            }
            int count = 0;
            for (int row = 0; row < in.rows(); row++) {
                int failed = failed(in, row);
                if (failed < 0) {
                    kept[count++] = row;
                } else {
                    dropped.merge("where_" + all.get(failed).column(), 1L, Long::sum);
                }
            }
            rowsIn += in.rows();
            rowsOut += count;
            if (count > 0) {
                out.accept(Rows.copy(in, in.schema(), columns, count, kept));
            }
        }

        /** Index of the first condition that does not hold; -1 if all do. */
        private int failed(Batch in, int row) {
            for (int i = 0; i < places.length; i++) {
                if (!holds(all.get(i), words.get(i), in, places[i], row)) {
                    return i;
                }
            }
            return -1;
        }

        private static boolean holds(
                Condition condition, @Nullable Set<String> words, Batch in, int c, int row) {
            State state = condition.state();
            byte is = in.state(c, row);
            if (state != null && is != state.ordinal()) {
                return false;
            }
            if (is != CellState.OK) {
                return state != null
                        && words == null
                        && condition.atLeast() == null
                        && condition.atMost() == null
                        && condition.from() == null
                        && condition.before() == null;
            }
            if (words != null && !words.contains(Rows.text(in, c, row))) {
                return false;
            }
            Double least = condition.atLeast();
            Double most = condition.atMost();
            if ((least != null && !(Rows.number(in, c, row) >= least))
                    || (most != null && !(Rows.number(in, c, row) <= most))) {
                return false;
            }
            Instant from = condition.from();
            Instant before = condition.before();
            return (from == null || in.longs(c)[row] >= micros(from))
                    && (before == null || in.longs(c)[row] < micros(before));
        }

        private static long micros(Instant at) {
            return Math.addExact(
                    Math.multiplyExact(at.getEpochSecond(), 1_000_000L), at.getNano() / 1000);
        }

        @Override
        public OperatorReport report() {
            return new OperatorReport(rowsIn, rowsOut, dropped, new TreeMap<>(), new TreeMap<>());
        }
    }
}
