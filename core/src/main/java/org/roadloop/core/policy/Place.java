package org.roadloop.core.policy;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a use happens (使用地点): a region by its code, a point, or both. How it is known is said with
 * it: a place that someone declared is not a place that was proven.
 *
 * @param region ISO 3166-2 or GB/T 2260, see {@link Region}; empty if only the point is known
 * @param point null if only the region is known
 */
public record Place(String region, @Nullable Point point, Basis basis) {
    /** The left operand that asks for it. */
    public static final String OPERAND = "spatial";

    /** What speaks for it (地点依据). */
    public enum Basis {
        /** It is this platform's own site: its operator says where that is. */
        OWN,
        /** A credential of an issuer that is trusted here says so. */
        PROVEN,
        /** The operator of this platform wrote down what the other party said. */
        DECLARED
    }

    /** Degrees of WGS 84. */
    public record Point(double lonDegrees, double latDegrees) {
        public Point {
            if (!(Math.abs(lonDegrees) <= 180) || !(Math.abs(latDegrees) <= 90)) {
                throw new IllegalArgumentException(
                        "a point has a longitude within 180 and a latitude within 90 degrees, not "
                                + lonDegrees
                                + " "
                                + latDegrees);
            }
        }
    }

    public Place {
        if (region.isEmpty() && point == null) {
            throw new IllegalArgumentException("a place has a region or a point");
        }
        if (!region.isEmpty() && !region.matches("[A-Z]{2}(-[A-Za-z0-9]{1,8})*|[1-8]\\d{5}")) {
            throw new IllegalArgumentException(
                    "region '"
                            + region
                            + "' is neither an ISO 3166 code like CN-31-0115 nor one of GB/T 2260"
                            + " like 310115");
        }
    }

    /** The value of the left operand {@code spatial}. */
    public String name() {
        Point at = point;
        return !region.isEmpty() || at == null
                ? region
                : String.format(Locale.ROOT, "POINT(%s %s)", at.lonDegrees(), at.latDegrees());
    }

    /**
     * What the place is part of, for {@link Request#partOf}: its regions by every name, and those
     * of some right operands that are polygons around it.
     */
    public Map<String, Set<String>> partOf(Collection<String> rightOperands) {
        Map<String, Set<String>> edges = new HashMap<>(Region.partOf(region));
        Point at = point;
        if (at == null) {
            return edges;
        }
        Set<String> around = new HashSet<>(edges.getOrDefault(name(), Set.of()));
        for (String text : rightOperands) {
            Optional<Geofence> fence = Geofence.read(text);
            if (fence.isPresent() && fence.get().contains(at.lonDegrees(), at.latDegrees())) {
                around.add(text);
            }
        }
        edges.put(name(), around);
        return edges;
    }
}
