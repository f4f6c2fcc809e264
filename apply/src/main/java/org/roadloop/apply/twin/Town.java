package org.roadloop.apply.twin;

import java.util.SplittableRandom;

/**
 * A small town with its traffic (孪生小镇): cars follow by IDM, change lanes by MOBIL, obey lights and
 * turn at random. Steps of 0.1 s; deterministic. One thread.
 *
 * <p>Order of a step: lane changes one car after the other, then all accelerations from the same
 * state, then all moves (speed first: semi-implicit Euler), then the crossing of segment borders.
 * Car indices are 0 … {@link #cars}−1; accessors do not allocate. Lengths in metres, east and north
 * of the centre of the grid.
 */
public final class Town {
    public static final double STEP_SECONDS = 0.1;

    /** Distance up to which a car counts as near an equipped junction, metres. */
    public static final double NEAR_METRES = 150;

    private static final double EQUATOR_METRES = 6_378_137;
    private static final double ECCENTRICITY_SQUARED = 6.69437999014e-3;

    private final TownConfig config;
    private final RoadGrid grid;
    private final Drive drive;
    private final boolean[] equipped;
    private final String[] vins;
    private final Battery battery;
    private final double[] odometer;
    private final double[] x;
    private final double[] y;
    private final double[] heading;
    private final double[] yawRate;
    private final double metresPerLonDegree;
    private final double metresPerLatDegree;
    private final double[] point = new double[3];

    public Town(TownConfig config) {
        this.config = config;
        SplittableRandom random = new SplittableRandom(config.seed());
        grid = new RoadGrid(config.junctionsPerSide(), config.blockMetres());
        int cars = config.cars();
        drive = new Drive(config, grid, random);
        equipped = spread(grid.junctions(), config.equippedJunctions());
        vins = new String[cars];
        battery = new Battery(cars);
        odometer = new double[cars];
        int firstSerial = Math.floorMod(Long.hashCode(config.seed()), 900) * 1_000;
        for (int i = 0; i < cars; i++) {
            vins[i] = Vin.of((firstSerial + i) % 1_000_000);
            battery.start(i, 20 + 75 * random.nextDouble());
            odometer[i] = 1_000 * Math.floor(5 + 80 * random.nextDouble());
        }
        x = new double[cars];
        y = new double[cars];
        heading = new double[cars];
        yawRate = new double[cars];
        double sin = Math.sin(Math.toRadians(config.originLatDegrees()));
        double w = Math.sqrt(1 - ECCENTRICITY_SQUARED * sin * sin);
        double cos = Math.cos(Math.toRadians(config.originLatDegrees()));
        metresPerLonDegree = Math.toRadians(EQUATOR_METRES / w * cos);
        metresPerLatDegree =
                Math.toRadians(EQUATOR_METRES * (1 - ECCENTRICITY_SQUARED) / (w * w * w));
        place(false);
    }

    private static boolean[] spread(int junctions, int equippedJunctions) {
        boolean[] result = new boolean[junctions];
        for (int k = 0; k < equippedJunctions; k++) {
            result[(int) ((k + 0.5) * junctions / equippedJunctions)] = true;
        }
        return result;
    }

    public TownConfig config() {
        return config;
    }

    /** Goes 0.1 s on. */
    public void step() {
        drive.step();
        place(true);
        for (int i = 0; i < x.length; i++) {
            battery.step(i, drive.speed(i), drive.acceleration(i), STEP_SECONDS);
            odometer[i] += drive.speed(i) * STEP_SECONDS;
        }
    }

    private void place(boolean moving) {
        for (int i = 0; i < x.length; i++) {
            drive.locateCentre(i, point);
            double was = heading[i];
            double now = 90 - Math.toDegrees(point[2]);
            now -= 360 * Math.floor(now / 360);
            x[i] = point[0];
            y[i] = point[1];
            heading[i] = now < 360 ? now : 0;
            double turned = heading[i] - was;
            turned -= 360 * Math.rint(turned / 360);
            yawRate[i] = moving ? turned / STEP_SECONDS : 0;
        }
    }

    /** Simulated time since the start. */
    public double timeSeconds() {
        return drive.tick() / 10.0;
    }

