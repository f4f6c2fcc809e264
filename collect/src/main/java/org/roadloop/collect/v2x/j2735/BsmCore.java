package org.roadloop.collect.v2x.j2735;

import org.roadloop.collect.v2x.day1.BasicSafetyMessage;
import org.roadloop.collect.v2x.day1.BrakeSystem;
import org.roadloop.collect.v2x.day1.Elements;
import org.roadloop.collect.v2x.day1.MessageFrame;
import org.roadloop.collect.v2x.day1.Position3D;
import org.roadloop.collect.v2x.uper.Enumeration;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Flags;
import org.roadloop.collect.v2x.uper.Octets;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Structure;

/**
 * The fields every basic safety message of SAE J2735 begins with (美国基本安全消息核心数据), and its rest as it
 * came.
 */
public final class BsmCore implements Structure {
    private static final Quantity PRESENCE = Quantity.of("presence", 0, 7);
    private static final Quantity ID_HIGH = Quantity.of("idHigh", 0, 65_535);
    private static final Quantity ID_LOW = Quantity.of("idLow", 0, 65_535);
    private static final Quantity ELEV = Elements.ELEVATION.named("elevMetres");
    private static final Quantity SEMI_MAJOR =
            Quantity.of("semiMajorMetres", 0, 255).per(20).unknown(255);
    private static final Quantity SEMI_MINOR = SEMI_MAJOR.named("semiMinorMetres");
    private static final Quantity ORIENTATION =
            Quantity.of("orientationDegrees", 0, 65_535).times(360).per(65_535).unknown(65_535);
    private static final Quantity ACCEL_LONG = Elements.ACCELERATION.named("accelLongMps2");
    private static final Quantity ACCEL_LAT = Elements.ACCELERATION.named("accelLatMps2");
    private static final Quantity ACCEL_VERT = Elements.VERTICAL_ACCELERATION.named("accelVertG");
    private static final Flags WHEEL_BRAKES =
            Flags.of("wheelBrakes", 5, "unavailable leftFront leftRear rightFront rightRear");
    private static final Enumeration TRACTION =
            Enumeration.of("traction", "unavailable off on engaged");
    private static final Enumeration ABS = TRACTION.named("abs");
    private static final Enumeration SCS = TRACTION.named("scs");
    private static final Enumeration BRAKE_BOOST =
            Enumeration.of("brakeBoost", "unavailable off on");
    private static final Enumeration AUX_BRAKES =
            Enumeration.of("auxBrakes", "unavailable off on reserved");
    private static final Quantity WIDTH = Quantity.of("widthCm", 0, 1023);
    private static final Quantity LENGTH = Quantity.of("lengthCm", 0, 4095);

    /** Bits: extended, part II, regional. */
    public int presence;

    /** 0..127, cyclic. */
    public int msgCnt;

    private int idHigh;
    private int idLow;

    /** Within the minute; 65535 not known. */
    public int secMarkMillis;

    /** In 1e-7 degree; 900000001 not known. */
    public int latE7Degrees;

    /** In 1e-7 degree; 1800000001 not known. */
    public int longE7Degrees;

    /** In 0.1 m; -4096 not known. */
    public int elevDecimetres;

    /** In 0.05 m; 255 not known. */
    public int semiMajorTwentiethsMetre;

    /** In 0.05 m; 255 not known. */
    public int semiMinorTwentiethsMetre;

    /** In 360/65535 degree from north; 65535 not known. */
    public int orientation;

    /** 0 neutral, 1 park, 2 forward, 3 reverse, 7 unavailable. */
    public int transmission;

    /** In 0.02 m/s; 8191 not known. */
    public int speedFiftiethsMps;

    /** In 0.0125 degree clockwise from north; 28800 not known. */
    public int headingEightiethsDegree;

    /** Steering wheel in 1.5 degree; 127 not known. */
    public int angleOneAndAHalfDegrees;

    /** In 0.01 m/s²; 2001 not known. */
    public int accelLongCmps2;

    /** In 0.01 m/s², positive to the right; 2001 not known. */
    public int accelLatCmps2;

    /** In 0.02 g; -127 not known. */
    public int accelVertFiftiethsG;

    /** In 0.01 degree/s. */
    public int yawCentidegreesPerSecond;

    /** Five bits: unavailable, left front, left rear, right front, right rear. */
    public long wheelBrakes;

    /** 0 unavailable, 1 off, 2 on, 3 engaged. */
    public int traction;

    /** 0 unavailable, 1 off, 2 on, 3 engaged. */
    public int abs;

