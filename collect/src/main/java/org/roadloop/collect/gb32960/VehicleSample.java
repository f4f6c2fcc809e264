package org.roadloop.collect.gb32960;

/**
 * What a vehicle knows of itself at one moment (车辆状态样本), the input of {@link ReportEncoder}. What
 * it does not know stays unknown and is sent with the invalid code of the standard. Reused by its
 * owner; one thread.
 */
public final class VehicleSample {
    /** An unknown integer. Unknown doubles are NaN. */
    public static final int UNKNOWN = Integer.MIN_VALUE;

    /** Microseconds since 1970 UTC; sent in whole seconds. */
    public long collectedAtMicros;

    /** 1 on, 2 off, 3 other. */
    public int vehicleState;

    /** 1 parked charging, 2 charging while driving, 3 not charging, 4 complete. */
    public int chargeState;

    /** 1 electric, 2 hybrid, 3 fuel. */
    public int driveMode;

    /** 0..220. */
    public double speedKmh;

    /** 0..999999.9. */
    public double odometerKm;

    /** 0..1000. */
    public double voltageV;

    /** −1000..1000. */
    public double currentA;

    /** 0..100. */
    public int socPercent;

    /** 1 working, 2 open. */
    public int dcdcState;

    /** 0 neutral, 1..12, 13 reverse, 14 D, 15 P. */
    public int gear;

    /** 0..60000. */
    public int insulationKohm;

    /** 0..100. */
    public int acceleratorPercent;

    /** 0..100, or 101 for "on" without a degree. */
    public int brakePercent;

    /** Whether the fix is current; a stale one is sent with its not-valid bit. */
    public boolean positionValid;

    /** −180..180; unknown when either coordinate is NaN. */
    public double longitudeDegrees;

    /** −90..90. */
    public double latitudeDegrees;

    /** 0..15. */
    public double maxCellV;

    /** 0..15. */
    public double minCellV;

    /** −40..210. */
    public int maxTemperatureC;

    /** −40..210. */
    public int minTemperatureC;

    /** 0 none, 1..3. */
    public int alarmLevel;

    /** Bits 0..18 of table 18; meaningful when the level is known. */
    public long alarmFlags;

    public VehicleSample() {
        clear();
    }

    /** Makes everything unknown. */
    public VehicleSample clear() {
        collectedAtMicros = 0;
        vehicleState = UNKNOWN;
        chargeState = UNKNOWN;
        driveMode = UNKNOWN;
        speedKmh = Double.NaN;
        odometerKm = Double.NaN;
        voltageV = Double.NaN;
        currentA = Double.NaN;
        socPercent = UNKNOWN;
        dcdcState = UNKNOWN;
        gear = UNKNOWN;
        insulationKohm = UNKNOWN;
        acceleratorPercent = UNKNOWN;
        brakePercent = UNKNOWN;
        positionValid = false;
        longitudeDegrees = Double.NaN;
        latitudeDegrees = Double.NaN;
        maxCellV = Double.NaN;
        minCellV = Double.NaN;
        maxTemperatureC = UNKNOWN;
        minTemperatureC = UNKNOWN;
        alarmLevel = UNKNOWN;
        alarmFlags = 0;
        return this;
    }
}
