package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Items;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Structure;

/** A sign on the road (道路交通标志): module RSI, RTSData. */
public final class TrafficSign implements Structure {
    private static final Layout LAYOUT =
            Layout.extensible(
                    "signPos",
                    "description",
                    "timeDetails",
                    "priority",
                    "referencePaths",
                    "referenceLinks");
    public static final int SIGN_POS = LAYOUT.bit("signPos");
    public static final int DESCRIPTION = LAYOUT.bit("description");
    public static final int TIME_DETAILS = LAYOUT.bit("timeDetails");
    public static final int PRIORITY = LAYOUT.bit("priority");
    public static final int REFERENCE_PATHS = LAYOUT.bit("referencePaths");
    public static final int REFERENCE_LINKS = LAYOUT.bit("referenceLinks");
    private static final Quantity RTS_ID = Quantity.of("rtsId", 0, 255);
    private static final Quantity SIGN_TYPE = Quantity.of("signType", 0, 65_535);

    public int presence;

    /** 0..255, of the roadside unit. */
    public int rtsId;

    /** 0..65535, by GB 5768.2. */
    public int signType;

    public final PositionOffset signPos = new PositionOffset();
    public final Description description = new Description();
    public final TimeDetails timeDetails = new TimeDetails();

    /** One byte, the higher the more urgent; the upper three bits count. */
    public int priority;

    /** 1..8. */
    public final Items<ReferencePath> referencePaths = new Items<>(ReferencePath::new);

    /** 1..16. */
    public final Items<ReferenceLink> referenceLinks = new Items<>(ReferenceLink::new);

    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        rtsId = x.integer(RTS_ID, rtsId);
        signType = x.integer(SIGN_TYPE, signType);
        if ((presence & SIGN_POS) != 0) {
            x.structure("signPos", signPos);
        }
        if ((presence & DESCRIPTION) != 0) {
            description.exchange(x);
        }
        if ((presence & TIME_DETAILS) != 0) {
            x.structure("timeDetails", timeDetails);
        }
        if ((presence & PRIORITY) != 0) {
            priority = x.integer(Elements.PRIORITY, priority);
        }
        if ((presence & REFERENCE_PATHS) != 0) {
            x.list(ReferencePath.LIST, referencePaths);
        }
        if ((presence & REFERENCE_LINKS) != 0) {
            x.list(ReferenceLink.LIST, referenceLinks);
        }
        x.additions(LAYOUT, presence, additions);
    }
}
