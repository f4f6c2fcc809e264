package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Enumeration;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Structure;

/** How good a position is (位置精度): module DefPosition, PositionConfidenceSet. */
public final class PositionConfidence implements Structure {
    private static final Layout LAYOUT = Layout.closed("elevation");
    public static final int ELEVATION = LAYOUT.bit("elevation");
    private static final Enumeration POS =
            Enumeration.of(
                    "pos",
                    "unavailable a500m a200m a100m a50m a20m a10m a5m a2m a1m a50cm a20cm a10cm"
                            + " a5cm a2cm a1cm");
    private static final Enumeration ELEVATION_CONFIDENCE =
            Enumeration.of(
                    "elevation",
                    "unavailable elev-500-00 elev-200-00 elev-100-00 elev-050-00 elev-020-00"
                            + " elev-010-00 elev-005-00 elev-002-00 elev-001-00 elev-000-50"
                            + " elev-000-20 elev-000-10 elev-000-05 elev-000-02 elev-000-01");

    public int presence;

    /** 0 unavailable, then from 500 m to 1 cm. */
    public int pos;

    /** 0 unavailable, then from 500 m to 1 cm. */
    public int elevation;

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        pos = x.enumerated(POS, pos);
        if ((presence & ELEVATION) != 0) {
            elevation = x.enumerated(ELEVATION_CONFIDENCE, elevation);
        }
    }
}
