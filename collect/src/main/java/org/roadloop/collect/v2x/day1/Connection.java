package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Flags;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Structure;

/** Where a lane leads to beyond the junction (车道连接): module MapLane, Connection. */
public final class Connection implements Structure {
    private static final Layout LAYOUT = Layout.closed("connectingLane", "phaseId");
    public static final int CONNECTING_LANE = LAYOUT.bit("connectingLane");
    public static final int PHASE_ID = LAYOUT.bit("phaseId");

    public int presence;
    public final NodeReference remoteIntersection = new NodeReference();
    public final ConnectingLane connectingLane = new ConnectingLane();

    /** 0..255; 0 not known. */
    public int phaseId;

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        x.structure("remoteIntersection", remoteIntersection);
        if ((presence & CONNECTING_LANE) != 0) {
            x.structure("connectingLane", connectingLane);
        }
        if ((presence & PHASE_ID) != 0) {
            phaseId = x.integer(Elements.PHASE_ID, phaseId);
        }
    }

    /** The lane beyond and how it is reached (下游车道): module MapLane, ConnectingLane. */
    public static final class ConnectingLane implements Structure {
        private static final Layout LAYOUT = Layout.closed("maneuver");
        public static final int MANEUVER = LAYOUT.bit("maneuver");
        private static final Quantity LANE = Quantity.of("lane", 0, 255);
        private static final Flags MANEUVERS = Elements.ALLOWED_MANEUVERS.named("maneuver");

        public int presence;

        /** 0..255; 0 not known, 255 reserved. */
        public int lane;

        /** {@link Elements#ALLOWED_MANEUVERS}. */
        public long maneuver;

        @Override
        public void exchange(Exchange x) {
            presence = x.sequence(LAYOUT, presence);
            lane = x.integer(LANE, lane);
            if ((presence & MANEUVER) != 0) {
                maneuver = x.flags(MANEUVERS, maneuver);
            }
        }
    }
}
