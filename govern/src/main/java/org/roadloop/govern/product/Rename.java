package org.roadloop.govern.product;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.Setting;

/**
 * Gives columns other names (改名); class, grade, unit and datum stay.
 *
 * @param columns new name by present name
 */
public record Rename(Map<String, String> columns) implements Operator {
    public Rename {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("rename names no column");
        }
    }

    @Override
    public String name() {
        return "rename/1";
    }

    @Override
    public Schema output(Schema input) {
        columns.keySet().forEach(input::indexOf);
        return new Schema(
                input.columns().stream()
                        .map(
                                c ->
                                        new Column(
                                                columns.getOrDefault(c.name(), c.name()),
                                                c.type(),
                                                c.unit(),
                                                c.dataClass(),
                                                c.grade(),
                                                c.coordinateSystem()))
                        .toList());
    }

    @Override
    public Run start(Schema input, Setting setting) {
        return new ColumnsRun(output(input), IntStream.range(0, input.size()).toArray());
    }
}