    /** 0 unavailable, 1 off, 2 on, 3 engaged. */
    public int scs;

    /** 0 unavailable, 1 off, 2 on. */
    public int brakeBoost;

    /** 0 unavailable, 1 off, 2 on. */
    public int auxBrakes;

    /** 0 not known. */
    public int widthCm;

    /** 0 not known. */
    public int lengthCm;

    /** Part II and whatever follows. */
    public final Octets rest = new Octets();

    /** Temporary id of the vehicle, four bytes. */
    public int id() {
        return idHigh << 16 | idLow;
    }

    /** Sets the temporary id. */
    public void id(int id) {
        idHigh = id >>> 16;
        idLow = id & 0xFFFF;
    }

    /** Puts what means the same into a message of T/CSAE 53; the rest is left. */
    public void to(MessageFrame frame) {
        frame.kind = MessageFrame.BSM;
        BasicSafetyMessage bsm = frame.bsm;
        bsm.presence = 0;
        bsm.msgCnt = msgCnt;
        bsm.id = id() & 0xFFFF_FFFFL;
        bsm.secMarkMillis = secMarkMillis;
        bsm.pos.presence = Position3D.ELEVATION;
        bsm.pos.latE7Degrees = latE7Degrees;
        bsm.pos.longE7Degrees = longE7Degrees;
        bsm.pos.elevationDecimetres = elevDecimetres;
        bsm.transmission = transmission;
        bsm.speedFiftiethsMps = speedFiftiethsMps;
        bsm.headingEightiethsDegree = headingEightiethsDegree;
        bsm.accelSet.longCmps2 = accelLongCmps2;
        bsm.accelSet.latCmps2 = accelLatCmps2;
        bsm.accelSet.vertFiftiethsG = accelVertFiftiethsG;
        bsm.accelSet.yawCentidegreesPerSecond = yawCentidegreesPerSecond;
        bsm.brakes.presence = BrakeSystem.WHEEL_BRAKES;
        bsm.brakes.wheelBrakes = wheelBrakes;
        bsm.size.presence = 0;
        bsm.size.widthCm = widthCm;
        bsm.size.lengthCm = lengthCm;
        bsm.vehicleClass.presence = 0;
        bsm.vehicleClass.classification = 0;
    }

    @Override
    public void exchange(Exchange x) {
        presence = x.integer(PRESENCE, presence);
        msgCnt = x.integer(Elements.MSG_CNT, msgCnt);
        idHigh = x.integer(ID_HIGH, idHigh);
        idLow = x.integer(ID_LOW, idLow);
        secMarkMillis = x.integer(Elements.D_SECOND, secMarkMillis);
        latE7Degrees = x.integer(Elements.LATITUDE, latE7Degrees);
        longE7Degrees = x.integer(Elements.LONGITUDE, longE7Degrees);
        elevDecimetres = x.integer(ELEV, elevDecimetres);
        semiMajorTwentiethsMetre = x.integer(SEMI_MAJOR, semiMajorTwentiethsMetre);
        semiMinorTwentiethsMetre = x.integer(SEMI_MINOR, semiMinorTwentiethsMetre);
        orientation = x.integer(ORIENTATION, orientation);
        transmission = x.enumerated(Elements.TRANSMISSION, transmission);
        speedFiftiethsMps = x.integer(Elements.SPEED, speedFiftiethsMps);
        headingEightiethsDegree = x.integer(Elements.HEADING, headingEightiethsDegree);
        angleOneAndAHalfDegrees = x.integer(Elements.STEERING_WHEEL_ANGLE, angleOneAndAHalfDegrees);
        accelLongCmps2 = x.integer(ACCEL_LONG, accelLongCmps2);
        accelLatCmps2 = x.integer(ACCEL_LAT, accelLatCmps2);
        accelVertFiftiethsG = x.integer(ACCEL_VERT, accelVertFiftiethsG);
        yawCentidegreesPerSecond = x.integer(Elements.YAW_RATE, yawCentidegreesPerSecond);
        wheelBrakes = x.flags(WHEEL_BRAKES, wheelBrakes);
        traction = x.enumerated(TRACTION, traction);
        abs = x.enumerated(ABS, abs);
        scs = x.enumerated(SCS, scs);
        brakeBoost = x.enumerated(BRAKE_BOOST, brakeBoost);
        auxBrakes = x.enumerated(AUX_BRAKES, auxBrakes);
        widthCm = x.integer(WIDTH, widthCm);
        lengthCm = x.integer(LENGTH, lengthCm);
        x.remainder("restHex", rest);
    }
}
