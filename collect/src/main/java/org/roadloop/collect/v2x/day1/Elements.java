package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Enumeration;
import org.roadloop.collect.v2x.uper.Flags;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Repeated;

/**
 * The data elements that several messages use (公用数据元素), by their names in modules DefTime,
 * DefPosition, DefPositionOffset, DefMotion, DefAcceleration, VehStatus, VehSafetyExt, MapNode and
 * MsgFrame: range, step and the value that stands for "not known".
 */
public final class Elements {
    public static final Quantity MSG_CNT = Quantity.of("msgCnt", 0, 127);

    /** DSecond: ms within the minute. */
    public static final Quantity D_SECOND = Quantity.of("secMarkMillis", 0, 65_535).unknown(65_535);

    /** Minutes since 1 January 00:00 UTC. */
    public static final Quantity MINUTE_OF_THE_YEAR =
            Quantity.of("moyMinutes", 0, 527_040).unknown(527_040);

    /** In 0.1 s: within the hour, or from now on. */
    public static final Quantity TIME_MARK =
            Quantity.of("timeSeconds", 0, 36_001).per(10).unknown(36_001);

    public static final Quantity LATITUDE =
            Quantity.of("latDegrees", -900_000_000, 900_000_001)
                    .per(10_000_000)
                    .unknown(900_000_001);
    public static final Quantity LONGITUDE =
            Quantity.of("longDegrees", -1_799_999_999, 1_800_000_001)
                    .per(10_000_000)
                    .unknown(1_800_000_001);
    public static final Quantity ELEVATION =
            Quantity.of("elevationMetres", -4096, 61_439).per(10).unknown(-4096);
    public static final Quantity SPEED = Quantity.of("speedMps", 0, 8191).per(50).unknown(8191);
    public static final Quantity HEADING =
            Quantity.of("headingDegrees", 0, 28_800).per(80).unknown(28_800);
    public static final Quantity STEERING_WHEEL_ANGLE =
            Quantity.of("angleDegrees", -126, 127).times(3).per(2).unknown(127);
    public static final Quantity ACCELERATION =
            Quantity.of("accelerationMps2", -2000, 2001).per(100).unknown(2001);
    public static final Quantity VERTICAL_ACCELERATION =
            Quantity.of("vertG", -127, 127).per(50).unknown(-127);
    public static final Quantity YAW_RATE =
            Quantity.of("yawDegreesPerSecond", -32_767, 32_767).per(100);
    public static final Quantity CONFIDENCE = Quantity.of("confidencePercent", 0, 200).per(2);
    public static final Quantity RADIUS = Quantity.of("radiusMetres", 0, 65_535).per(10);
    public static final Quantity LANE_WIDTH = Quantity.of("laneWidthCm", 0, 32_767);
    public static final Quantity PHASE_ID = Quantity.of("phaseId", 0, 255);
    public static final Quantity PRIORITY = Quantity.of("priority", 0, 255);

    public static final Enumeration TRANSMISSION =
            Enumeration.of(
                    "transmission",
                    "neutral park forwardGears reverseGears reserved1 reserved2 reserved3"
                            + " unavailable");

    public static final Enumeration TIME_CONFIDENCE =
            Enumeration.of(
                    "timeConfidence",
                    "unavailable time-100-000 time-050-000 time-020-000 time-010-000 time-002-000"
                            + " time-001-000 time-000-500 time-000-200 time-000-100 time-000-050"
                            + " time-000-020 time-000-010 time-000-005 time-000-002 time-000-001"
                            + " time-000-000-5 time-000-000-2 time-000-000-1 time-000-000-05"
                            + " time-000-000-02 time-000-000-01 time-000-000-005 time-000-000-002"
                            + " time-000-000-001 time-000-000-000-5 time-000-000-000-2"
                            + " time-000-000-000-1 time-000-000-000-05 time-000-000-000-02"
                            + " time-000-000-000-01 time-000-000-000-005 time-000-000-000-002"
                            + " time-000-000-000-001 time-000-000-000-000-5 time-000-000-000-000-2"
                            + " time-000-000-000-000-1 time-000-000-000-000-05"
                            + " time-000-000-000-000-02 time-000-000-000-000-01");

    public static final Flags ALLOWED_MANEUVERS =
            Flags.of(
                    "maneuvers",
                    12,
                    "maneuverStraightAllowed maneuverLeftAllowed maneuverRightAllowed"
                            + " maneuverUTurnAllowed maneuverLeftTurnOnRedAllowed"
                            + " maneuverRightTurnOnRedAllowed maneuverLaneChangeAllowed"
                            + " maneuverNoStoppingAllowed yieldAllwaysRequired goWithHalt caution"
                            + " reserved1");

    static final Repeated SPEED_LIMITS = new Repeated("speedLimits", 1, 9);
    static final Repeated POINTS = new Repeated("points", 2, 31);

    private Elements() {}
}
