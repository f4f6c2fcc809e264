package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Enumeration;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Structure;

/** One road user as the road side sees it (交通参与者): module RSM, ParticipantData. */
public final class Participant implements Structure {
    private static final Layout LAYOUT =
            Layout.extensible(
                    "id", "transmission", "angleDegrees", "motionCfd", "accelSet", "vehicleClass");
    public static final int ID = LAYOUT.bit("id");
    public static final int TRANSMISSION = LAYOUT.bit("transmission");
    public static final int ANGLE = LAYOUT.bit("angleDegrees");
    public static final int MOTION_CFD = LAYOUT.bit("motionCfd");
    public static final int ACCEL_SET = LAYOUT.bit("accelSet");
    public static final int VEHICLE_CLASS = LAYOUT.bit("vehicleClass");

    /** ParticipantType. */
    public static final Enumeration TYPE =
            Enumeration.of("ptcType", "unknown motor non-motor pedestrian rsu").extensible();

    /** SourceType. */
    public static final Enumeration SOURCE =
            Enumeration.of(
                            "source",
                            "unknown selfinfo v2x video microwaveRadar loop lidar integrated")
                    .extensible();

    private static final Quantity PTC_ID = Quantity.of("ptcId", 0, 65_535);

    public int presence;

    /** {@link #TYPE}. */
    public int ptcType;

    /** 0..65535, given by the roadside unit; 0 itself. */
    public int ptcId;

    /** {@link #SOURCE}. */
    public int source;

    /** Temporary id of a vehicle that sends itself, eight bytes. */
    public long id;

    /** Within the minute; 65535 not known. */
    public int secMarkMillis;

    public final PositionOffset pos = new PositionOffset();
    public final PositionConfidence posConfidence = new PositionConfidence();

    /** 0 neutral, 1 park, 2 forward, 3 reverse, 7 unavailable. */
    public int transmission;

    /** In 0.02 m/s; 8191 not known. */
    public int speedFiftiethsMps;

    /** In 0.0125 degree clockwise from north; 28800 not known. */
    public int headingEightiethsDegree;

    /** In 1.5 degree; 127 not known. */
    public int angleOneAndAHalfDegrees;

    public final MotionConfidence motionCfd = new MotionConfidence();
    public final AccelerationSet accelSet = new AccelerationSet();
    public final VehicleSize size = new VehicleSize();
    public final VehicleClassification vehicleClass = new VehicleClassification();
    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        ptcType = x.enumerated(TYPE, ptcType);
        ptcId = x.integer(PTC_ID, ptcId);
        source = x.enumerated(SOURCE, source);
        if ((presence & ID) != 0) {
            id = x.identity("id", id);
        }
        secMarkMillis = x.integer(Elements.D_SECOND, secMarkMillis);
        x.structure("pos", pos);
        x.structure("posConfidence", posConfidence);
        if ((presence & TRANSMISSION) != 0) {
            transmission = x.enumerated(Elements.TRANSMISSION, transmission);
        }
        speedFiftiethsMps = x.integer(Elements.SPEED, speedFiftiethsMps);
        headingEightiethsDegree = x.integer(Elements.HEADING, headingEightiethsDegree);
        if ((presence & ANGLE) != 0) {
            angleOneAndAHalfDegrees =
                    x.integer(Elements.STEERING_WHEEL_ANGLE, angleOneAndAHalfDegrees);
        }
        if ((presence & MOTION_CFD) != 0) {
            x.structure("motionCfd", motionCfd);
        }
        if ((presence & ACCEL_SET) != 0) {
            x.structure("accelSet", accelSet);
        }
        x.structure("size", size);
        if ((presence & VEHICLE_CLASS) != 0) {
            x.structure("vehicleClass", vehicleClass);
        }
        x.additions(LAYOUT, presence, additions);
    }
}
