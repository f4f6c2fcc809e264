package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Items;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Repeated;
import org.roadloop.collect.v2x.uper.Structure;

/** A lane of a road (车道): module MapLane, Lane. */
public final class MapLane implements Structure {
    private static final Layout LAYOUT =
            Layout.extensible(
                    "laneWidthCm",
                    "laneAttributes",
                    "maneuvers",
                    "connectsTo",
                    "speedLimits",
                    "points");
    public static final int LANE_WIDTH = LAYOUT.bit("laneWidthCm");
    public static final int LANE_ATTRIBUTES = LAYOUT.bit("laneAttributes");
    public static final int MANEUVERS = LAYOUT.bit("maneuvers");
    public static final int CONNECTS_TO = LAYOUT.bit("connectsTo");
    public static final int SPEED_LIMITS = LAYOUT.bit("speedLimits");
    public static final int POINTS = LAYOUT.bit("points");
    private static final Quantity LANE_ID = Quantity.of("laneID", 0, 255);
    private static final Repeated CONNECTIONS = new Repeated("connectsTo", 1, 16);

    public int presence;

    /** 0..255; 0 not known, 255 reserved. */
    public int laneId;

    public int laneWidthCm;
    public final LaneAttributes laneAttributes = new LaneAttributes();

    /** {@link Elements#ALLOWED_MANEUVERS}. */
    public long maneuvers;

    /** 1..16. */
    public final Items<Connection> connectsTo = new Items<>(Connection::new);

    /** 1..9. */
    public final Items<SpeedLimit> speedLimits = new Items<>(SpeedLimit::new);

    /** 2..31, in the direction of travel. */
    public final Items<RoadPoint> points = new Items<>(RoadPoint::new);

    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        laneId = x.integer(LANE_ID, laneId);
        if ((presence & LANE_WIDTH) != 0) {
            laneWidthCm = x.integer(Elements.LANE_WIDTH, laneWidthCm);
        }
        if ((presence & LANE_ATTRIBUTES) != 0) {
            x.structure("laneAttributes", laneAttributes);
        }
        if ((presence & MANEUVERS) != 0) {
            maneuvers = x.flags(Elements.ALLOWED_MANEUVERS, maneuvers);
        }
        if ((presence & CONNECTS_TO) != 0) {
            x.list(CONNECTIONS, connectsTo);
        }
        if ((presence & SPEED_LIMITS) != 0) {
            x.list(Elements.SPEED_LIMITS, speedLimits);
        }
        if ((presence & POINTS) != 0) {
            x.list(Elements.POINTS, points);
        }
        x.additions(LAYOUT, presence, additions);
    }
}
