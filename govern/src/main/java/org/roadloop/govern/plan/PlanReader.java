package org.roadloop.govern.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.govern.privacy.ReleaseRule;
import org.roadloop.govern.privacy.SensitiveArea;

/** Reads a {@link Plan} from YAML; every complaint names the line. */
public final class PlanReader {
    private static final List<String> TOP =
            List.of(
                    "plan",
                    "version",
                    "table",
                    "source",
                    "columns",
                    "identity",
                    "time",
                    "arrival",
                    "log",
                    "row_key",
                    "content_ignores",
                    "late_after",
                    "future_tolerance",
                    "physics",
                    "position",
                    "sensitive_areas",
                    "trip_end",
                    "masked",
                    "released",
                    "min_k");
    private static final List<String> FIELD =
            List.of(
                    "type",
                    "unit",
                    "class",
                    "grade",
                    "datum",
                    "min",
                    "max",
                    "invalid",
                    "abnormal",
                    "applies");

    private PlanReader() {}

    public static Plan read(Path file) throws IOException {
        return parse(Files.readString(file));
    }

    /** Plans that come with the platform, by the name of their raw table. */
    public static final List<String> STANDARD =
            List.of(
                    "vehicle_report",
                    "track_point",
                    "positions",
                    "safety_alarms",
                    "signal_phase",
                    "road_participant",
                    "road_event",
                    "gnss_fix",
                    "imu_sample",
                    "can_frame",
                    "chassis_sample");

    /** A plan of {@link #STANDARD}. */
    public static Plan standard(String name) {
        String resource = name + ".yaml";
        try (InputStream in = PlanReader.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException(
                        "no standard plan '" + name + "'; there are " + STANDARD);
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the plan resource " + resource, e);
        }
    }

    public static Plan parse(String yaml) {
        YamlTree.Mapping top = mapping("the plan", YamlTree.parse(yaml));
        top.onlyKeys("the plan", TOP);
        String table = text(top.get("the plan", "table"));
        YamlTree.Mapping identity = mapping("identity", top.get("the plan", "identity"));
        identity.onlyKeys("identity", List.of("column", "pseudonym"));
        List<Plan.Field> fields = fields(mapping("columns", top.get("the plan", "columns")));
        Names names = new Names(fields.stream().map(f -> f.column().name()).toList());
        Names governed = new Names(new ArrayList<>(names.known()));
        String identityColumn = names.column(identity.get("identity", "column"));
        String pseudonym = text(identity.get("identity", "pseudonym"));
        governed.known().remove(identityColumn);
        governed.known().add(pseudonym);
        governed.known()
                .addAll(List.of(Plan.ROW_KEY_HI, Plan.ROW_KEY_LO, Plan.CONTENT_HASH, Plan.QUALITY));
        Areas areas = areas(top.find("sensitive_areas"));
        return new Plan(
                text(top.get("the plan", "plan")),
                integer(top.get("the plan", "version"), 1, 1_000_000),
                table,
                top.find("source") instanceof YamlTree node ? text(node) : table,
                fields,
                identityColumn,
                pseudonym,
                names.column(top.get("the plan", "time")),
                top.find("arrival") instanceof YamlTree node ? names.column(node) : null,
                log(top.find("log"), names),
                rowKey(top, names),
                duration(top.get("the plan", "late_after")),
                duration(top.get("the plan", "future_tolerance")),
                physics(top.find("physics"), names),
                position(top.find("position"), names),
                areas.areas(),
                areas.marginFrom(),
                areas.marginTo(),
                tripEnd(top.find("trip_end")),
                columns(top.find("masked"), governed),
                columns(top.get("the plan", "released"), governed),
                top.find("min_k") instanceof YamlTree node ? integer(node, 0, 1_000_000) : 0,
                sha256(yaml));
    }

    private static List<Plan.Field> fields(YamlTree.Mapping columns) {
        List<Plan.Field> fields = new ArrayList<>();
        columns.entries()
                .forEach(
                        (name, node) -> {
                            String where = "column '" + name + "'";
                            YamlTree.Mapping field = mapping(where, node);
                            field.onlyKeys(where, FIELD);
                            fields.add(field(name, where, field));
                        });
        return fields;
    }

