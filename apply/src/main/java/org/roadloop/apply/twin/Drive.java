package org.roadloop.apply.twin;

import java.util.SplittableRandom;

/**
 * How the cars of a town move (行驶): state in arrays, one cell per car. A car's {@code s} is its
 * front bumper on its segment. A car changing lanes belongs to the new lane at once and stays a
 * ghost in the old one until its side has left it; both count as ahead for who follows.
 */
final class Drive {
    private static final double STEP = Town.STEP_SECONDS;

    /** No lane changes so close before a stop line, metres. */
    private static final double COMMITTED_METRES = 70;

    /** Drivers see the light from here, metres. */
    private static final double SIGHT_METRES = 130;

    private static final double LATERAL_MPS = 1.6;
    private static final double YELLOW_BRAKING = 3.5;

    private final RoadGrid grid;
    private final Signals signals;
    private final Traffic traffic;
    private final LaneChange laneChange;
    private final SplittableRandom random;
    private final int cars;

    private final Idm[] idm;
    private final boolean[] aggressive;
    private final double[] length;
    private final double[] width;
    private final int[] segment;
    private final int[] before;
    private final int[] turn;
    private final double[] s;
    private final double[] speed;
    private final double[] acceleration;

    /** Metres left to go sideways; positive: comes from the right lane. */
    private final double[] lateral;

    private final double[] lateralMps;
    private final long[] nextChangeTick;
    private final int[] startledTicks;

    /** Junction whose inside the car still blocks, or −1. */
    private final int[] inside;

    private final int[] insideDir;

    /** Cars inside a junction by the direction they came in: {@code [junction·4 + dir]}. */
    private final int[] insideCount;

    /** Passes the line although it turned yellow. */
    private final boolean[] committed;

    private final boolean[] judgedYellow;
    private final double[] next;
    private long tick;

    Drive(TownConfig config, RoadGrid grid, SplittableRandom random) {
        this.grid = grid;
        this.random = random;
        cars = config.cars();
        int[] offsets = new int[grid.junctions()];
        for (int j = 0; j < offsets.length; j++) {
            offsets[j] = random.nextInt(760);
        }
        signals = new Signals(grid, offsets);
        traffic = new Traffic(grid);
        insideCount = new int[grid.junctions() * 4];
        idm = new Idm[cars];
        aggressive = new boolean[cars];
        length = new double[cars];
        width = new double[cars];
        segment = new int[cars];
        before = new int[cars];
        turn = new int[cars];
        s = new double[cars];
        speed = new double[cars];
        acceleration = new double[cars];
        lateral = new double[cars];
        lateralMps = new double[cars];
        nextChangeTick = new long[cars];
        startledTicks = new int[cars];
        inside = new int[cars];
        insideDir = new int[cars];
        committed = new boolean[cars];
        judgedYellow = new boolean[cars];
        next = new double[cars];
        laneChange = new LaneChange(traffic, idm, segment, s, speed, length, lateral);
        for (int i = 0; i < cars; i++) {
            makeDriver(i, random.nextDouble() < config.aggressiveShare());
        }
        park();
    }

    private void makeDriver(int car, boolean hot) {
        double spread = random.nextDouble();
        aggressive[car] = hot;
        idm[car] =
                hot
                        ? new Idm(15 + 4 * spread, 0.45 + 0.25 * random.nextDouble(), 1.5, 2.4, 3.8)
                        : new Idm(12 + 3 * spread, 1.1 + 0.6 * random.nextDouble(), 2, 1.4, 2);
        boolean van = random.nextInt(10) == 0;
        length[car] = van ? 5.6 : 4.3 + 0.1 * random.nextInt(6);
        width[car] = van ? 2 : 1.8;
        inside[car] = -1;
    }