    /** Number of steps made. */
    public long tick() {
        return drive.tick();
    }

    public int cars() {
        return x.length;
    }

    /** A made-up VIN with a valid check digit and a manufacturer code that belongs to nobody. */
    public String vin(int car) {
        return vins[car];
    }

    /** Segment of the road grid the front of the car is on. */
    public int lane(int car) {
        return drive.segment(car);
    }

    /** Centre of the car, metres east of the origin. */
    public double x(int car) {
        return x[car];
    }

    /** Centre of the car, metres north of the origin. */
    public double y(int car) {
        return y[car];
    }

    /** WGS-84. */
    public double lonDegrees(int car) {
        return config.originLonDegrees() + x[car] / metresPerLonDegree;
    }

    /** WGS-84. */
    public double latDegrees(int car) {
        return config.originLatDegrees() + y[car] / metresPerLatDegree;
    }

    public double speedMps(int car) {
        return drive.speed(car);
    }

    /** Clockwise from north, 0 … 360 excluded. */
    public double headingDegrees(int car) {
        return heading[car];
    }

    /** Positive to the right (clockwise). */
    public double yawRateDegreesPerSecond(int car) {
        return yawRate[car];
    }

    public double accelerationMps2(int car) {
        return drive.acceleration(car);
    }

    /** Positive to the right. */
    public double lateralAccelerationMps2(int car) {
        return drive.speed(car) * Math.toRadians(yawRate[car]);
    }

    public double lengthMetres(int car) {
        return drive.length(car);
    }

    public double widthMetres(int car) {
        return drive.width(car);
    }

    public boolean brakeLamp(int car) {
        return drive.acceleration(car) < -0.4 || drive.speed(car) < 0.05;
    }

    /** −1 left, 0 off, 1 right. */
    public int indicator(int car) {
        return drive.indicator(car);
    }

    public boolean aggressive(int car) {
        return drive.aggressive(car);
    }

    public double socPercent(int car) {
        return battery.socPercent(car);
    }

    public double batteryVolt(int car) {
        return battery.voltage(car);
    }

    /** Positive while discharging. */
    public double batteryAmpere(int car) {
        return battery.currentAmpere(car);
    }

    public double odometerMetres(int car) {
        return odometer[car];
    }

    /** 0 neutral (standing for the light), 15 drive; GB/T 32960.3-2016 table A.1 uses the same. */
    public int gear(int car) {
        return drive.speed(car) < 0.05 ? 0 : 15;
    }

    /** 0 … 100. */
    public int acceleratorPercent(int car) {
        double a = drive.acceleration(car);
        double v = drive.speed(car);
        double demand = v < 0.05 && a <= 0 ? 0 : (a + 0.15 + 0.0004 * v * v) / 3.5;
        return (int) Math.round(100 * Math.max(0, Math.min(1, demand)));
    }

    /** 0 … 100. */
    public int brakePercent(int car) {
        double demand = drive.speed(car) < 0.05 ? 0.15 : (-drive.acceleration(car) - 0.4) / 8.6;
        return (int) Math.round(100 * Math.max(0, Math.min(1, demand)));
    }

    /** The equipped junction within {@link #NEAR_METRES} of the car, or −1. */
    public int nearJunction(int car) {
        int junction = grid.nearestJunction(x[car], y[car]);
        if (!equipped[junction]) {
            return -1;
        }
        double dx = x[car] - grid.junctionX(junction);
        double dy = y[car] - grid.junctionY(junction);
        return dx * dx + dy * dy <= NEAR_METRES * NEAR_METRES ? junction : -1;
    }

    public int junctions() {
        return grid.junctions();
    }

    public boolean equipped(int junction) {
        return equipped[junction];
    }

    public double junctionX(int junction) {
        return grid.junctionX(junction);
    }

    public double junctionY(int junction) {
        return grid.junctionY(junction);
    }

    public double junctionLonDegrees(int junction) {
        return config.originLonDegrees() + grid.junctionX(junction) / metresPerLonDegree;
    }

    public double junctionLatDegrees(int junction) {
        return config.originLatDegrees() + grid.junctionY(junction) / metresPerLatDegree;
    }
}