    private static Plan.Field field(String name, String where, YamlTree.Mapping field) {
        ColumnType type =
                field.get(where, "type") instanceof YamlTree.Scalar s
                                && s.text().equals("timestamp")
                        ? ColumnType.TIMESTAMP_MICROS_UTC
                        : constant(ColumnType.class, field.get(where, "type"));
        Column column;
        try {
            column =
                    new Column(
                            name,
                            type,
                            field.find("unit") instanceof YamlTree node ? text(node) : "",
                            constant(DataClass.class, field.get(where, "class")),
                            constant(Grade.class, field.get(where, "grade")),
                            field.find("datum") instanceof YamlTree node
                                    ? constant(CoordinateSystem.class, node)
                                    : CoordinateSystem.NONE);
        } catch (IllegalArgumentException e) {
            throw new PlanException(field.line(), String.valueOf(e.getMessage()));
        }
        double min = field.find("min") instanceof YamlTree node ? number(node) : Double.NaN;
        double max = field.find("max") instanceof YamlTree node ? number(node) : Double.NaN;
        if (min > max) {
            throw new PlanException(field.line(), where + ": min " + min + " is above max " + max);
        }
        boolean numeric =
                switch (type) {
                    case INT, LONG, FLOAT, DOUBLE -> true;
                    case BOOL, STRING, TIMESTAMP_MICROS_UTC -> false;
                };
        Set<Long> invalid = longs(field.find("invalid"));
        Set<Long> abnormal = longs(field.find("abnormal"));
        if (!numeric
                && !(Double.isNaN(min)
                        && Double.isNaN(max)
                        && invalid.isEmpty()
                        && abnormal.isEmpty())) {
            throw new PlanException(
                    field.line(), where + ": only a numeric column has a range or codes");
        }
        return new Plan.Field(column, min, max, invalid, abnormal, applies(where, field));
    }

