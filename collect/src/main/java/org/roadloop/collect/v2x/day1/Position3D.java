package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Structure;

/** A place on the earth (三维位置): module DefPosition, Position3D. */
public final class Position3D implements Structure {
    private static final Layout LAYOUT = Layout.closed("elevationMetres");
    public static final int ELEVATION = LAYOUT.bit("elevationMetres");

    public int presence;

    /** In 1e-7 degree; 900000001 not known. */
    public int latE7Degrees;

    /** In 1e-7 degree; 1800000001 not known. */
    public int longE7Degrees;

    /** In 0.1 m above the ellipsoid; -4096 not known. */
    public int elevationDecimetres;

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        latE7Degrees = x.integer(Elements.LATITUDE, latE7Degrees);
        longE7Degrees = x.integer(Elements.LONGITUDE, longE7Degrees);
        if ((presence & ELEVATION) != 0) {
            elevationDecimetres = x.integer(Elements.ELEVATION, elevationDecimetres);
        }
    }
}
