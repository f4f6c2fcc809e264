package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Enumeration;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Structure;

/** What a rescue or work vehicle is doing (紧急车辆扩展): VehEmgExt, VehicleEmergencyExtensions. */
public final class VehicleEmergencyExtensions implements Structure {
    private static final Layout LAYOUT = Layout.extensible("responseType", "sirenUse", "lightsUse");
    public static final int RESPONSE_TYPE = LAYOUT.bit("responseType");
    public static final int SIREN_USE = LAYOUT.bit("sirenUse");
    public static final int LIGHTS_USE = LAYOUT.bit("lightsUse");
    private static final Enumeration RESPONSE =
            Enumeration.of(
                            "responseType",
                            "notInUseOrNotEquipped emergency nonEmergency pursuit stationary"
                                    + " slowMoving stopAndGoMovement")
                    .extensible();
    private static final Enumeration SIREN =
            Enumeration.of("sirenUse", "unavailable notInUse inUse reserved");
    private static final Enumeration LIGHTS =
            Enumeration.of(
                    "lightsUse",
                    "unavailable notInUse inUse yellowCautionLights schooldBusLights"
                            + " arrowSignsActive slowMovingVehicle freqStops");

    public int presence;

    /**
     * 0 not in use, 1 emergency, 2 no emergency, 3 pursuit, 4 stationary, 5 slow, 6 stop and go.
     */
    public int responseType;

    /** 0 unavailable, 1 not in use, 2 in use. */
    public int sirenUse;

    /** 0 unavailable, 1 not in use, 2 in use, 3 to 7 kinds of it. */
    public int lightsUse;

    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        if ((presence & RESPONSE_TYPE) != 0) {
            responseType = x.enumerated(RESPONSE, responseType);
        }
        if ((presence & SIREN_USE) != 0) {
            sirenUse = x.enumerated(SIREN, sirenUse);
        }
        if ((presence & LIGHTS_USE) != 0) {
            lightsUse = x.enumerated(LIGHTS, lightsUse);
        }
        x.additions(LAYOUT, presence, additions);
    }
}
