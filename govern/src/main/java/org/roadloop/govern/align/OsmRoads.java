package org.roadloop.govern.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the roads for motor vehicles of an OpenStreetMap extract (OSM 路网). A way is cut where
 * another one meets it: its first piece is {@code 123#0}, and {@code -123#0} against the way's
 * direction. A vehicle may turn anywhere but back, which it may at a dead end only; relations with
 * turn restrictions are not read.
 */
final class OsmRoads {
    private static final Set<String> DRIVEN =
            Set.of(
                    "motorway",
                    "motorway_link",
                    "trunk",
                    "trunk_link",
                    "primary",
                    "primary_link",
                    "secondary",
                    "secondary_link",
                    "tertiary",
                    "tertiary_link",
                    "unclassified",
                    "residential",
                    "living_street",
                    "service",
                    "road");

    private record Way(String id, long[] nodes, boolean forth, boolean back) {}

    private record Piece(String id, long from, long to, RoadLine line, String reverse) {}

    private OsmRoads() {}

    static RoadMap read(RoadXml xml) {
        Map<Long, double[]> nodes = new HashMap<>();
        List<Way> ways = new ArrayList<>();
        while (xml.next()) {
            if (xml.starts("node")) {
                nodes.put(id(xml, "id"), new double[] {xml.number("lon"), xml.number("lat")});
            } else if (xml.starts("way")) {
                readWay(xml, nodes, ways);
            }
        }
        Map<Long, Integer> uses = new HashMap<>();
        for (Way way : ways) {
            for (int i = 0; i < way.nodes().length; i++) {
                boolean end = i == 0 || i == way.nodes().length - 1;
                uses.merge(way.nodes()[i], end ? 2 : 1, Integer::sum);
            }
        }
        List<Piece> pieces = new ArrayList<>();
        for (Way way : ways) {
            cut(way, nodes, uses, pieces);
        }
        return new RoadMap(true, link(pieces));
    }

    private static long id(RoadXml xml, String attribute) {
        try {
            return Long.parseLong(xml.get(attribute));
        } catch (NumberFormatException e) {
            throw xml.fault(attribute + " of <" + xml.element() + "> is no whole number");
        }
    }

    private static void readWay(RoadXml xml, Map<Long, double[]> nodes, List<Way> ways) {
        String id = xml.get("id");
        List<Long> refs = new ArrayList<>();
        Map<String, String> tags = new HashMap<>();
        while (xml.next() && !xml.ends("way")) {
            if (xml.starts("nd")) {
                long ref = id(xml, "ref");
                // an extract is cut at its border: a way goes on without its nodes outside
                if (nodes.containsKey(ref)) {
                    refs.add(ref);
                }
            } else if (xml.starts("tag")) {
                tags.put(xml.get("k"), xml.get("v"));
            }
        }
        String highway = tags.getOrDefault("highway", "");
        if (!DRIVEN.contains(highway) || refs.size() < 2) {
            return;
        }
        String access = tags.getOrDefault("motor_vehicle", tags.getOrDefault("access", "yes"));
        if (access.equals("no")) {
            return;
        }
        String oneway = tags.getOrDefault("oneway", "");
        boolean against = oneway.equals("-1") || oneway.equals("reverse");
        boolean implied =
                oneway.isEmpty()
                        && (highway.equals("motorway")
                                || tags.getOrDefault("junction", "").equals("roundabout"));
        boolean along = implied || Set.of("yes", "true", "1").contains(oneway);
        ways.add(new Way(id, refs.stream().mapToLong(Long::longValue).toArray(), !against, !along));
    }

    private static void cut(
            Way way, Map<Long, double[]> nodes, Map<Long, Integer> uses, List<Piece> pieces) {
        int from = 0;
        int number = 0;
        for (int to = 1; to < way.nodes().length; to++) {
            if (uses.getOrDefault(way.nodes()[to], 0) < 2) {
                continue;
            }
            long[] stretch = Arrays.copyOfRange(way.nodes(), from, to + 1);
            String id = way.id() + "#" + number++;
            if (way.forth()) {
                pieces.add(piece(id, "-" + id, stretch, nodes));
            }
            if (way.back()) {
                long[] turned = new long[stretch.length];
                for (int i = 0; i < turned.length; i++) {
                    turned[i] = stretch[stretch.length - 1 - i];
                }
                pieces.add(piece("-" + id, id, turned, nodes));
            }
            from = to;
        }
    }

    private static Piece piece(
            String id, String reverse, long[] stretch, Map<Long, double[]> nodes) {
        double[] x = new double[stretch.length];
        double[] y = new double[stretch.length];
        for (int i = 0; i < stretch.length; i++) {
            double[] at = nodes.getOrDefault(stretch[i], new double[2]);
            x[i] = at[0];
            y[i] = at[1];
        }
        return new Piece(
                id,
                stretch[0],
                stretch[stretch.length - 1],
                new RoadLine(id, x, y, List.of()),
                reverse);
    }

    private static List<RoadLine> link(List<Piece> pieces) {
        Map<Long, List<Piece>> starting = new HashMap<>();
        for (Piece piece : pieces) {
            starting.computeIfAbsent(piece.from(), _ -> new ArrayList<>()).add(piece);
        }
        List<RoadLine> lines = new ArrayList<>();
        for (Piece piece : pieces) {
            List<String> next = new ArrayList<>();
            List<String> back = new ArrayList<>();
            for (Piece after : starting.getOrDefault(piece.to(), List.of())) {
                (after.id().equals(piece.reverse()) ? back : next).add(after.id());
            }
            lines.add(piece.line().withNext(next.isEmpty() ? back : next));
        }
        return lines;
    }
}
