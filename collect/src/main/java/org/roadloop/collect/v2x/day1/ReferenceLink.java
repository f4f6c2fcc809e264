package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Flags;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Repeated;
import org.roadloop.collect.v2x.uper.Structure;

/** The road between two nodes an event or a sign is about (关联路段): module RSI, ReferenceLink. */
public final class ReferenceLink implements Structure {
    static final Repeated LIST = new Repeated("referenceLinks", 1, 16);
    private static final Layout LAYOUT = Layout.closed("referenceLanes");
    public static final int REFERENCE_LANES = LAYOUT.bit("referenceLanes");

    /** ReferenceLanes. */
    public static final Flags LANES =
            Flags.of(
                    "referenceLanes",
                    16,
                    "reserved lane1 lane2 lane3 lane4 lane5 lane6 lane7 lane8 lane9 lane10 lane11"
                            + " lane12 lane13 lane14 lane15");

    public int presence;
    public final NodeReference upstreamNodeId = new NodeReference();
    public final NodeReference downstreamNodeId = new NodeReference();

    /** {@link #LANES}. */
    public long referenceLanes;

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        x.structure("upstreamNodeId", upstreamNodeId);
        x.structure("downstreamNodeId", downstreamNodeId);
        if ((presence & REFERENCE_LANES) != 0) {
            referenceLanes = x.flags(LANES, referenceLanes);
        }
    }
}