    /** Spreads the cars over all lanes, evenly within a lane, at a slow start speed. */
    private void park() {
        int open = 0;
        for (int lane = 0; lane < grid.lanes; lane++) {
            open += grid.exists(lane) ? 1 : 0;
        }
        int car = 0;
        int lanesLeft = open;
        for (int lane = 0; lane < grid.lanes; lane++) {
            if (!grid.exists(lane)) {
                continue;
            }
            int here = (cars - car + lanesLeft - 1) / lanesLeft--;
            double room = grid.length(lane) / Math.max(here, 1);
            if (room < 12) {
                throw new IllegalArgumentException(
                        cars
                                + " cars do not fit the lanes at one per 12 m; have more junctions,"
                                + " longer blocks or fewer cars");
            }
            for (int k = 0; k < here; k++, car++) {
                s[car] = grid.length(lane) - (k + 0.5) * room;
                speed[car] = Math.min(6, (room - 7) / 4);
                segment[car] = lane;
                before[car] = lane;
                turn[car] = pickTurn(lane);
                traffic.append(lane, car);
            }
        }
    }

    private int pickTurn(int lane) {
        int mask = grid.turns(lane);
        int pick = random.nextInt(Integer.bitCount(mask) * 2);
        // Straight on, where it may, for half of those who could turn.
        if ((mask & 0b010) != 0 && pick % 2 == 0) {
            return RoadGrid.STRAIGHT;
        }
        int nth = pick / 2;
        for (int t = RoadGrid.RIGHT; t <= RoadGrid.LEFT; t++) {
            if ((mask >> t & 1) != 0 && nth-- == 0) {
                return t;
            }
        }
        throw new IllegalStateException("lane " + lane + " has no way on");
    }

    void step() {
        for (int i = 0; i < cars; i++) {
            if ((tick + i) % 5 == 0) {
                considerLaneChange(i);
            }
        }
        for (int i = 0; i < cars; i++) {
            if (startledTicks[i] > 0) {
                startledTicks[i]--;
            } else if (speed[i] > 8 && random.nextInt(8_000) == 0) {
                // Something runs onto the road: about once in 13 minutes of driving, for a second.
                startledTicks[i] = 8 + random.nextInt(6);
            }
        }
        for (int g = 0; g < grid.segments; g++) {
            for (int rank = 0; rank < traffic.count(g); rank++) {
                int i = traffic.car(g, rank);
                double a = wanted(i, g, rank);
                next[i] = startledTicks[i] > 0 ? Math.min(a, -5.5) : a;
            }
        }
        for (int i = 0; i < cars; i++) {
            double v = Math.max(0, speed[i] + next[i] * STEP);
            acceleration[i] = (v - speed[i]) / STEP;
            speed[i] = v;
            s[i] += v * STEP;
            moveSideways(i);
        }
        for (int g = 0; g < grid.segments; g++) {
            while (traffic.count(g) > 0 && s[traffic.car(g, 0)] > grid.length(g)) {
                cross(traffic.car(g, 0), g);
            }
        }
        for (int i = 0; i < cars; i++) {
            if (inside[i] >= 0 && grid.isLane(segment[i]) && s[i] > length[i]) {
                insideCount[inside[i] * 4 + insideDir[i]]--;
                inside[i] = -1;
            }
        }
        tick++;
    }

    private void considerLaneChange(int car) {
        int lane = segment[car];
        if (!grid.isLane(lane)
                || lateral[car] != 0
                || tick < nextChangeTick[car]
                || speed[car] < 3
                || s[car] < 15
                || s[car] > grid.length(lane) - COMMITTED_METRES) {
            return;
        }
        int target = lane ^ 1;
        if (!laneChange.worthwhile(car, target, aggressive[car])) {
            return;
        }
        traffic.remove(lane, car);
        traffic.insert(target, traffic.rankAt(target, s[car], s), car);
        segment[car] = target;
        before[car] = target;
        lateral[car] = (target & 1) == 1 ? RoadGrid.LANE_WIDTH : -RoadGrid.LANE_WIDTH;
        nextChangeTick[car] = tick + 60 + random.nextInt(100);
        if ((grid.turns(target) >> turn[car] & 1) == 0) {
            turn[car] = pickTurn(target);
        }
    }

    /** Sideways speed rises and falls at 1.5 m/s² and needs forward speed. */
    private void moveSideways(int car) {
        if (lateral[car] == 0) {
            lateralMps[car] = 0;
            return;
        }
        double left = Math.abs(lateral[car]);
        double pace = Math.abs(lateralMps[car]) + 1.5 * STEP;
        pace = Math.min(pace, Math.min(LATERAL_MPS, 0.3 * speed[car]));
        pace = Math.min(pace, Math.sqrt(2 * 1.5 * left) + 0.05);
        double sign = Math.signum(lateral[car]);
        lateralMps[car] = sign * pace;
        lateral[car] = left <= pace * STEP ? 0 : sign * (left - pace * STEP);
    }

