package org.roadloop.govern.align;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The lines of a road network as a file has them (路网): a SUMO network ({@code .net.xml}), an
 * OpenDRIVE map ({@code .xodr}) or an OpenStreetMap extract ({@code .osm}), each also with {@code
 * .gz} behind. Where the file names its projection (UTM or transverse Mercator), positions are
 * degrees of WGS-84; otherwise metres in the file's own frame.
 *
 * @param degrees degrees of WGS-84, else metres
 */
record RoadMap(boolean degrees, List<RoadLine> lines) {
    RoadMap {
        lines = List.copyOf(lines);
        Map<String, Integer> ids = new HashMap<>();
        for (RoadLine line : lines) {
            if (ids.put(line.id(), 0) != null) {
                throw new IllegalArgumentException(
                        "road line '" + line.id() + "' is in the network twice");
            }
        }
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("the network has no road that can be driven on");
        }
    }

    /** If a file's name is that of a road network. */
    static boolean reads(String fileName) {
        String name = plain(fileName);
        return name.endsWith(".net.xml") || name.endsWith(".xodr") || isOsm(name);
    }

    private static boolean isOsm(String name) {
        return name.endsWith(".osm") || name.endsWith(".osm.xml");
    }

    private static String plain(String fileName) {
        return fileName.endsWith(".gz") ? fileName.substring(0, fileName.length() - 3) : fileName;
    }

    static RoadMap read(Path file) {
        String name = plain(String.valueOf(file.getFileName()));
        try (RoadXml xml = new RoadXml(file)) {
            if (name.endsWith(".net.xml")) {
                return SumoNetwork.read(xml);
            }
            if (name.endsWith(".xodr")) {
                return OpenDriveRoads.read(xml);
            }
            if (isOsm(name)) {
                return OsmRoads.read(xml);
            }
        }
        throw new IllegalArgumentException(
                "'" + name + "' is no road network by its name: .net.xml, .xodr and .osm are");
    }

    /** Lines in metres of a projection, moved by an offset, as degrees. */
    static RoadMap degrees(
            List<RoadLine> lines, TransverseMercator projection, double east, double north) {
        double[] to = new double[2];
        for (RoadLine line : lines) {
            for (int i = 0; i < line.x().length; i++) {
                projection.toDegrees(line.x()[i] + east, line.y()[i] + north, to);
                line.x()[i] = to[0];
                line.y()[i] = to[1];
            }
        }
        return new RoadMap(true, lines);
    }
}
