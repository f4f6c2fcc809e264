package org.roadloop.collect.rows;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which column of a file becomes which column of a raw table (导入映射). Read by {@link MappingReader},
 * applied by {@link RowMapper}.
 *
 * @param name for people
 * @param needs what a file must have for the mapping to fit it: columns, or topics
 * @param tables a row goes to the first whose topics it fits
 */
public record Mapping(String name, Set<String> needs, List<Target> tables) {
    public Mapping {
        needs = Set.copyOf(needs);
        tables = List.copyOf(tables);
    }

    public boolean fits(Set<String> names) {
        return names.containsAll(needs);
    }

    /**
     * The rows of one table.
     *
     * @param topics of an MCAP file; empty: all rows
     */
    public record Target(
            RowTable table,
            Set<String> topics,
            Identity identity,
            Map<String, RowTime> times,
            List<Cell> cells) {
        public Target {
            topics = Set.copyOf(topics);
            times = Collections.unmodifiableMap(new LinkedHashMap<>(times));
            cells = List.copyOf(cells);
        }

        boolean wants(SourceRow row) {
            return topics.isEmpty()
                    || row.value("$topic") instanceof String t && topics.contains(t);
        }
    }

    /**
     * Who the row is about.
     *
     * @param from source column, or {@code $file}
     * @param madeUpModel five characters: what is in the column gives a made-up VIN; null to take
     *     it as it is
     */
    public record Identity(String from, @Nullable String madeUpModel) {}

    /**
     * One column.
     *
     * @param from source column; null if {@code constant} is the value
     * @param times and {@code plus}: {@code value · times + plus}, for numbers
     * @param values what source texts mean; empty for no such list
     */
    public record Cell(
            String column,
            @Nullable String from,
            @Nullable Object constant,
            double times,
            double plus,
            Map<String, Object> values) {
        public Cell {
            values = Map.copyOf(values);
        }
    }
}
