package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Items;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Repeated;
import org.roadloop.collect.v2x.uper.Structure;

/** Events and signs of the road (路侧交通信息 RSI): module RSI, RoadSideInformation. */
public final class RoadSideInformation implements Structure {
    private static final Layout LAYOUT = Layout.extensible("moyMinutes", "rtes", "rtss");
    public static final int MOY = LAYOUT.bit("moyMinutes");
    public static final int RTES = LAYOUT.bit("rtes");
    public static final int RTSS = LAYOUT.bit("rtss");
    private static final Repeated RTE_LIST = new Repeated("rtes", 1, 8);
    private static final Repeated RTS_LIST = new Repeated("rtss", 1, 16);

    public int presence;

    /** 0..127, cyclic. */
    public int msgCnt;

    /** Since 1 January 00:00 UTC; 527040 not known. */
    public int moyMinutes;

    /** Of the roadside unit, eight bytes, usually ASCII. */
    public long id;

    public final Position3D refPos = new Position3D();

    /** 1..8 events. */
    public final Items<TrafficEvent> rtes = new Items<>(TrafficEvent::new);

    /** 1..16 signs. */
    public final Items<TrafficSign> rtss = new Items<>(TrafficSign::new);

    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        msgCnt = x.integer(Elements.MSG_CNT, msgCnt);
        if ((presence & MOY) != 0) {
            moyMinutes = x.integer(Elements.MINUTE_OF_THE_YEAR, moyMinutes);
        }
        id = x.identity("id", id);
        x.structure("refPos", refPos);
        if ((presence & RTES) != 0) {
            x.list(RTE_LIST, rtes);
        }
        if ((presence & RTSS) != 0) {
            x.list(RTS_LIST, rtss);
        }
        x.additions(LAYOUT, presence, additions);
    }
}
