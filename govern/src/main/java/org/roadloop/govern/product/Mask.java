package org.roadloop.govern.product;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.Setting;
import org.roadloop.govern.privacy.ReleaseRule;
import org.roadloop.govern.privacy.SensitiveArea;

/**
 * Takes out cells in sensitive areas and at the ends of trips (敏感区域与行程端点遮蔽), as {@link
 * org.roadloop.govern.privacy.TripMask} finds them; needs the rows of a vehicle in order of time,
 * and holds those of one vehicle in memory.
 *
 * @param columns whose cells are taken out
 * @param tripEnd left out: trips keep their ends
 * @param areas left out: there are none; corners are [longitude, latitude] in degrees
 * @param marginMeters least and most path hidden around a crossing; 100 to 400 if left out
 */
public record Mask(
        String vehicle,
        String time,
        String longitude,
        String latitude,
        List<String> columns,
        @Nullable TripEnd tripEnd,
        @Nullable Map<String, List<List<Double>>> areas,
        @Nullable List<Double> marginMeters)
        implements Operator {
    public Mask {
        columns = List.copyOf(columns);
        areas =
                areas == null
                        ? Map.of()
                        : java.util.Collections.unmodifiableMap(new LinkedHashMap<>(areas));
        marginMeters = marginMeters == null ? List.of(100.0, 400.0) : List.copyOf(marginMeters);
        if (!columns.contains(longitude) || !columns.contains(latitude)) {
            throw new IllegalArgumentException(
                    "mask must take out the position itself: name "
                            + longitude
                            + " and "
                            + latitude
                            + " in columns");
        }
        if (tripEnd == null && areas.isEmpty()) {
            throw new IllegalArgumentException("mask needs a trip_end or areas");
        }
        if (marginMeters.size() != 2) {
            throw new IllegalArgumentException("margin_meters is [from, to]");
        }
        areas.forEach(Mask::area);
    }

    /**
     * @param cutMeters least and most radius around an end, see {@link ReleaseRule.TripEnd}
     * @param gap a pause longer than this ends a trip
     * @param dwell a stand longer than this ends a trip
     */
    public record TripEnd(List<Double> cutMeters, Duration gap, Duration dwell) {
        public TripEnd {
            cutMeters = List.copyOf(cutMeters);
            if (cutMeters.size() != 2) {
                throw new IllegalArgumentException("cut_meters is [from, to]");
            }
            rule(cutMeters, gap, dwell);
        }

        private static ReleaseRule.TripEnd rule(
                List<Double> cutMeters, Duration gap, Duration dwell) {
            return new ReleaseRule.TripEnd(cutMeters.get(0), cutMeters.get(1), gap, dwell);
        }

        ReleaseRule.TripEnd rule() {
            return rule(cutMeters, gap, dwell);
        }
    }

    private static SensitiveArea area(String name, List<List<Double>> corners) {
        if (corners.stream().anyMatch(corner -> corner.size() != 2)) {
            throw new IllegalArgumentException(
                    "area '" + name + "': a corner is [longitude, latitude]");
        }
        return new SensitiveArea(
                name,
                corners.stream().mapToDouble(corner -> corner.get(0)).toArray(),
                corners.stream().mapToDouble(corner -> corner.get(1)).toArray());
    }

    List<SensitiveArea> sensitiveAreas() {
        List<SensitiveArea> all = new ArrayList<>();
        if (areas != null) {
            areas.forEach((name, corners) -> all.add(area(name, corners)));
        }
        return all;
    }

    ReleaseRule rule() {
        List<Double> margin = marginMeters == null ? List.of(100.0, 400.0) : marginMeters;
        boolean crossings = areas != null && !areas.isEmpty();
        return new ReleaseRule(
                vehicle,
                time,
                longitude,
                latitude,
                null,
                null,
                columns,
                List.of(),
                crossings ? margin.get(0) : 0,
                crossings ? margin.get(1) : 0,
                tripEnd == null ? null : tripEnd.rule());
    }

    @Override
    public String name() {
        return "mask/1";
    }

    @Override
    public List<String> order() {
        return List.of(vehicle, time);
    }

    @Override
    public Schema output(Schema input) {
        type(input, vehicle, ColumnType.STRING);
        type(input, time, ColumnType.TIMESTAMP_MICROS_UTC);
        type(input, longitude, ColumnType.DOUBLE);
        type(input, latitude, ColumnType.DOUBLE);
        for (String column : columns) {
            if (input.column(input.indexOf(column)).type() == ColumnType.STRING) {
                throw new IllegalArgumentException(
                        "column '" + column + "' is text; mask takes out numbers: drop it");
            }
        }
        return input;
    }

    private static void type(Schema input, String column, ColumnType wanted) {
        ColumnType type = input.column(input.indexOf(column)).type();
        if (type != wanted) {
            throw new IllegalArgumentException(
                    "column '" + column + "' is " + type + "; mask needs " + wanted + " there");
        }
    }

    @Override
    public Run start(Schema input, Setting setting) {
        output(input);
        return new MaskRun(this, input, setting.keys());
    }
}
