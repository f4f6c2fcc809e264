package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Items;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Repeated;
import org.roadloop.collect.v2x.uper.Structure;

/** What a roadside unit sees on the road (路侧安全消息 RSM): module RSM, RoadsideSafetyMessage. */
public final class RoadsideSafetyMessage implements Structure {
    private static final Layout LAYOUT = Layout.extensible();
    private static final Repeated PARTICIPANTS = new Repeated("participants", 1, 16);

    public int presence;

    /** 0..127, cyclic. */
    public int msgCnt;

    /** Of the roadside unit, eight bytes, usually ASCII. */
    public long id;

    public final Position3D refPos = new Position3D();

    /** 1..16. */
    public final Items<Participant> participants = new Items<>(Participant::new);

    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        msgCnt = x.integer(Elements.MSG_CNT, msgCnt);
        id = x.identity("id", id);
        x.structure("refPos", refPos);
        x.list(PARTICIPANTS, participants);
        x.additions(LAYOUT, presence, additions);
    }
}
