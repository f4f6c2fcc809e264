package org.roadloop.govern.align;

import java.util.List;

/**
 * One direction of a road between two forks (路段), as its file has it.
 *
 * @param id name in the network; an edge of SUMO as it is, a road of OpenDRIVE or a piece of an OSM
 *     way with "-" before it for the direction against the one it was drawn in
 * @param x degrees of longitude or metres east, {@code y} degrees of latitude or metres north; at
 *     least two points, in the direction of travel
 * @param next lines that a vehicle may drive on to
 */
record RoadLine(String id, double[] x, double[] y, List<String> next) {
    RoadLine {
        if (x.length != y.length || x.length < 2) {
            throw new IllegalArgumentException("road line '" + id + "' has fewer than two points");
        }
        next = List.copyOf(next);
    }

    RoadLine withNext(List<String> other) {
        return new RoadLine(id, x, y, other);
    }
}