    private static Plan.@Nullable Applies applies(String where, YamlTree.Mapping field) {
        if (!(field.find("applies") instanceof YamlTree node)) {
            return null;
        }
        YamlTree.Mapping applies = mapping("applies", node);
        if (applies.entries().size() != 1) {
            throw new PlanException(
                    node.line(), where + ": applies is one column with its value, {edition: 2025}");
        }
        Map.Entry<String, YamlTree> only = applies.entries().entrySet().iterator().next();
        return new Plan.Applies(
                only.getKey(), integer(only.getValue(), Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    private static Plan.@Nullable LogColumns log(@Nullable YamlTree node, Names names) {
        if (node == null) {
            return null;
        }
        YamlTree.Mapping log = mapping("log", node);
        log.onlyKeys("log", List.of("segment", "offset"));
        return new Plan.LogColumns(
                names.column(log.get("log", "segment")), names.column(log.get("log", "offset")));
    }

    private static Plan.RowKey rowKey(YamlTree.Mapping top, Names names) {
        YamlTree.Mapping key = mapping("row_key", top.get("the plan", "row_key"));
        key.onlyKeys("row_key", List.of("columns", "same"));
        Map<String, List<Set<Long>>> same = new LinkedHashMap<>();
        if (key.find("same") instanceof YamlTree node) {
            mapping("same", node)
                    .entries()
                    .forEach(
                            (column, groups) -> {
                                if (!names.known().contains(column)) {
                                    throw names.unknown(groups.line(), column);
                                }
                                same.put(
                                        column,
                                        sequence("same." + column, groups).items().stream()
                                                .map(PlanReader::longs)
                                                .toList());
                            });
        }
        return new Plan.RowKey(
                columns(key.get("row_key", "columns"), names),
                same,
                new LinkedHashSet<>(columns(top.find("content_ignores"), names)));
    }

    private static Plan.@Nullable Physics physics(@Nullable YamlTree node, Names names) {
        if (node == null) {
            return null;
        }
        YamlTree.Mapping physics = mapping("physics", node);
        physics.onlyKeys(
                "physics",
                List.of(
                        "speed",
                        "heading",
                        "heading_tolerance_degrees",
                        "sensors",
                        "clock_drift",
                        "max_speed_kmh",
                        "speed_tolerance_kmh",
                        "compare_within",
                        "frozen_rows"));
        @Nullable String heading =
                physics.find("heading") instanceof YamlTree n ? names.column(n) : null;
        Map<String, Integer> sensors = new LinkedHashMap<>();
        if (physics.find("sensors") instanceof YamlTree watched) {
            mapping("sensors", watched)
                    .entries()
                    .forEach(
                            (column, rows) -> {
                                if (!names.known().contains(column)) {
                                    throw names.unknown(rows.line(), column);
                                }
                                sensors.put(column, integer(rows, 2, 100_000));
                            });
        }
        return new Plan.Physics(
                names.column(physics.get("physics", "speed")),
                heading,
                heading == null
                        ? Double.NaN
                        : number(physics.get("physics", "heading_tolerance_degrees")),
                number(physics.get("physics", "max_speed_kmh")),
                number(physics.get("physics", "speed_tolerance_kmh")),
                duration(physics.get("physics", "compare_within")),
                integer(physics.get("physics", "frozen_rows"), 2, 100_000),
                sensors,
                physics.find("clock_drift") instanceof YamlTree drift ? duration(drift) : null);
    }

    private static Plan.Position position(@Nullable YamlTree node, Names names) {
        if (node == null) {
            return new Plan.Position(null, null, null, null);
        }
        YamlTree.Mapping position = mapping("position", node);
        position.onlyKeys("position", List.of("longitude", "latitude", "x", "y"));
        return new Plan.Position(
                position.find("longitude") instanceof YamlTree n ? names.column(n) : null,
                position.find("latitude") instanceof YamlTree n ? names.column(n) : null,
                position.find("x") instanceof YamlTree n ? names.column(n) : null,
                position.find("y") instanceof YamlTree n ? names.column(n) : null);
    }

    private record Areas(List<SensitiveArea> areas, double marginFrom, double marginTo) {}

    private static Areas areas(@Nullable YamlTree node) {
        if (node == null) {
            return new Areas(List.of(), 0, 0);
        }
        YamlTree.Mapping all = mapping("sensitive_areas", node);
        all.onlyKeys("sensitive_areas", List.of("margin_meters", "polygons"));
        double[] margin = range(all.get("sensitive_areas", "margin_meters"));
        List<SensitiveArea> areas = new ArrayList<>();
        mapping("polygons", all.get("sensitive_areas", "polygons"))
                .entries()
                .forEach((name, corners) -> areas.add(area(name, corners)));
        return new Areas(areas, margin[0], margin[1]);
    }

    private static SensitiveArea area(String name, YamlTree node) {
        List<YamlTree> corners = sequence("polygon '" + name + "'", node).items();
        double[] longitudes = new double[corners.size()];
        double[] latitudes = new double[corners.size()];
        for (int i = 0; i < longitudes.length; i++) {
            List<YamlTree> corner = sequence("a corner of '" + name + "'", corners.get(i)).items();
            if (corner.size() != 2) {
                throw new PlanException(
                        corners.get(i).line(), "a corner is [longitude, latitude] in degrees");
            }
            longitudes[i] = number(corner.get(0));
            latitudes[i] = number(corner.get(1));
        }
        try {
            return new SensitiveArea(name, longitudes, latitudes);
        } catch (IllegalArgumentException e) {
            throw new PlanException(node.line(), String.valueOf(e.getMessage()));
        }
    }

    private static ReleaseRule.@Nullable TripEnd tripEnd(@Nullable YamlTree node) {
        if (node == null) {
            return null;
        }
        YamlTree.Mapping cut = mapping("trip_end", node);
        cut.onlyKeys("trip_end", List.of("cut_meters", "gap", "dwell"));
        double[] meters = range(cut.get("trip_end", "cut_meters"));
        try {
            return new ReleaseRule.TripEnd(
                    meters[0],
                    meters[1],
                    duration(cut.get("trip_end", "gap")),
                    duration(cut.get("trip_end", "dwell")));
        } catch (IllegalArgumentException e) {
            throw new PlanException(cut.line(), String.valueOf(e.getMessage()));
        }
    }

    private static double[] range(YamlTree node) {
        List<YamlTree> items = sequence("a range", node).items();
        if (items.size() != 2 || number(items.get(0)) > number(items.get(1))) {
            throw new PlanException(node.line(), "a range is [from, to], ascending");
        }
        return new double[] {number(items.get(0)), number(items.get(1))};
    }

    private record Names(List<String> known) {
        String column(YamlTree node) {
            String name = text(node);
            if (!known.contains(name)) {
                throw unknown(node.line(), name);
            }
            return name;
        }

        PlanException unknown(int line, String name) {
            return new PlanException(
                    line,
                    "no column '"
                            + name
                            + "'; did you mean '"
                            + YamlTree.nearest(name, known)
                            + "'?");
        }
    }

    private static List<String> columns(@Nullable YamlTree node, Names names) {
        if (node == null) {
            return List.of();
        }
        return sequence("a list of columns", node).items().stream().map(names::column).toList();
    }

    private static Set<Long> longs(@Nullable YamlTree node) {
        if (node == null) {
            return Set.of();
        }
        Set<Long> values = new LinkedHashSet<>();
        for (YamlTree item : sequence("a list of codes", node).items()) {
            try {
                values.add(Long.parseLong(text(item)));
            } catch (NumberFormatException e) {
                throw new PlanException(item.line(), "'" + text(item) + "' is no whole number");
            }
        }
        return values;
    }

    private static <E extends Enum<E>> E constant(Class<E> type, YamlTree node) {
        String word = text(node);
        for (E value : type.getEnumConstants()) {
            if (value.name().toLowerCase(Locale.ROOT).equals(word)) {
                return value;
            }
        }
        List<String> known =
                Arrays.stream(type.getEnumConstants())
                        .map(v -> v.name().toLowerCase(Locale.ROOT))
                        .toList();
        throw new PlanException(
                node.line(),
                "'"
                        + word
                        + "' is no "
                        + type.getSimpleName()
                        + "; did you mean '"
                        + YamlTree.nearest(word, known)
                        + "'? There are "
                        + String.join(", ", known));
    }

    private static YamlTree.Mapping mapping(String where, YamlTree node) {
        if (node instanceof YamlTree.Mapping mapping) {
            return mapping;
        }
        throw new PlanException(node.line(), where + " must be a mapping (key: value)");
    }

    private static YamlTree.Sequence sequence(String where, YamlTree node) {
        if (node instanceof YamlTree.Sequence sequence) {
            return sequence;
        }
        throw new PlanException(node.line(), where + " must be a list");
    }

    private static String text(YamlTree node) {
        if (node instanceof YamlTree.Scalar scalar) {
            return scalar.text();
        }
        throw new PlanException(node.line(), "a single value is wanted here");
    }

    private static double number(YamlTree node) {
        if (node instanceof YamlTree.Scalar scalar && scalar.isNumber()) {
            return Double.parseDouble(scalar.text());
        }
        throw new PlanException(node.line(), "a number is wanted here");
    }

    private static int integer(YamlTree node, int from, int to) {
        double value = number(node);
        if (value != Math.rint(value) || value < from || value > to) {
            throw new PlanException(
                    node.line(), "a whole number of " + from + ".." + to + " is wanted here");
        }
        return (int) value;
    }

    /** {@code 90s}, {@code 10m}, {@code 7d}, {@code 250ms}, or ISO 8601. */
    private static Duration duration(YamlTree node) {
        String word = text(node);
        try {
            if (word.matches("\\d+ms")) {
                return Duration.ofMillis(Long.parseLong(word.substring(0, word.length() - 2)));
            }
            if (word.matches("\\d+[smhd]")) {
                long n = Long.parseLong(word.substring(0, word.length() - 1));
                return switch (word.charAt(word.length() - 1)) {
                    case 's' -> Duration.ofSeconds(n);
                    case 'm' -> Duration.ofMinutes(n);
                    case 'h' -> Duration.ofHours(n);
                    default -> Duration.ofDays(n);
                };
            }
            return Duration.parse(word);
        } catch (DateTimeParseException | NumberFormatException e) {
            throw new PlanException(
                    node.line(), "'" + word + "' is no duration; write 90s, 10m, 2h, 7d or PT10M");
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }
}
