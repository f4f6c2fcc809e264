package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Structure;

/** How big a vehicle is (车辆尺寸): module VehSize, VehicleSize. */
public final class VehicleSize implements Structure {
    private static final Layout LAYOUT = Layout.closed("heightCm");
    public static final int HEIGHT = LAYOUT.bit("heightCm");
    private static final Quantity WIDTH = Quantity.of("widthCm", 0, 1023);
    private static final Quantity LENGTH = Quantity.of("lengthCm", 0, 4095);
    private static final Quantity TALL = Quantity.of("heightCm", 0, 127).times(5);

    public int presence;

    /** 0..1023; 0 not known. */
    public int widthCm;

    /** 0..4095; 0 not known. */
    public int lengthCm;

    /** In 5 cm, 0..127. */
    public int heightFiveCm;

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        widthCm = x.integer(WIDTH, widthCm);
        lengthCm = x.integer(LENGTH, lengthCm);
        if ((presence & HEIGHT) != 0) {
            heightFiveCm = x.integer(TALL, heightFiveCm);
        }
    }
}
