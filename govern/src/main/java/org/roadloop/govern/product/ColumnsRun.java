package org.roadloop.govern.product;

import java.util.function.Consumer;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;

/** A run that gives every row with some of its columns, in some order, under some names. */
final class ColumnsRun implements Operator.Run {
    private final Schema output;
    private final int[] columns;
    private long rows;

    /**
     * @param columns for each column of {@code output} its place in the input
     */
    ColumnsRun(Schema output, int[] columns) {
        this.output = output;
        this.columns = columns.clone();
    }

    @Override
    public void process(Batch in, Consumer<Batch> out) {
        rows += in.rows();
        if (in.rows() > 0) {
            out.accept(Rows.copy(in, output, columns, in.rows(), null));
        }
    }

    @Override
    public OperatorReport report() {
        return OperatorReport.of(rows, rows);
    }
}
