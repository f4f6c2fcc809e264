package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Additions;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Flags;
import org.roadloop.collect.v2x.uper.Items;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Repeated;
import org.roadloop.collect.v2x.uper.Structure;

/** The signals of one junction (路口信号灯状态): module SPATIntersectionState, IntersectionState. */
public final class IntersectionState implements Structure {
    private static final Layout LAYOUT =
            Layout.extensible("moyMinutes", "timeStampMillis", "timeConfidence");
    public static final int MOY = LAYOUT.bit("moyMinutes");
    public static final int TIME_STAMP = LAYOUT.bit("timeStampMillis");
    public static final int TIME_CONFIDENCE = LAYOUT.bit("timeConfidence");

    /** IntersectionStatusObject. */
    public static final Flags STATUS =
            Flags.of(
                    "status",
                    16,
                    "manualControlIsEnabled stopTimeIsActivated failureFlash preemptIsActive"
                            + " signalPriorityIsActive fixedTimeOperation trafficDependentOperation"
                            + " standbyOperation failureMode off recentMAPmessageUpdate"
                            + " recentChangeInMAPassignedLanesIDsUsed noValidMAPisAvailableAtThisTime"
                            + " noValidSPATisAvailableAtThisTime");

    private static final Repeated PHASES = new Repeated("phases", 1, 16);

    public int presence;
    public final NodeReference intersectionId = new NodeReference();

    /** {@link #STATUS}. */
    public long status;

    /** Since 1 January 00:00 UTC; 527040 not known. */
    public int moyMinutes;

    /** Within the minute; 65535 not known. */
    public int timeStampMillis;

    /** 0 unavailable, then from 100 s to a picosecond. */
    public int timeConfidence;

    /** 1..16. */
    public final Items<Phase> phases = new Items<>(Phase::new);

    public final Additions additions = new Additions();

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        x.structure("intersectionId", intersectionId);
        status = x.flags(STATUS, status);
        if ((presence & MOY) != 0) {
            moyMinutes = x.integer(Elements.MINUTE_OF_THE_YEAR, moyMinutes);
        }
        if ((presence & TIME_STAMP) != 0) {
            timeStampMillis = x.integer(SignalPhaseAndTiming.TIME_STAMP_MILLIS, timeStampMillis);
        }
        if ((presence & TIME_CONFIDENCE) != 0) {
            timeConfidence = x.enumerated(Elements.TIME_CONFIDENCE, timeConfidence);
        }
        x.list(PHASES, phases);
        x.additions(LAYOUT, presence, additions);
    }
}
