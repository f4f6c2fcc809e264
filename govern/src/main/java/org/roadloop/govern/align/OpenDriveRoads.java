package org.roadloop.govern.align;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads an OpenDRIVE map (OpenDRIVE 路网), ASAM OpenDRIVE 1.4 to 1.8: of each road the middle of its
 * driving lanes, one line for each direction, and the links of roads and junctions between them.
 * The line of the direction against the reference line has "-" before the road's id.
 */
final class OpenDriveRoads {
    private record Link(String type, String id, boolean atStart) {}

    private static final class Road {
        final String id;
        final boolean leftHand;
        final OpenDriveGeometry line = new OpenDriveGeometry();
        final OpenDriveLanes lanes = new OpenDriveLanes();
        @Nullable Link predecessor;
        @Nullable Link successor;

        Road(String id, boolean leftHand) {
            this.id = id;
            this.leftHand = leftHand;
        }

        /** Lanes on this side of the reference line: -1 right, 1 left. */
        boolean drives(boolean forth) {
            return lanes.has(side(forth));
        }

        int side(boolean forth) {
            return forth == leftHand ? 1 : -1;
        }

        String line(boolean forth) {
            return forth ? id : "-" + id;
        }
    }

    /** From a road into a junction, and along a road in it. */
    private record Connection(String incoming, String connecting, boolean atStart) {}

    private OpenDriveRoads() {}

    static RoadMap read(RoadXml xml) {
        Map<String, Road> roads = new LinkedHashMap<>();
        Map<String, List<Connection>> junctions = new LinkedHashMap<>();
        @Nullable String projection = null;
        double east = 0;
        double north = 0;
        while (xml.next()) {
            if (xml.starts("geoReference")) {
                projection = xml.text();
            } else if (xml.starts("offset") && xml.find("hdg") != null) {
                if (xml.number("hdg", 0) != 0) {
                    throw xml.fault("an offset with a heading is not read");
                }
                east = xml.number("x");
                north = xml.number("y");
            } else if (xml.starts("road")) {
                Road road = new Road(xml.get("id"), "LHT".equals(xml.find("rule")));
                readRoad(xml, road);
                roads.put(road.id, road);
            } else if (xml.starts("junction")) {
                readJunction(xml, junctions);
            }
        }
        List<RoadLine> lines = new ArrayList<>();
        for (Road road : roads.values()) {
            for (boolean forth : new boolean[] {true, false}) {
                if (road.drives(forth)) {
                    double[][] line = road.line.sample(road.lanes, road.side(forth), forth);
                    lines.add(
                            new RoadLine(
                                    road.line(forth),
                                    line[0],
                                    line[1],
                                    next(road, forth, roads, junctions)));
                }
            }
        }
        return projection != null && projection.contains("+proj=")
                ? RoadMap.degrees(lines, TransverseMercator.parse(projection), east, north)
                : new RoadMap(false, lines);
    }

    private static void readRoad(RoadXml xml, Road road) {
        boolean inLink = false;
        while (xml.next() && !xml.ends("road")) {
            if (xml.element().equals("link")) {
                inLink = xml.isStart() && !road.lanes.insideLane();
            } else if (inLink && xml.starts("predecessor")) {
                road.predecessor = link(xml);
            } else if (inLink && xml.starts("successor")) {
                road.successor = link(xml);
            } else if (xml.starts("geometry")) {
                road.line.read(xml);
            } else {
                road.lanes.read(xml);
            }
        }
        if (road.line.isEmpty()) {
            throw xml.fault("road '" + road.id + "' has no geometry");
        }
    }

    private static Link link(RoadXml xml) {
        String type = xml.get("elementType");
        return new Link(type, xml.get("elementId"), "start".equals(xml.find("contactPoint")));
    }

    private static void readJunction(RoadXml xml, Map<String, List<Connection>> junctions) {
        List<Connection> connections =
                junctions.computeIfAbsent(xml.get("id"), _ -> new ArrayList<>());
        while (xml.next() && !xml.ends("junction")) {
            if (xml.starts("connection") && xml.find("connectingRoad") != null) {
                connections.add(
                        new Connection(
                                xml.get("incomingRoad"),
                                xml.get("connectingRoad"),
                                "start".equals(xml.get("contactPoint"))));
            }
        }
    }

    private static List<String> next(
            Road road,
            boolean forth,
            Map<String, Road> roads,
            Map<String, List<Connection>> junctions) {
        Link link = forth ? road.successor : road.predecessor;
        List<String> next = new ArrayList<>();
        if (link == null) {
            return next;
        }
        if (link.type().equals("junction")) {
            for (Connection connection : junctions.getOrDefault(link.id(), List.of())) {
                if (connection.incoming().equals(road.id)) {
                    add(next, roads.get(connection.connecting()), connection.atStart());
                }
            }
        } else {
            add(next, roads.get(link.id()), link.atStart());
        }
        return next;
    }

    private static void add(List<String> next, @Nullable Road road, boolean atStart) {
        if (road != null && road.drives(atStart) && !next.contains(road.line(atStart))) {
            next.add(road.line(atStart));
        }
    }
}