    /** Acceleration of the car of {@code rank} on segment {@code g} from everything ahead. */
    private double wanted(int car, int g, int rank) {
        Idm driver = idm[car];
        double v = speed[car];
        double limit = limit(car, g);
        double a = driver.acceleration(v, Idm.FREE, v, limit);
        if (rank > 0) {
            a = Math.min(a, behind(car, traffic.car(g, rank - 1), 0, limit));
        }
        if (grid.isLane(g)) {
            int ghost = laneChange.ghostAhead(g, s[car], car);
            if (ghost >= 0) {
                a = Math.min(a, behind(car, ghost, 0, limit));
            }
            if (lateral[car] != 0) {
                int old = laneChange.ahead(g ^ 1, s[car], car);
                if (old >= 0) {
                    a = Math.min(a, behind(car, old, 0, limit));
                }
            }
            double toLine = grid.length(g) - s[car];
            if (toLine < SIGHT_METRES) {
                if (lightHolds(car, g, toLine) || (rank == 0 && junctionHolds(car, g, toLine))) {
                    // IDM overreacts to a wall that appears (a yellow light): what stops the car
                    // in 70 % of the way is enough.
                    double enough = -Math.max(3, 1.4 * brakingToStop(car, toLine));
                    double halt = driver.acceleration(v, toLine, 0, limit);
                    a = Math.min(a, Math.max(halt, enough));
                }
                if (rank == 0) {
                    a = Math.min(a, acrossLine(car, g, toLine, limit));
                }
            }
            return a;
        }
        int lane = grid.laneOfConnector(g);
        for (int t = RoadGrid.RIGHT; t <= RoadGrid.LEFT; t++) {
            int sibling = grid.connector(lane, t);
            if (sibling != g) {
                a = Math.min(a, behindSibling(car, sibling, s[car], limit));
            }
        }
        if (rank == 0) {
            int tail = traffic.tail(grid.laneAfter(g));
            if (tail >= 0) {
                a = Math.min(a, behind(car, tail, grid.length(g), limit));
            }
        }
        return a;
    }

    /** IDM behind a leader whose s counts from {@code offset} metres after the own zero. */
    private double behind(int car, int leader, double offset, double limit) {
        double gap = offset + s[leader] - length[leader] - s[car];
        return idm[car].acceleration(speed[car], gap, speed[leader], limit);
    }

    /** Behind cars that turn off the same lane, as long as their tail is still in the way. */
    private double behindSibling(int car, int connector, double at, double limit) {
        double a = Double.POSITIVE_INFINITY;
        for (int rank = 0; rank < traffic.count(connector); rank++) {
            int other = traffic.car(connector, rank);
            double rear = s[other] - length[other];
            if (rear < 14 && (s[other] > at || (s[other] == at && other < car))) {
                a = Math.min(a, idm[car].acceleration(speed[car], rear - at, speed[other], limit));
            }
        }
        return a;
    }

    /** The front car of a lane looks over the stop line. */
    private double acrossLine(int car, int lane, double toLine, double limit) {
        int connector = grid.connector(lane, turn[car]);
        double a = Double.POSITIVE_INFINITY;
        int tail = traffic.tail(connector);
        double offset = grid.length(lane);
        if (tail < 0) {
            tail = traffic.tail(grid.laneAfter(connector));
            offset += grid.length(connector);
        }
        if (tail >= 0) {
            a = behind(car, tail, offset, limit);
        }
        for (int t = RoadGrid.RIGHT; t <= RoadGrid.LEFT; t++) {
            if (t != turn[car]) {
                a = Math.min(a, behindSibling(car, grid.connector(lane, t), -toLine, limit));
            }
        }
        return a;
    }

    /** Whether the light stops the car; who could not stop well at yellow goes on. */
    private boolean lightHolds(int car, int lane, double toLine) {
        Signals.Light light = signals.light(grid.junctionAhead(lane), grid.direction(lane), tick);
        if (light == Signals.Light.GREEN) {
            judgedYellow[car] = false;
            committed[car] = false;
            return false;
        }
        if (!judgedYellow[car]) {
            judgedYellow[car] = true;
            double bearable = aggressive[car] ? 2.2 : YELLOW_BRAKING;
            committed[car] = light == Signals.Light.YELLOW && brakingToStop(car, toLine) > bearable;
        }
        return !committed[car];
    }

