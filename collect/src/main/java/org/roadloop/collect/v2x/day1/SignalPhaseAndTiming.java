package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Characters;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Items;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Octets;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Repeated;
import org.roadloop.collect.v2x.uper.Structure;

/** What the signals show and will show (信号灯相位与配时消息 SPAT): module SignalPhaseAndTiming, SPAT. */
public final class SignalPhaseAndTiming implements Structure {
    private static final Layout LAYOUT = Layout.extensible("moyMinutes", "timeStampMillis", "name");
    public static final int MOY = LAYOUT.bit("moyMinutes");
    public static final int TIME_STAMP = LAYOUT.bit("timeStampMillis");
    public static final int NAME = LAYOUT.bit("name");
    static final Quantity TIME_STAMP_MILLIS = Elements.D_SECOND.named("timeStampMillis");

    /** DescriptiveName of module MapNode. */
    static final Characters DESCRIPTIVE_NAME = new Characters("name", 1, 63, 7);

    private static final Repeated INTERSECTIONS = new Repeated("intersections", 1, 32);

    public int presence;

    /** 0..127, cyclic. */
    public int msgCnt;

    /** Since 1 January 00:00 UTC; 527040 not known. */
    public int moyMinutes;

    /** Within the minute; 65535 not known. */
    public int timeStampMillis;

    /** IA5, 1..63 characters. */
    public final Octets name = new Octets();

    /** 1..32. */
    public final Items<IntersectionState> intersections = new Items<>(IntersectionState::new);

    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        msgCnt = x.integer(Elements.MSG_CNT, msgCnt);
        if ((presence & MOY) != 0) {
            moyMinutes = x.integer(Elements.MINUTE_OF_THE_YEAR, moyMinutes);
        }
        if ((presence & TIME_STAMP) != 0) {
            timeStampMillis = x.integer(TIME_STAMP_MILLIS, timeStampMillis);
        }
        if ((presence & NAME) != 0) {
            x.characters(DESCRIPTIVE_NAME, name);
        }
        x.list(INTERSECTIONS, intersections);
        x.additions(LAYOUT, presence, additions);
    }
}
