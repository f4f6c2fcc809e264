package org.roadloop.govern.classify;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Setting;

/**
 * Holds the declared class and grade of every column against its values (分类分级核对). Rows pass as they
 * are; a column whose values are of another class or a higher grade than declared ends the run.
 *
 * <p>It looks at the first {@value #HEAD} rows and at {@value #BLOCK} of every {@value #EVERY}
 * after, by the number of the row, so that however the input is cut the same rows are looked at.
 *
 * @param labels what columns are called at their source, by their name; may be left out
 * @param accepted columns whose mismatch was looked at and is right as declared; may be left out
 */
public record Classify(@Nullable Map<String, String> labels, @Nullable Set<String> accepted)
        implements Operator {
    static final int HEAD = 4096;
    static final int EVERY = 16_384;
    static final int BLOCK = 64;

    public Classify {
        labels = labels == null ? Map.of() : Map.copyOf(labels);
        accepted = accepted == null ? Set.of() : Set.copyOf(accepted);
    }

    /** Without labels, and nothing accepted. */
    public Classify() {
        this(null, null);
    }

    @Override
    public String name() {
        return "classify/1";
    }

    @Override
    public Schema output(Schema input) {
        Set<String> named = new TreeSet<>(accepted());
        named.addAll(labels().keySet());
        named.forEach(input::indexOf);
        return input;
    }

    @Override
    public Run start(Schema input, Setting setting) {
        output(input);
        return new Check(input, labels(), accepted());
    }

    @Override
    public Map<String, String> labels() {
        return labels == null ? Map.of() : labels;
    }

    @Override
    public Set<String> accepted() {
        return accepted == null ? Set.of() : accepted;
    }

    private static final class Check implements Run {
        private final Schema schema;
        private final Set<String> accepted;
        private final Classifier classifier;
        private long rows;

        Check(Schema schema, Map<String, String> labels, Set<String> accepted) {
            this.schema = schema;
            this.accepted = accepted;
            classifier = new Classifier(schema, labels);
        }

        @Override
        public void process(Batch in, Consumer<Batch> out) {
            int from = 0;
            while (from < in.rows()) {
                int to = from;
                while (to < in.rows() && isSampled(rows + to)) {
                    to++;
                }
                if (to > from) {
                    classifier.add(in, from, to);
                }
                from = next(rows, to, in.rows());
            }
            rows += in.rows();
            out.accept(copy(in));
        }

        private static boolean isSampled(long row) {
            return row < HEAD || row % EVERY < BLOCK;
        }

        /** The next row of the batch that is looked at; its end if none is. */
        private static int next(long before, int row, int end) {
            if (row >= end || isSampled(before + row)) {
                return row;
            }
            long block = ((before + row) / EVERY + 1) * EVERY;
            return (int) Math.min(end, block - before);
        }

        private Batch copy(Batch in) {
            Batch copy = new Batch(schema, Math.max(1, in.rows()));
            copy.rows(in.rows());
            for (int c = 0; c < schema.size(); c++) {
                copy(in, c, copy);
            }
            return copy;
        }

        private static void copy(Batch in, int c, Batch to) {
            int rows = in.rows();
            System.arraycopy(in.states(c), 0, to.states(c), 0, rows);
            switch (in.schema().column(c).type()) {
                case BOOL -> System.arraycopy(in.booleans(c), 0, to.booleans(c), 0, rows);
                case INT -> System.arraycopy(in.ints(c), 0, to.ints(c), 0, rows);
                case LONG, TIMESTAMP_MICROS_UTC ->
                        System.arraycopy(in.longs(c), 0, to.longs(c), 0, rows);
                case FLOAT -> System.arraycopy(in.floats(c), 0, to.floats(c), 0, rows);
                case DOUBLE -> System.arraycopy(in.doubles(c), 0, to.doubles(c), 0, rows);
                case STRING -> {
                    for (int row = 0; row < rows; row++) {
                        to.copyCell(in, c, row, c, row);
                    }
                }
            }
        }

        @Override
        public void finish(Consumer<Batch> out) {
            List<String> wrong =
                    classifier.guesses().stream()
                            .filter(this::isWrong)
                            .map(classifier::mismatch)
                            .toList();
            if (!wrong.isEmpty()) {
                throw new IllegalStateException(
                        String.join("; ", wrong)
                                + ". Change the declaration, or name the column in 'accepted'");
            }
        }

        private boolean isWrong(Classifier.Guess guess) {
            Column declared = schema.column(schema.indexOf(guess.column()));
            return Classifier.isWeaker(declared, guess) && !accepted.contains(guess.column());
        }

        @Override
        public OperatorReport report() {
            SortedMap<String, Double> figures = new TreeMap<>();
            figures.put("classified_rows", (double) classifier.rows());
            for (Classifier.Guess guess : classifier.guesses()) {
                String kind = guess.kind().name().toLowerCase(Locale.ROOT);
                figures.merge("columns_" + kind, 1.0, Double::sum);
                if (isWrong(guess)) {
                    figures.merge("mismatches", 1.0, Double::sum);
                }
            }
            return new OperatorReport(rows, rows, new TreeMap<>(), new TreeMap<>(), figures);
        }
    }
}
