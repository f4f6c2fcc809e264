package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Structure;

/** The state of one vehicle, ten times a second (车辆基本安全消息 BSM): module BSM. */
public final class BasicSafetyMessage implements Structure {
    private static final Layout LAYOUT =
            Layout.extensible(
                    "timeConfidence",
                    "posAccuracy",
                    "posConfidence",
                    "angleDegrees",
                    "motionCfd",
                    "safetyExt",
                    "emergencyExt");
    public static final int TIME_CONFIDENCE = LAYOUT.bit("timeConfidence");
    public static final int POS_ACCURACY = LAYOUT.bit("posAccuracy");
    public static final int POS_CONFIDENCE = LAYOUT.bit("posConfidence");
    public static final int ANGLE = LAYOUT.bit("angleDegrees");
    public static final int MOTION_CFD = LAYOUT.bit("motionCfd");
    public static final int SAFETY_EXT = LAYOUT.bit("safetyExt");
    public static final int EMERGENCY_EXT = LAYOUT.bit("emergencyExt");

    public int presence;

    /** 0..127, cyclic. */
    public int msgCnt;

    /** Temporary id of the vehicle, eight bytes. */
    public long id;

    /** Within the minute; 65535 not known. */
    public int secMarkMillis;

    /** 0 unavailable, then from 100 s to a picosecond. */
    public int timeConfidence;

    public final Position3D pos = new Position3D();
    public final PositionalAccuracy posAccuracy = new PositionalAccuracy();
    public final PositionConfidence posConfidence = new PositionConfidence();

    /** 0 neutral, 1 park, 2 forward, 3 reverse, 7 unavailable. */
    public int transmission;

    /** In 0.02 m/s; 8191 not known. */
    public int speedFiftiethsMps;

    /** In 0.0125 degree clockwise from north; 28800 not known. */
    public int headingEightiethsDegree;

    /** Steering wheel in 1.5 degree, positive to the right; 127 not known. */
    public int angleOneAndAHalfDegrees;

    public final MotionConfidence motionCfd = new MotionConfidence();
    public final AccelerationSet accelSet = new AccelerationSet();
    public final BrakeSystem brakes = new BrakeSystem();
    public final VehicleSize size = new VehicleSize();
    public final VehicleClassification vehicleClass = new VehicleClassification();
    public final VehicleSafetyExtensions safetyExt = new VehicleSafetyExtensions();
    public final VehicleEmergencyExtensions emergencyExt = new VehicleEmergencyExtensions();
    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        msgCnt = x.integer(Elements.MSG_CNT, msgCnt);
        id = x.identity("id", id);
        secMarkMillis = x.integer(Elements.D_SECOND, secMarkMillis);
        if ((presence & TIME_CONFIDENCE) != 0) {
            timeConfidence = x.enumerated(Elements.TIME_CONFIDENCE, timeConfidence);
        }
        x.structure("pos", pos);
        if ((presence & POS_ACCURACY) != 0) {
            x.structure("posAccuracy", posAccuracy);
        }
        if ((presence & POS_CONFIDENCE) != 0) {
            x.structure("posConfidence", posConfidence);
        }
        transmission = x.enumerated(Elements.TRANSMISSION, transmission);
        speedFiftiethsMps = x.integer(Elements.SPEED, speedFiftiethsMps);
        headingEightiethsDegree = x.integer(Elements.HEADING, headingEightiethsDegree);
        if ((presence & ANGLE) != 0) {
            angleOneAndAHalfDegrees =
                    x.integer(Elements.STEERING_WHEEL_ANGLE, angleOneAndAHalfDegrees);
        }
        if ((presence & MOTION_CFD) != 0) {
            x.structure("motionCfd", motionCfd);
        }
        x.structure("accelSet", accelSet);
        x.structure("brakes", brakes);
        x.structure("size", size);
        x.structure("vehicleClass", vehicleClass);
        if ((presence & SAFETY_EXT) != 0) {
            x.structure("safetyExt", safetyExt);
        }
        if ((presence & EMERGENCY_EXT) != 0) {
            x.structure("emergencyExt", emergencyExt);
        }
        x.additions(LAYOUT, presence, additions);
    }
}
