package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Structure;

/** A point along a road or a lane (道路点): module MapPoint, RoadPoint. */
public final class RoadPoint implements Structure {
    private static final Layout LAYOUT = Layout.extensible();

    public int presence;
    public final PositionOffset posOffset = new PositionOffset();
    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        x.structure("posOffset", posOffset);
        x.additions(LAYOUT, presence, additions);
    }
}
