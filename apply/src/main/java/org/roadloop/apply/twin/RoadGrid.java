package org.roadloop.apply.twin;

/**
 * The roads of the town (路网): n × n junctions, two lanes per direction, traffic on the right.
 *
 * <p>Everything a car can be on is a segment with a length and a centre line. Lane segments run
 * from the edge of one junction to the stop line of the next: segment {@code (junction·4 + dir)·2 +
 * lane} leaves {@code junction} in direction {@code dir} (0 east, 1 north, 2 west, 3 south); lane 0
 * is the right one. Connectors cross a junction from a lane to the same lane of another road:
 * segment {@code lanes + lane segment·3 + turn} (0 right, 1 straight, 2 left). Immutable.
 */
final class RoadGrid {
    static final double LANE_WIDTH = 3.5;
    static final double HALF_JUNCTION = 15;
    static final int RIGHT = 0;
    static final int STRAIGHT = 1;
    static final int LEFT = 2;

    private static final int[] DX = {1, 0, -1, 0};
    private static final int[] DY = {0, 1, 0, -1};

    private final int perSide;
    private final double block;
    final int lanes;
    final int segments;

    RoadGrid(int perSide, double blockMetres) {
        this.perSide = perSide;
        this.block = blockMetres;
        lanes = perSide * perSide * 8;
        segments = lanes * 4;
    }

    int junctions() {
        return perSide * perSide;
    }

    double junctionX(int junction) {
        return (junction % perSide - (perSide - 1) / 2.0) * block;
    }

    double junctionY(int junction) {
        int row = junction / perSide;
        return (row - (perSide - 1) / 2.0) * block;
    }

    /** The junction whose centre is nearest. */
    int nearestJunction(double x, double y) {
        return index(y) * perSide + index(x);
    }

    private int index(double metres) {
        long i = Math.round(metres / block + (perSide - 1) / 2.0);
        return (int) Math.max(0, Math.min(perSide - 1, i));
    }

    boolean isLane(int segment) {
        return segment < lanes;
    }

    /** Whether the road of a lane segment leads to another junction of the grid. */
    boolean exists(int lane) {
        return roadExists(lane >> 3, (lane >> 1) & 3);
    }

    private boolean roadExists(int junction, int dir) {
        int column = junction % perSide + DX[dir];
        int row = junction / perSide + DY[dir];
        return column >= 0 && column < perSide && row >= 0 && row < perSide;
    }

    /** The junction a lane segment leads to. */
    int junctionAhead(int lane) {
        int dir = (lane >> 1) & 3;
        return (lane >> 3) + DX[dir] + DY[dir] * perSide;
    }

    int direction(int lane) {
        return (lane >> 1) & 3;
    }

    /** Whether cars arrive at the junction driving in this direction. */
    boolean approachExists(int junction, int dir) {
        return roadExists(junction, (dir + 2) & 3);
    }

    int connector(int lane, int turn) {
        return lanes + lane * 3 + turn;
    }

    int laneOfConnector(int connector) {
        return (connector - lanes) / 3;
    }

    int turnOfConnector(int connector) {
        return (connector - lanes) % 3;
    }

    /** The lane segment a connector leads to. */
    int laneAfter(int connector) {
        int from = laneOfConnector(connector);
        int dir = turned(direction(from), turnOfConnector(connector));
        return (junctionAhead(from) * 4 + dir) * 2 + (from & 1);
    }

    private static int turned(int dir, int turn) {
        return (dir + turn + 3) & 3;
    }

    /**
     * Bit {@code t} is set if turn {@code t} may be taken from this lane. The right lane goes right
     * or straight, the left lane left or straight, and both take what is left where a road is
     * missing; so paths from one approach never cross.
     */
    int turns(int lane) {
        int junction = junctionAhead(lane);
        int dir = direction(lane);
        int open = 0;
        for (int turn = RIGHT; turn <= LEFT; turn++) {
            if (roadExists(junction, turned(dir, turn))) {
                open |= 1 << turn;
            }
        }
        int wanted = (lane & 1) == 0 ? 0b011 : 0b110;
        return (open & wanted) != 0 ? open & wanted : open;
    }

    double length(int segment) {
        if (isLane(segment)) {
            return block - 2 * HALF_JUNCTION;
        }
        return switch (turnOfConnector(segment)) {
            case RIGHT -> Math.PI / 2 * (HALF_JUNCTION - offset(laneOfConnector(segment)));
            case STRAIGHT -> 2 * HALF_JUNCTION;
            default -> Math.PI / 2 * (HALF_JUNCTION + offset(laneOfConnector(segment)));
        };
    }

    /** Distance of a lane's centre from the centre line of its road. */
    private static double offset(int lane) {
        return (lane & 1) == 0 ? 1.5 * LANE_WIDTH : 0.5 * LANE_WIDTH;
    }

    /** Speed a careful driver takes a connector with, m/s. */
    double turnSpeed(int connector) {
        return switch (turnOfConnector(connector)) {
            case RIGHT -> 5.5;
            case STRAIGHT -> 20;
            default -> 7.5;
        };
    }

    /**
     * A point of the centre line into {@code out}: east and north in metres, direction of travel in
     * radians counter-clockwise from east.
     */
    void locate(int segment, double s, double[] out) {
        int lane = isLane(segment) ? segment : laneOfConnector(segment);
        int dir = direction(lane);
        int junction = isLane(segment) ? lane >> 3 : junctionAhead(lane);
        double side = isLane(segment) ? HALF_JUNCTION : -HALF_JUNCTION;
        double offset = offset(lane);
        double x = junctionX(junction) + DX[dir] * side + DY[dir] * offset;
        double y = junctionY(junction) + DY[dir] * side - DX[dir] * offset;
        double angle = dir * Math.PI / 2;
        int turn = isLane(segment) ? STRAIGHT : turnOfConnector(segment);
        if (turn == STRAIGHT) {
            out[0] = x + DX[dir] * s;
            out[1] = y + DY[dir] * s;
            out[2] = angle;
            return;
        }
        double bend = turn == LEFT ? 1 : -1;
        double radius = HALF_JUNCTION + bend * offset;
        double centreX = x - DY[dir] * radius * bend;
        double centreY = y + DX[dir] * radius * bend;
        double now = angle + bend * s / radius;
        out[0] = centreX + bend * radius * Math.sin(now);
        out[1] = centreY - bend * radius * Math.cos(now);
        out[2] = now;
    }
}
