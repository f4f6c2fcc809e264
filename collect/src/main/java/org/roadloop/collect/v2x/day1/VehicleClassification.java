package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Structure;

/** What kind of vehicle it is (车辆分类): module VehClass, VehicleClassification. */
public final class VehicleClassification implements Structure {
    private static final Layout LAYOUT = Layout.extensible("fuelType");
    public static final int FUEL_TYPE = LAYOUT.bit("fuelType");
    private static final Quantity CLASSIFICATION = Quantity.of("classification", 0, 255);
    private static final Quantity FUEL = Quantity.of("fuelType", 0, 15);

    public int presence;

    /** BasicVehicleClass: 0 unknown, 10 car, 20 van, 25 lorry, 40 motorcycle, 50 bus, 60 rescue. */
    public int classification;

    /** 0 unknown, 1 petrol, 3 diesel, 4 electric, 5 hybrid, 6 hydrogen, 7 and 8 natural gas. */
    public int fuelType;

    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        classification = x.integer(CLASSIFICATION, classification);
        if ((presence & FUEL_TYPE) != 0) {
            fuelType = x.integer(FUEL, fuelType);
        }
        x.additions(LAYOUT, presence, additions);
    }
}
