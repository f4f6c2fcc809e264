package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Items;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Octets;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Repeated;
import org.roadloop.collect.v2x.uper.Structure;

/** A road into a junction (路段): module MapLink, Link. */
public final class MapLink implements Structure {
    private static final Layout LAYOUT =
            Layout.extensible("name", "speedLimits", "linkWidthCm", "points", "movements");
    public static final int NAME = LAYOUT.bit("name");
    public static final int SPEED_LIMITS = LAYOUT.bit("speedLimits");
    public static final int LINK_WIDTH = LAYOUT.bit("linkWidthCm");
    public static final int POINTS = LAYOUT.bit("points");
    public static final int MOVEMENTS = LAYOUT.bit("movements");
    private static final Quantity WIDTH = Elements.LANE_WIDTH.named("linkWidthCm");
    private static final Repeated MOVEMENT_LIST = new Repeated("movements", 1, 32);
    private static final Repeated LANES = new Repeated("lanes", 1, 32);

    public int presence;

    /** IA5, 1..63 characters. */
    public final Octets name = new Octets();

    public final NodeReference upstreamNodeId = new NodeReference();

    /** 1..9. */
    public final Items<SpeedLimit> speedLimits = new Items<>(SpeedLimit::new);

    public int linkWidthCm;

    /** 2..31 along the middle, in the direction of travel. */
    public final Items<RoadPoint> points = new Items<>(RoadPoint::new);

    /** 1..32 ways out of the junction. */
    public final Items<Movement> movements = new Items<>(Movement::new);

    /** 1..32. */
    public final Items<MapLane> lanes = new Items<>(MapLane::new);

    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        if ((presence & NAME) != 0) {
            x.characters(SignalPhaseAndTiming.DESCRIPTIVE_NAME, name);
        }
        x.structure("upstreamNodeId", upstreamNodeId);
        if ((presence & SPEED_LIMITS) != 0) {
            x.list(Elements.SPEED_LIMITS, speedLimits);
        }
        if ((presence & LINK_WIDTH) != 0) {
            linkWidthCm = x.integer(WIDTH, linkWidthCm);
        }
        if ((presence & POINTS) != 0) {
            x.list(Elements.POINTS, points);
        }
        if ((presence & MOVEMENTS) != 0) {
            x.list(MOVEMENT_LIST, movements);
        }
        x.list(LANES, lanes);
        x.additions(LAYOUT, presence, additions);
    }

    /** A way out of the junction and the phase that lets it go (转向): module MapLink, Movement. */
    public static final class Movement implements Structure {
        private static final Layout LAYOUT = Layout.closed("phaseId");
        public static final int PHASE_ID = LAYOUT.bit("phaseId");

        public int presence;
        public final NodeReference remoteIntersection = new NodeReference();

        /** 0..255; 0 not known. */
        public int phaseId;

        @Override
        public void exchange(Exchange x) {
            presence = x.sequence(LAYOUT, presence);
            x.structure("remoteIntersection", remoteIntersection);
            if ((presence & PHASE_ID) != 0) {
                phaseId = x.integer(Elements.PHASE_ID, phaseId);
            }
        }
    }
}
