package org.roadloop.govern.product;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Pseudonymising;
import org.roadloop.govern.operator.Setting;
import org.roadloop.govern.privacy.Pseudonym;

/**
 * Puts tokens that only this product or contract knows in the place of identities or of the
 * platform's own tokens (产品假名), so that two products cannot be joined on them.
 *
 * @param columns of class identity, text
 * @param scope the product or contract: other words, other tokens
 */
public record ProductPseudonym(List<String> columns, String scope)
        implements Operator, Pseudonymising {
    public ProductPseudonym {
        columns = List.copyOf(columns);
        if (columns.isEmpty() || scope.isBlank()) {
            throw new IllegalArgumentException(
                    "pseudonym needs columns, and a scope: the product or contract");
        }
    }

    @Override
    public String name() {
        return "pseudonym/1";
    }

    @Override
    public Set<String> tokenColumns() {
        return Set.copyOf(columns);
    }

    @Override
    public Schema output(Schema input) {
        for (String name : columns) {
            var column = input.column(input.indexOf(name));
            if (column.type() != ColumnType.STRING || column.dataClass() != DataClass.IDENTITY) {
                throw new IllegalArgumentException(
                        "column '" + name + "' must be text of class identity");
            }
        }
        return input;
    }

    @Override
    public Run start(Schema input, Setting setting) {
        output(input);
        return new Replacing(
                columns.stream().mapToInt(input::indexOf).toArray(),
                Pseudonym.ofAgreement(setting.keys(), "product/" + scope));
    }

    private static final class Replacing implements Run {
        private final int[] identities;
        private final Pseudonym pseudonym;
        private long rows;

        Replacing(int[] identities, Pseudonym pseudonym) {
            this.identities = identities;
            this.pseudonym = pseudonym;
        }

        @Override
        public void process(Batch in, Consumer<Batch> out) {
            if (in.rows() == 0) {
                return;
            }
            rows += in.rows();
            Schema schema = in.schema();
            Batch to = new Batch(schema, in.rows());
            to.rows(in.rows());
            for (int c = 0; c < schema.size(); c++) {
                int column = c;
                if (IntStream.of(identities).anyMatch(i -> i == column)) {
                    pseudonym.tokens(in.strings(c), in.rows(), to.strings(c));
                    System.arraycopy(in.states(c), 0, to.states(c), 0, in.rows());
                } else {
                    for (int row = 0; row < in.rows(); row++) {
                        to.copyCell(in, c, row, c, row);
                    }
                }
            }
            out.accept(to);
        }

        @Override
        public OperatorReport report() {
            return new OperatorReport(
                    rows,
                    rows,
                    new TreeMap<>(),
                    new TreeMap<>(Map.of("pseudonym", rows * identities.length)),
                    new TreeMap<>());
        }
    }
}
