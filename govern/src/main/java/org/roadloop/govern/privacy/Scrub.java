package org.roadloop.govern.privacy;

import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.HeldBatches;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Setting;

/**
 * Takes identities and positions out of free text and file names and leaves the rest of the text as
 * it is (文本脱敏), see {@link PersonalText}.
 *
 * @param columns text columns
 */
public record Scrub(List<String> columns) implements Operator {
    public Scrub {
        columns = List.copyOf(columns);
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("scrub names no columns");
        }
    }

    @Override
    public String name() {
        return "scrub/1";
    }

    @Override
    public Schema output(Schema input) {
        for (String column : columns) {
            ColumnType type = input.column(input.indexOf(column)).type();
            if (type != ColumnType.STRING) {
                throw new IllegalArgumentException(
                        "column '" + column + "' is " + type + "; scrub takes text");
            }
        }
        return input;
    }

    @Override
    public Run start(Schema input, Setting setting) {
        return new Scrubbing(input, columns);
    }

    private static final class Scrubbing implements Run {
        private final Schema schema;
        private final boolean[] scrubbed;
        private final TreeMap<String, Long> found = new TreeMap<>();
        private long rows;

        Scrubbing(Schema schema, List<String> columns) {
            this.schema = schema;
            scrubbed = new boolean[schema.size()];
            columns.forEach(column -> scrubbed[schema.indexOf(column)] = true);
        }

        @Override
        public void process(Batch in, Consumer<Batch> out) {
            if (in.rows() == 0) {
                return;
            }
            Batch result = new Batch(schema, in.rows());
            for (int c = 0; c < schema.size(); c++) {
                if (!scrubbed[c]) {
                    HeldBatches.copyColumn(in, c, result, c);
                    continue;
                }
                for (int row = 0; row < in.rows(); row++) {
                    if (in.isOk(c, row)) {
                        String text =
                                PersonalText.scrub(
                                        in.strings(c).get(row),
                                        kind -> found.merge(kind, 1L, Long::sum));
                        result.strings(c).set(row, text);
                    }
                    result.setState(c, row, in.state(c, row));
                }
            }
            result.rows(in.rows());
            rows += in.rows();
            out.accept(result);
        }

        @Override
        public OperatorReport report() {
            return new OperatorReport(
                    rows, rows, new TreeMap<>(), new TreeMap<>(found), new TreeMap<>());
        }
    }
}
