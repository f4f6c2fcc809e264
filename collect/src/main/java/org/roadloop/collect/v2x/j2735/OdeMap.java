package org.roadloop.collect.v2x.j2735;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.roadloop.collect.v2x.day1.Connection;
import org.roadloop.collect.v2x.day1.Elements;
import org.roadloop.collect.v2x.day1.LaneAttributes;
import org.roadloop.collect.v2x.day1.MapData;
import org.roadloop.collect.v2x.day1.MapLane;
import org.roadloop.collect.v2x.day1.MapLink;
import org.roadloop.collect.v2x.day1.MapNode;
import org.roadloop.collect.v2x.day1.Position3D;
import org.roadloop.collect.v2x.day1.RoadPoint;
import org.roadloop.collect.v2x.uper.Flags;
import org.roadloop.collect.v2x.uper.Items;
import tools.jackson.databind.JsonNode;

/**
 * The MAP of SAE J2735 in ODE JSON, put into that of T/CSAE 53 (美国地图消息). There lanes belong to the
 * junction and have the number of an approach; here roads lead into it and have lanes. So the lanes
 * of an ingress approach become one road, {@code approach 5}. J2735 does not say where a road comes
 * from: its upstream junction is 0, "not known". Lanes that only lead out are no road into the
 * junction and are left; what leads to them is kept by their numbers. Points are offsets in
 * centimetres, each from the one before; here they are in the direction of travel, there from the
 * stop line outward.
 */
final class OdeMap {
    private static final int MOST_LINKS = 32;
    private static final int MOST_LANES = 32;
    private static final int MOST_POINTS = 31;
    private static final int MOST_CONNECTIONS = 16;

    /** Centimetres of a degree of latitude on the mean sphere, IUGG. */
    private static final double CM_PER_DEGREE = Math.toRadians(637_100_880.0);

    /** No junction is wider, and every offset within it can be said. */
    private static final double MOST_CM = 1_000_000;

    private OdeMap() {}

    /** False when no junction has a road into it. */
    static boolean read(JsonNode data, JsonNode geometry, MapData map) {
        map.presence = 0;
        map.msgCnt = OdeMessage.number(data.path("msgIssueRevision"), 0) & 0x7F;
        map.nodes.clear();
        for (JsonNode junction : geometry) {
            Map<Integer, List<JsonNode>> approaches = approaches(junction);
            if (approaches.isEmpty() || approaches.size() > MOST_LINKS) {
                return false;
            }
            node(junction, approaches, map.nodes.add());
        }
        return map.nodes.size() > 0;
    }

    private static Map<Integer, List<JsonNode>> approaches(JsonNode junction) {
        Map<Integer, List<JsonNode>> approaches = new TreeMap<>();
        for (JsonNode lane : junction.path("laneSet").path("GenericLane")) {
            if (OdeMessage.isNumber(lane.path("ingressApproach"))) {
                int number = OdeMessage.number(lane.path("ingressApproach"), 0);
                approaches.computeIfAbsent(number, _ -> new ArrayList<>()).add(lane);
            }
        }
        return approaches;
    }

    private static void node(
            JsonNode junction, Map<Integer, List<JsonNode>> approaches, MapNode node) {
        node.presence = MapNode.IN_LINKS;
        OdeMessage.reference(junction.path("id"), node.id);
        JsonNode place = junction.path("refPoint");
        node.refPos.presence = Position3D.ELEVATION;
        node.refPos.latE7Degrees =
                OdeMessage.whole(place.path("latitude"), Elements.LATITUDE, false);
        node.refPos.longE7Degrees =
                OdeMessage.whole(place.path("longitude"), Elements.LONGITUDE, false);
        node.refPos.elevationDecimetres =
                OdeMessage.whole(place.path("elevation"), Elements.ELEVATION, false);
        node.inLinks.clear();
        approaches.forEach(
                (number, lanes) -> {
                    MapLink link = node.inLinks.add();
                    link.presence = MapLink.NAME;
                    byte[] name = ("approach " + number).getBytes(StandardCharsets.US_ASCII);
                    link.name.set(name);
                    link.upstreamNodeId.presence = 0;
                    link.upstreamNodeId.id = 0;
                    link.lanes.clear();
                    lanes.stream()
                            .limit(MOST_LANES)
                            .forEach(lane -> lane(junction, lane, node, link.lanes.add()));
                });
    }

