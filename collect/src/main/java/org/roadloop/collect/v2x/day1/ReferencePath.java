package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Items;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Repeated;
import org.roadloop.collect.v2x.uper.Structure;

/** The stretch an event or a sign is about (关联路径): module RSI, ReferencePath. */
public final class ReferencePath implements Structure {
    static final Repeated LIST = new Repeated("referencePaths", 1, 8);
    private static final Layout LAYOUT = Layout.closed();
    private static final Repeated ACTIVE_PATH = new Repeated("activePath", 1, 32);
    private static final Quantity PATH_RADIUS = Elements.RADIUS.named("pathRadiusMetres");

    /** 1..32, in the direction of travel. */
    public final Items<PositionOffset> activePath = new Items<>(PositionOffset::new);

    /** Half the width, 0..65535. */
    public int pathRadiusDecimetres;

    @Override
    public void exchange(Exchange x) {
        var _ = x.sequence(LAYOUT, 0);
        x.list(ACTIVE_PATH, activePath);
        pathRadiusDecimetres = x.integer(PATH_RADIUS, pathRadiusDecimetres);
    }
}
