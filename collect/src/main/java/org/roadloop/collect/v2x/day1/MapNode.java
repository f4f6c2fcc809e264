package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Items;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Octets;
import org.roadloop.collect.v2x.uper.Repeated;
import org.roadloop.collect.v2x.uper.Structure;

/** A junction of the map (节点): module MapNode, Node. */
public final class MapNode implements Structure {
    private static final Layout LAYOUT = Layout.extensible("name", "inLinks");
    public static final int NAME = LAYOUT.bit("name");
    public static final int IN_LINKS = LAYOUT.bit("inLinks");
    private static final Repeated LINKS = new Repeated("inLinks", 1, 32);

    public int presence;

    /** IA5, 1..63 characters. */
    public final Octets name = new Octets();

    public final NodeReference id = new NodeReference();
    public final Position3D refPos = new Position3D();

    /** 1..32 roads into the junction. */
    public final Items<MapLink> inLinks = new Items<>(MapLink::new);

    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        if ((presence & NAME) != 0) {
            x.characters(SignalPhaseAndTiming.DESCRIPTIVE_NAME, name);
        }
        x.structure("id", id);
        x.structure("refPos", refPos);
        if ((presence & IN_LINKS) != 0) {
            x.list(LINKS, inLinks);
        }
        x.additions(LAYOUT, presence, additions);
    }
}
