package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Structure;

/**
 * When a light begins and ends (相位时间): module SPATIntersectionState, TimeCountingDown (seconds from
 * now) or UTCTiming (seconds within the hour). Seven times in 0.1 s; 36001 not known.
 */
public final class PhaseTimes implements Structure {
    private static final Layout DOWN =
            Layout.closed(
                    "minEndTimeSeconds",
                    "maxEndTimeSeconds",
                    "timeConfidencePercent",
                    "nextStartTimeSeconds",
                    "nextDurationSeconds");
    private static final Layout UTC =
            Layout.closed(
                    "minEndUTCTimeSeconds",
                    "maxEndUTCTimeSeconds",
                    "timeConfidencePercent",
                    "nextStartUTCTimeSeconds",
                    "nextEndUTCTimeSeconds");
    public static final int MIN_END = DOWN.bit("minEndTimeSeconds");
    public static final int MAX_END = DOWN.bit("maxEndTimeSeconds");
    public static final int TIME_CONFIDENCE = DOWN.bit("timeConfidencePercent");
    public static final int NEXT_START = DOWN.bit("nextStartTimeSeconds");
    public static final int NEXT_LAST = DOWN.bit("nextDurationSeconds");

    private static final Quantity[] DOWN_TIMES =
            times(
                    "startTimeSeconds",
                    "minEndTimeSeconds",
                    "maxEndTimeSeconds",
                    "likelyEndTimeSeconds",
                    "nextStartTimeSeconds",
                    "nextDurationSeconds");
    private static final Quantity[] UTC_TIMES =
            times(
                    "startUTCTimeSeconds",
                    "minEndUTCTimeSeconds",
                    "maxEndUTCTimeSeconds",
                    "likelyEndUTCTimeSeconds",
                    "nextStartUTCTimeSeconds",
                    "nextEndUTCTimeSeconds");
    private static final Quantity CONFIDENCE = Elements.CONFIDENCE.named("timeConfidencePercent");

    private final Layout layout;
    private final Quantity[] times;

    public int presence;
    public int startDeciseconds;
    public int minEndDeciseconds;
    public int maxEndDeciseconds;
    public int likelyEndDeciseconds;

    /** In 0.5 %, 0..200. */
    public int timeConfidenceHalfPercent;

    public int nextStartDeciseconds;

    /** The next duration when counting down, the next end in UTC. */
    public int nextLastDeciseconds;

    PhaseTimes(boolean utc) {
        layout = utc ? UTC : DOWN;
        times = utc ? UTC_TIMES : DOWN_TIMES;
    }

    private static Quantity[] times(String... names) {
        Quantity[] times = new Quantity[names.length];
        for (int i = 0; i < names.length; i++) {
            times[i] = Elements.TIME_MARK.named(names[i]);
        }
        return times;
    }

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(layout, presence);
        startDeciseconds = x.integer(times[0], startDeciseconds);
        if ((presence & MIN_END) != 0) {
            minEndDeciseconds = x.integer(times[1], minEndDeciseconds);
        }
        if ((presence & MAX_END) != 0) {
            maxEndDeciseconds = x.integer(times[2], maxEndDeciseconds);
        }
        likelyEndDeciseconds = x.integer(times[3], likelyEndDeciseconds);
        if ((presence & TIME_CONFIDENCE) != 0) {
            timeConfidenceHalfPercent = x.integer(CONFIDENCE, timeConfidenceHalfPercent);
        }
        if ((presence & NEXT_START) != 0) {
            nextStartDeciseconds = x.integer(times[4], nextStartDeciseconds);
        }
        if ((presence & NEXT_LAST) != 0) {
            nextLastDeciseconds = x.integer(times[5], nextLastDeciseconds);
        }
    }
}