    /** Whether cars of another approach, or no room behind the junction, stop the car. */
    private boolean junctionHolds(int car, int lane, double toLine) {
        if (othersInside(grid.junctionAhead(lane), grid.direction(lane))) {
            return true;
        }
        return !committed[car]
                && brakingToStop(car, toLine) < 4
                && !roomBehind(car, grid.connector(lane, turn[car]));
    }

    private double brakingToStop(int car, double toLine) {
        return speed[car] * speed[car] / (2 * Math.max(toLine, 0.1));
    }

    private boolean othersInside(int junction, int dir) {
        for (int other = 0; other < 4; other++) {
            if (other != dir && insideCount[junction * 4 + other] > 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether the car could stand behind the junction without blocking it. */
    private boolean roomBehind(int car, int connector) {
        int out = grid.laneAfter(connector);
        double taken = 0;
        for (int rank = 0; rank < traffic.count(connector); rank++) {
            taken += length[traffic.car(connector, rank)] + 2.5;
        }
        int tail = traffic.tail(out);
        double free = tail < 0 ? grid.length(out) : s[tail] - length[tail];
        boolean moving = tail < 0 || speed[tail] > 4;
        return free - taken > length[car] + 2.5 || (moving && taken == 0 && free > 0);
    }

    /** Speed that lets the car take its turn, m/s. */
    private double limit(int car, int g) {
        double vTurn;
        double distance;
        if (grid.isLane(g)) {
            vTurn = grid.turnSpeed(grid.connector(g, turn[car]));
            distance = grid.length(g) - s[car];
        } else {
            vTurn = grid.turnSpeed(g);
            distance = 0;
        }
        return Math.sqrt(vTurn * vTurn + 2 * 1.2 * Math.max(0, distance));
    }

    private void cross(int car, int from) {
        boolean entersJunction = grid.isLane(from);
        int to = entersJunction ? grid.connector(from, turn[car]) : grid.laneAfter(from);
        traffic.remove(from, car);
        s[car] -= grid.length(from);
        before[car] = from;
        segment[car] = to;
        traffic.append(to, car);
        if (entersJunction) {
            inside[car] = grid.junctionAhead(from);
            insideDir[car] = grid.direction(from);
            insideCount[inside[car] * 4 + insideDir[car]]++;
        } else {
            turn[car] = pickTurn(to);
            judgedYellow[car] = false;
            committed[car] = false;
        }
    }

    /** Centre of the car and its direction, see {@link RoadGrid#locate}. */
    void locateCentre(int car, double[] out) {
        int g = segment[car];
        double centre = s[car] - length[car] / 2;
        if (centre < 0 && before[car] != g) {
            g = before[car];
            centre += grid.length(g);
        }
        grid.locate(g, centre, out);
        if (lateral[car] != 0) {
            // Still on the side it comes from: positive lateral lies to the right.
            out[0] += lateral[car] * Math.sin(out[2]);
            out[1] -= lateral[car] * Math.cos(out[2]);
        }
        if (lateralMps[car] != 0 && speed[car] > 0) {
            out[2] += Math.atan2(lateralMps[car], speed[car]);
        }
    }

    int indicator(int car) {
        if (lateral[car] != 0) {
            return lateral[car] > 0 ? -1 : 1;
        }
        int g = segment[car];
        int t = grid.isLane(g) ? turn[car] : grid.turnOfConnector(g);
        boolean close = !grid.isLane(g) || grid.length(g) - s[car] < 60;
        return close ? 1 - t : 0;
    }

    long tick() {
        return tick;
    }

    int segment(int car) {
        return segment[car];
    }

    /** Front bumper on the segment, metres. */
    double s(int car) {
        return s[car];
    }

    double speed(int car) {
        return speed[car];
    }

    double acceleration(int car) {
        return acceleration[car];
    }

    double length(int car) {
        return length[car];
    }

    double width(int car) {
        return width[car];
    }

    boolean aggressive(int car) {
        return aggressive[car];
    }

    Idm driver(int car) {
        return idm[car];
    }
}
