package org.roadloop.govern.align;

import java.util.ArrayList;
import java.util.List;

/*
 * Reference lines by ASAM OpenDRIVE 1.8 clause 9: line, arc, spiral (curvature linear in the length),
 * poly3 and paramPoly3. The positions along arc and spiral are the integral of (cos, sin) of the
 * heading, which is a polynomial of the length: Simpson's rule over steps of at most half a metre
 * leaves less than a micrometre at the curvatures of roads (error <= h^4 L max|f''''| / 2880).
 */

/** The reference line of an OpenDRIVE road (道路参考线). One thread. */
final class OpenDriveGeometry {
    private static final double SAMPLE_METERS = 4;
    private static final double STEP_METERS = 0.5;

    /** Shape of a piece by its length so far: writes x, y and heading in its own frame. */
    private interface Curve {
        void at(double ds, double[] to);
    }

    private record Piece(
            double s, double x, double y, double heading, double length, Curve curve) {}

    private final List<Piece> pieces = new ArrayList<>();

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** Reads a {@code geometry} with its one child. */
    void read(RoadXml xml) {
        double s = xml.number("s");
        double x = xml.number("x");
        double y = xml.number("y");
        double heading = xml.number("hdg");
        double length = xml.number("length");
        if (length < 0 || length > 1e6) {
            throw xml.fault("a geometry is 0 to 1,000,000 m long");
        }
        while (xml.next() && !xml.ends("geometry")) {
            if (xml.isStart()) {
                pieces.add(new Piece(s, x, y, heading, length, curve(xml, length)));
            }
        }
    }

    private static Curve curve(RoadXml xml, double length) {
        return switch (xml.element()) {
            case "line" -> clothoid(0, 0, length);
            case "arc" -> clothoid(xml.number("curvature"), xml.number("curvature"), length);
            case "spiral" -> clothoid(xml.number("curvStart"), xml.number("curvEnd"), length);
            case "poly3" ->
                    cubic(
                            new double[] {0, 1, 0, 0},
                            new double[] {
                                xml.number("a"), xml.number("b"), xml.number("c"), xml.number("d")
                            },
                            1);
            case "paramPoly3" ->
                    cubic(
                            new double[] {
                                xml.number("aU"),
                                xml.number("bU"),
                                xml.number("cU"),
                                xml.number("dU")
                            },
                            new double[] {
                                xml.number("aV"),
                                xml.number("bV"),
                                xml.number("cV"),
                                xml.number("dV")
                            },
                            "arcLength".equals(xml.find("pRange")) ? 1 : 1 / length);
            default ->
                    throw xml.fault(
                            "geometry <"
                                    + xml.element()
                                    + "> is not one of line, arc, spiral, poly3, paramPoly3");
        };
    }

    private static Curve clothoid(double from, double to, double length) {
        double rate = length == 0 ? 0 : (to - from) / length;
        return (ds, at) -> {
            at[0] = 0;
            at[1] = 0;
            if (from == 0 && rate == 0) {
                at[0] = ds;
            } else {
                int steps = Math.max(1, (int) Math.ceil(ds / STEP_METERS));
                double h = ds / steps;
                for (int i = 0; i < steps; i++) {
                    for (int k = 0; k < 3; k++) {
                        double where = (i + k / 2.0) * h;
                        double turned = where * (from + rate * where / 2);
                        double weight = (k == 1 ? 4 : 1) * h / 6;
                        at[0] += weight * Math.cos(turned);
                        at[1] += weight * Math.sin(turned);
                    }
                }
            }
            at[2] = ds * (from + rate * ds / 2);
        };
    }

    private static Curve cubic(double[] u, double[] v, double perMeter) {
        return (ds, at) -> {
            double p = ds * perMeter;
            at[0] = u[0] + p * (u[1] + p * (u[2] + p * u[3]));
            at[1] = v[0] + p * (v[1] + p * (v[2] + p * v[3]));
            at[2] =
                    Math.atan2(
                            v[1] + p * (2 * v[2] + p * 3 * v[3]),
                            u[1] + p * (2 * u[2] + p * 3 * u[3]));
        };
    }

    /** Points of the middle of the lanes of a side, in the direction of travel: x, then y. */
    double[][] sample(OpenDriveLanes lanes, int side, boolean forth) {
        List<double[]> points = new ArrayList<>();
        double[] at = new double[3];
        for (Piece piece : pieces) {
            int steps = Math.max(1, (int) Math.ceil(piece.length() / SAMPLE_METERS));
            for (int i = points.isEmpty() ? 0 : 1; i <= steps; i++) {
                double ds = piece.length() * i / steps;
                piece.curve().at(ds, at);
                double cos = Math.cos(piece.heading());
                double sin = Math.sin(piece.heading());
                double left = lanes.offset(side, piece.s() + ds);
                double heading = piece.heading() + at[2];
                points.add(
                        new double[] {
                            piece.x() + at[0] * cos - at[1] * sin - left * Math.sin(heading),
                            piece.y() + at[0] * sin + at[1] * cos + left * Math.cos(heading)
                        });
            }
        }
        double[][] line = new double[2][points.size()];
        for (int i = 0; i < points.size(); i++) {
            double[] point = points.get(forth ? i : points.size() - 1 - i);
            line[0][i] = point[0];
            line[1][i] = point[1];
        }
        return line;
    }
}
