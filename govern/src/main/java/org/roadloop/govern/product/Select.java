package org.roadloop.govern.product;

import java.util.List;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.Setting;

/** Keeps some columns, in the order named (选列). */
public record Select(List<String> columns) implements Operator, RowWise {
    public Select {
        columns = List.copyOf(columns);
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("select names no column");
        }
    }

    @Override
    public String name() {
        return "select/1";
    }

    @Override
    public Schema output(Schema input) {
        return input.select(columns);
    }

    @Override
    public Run start(Schema input, Setting setting) {
        return new ColumnsRun(output(input), columns.stream().mapToInt(input::indexOf).toArray());
    }
}
