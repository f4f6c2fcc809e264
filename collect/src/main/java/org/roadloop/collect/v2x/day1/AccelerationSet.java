package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Structure;

/** Acceleration in three directions and yaw rate (四轴加速度): DefAcceleration, AccelerationSet4Way. */
public final class AccelerationSet implements Structure {
    private static final Layout LAYOUT = Layout.closed();
    private static final Quantity LONG = Elements.ACCELERATION.named("longMps2");
    private static final Quantity LAT = Elements.ACCELERATION.named("latMps2");

    /** In 0.01 m/s² along the vehicle; 2001 not known. */
    public int longCmps2;

    /** In 0.01 m/s² across the vehicle, positive to the right; 2001 not known. */
    public int latCmps2;

    /** In 0.02 g; -127 not known. */
    public int vertFiftiethsG;

    /** In 0.01 degree/s, positive to the right. */
    public int yawCentidegreesPerSecond;

    @Override
    public void exchange(Exchange x) {
        var _ = x.sequence(LAYOUT, 0);
        longCmps2 = x.integer(LONG, longCmps2);
        latCmps2 = x.integer(LAT, latCmps2);
        vertFiftiethsG = x.integer(Elements.VERTICAL_ACCELERATION, vertFiftiethsG);
        yawCentidegreesPerSecond = x.integer(Elements.YAW_RATE, yawCentidegreesPerSecond);
    }
}
