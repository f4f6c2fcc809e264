package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Enumeration;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Structure;

/** A speed limit and for whom it holds (限速): module MapSpeedLimit, RegulatorySpeedLimit. */
public final class SpeedLimit implements Structure {
    private static final Layout LAYOUT = Layout.closed();

    /** SpeedLimitType. */
    public static final Enumeration TYPE =
            Enumeration.of(
                            "type",
                            "unknown maxSpeedInSchoolZone"
                                    + " maxSpeedInSchoolZoneWhenChildrenArePresent"
                                    + " maxSpeedInConstructionZone vehicleMinSpeed vehicleMaxSpeed"
                                    + " vehicleNightMaxSpeed truckMinSpeed truckMaxSpeed"
                                    + " truckNightMaxSpeed vehiclesWithTrailersMinSpeed"
                                    + " vehiclesWithTrailersMaxSpeed"
                                    + " vehiclesWithTrailersNightMaxSpeed")
                    .extensible();

    /** {@link #TYPE}. */
    public int type;

    /** In 0.02 m/s; 8191 not known. */
    public int speedFiftiethsMps;

    @Override
    public void exchange(Exchange x) {
        var _ = x.sequence(LAYOUT, 0);
        type = x.enumerated(TYPE, type);
        speedFiftiethsMps = x.integer(Elements.SPEED, speedFiftiethsMps);
    }
}
