package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Enumeration;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Flags;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Structure;

/** The state of the brakes (制动系统状态): module VehBrake, BrakeSystemStatus. */
public final class BrakeSystem implements Structure {
    private static final Layout LAYOUT =
            Layout.closed(
                    "brakePadel",
                    "wheelBrakes",
                    "traction",
                    "abs",
                    "scs",
                    "brakeBoost",
                    "auxBrakes");
    public static final int BRAKE_PADEL = LAYOUT.bit("brakePadel");
    public static final int WHEEL_BRAKES = LAYOUT.bit("wheelBrakes");
    public static final int TRACTION = LAYOUT.bit("traction");
    public static final int ABS = LAYOUT.bit("abs");
    public static final int SCS = LAYOUT.bit("scs");
    public static final int BRAKE_BOOST = LAYOUT.bit("brakeBoost");
    public static final int AUX_BRAKES = LAYOUT.bit("auxBrakes");

    private static final Enumeration PEDAL = Enumeration.of("brakePadel", "unavailable off on");
    private static final Flags WHEELS =
            Flags.of("wheelBrakes", 5, "unavailable leftFront leftRear rightFront rightRear");
    private static final Enumeration TRACTION_CONTROL =
            Enumeration.of("traction", "unavailable off on engaged");
    private static final Enumeration ANTI_LOCK = TRACTION_CONTROL.named("abs");
    private static final Enumeration STABILITY_CONTROL = TRACTION_CONTROL.named("scs");
    private static final Enumeration BOOST = PEDAL.named("brakeBoost");
    private static final Enumeration AUXILIARY =
            Enumeration.of("auxBrakes", "unavailable off on reserved");

    public int presence;

    /** 0 unavailable, 1 off, 2 on. */
    public int brakePadel;

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

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        if ((presence & BRAKE_PADEL) != 0) {
            brakePadel = x.enumerated(PEDAL, brakePadel);
        }
        if ((presence & WHEEL_BRAKES) != 0) {
            wheelBrakes = x.flags(WHEELS, wheelBrakes);
        }
        if ((presence & TRACTION) != 0) {
            traction = x.enumerated(TRACTION_CONTROL, traction);
        }
        if ((presence & ABS) != 0) {
            abs = x.enumerated(ANTI_LOCK, abs);
        }
        if ((presence & SCS) != 0) {
            scs = x.enumerated(STABILITY_CONTROL, scs);
        }
        if ((presence & BRAKE_BOOST) != 0) {
            brakeBoost = x.enumerated(BOOST, brakeBoost);
        }
        if ((presence & AUX_BRAKES) != 0) {
            auxBrakes = x.enumerated(AUXILIARY, auxBrakes);
        }
    }
}
