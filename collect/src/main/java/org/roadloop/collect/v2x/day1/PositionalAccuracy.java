package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Structure;

/** The error ellipse of a position (定位精度椭圆): module DefPosition, PositionalAccuracy. */
public final class PositionalAccuracy implements Structure {
    private static final Layout LAYOUT = Layout.closed();
    private static final Quantity SEMI_MAJOR =
            Quantity.of("semiMajorMetres", 0, 255).per(20).unknown(255);
    private static final Quantity SEMI_MINOR =
            Quantity.of("semiMinorMetres", 0, 255).per(20).unknown(255);
    private static final Quantity ORIENTATION =
            Quantity.of("orientationDegrees", 0, 65_535).times(360).per(65_535).unknown(65_535);

    /** In 0.05 m; 255 not known. */
    public int semiMajorTwentiethsMetre;

    /** In 0.05 m; 255 not known. */
    public int semiMinorTwentiethsMetre;

    /** In 360/65535 degree from north; 65535 not known. */
    public int orientation;

    @Override
    public void exchange(Exchange x) {
        var _ = x.sequence(LAYOUT, 0);
        semiMajorTwentiethsMetre = x.integer(SEMI_MAJOR, semiMajorTwentiethsMetre);
        semiMinorTwentiethsMetre = x.integer(SEMI_MINOR, semiMinorTwentiethsMetre);
        orientation = x.integer(ORIENTATION, orientation);
    }
}
