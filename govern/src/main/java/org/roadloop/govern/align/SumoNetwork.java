package org.roadloop.govern.align;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a SUMO network (SUMO 路网): each edge that is not inside a junction, as the line in the
 * middle of its lanes for motor vehicles, and the connections between them. Format: the SUMO user
 * documentation, "SUMO Road Networks".
 */
final class SumoNetwork {
    private static final Set<String> INSIDE =
            Set.of("internal", "walkingarea", "crossing", "connector");
    private static final Set<String> MOTOR = Set.of("passenger", "all", "private", "bus", "truck");

    private SumoNetwork() {}

    static RoadMap read(RoadXml xml) {
        Map<String, RoadLine> lines = new LinkedHashMap<>();
        Map<String, List<String>> next = new LinkedHashMap<>();
        @Nullable String projection = null;
        double east = 0;
        double north = 0;
        @Nullable String edge = null;
        List<double[][]> lanes = new ArrayList<>();
        while (xml.next()) {
            if (xml.starts("location")) {
                double[][] offset = xml.shape("netOffset");
                east = -offset[0][0];
                north = -offset[1][0];
                projection = xml.get("projParameter");
            } else if (xml.starts("edge")) {
                String function = xml.find("function");
                edge = function != null && INSIDE.contains(function) ? null : xml.get("id");
                lanes.clear();
            } else if (xml.starts("lane") && edge != null && isMotor(xml)) {
                lanes.add(xml.shape("shape"));
            } else if (xml.ends("edge") && edge != null) {
                if (!lanes.isEmpty()) {
                    double[][] line = middle(lanes);
                    if (line[0].length < 2) {
                        throw xml.fault("the lanes of edge '" + edge + "' have one point only");
                    }
                    lines.put(edge, new RoadLine(edge, line[0], line[1], List.of()));
                }
                edge = null;
            } else if (xml.starts("connection")) {
                List<String> to = next.computeIfAbsent(xml.get("from"), _ -> new ArrayList<>());
                String edgeAfter = xml.get("to");
                if (!to.contains(edgeAfter)) {
                    to.add(edgeAfter);
                }
            }
        }
        List<RoadLine> linked = new ArrayList<>();
        lines.forEach(
                (id, line) ->
                        linked.add(
                                line.withNext(
                                        next.getOrDefault(id, List.of()).stream()
                                                .filter(lines::containsKey)
                                                .toList())));
        return projection != null && projection.startsWith("+proj")
                ? RoadMap.degrees(linked, TransverseMercator.parse(projection), east, north)
                : new RoadMap(false, linked);
    }

    private static boolean isMotor(RoadXml xml) {
        String allow = xml.find("allow");
        if (allow != null) {
            return List.of(allow.split("\\s+")).stream().anyMatch(MOTOR::contains);
        }
        String disallow = xml.find("disallow");
        return disallow == null
                || !List.of(disallow.split("\\s+")).stream()
                        .anyMatch(c -> c.equals("all") || c.equals("passenger"));
    }

    /** Between the outer lanes where both have as many points; else the lane in the middle. */
    private static double[][] middle(List<double[][]> lanes) {
        double[][] right = lanes.getFirst();
        double[][] left = lanes.getLast();
        if (right[0].length != left[0].length) {
            return lanes.get(lanes.size() / 2);
        }
        double[][] middle = new double[2][right[0].length];
        for (int i = 0; i < middle[0].length; i++) {
            middle[0][i] = (right[0][i] + left[0][i]) / 2;
            middle[1][i] = (right[1][i] + left[1][i]) / 2;
        }
        return middle;
    }
}
