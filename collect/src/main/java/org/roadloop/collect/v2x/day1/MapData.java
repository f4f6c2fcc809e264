package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Items;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Repeated;
import org.roadloop.collect.v2x.uper.Structure;

/** Junctions, the roads into them and their lanes (地图消息 MAP): module Map, MapData. */
public final class MapData implements Structure {
    private static final Layout LAYOUT = Layout.extensible("timeStampMinutes");
    public static final int TIME_STAMP = LAYOUT.bit("timeStampMinutes");
    private static final Quantity TIME_STAMP_MINUTES =
            Elements.MINUTE_OF_THE_YEAR.named("timeStampMinutes");
    private static final Repeated NODES = new Repeated("nodes", 1, 63);

    public int presence;

    /** 0..127, one more for each change. */
    public int msgCnt;

    /** Since 1 January 00:00 UTC; 527040 not known. */
    public int timeStampMinutes;

    /** 1..63. */
    public final Items<MapNode> nodes = new Items<>(MapNode::new);

    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        msgCnt = x.integer(Elements.MSG_CNT, msgCnt);
        if ((presence & TIME_STAMP) != 0) {
            timeStampMinutes = x.integer(TIME_STAMP_MINUTES, timeStampMinutes);
        }
        x.list(NODES, nodes);
        x.additions(LAYOUT, presence, additions);
    }
}
