package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Structure;

/** The number of a junction (节点编号): module MapNode, NodeReferenceID. */
public final class NodeReference implements Structure {
    private static final Layout LAYOUT = Layout.closed("region");
    public static final int REGION = LAYOUT.bit("region");
    private static final Quantity REGION_ID = Quantity.of("region", 0, 65_535);
    private static final Quantity NODE_ID = Quantity.of("id", 0, 65_535);

    public int presence;

    /** Number of the road authority, 0..65535. */
    public int region;

    /** 0..65535, unique in the region. */
    public int id;

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        if ((presence & REGION) != 0) {
            region = x.integer(REGION_ID, region);
        }
        id = x.integer(NODE_ID, id);
    }
}
