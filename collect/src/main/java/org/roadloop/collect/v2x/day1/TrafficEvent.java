package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Enumeration;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Items;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Structure;

/** An event on the road (道路交通事件): module RSI, RTEData. */
public final class TrafficEvent implements Structure {
    private static final Layout LAYOUT =
            Layout.extensible(
                    "eventPos",
                    "eventRadiusMetres",
                    "description",
                    "timeDetails",
                    "priority",
                    "referencePaths",
                    "referenceLinks",
                    "eventConfidencePercent");
    public static final int EVENT_POS = LAYOUT.bit("eventPos");
    public static final int EVENT_RADIUS = LAYOUT.bit("eventRadiusMetres");
    public static final int DESCRIPTION = LAYOUT.bit("description");
    public static final int TIME_DETAILS = LAYOUT.bit("timeDetails");
    public static final int PRIORITY = LAYOUT.bit("priority");
    public static final int REFERENCE_PATHS = LAYOUT.bit("referencePaths");
    public static final int REFERENCE_LINKS = LAYOUT.bit("referenceLinks");
    public static final int EVENT_CONFIDENCE = LAYOUT.bit("eventConfidencePercent");

    /** EventSource. */
    public static final Enumeration SOURCE =
            Enumeration.of(
                            "eventSource",
                            "unknown police government meteorological internet detection")
                    .extensible();

    private static final Quantity RTE_ID = Quantity.of("rteId", 0, 255);
    private static final Quantity EVENT_TYPE = Quantity.of("eventType", 0, 65_535);
    private static final Quantity RADIUS = Elements.RADIUS.named("eventRadiusMetres");
    private static final Quantity CONFIDENCE = Elements.CONFIDENCE.named("eventConfidencePercent");

    public int presence;

    /** 0..255, of the roadside unit. */
    public int rteId;

    /** 0..65535, by GB/T 29100. */
    public int eventType;

    /** {@link #SOURCE}. */
    public int eventSource;

    public final PositionOffset eventPos = new PositionOffset();
    public int eventRadiusDecimetres;
    public final Description description = new Description();
    public final TimeDetails timeDetails = new TimeDetails();

    /** One byte, the higher the more urgent; the upper three bits count. */
    public int priority;

    /** 1..8. */
    public final Items<ReferencePath> referencePaths = new Items<>(ReferencePath::new);

    /** 1..16. */
    public final Items<ReferenceLink> referenceLinks = new Items<>(ReferenceLink::new);

    /** In 0.5 %, 0..200. */
    public int eventConfidenceHalfPercent;

    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        rteId = x.integer(RTE_ID, rteId);
        eventType = x.integer(EVENT_TYPE, eventType);
        eventSource = x.enumerated(SOURCE, eventSource);
        if ((presence & EVENT_POS) != 0) {
            x.structure("eventPos", eventPos);
        }
        if ((presence & EVENT_RADIUS) != 0) {
            eventRadiusDecimetres = x.integer(RADIUS, eventRadiusDecimetres);
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
        if ((presence & EVENT_CONFIDENCE) != 0) {
            eventConfidenceHalfPercent = x.integer(CONFIDENCE, eventConfidenceHalfPercent);
        }
        x.additions(LAYOUT, presence, additions);
    }
}
