package org.roadloop.govern.product;

import java.util.List;
import java.util.stream.IntStream;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.Setting;

/** Leaves some columns out (删列). */
public record Drop(List<String> columns) implements Operator, RowWise {
    public Drop {
        columns = List.copyOf(columns);
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("drop names no column");
        }
    }

    @Override
    public String name() {
        return "drop/1";
    }

    @Override
    public Schema output(Schema input) {
        columns.forEach(input::indexOf);
        List<String> kept =
                input.columns().stream()
                        .map(c -> c.name())
                        .filter(n -> !columns.contains(n))
                        .toList();
        if (kept.isEmpty()) {
            throw new IllegalArgumentException("drop leaves no column");
        }
        return input.select(kept);
    }

    @Override
    public Run start(Schema input, Setting setting) {
        Schema output = output(input);
        return new ColumnsRun(
                output,
                IntStream.range(0, output.size())
                        .map(c -> input.indexOf(output.column(c).name()))
                        .toArray());
    }
}