    private static void lane(JsonNode junction, JsonNode from, MapNode node, MapLane lane) {
        lane.laneId = OdeMessage.number(from.path("laneID"), 0) & 0xFF;
        lane.presence = 0;
        if (OdeMessage.isNumber(junction.path("laneWidth"))) {
            lane.presence |= MapLane.LANE_WIDTH;
            lane.laneWidthCm = OdeMessage.number(junction.path("laneWidth"), 0) & 0x7FFF;
        }
        if (from.path("laneAttributes").isObject()) {
            lane.presence |= MapLane.LANE_ATTRIBUTES;
            attributes(from.path("laneAttributes"), lane.laneAttributes);
        }
        if (from.path("maneuvers").isObject()) {
            lane.presence |= MapLane.MANEUVERS;
            lane.maneuvers = flags(from.path("maneuvers"), Elements.ALLOWED_MANEUVERS);
        }
        connections(from.path("connectsTo").path("connectsTo"), lane);
        points(from.path("nodeList").path("nodes"), node.refPos, lane);
    }

    private static void attributes(JsonNode from, LaneAttributes into) {
        into.presence = LaneAttributes.SHARE_WITH;
        into.shareWith = flags(from.path("shareWith"), LaneAttributes.SHARING);
        into.laneType = 0;
        into.attributes = 0;
        for (int type = 0; type < LaneAttributes.KINDS.length; type++) {
            JsonNode kind = from.path("laneType").path(LaneAttributes.KINDS[type].name());
            if (kind.isObject()) {
                into.laneType = type;
                into.attributes = flags(kind, LaneAttributes.KINDS[type]);
            }
        }
    }

    private static long flags(JsonNode from, Flags flags) {
        return flags.where(name -> from.path(name).asBoolean(false));
    }

    private static void connections(JsonNode from, MapLane lane) {
        Items<Connection> to = lane.connectsTo;
        to.clear();
        for (JsonNode connection : from) {
            if (to.size() == MOST_CONNECTIONS) {
                break;
            }
            Connection one = to.add();
            one.presence = Connection.CONNECTING_LANE;
            OdeMessage.reference(connection.path("remoteIntersection"), one.remoteIntersection);
            JsonNode reached = connection.path("connectingLane");
            one.connectingLane.lane = OdeMessage.number(reached.path("lane"), 0) & 0xFF;
            one.connectingLane.presence = 0;
            if (reached.path("maneuver").isObject()) {
                one.connectingLane.presence = Connection.ConnectingLane.MANEUVER;
                one.connectingLane.maneuver =
                        flags(reached.path("maneuver"), Elements.ALLOWED_MANEUVERS);
            }
            if (OdeMessage.isNumber(connection.path("signalGroup"))) {
                one.presence |= Connection.PHASE_ID;
                one.phaseId = OdeMessage.number(connection.path("signalGroup"), 0) & 0xFF;
            }
        }
        if (to.size() > 0) {
            lane.presence |= MapLane.CONNECTS_TO;
        }
    }

    /** Lanes with places of another kind, computed ones or degrees, have no points. */
    private static void points(JsonNode nodes, Position3D reference, MapLane lane) {
        double[] east = new double[MOST_POINTS];
        double[] north = new double[MOST_POINTS];
        double x = 0;
        double y = 0;
        int count = 0;
        for (JsonNode node : nodes) {
            JsonNode step = step(node.path("delta"));
            if (step.isMissingNode() || count == MOST_POINTS) {
                return;
            }
            x += OdeMessage.number(step.path("x"), 0);
            y += OdeMessage.number(step.path("y"), 0);
            if (Math.abs(x) > MOST_CM || Math.abs(y) > MOST_CM) {
                return;
            }
            east[count] = x;
            north[count++] = y;
        }
        double cosine = Math.cos(Math.toRadians(reference.latE7Degrees / 1e7));
        lane.points.clear();
        if (count < 2) {
            return;
        }
        for (int i = count - 1; i >= 0; i--) {
            int lon = (int) Math.round(east[i] / CM_PER_DEGREE / cosine * 1e7);
            int lat = (int) Math.round(north[i] / CM_PER_DEGREE * 1e7);
            RoadPoint point = lane.points.add();
            point.presence = 0;
            point.posOffset.presence = 0;
            point.posOffset.offset(lon, lat);
        }
        lane.presence |= MapLane.POINTS;
    }

    private static JsonNode step(JsonNode delta) {
        for (int width = 1; width <= 6; width++) {
            JsonNode step = delta.path("nodeXY" + width);
            if (step.isObject()) {
                return step;
            }
        }
        return delta.path("none");
    }
}
