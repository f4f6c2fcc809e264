package org.roadloop.collect.rows;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads a {@link Mapping} from YAML; every complaint names the key. */
public final class MappingReader {
    /** Mappings that come with the platform; the first that fits a file is taken. */
    public static final List<String> STANDARD = List.of("twizy", "comma2k19");

    private static final Set<String> TOP = Set.of("mapping", "tables");
    private static final Set<String> TARGET =
            Set.of("table", "topics", "identity", "times", "columns");
    private static final Set<String> IDENTITY = Set.of("from", "made_up");
    private static final Set<String> TIME = Set.of("from", "format", "zone");
    private static final Set<String> CELL =
            Set.of("from", "value", "unit", "times", "plus", "values");

    private MappingReader() {}

    public static Mapping read(Path file) throws IOException {
        return parse(Files.readString(file));
    }

    public static Mapping standard(String name) {
        String resource = name + ".yaml";
        try (InputStream in = MappingReader.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException(
                        "no mapping '%s'; there are %s"
                                .formatted(name, String.join(", ", STANDARD)));
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the resource " + resource, e);
        }
    }

    /**
     * @throws IllegalArgumentException naming what is wrong
     */
    public static Mapping parse(String yaml) {
        JsonNode top;
        try {
            top = YAMLMapper.builder().build().readTree(yaml);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the mapping is no YAML: " + e.getOriginalMessage());
        }
        only("the mapping", top, TOP);
        Set<String> needs = new LinkedHashSet<>();
        List<Mapping.Target> targets = new ArrayList<>();
        for (JsonNode table : list("tables", top.path("tables"))) {
            targets.add(target(table, needs));
        }
        return new Mapping(text("mapping", top.path("mapping")), needs, targets);
    }

    private static Mapping.Target target(JsonNode node, Set<String> needs) {
        only("a table", node, TARGET);
        String name = text("table", node.path("table"));
        RowTable table =
                RowTable.find(name)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "no table '%s'; tables are %s"
                                                        .formatted(name, RowTable.names())));
        Set<String> sources = new LinkedHashSet<>();
        Set<String> topics = new LinkedHashSet<>();
        if (node.has("topics")) {
            list("topics", node.path("topics")).forEach(t -> topics.add(text("topics", t)));
        }
        JsonNode identity = node.path("identity");
        only("identity", identity, IDENTITY);
        String from = text("identity.from", identity.path("from"));
        sources.add(from);
        @Nullable String madeUp =
                identity.has("made_up") ? text("made_up", identity.path("made_up")) : null;
        Map<String, RowTime> times = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> time : node.path("times").properties()) {
            Column column = column(table, time.getKey());
            if (column.type() != ColumnType.TIMESTAMP_MICROS_UTC) {
                throw new IllegalArgumentException("column '" + column.name() + "' is no time");
            }
            times.put(column.name(), time(time.getValue(), sources));
        }
        if (!times.containsKey(table.time())) {
            throw new IllegalArgumentException(
                    "times of table %s lack '%s'".formatted(name, table.time()));
        }
        List<Mapping.Cell> cells = new ArrayList<>();
        for (Map.Entry<String, JsonNode> cell : node.path("columns").properties()) {
            cells.add(cell(column(table, cell.getKey()), cell.getValue(), sources));
        }
        if (topics.isEmpty()) {
            sources.stream().filter(s -> !s.startsWith("$")).forEach(needs::add);
        } else {
            needs.addAll(topics);
        }
        return new Mapping.Target(table, topics, new Mapping.Identity(from, madeUp), times, cells);
    }

    private static Column column(RowTable table, String name) {
        if (!table.takes(name) || name.equals(table.identity())) {
            throw new IllegalArgumentException(
                    "table %s takes no column '%s'; it takes %s"
                            .formatted(table.table(), name, table.columns()));
        }
        return table.schema().column(table.schema().indexOf(name));
    }

    private static RowTime time(JsonNode node, Set<String> sources) {
        only("a time", node, TIME);
        List<String> from = new ArrayList<>();
        if (node.path("from").isArray()) {
            list("from", node.path("from")).forEach(f -> from.add(text("from", f)));
        } else {
            from.add(text("from", node.path("from")));
        }
        sources.addAll(from);
        try {
            ZoneId zone = ZoneId.of(node.has("zone") ? text("zone", node.path("zone")) : "UTC");
            return new RowTime(from, text("format", node.path("format")), zone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("no time zone: " + e.getMessage(), e);
        }
    }

    private static Mapping.Cell cell(Column column, JsonNode node, Set<String> sources) {
        if (node.isString()) {
            sources.add(node.asString());
            return new Mapping.Cell(column.name(), node.asString(), null, 1, 0, Map.of());
        }
        String where = "column '" + column.name() + "'";
        only(where, node, CELL);
        if (node.has("from") == node.has("value")) {
            throw new IllegalArgumentException(where + " needs either 'from' or 'value'");
        }
        double times = number(where, node, "times", 1);
        double plus = number(where, node, "plus", 0);
        if (node.has("unit")) {
            double[] by;
            try {
                by = Units.between(text("unit", node.path("unit")), column.unit());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
            }
            plus = plus * by[0] + by[1];
            times *= by[0];
        }
        Map<String, Object> values = new LinkedHashMap<>();
        node.path("values").properties().forEach(v -> values.put(v.getKey(), scalar(v.getValue())));
        @Nullable String from = node.has("from") ? text("from", node.path("from")) : null;
        if (from != null) {
            sources.add(from);
        }
        @Nullable Object value = node.has("value") ? scalar(node.path("value")) : null;
        return new Mapping.Cell(column.name(), from, value, times, plus, values);
    }

    private static Object scalar(JsonNode node) {
        return node.isNumber() ? node.numberValue() : node.asString();
    }

    private static double number(String where, JsonNode node, String key, double otherwise) {
        if (!node.has(key)) {
            return otherwise;
        }
        if (!node.path(key).isNumber()) {
            throw new IllegalArgumentException(where + ": '" + key + "' is a number");
        }
        return node.path(key).asDouble();
    }

    private static void only(String where, JsonNode node, Set<String> known) {
        if (!node.isObject()) {
            throw new IllegalArgumentException(where + " is a mapping of " + sorted(known));
        }
        for (String key : node.propertyNames()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException(
                        "unknown key '%s' in %s; known are %s"
                                .formatted(key, where, sorted(known)));
            }
        }
    }

    private static List<String> sorted(Set<String> keys) {
        return keys.stream().sorted().toList();
    }

    private static Iterable<JsonNode> list(String where, JsonNode node) {
        if (!node.isArray() || node.isEmpty()) {
            throw new IllegalArgumentException("'" + where + "' is a list of at least one");
        }
        return node.values();
    }

    private static String text(String where, JsonNode node) {
        if (!node.isValueNode() || node.isNull()) {
            throw new IllegalArgumentException("'" + where + "' is missing, or no single value");
        }
        return node.asString();
    }
}
