package org.roadloop.collect.rows;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Conversion between units of one quantity (单位换算), as in UCUM where it has a name for them. */
final class Units {
    /**
     * @param perUnit how many base units one is
     * @param offset of its zero, in base units
     */
    private record Unit(String quantity, double perUnit, double offset) {}

    private static final Map<String, Unit> BY_NAME = new TreeMap<>();

    static {
        add("speed", "km/h", 1, "m/s", 3.6, "mph", 1.609344, "kn", 1.852, "cm/s", 0.036);
        add("length", "m", 1, "km", 1000, "cm", 0.01, "mm", 0.001, "ft", 0.3048, "mi", 1609.344);
        add("acceleration", "m/s2", 1, "g", 9.80665, "ft/s2", 0.3048);
        add("angle", "deg", 1, "rad", 180 / Math.PI);
        add("rotation", "deg/s", 1, "rad/s", 180 / Math.PI, "rpm", 6);
        add("voltage", "V", 1, "mV", 0.001, "kV", 1000);
        add("current", "A", 1, "mA", 0.001);
        add("resistance", "ohm", 1, "kohm", 1000, "Mohm", 1e6);
        add("share", "%", 1, "1", 100);
        BY_NAME.put("Cel", new Unit("temperature", 1, 0));
        BY_NAME.put("K", new Unit("temperature", 1, -273.15));
        BY_NAME.put("degF", new Unit("temperature", 5 / 9.0, -160 / 9.0));
    }

    private Units() {}

    private static void add(String quantity, Object... namesAndSizes) {
        for (int i = 0; i < namesAndSizes.length; i += 2) {
            double perUnit = ((Number) namesAndSizes[i + 1]).doubleValue();
            BY_NAME.put((String) namesAndSizes[i], new Unit(quantity, perUnit, 0));
        }
    }

    /**
     * {@code value · first + second} turns one unit into the other.
     *
     * @throws IllegalArgumentException if a unit is unknown, or they measure different things
     */
    static double[] between(String from, String to) {
        if (from.equals(to)) {
            return new double[] {1, 0};
        }
        Unit source = unit(from);
        Unit target = unit(to);
        if (!source.quantity().equals(target.quantity())) {
            throw new IllegalArgumentException(
                    "'%s' is a %s, '%s' a %s"
                            .formatted(from, source.quantity(), to, target.quantity()));
        }
        return new double[] {
            source.perUnit() / target.perUnit(),
            (source.offset() - target.offset()) / target.perUnit()
        };
    }

    private static Unit unit(String name) {
        @Nullable Unit unit = BY_NAME.get(name);
        if (unit == null) {
            throw new IllegalArgumentException(
                    "no unit '%s'; units are %s".formatted(name, List.copyOf(BY_NAME.keySet())));
        }
        return unit;
    }
}
