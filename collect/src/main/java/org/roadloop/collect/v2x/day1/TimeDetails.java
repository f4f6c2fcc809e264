package org.roadloop.collect.v2x.day1;

import org.roadloop.collect.v2x.uper.Enumeration;
import org.roadloop.collect.v2x.uper.Exchange;
import org.roadloop.collect.v2x.uper.Layout;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.collect.v2x.uper.Structure;

/** From when till when an event or a sign holds (时间属性): module RSI, RSITimeDetails. */
public final class TimeDetails implements Structure {
    private static final Layout LAYOUT =
            Layout.closed("startTimeMinutes", "endTimeMinutes", "endTimeConfidence");
    public static final int START_TIME = LAYOUT.bit("startTimeMinutes");
    public static final int END_TIME = LAYOUT.bit("endTimeMinutes");
    public static final int END_TIME_CONFIDENCE = LAYOUT.bit("endTimeConfidence");
    private static final Quantity START = Elements.MINUTE_OF_THE_YEAR.named("startTimeMinutes");
    private static final Quantity END = Elements.MINUTE_OF_THE_YEAR.named("endTimeMinutes");
    private static final Enumeration END_CONFIDENCE =
            Elements.TIME_CONFIDENCE.named("endTimeConfidence");

    public int presence;

    /** Since 1 January 00:00 UTC; 527040 not known. */
    public int startTimeMinutes;

    /** Since 1 January 00:00 UTC; 527040 not known. */
    public int endTimeMinutes;

    /** 0 unavailable, then from 100 s to a picosecond. */
    public int endTimeConfidence;

    @Override
    public void exchange(Exchange x) {
        presence = x.sequence(LAYOUT, presence);
        if ((presence & START_TIME) != 0) {
            startTimeMinutes = x.integer(START, startTimeMinutes);
        }
        if ((presence & END_TIME) != 0) {
            endTimeMinutes = x.integer(END, endTimeMinutes);
        }
        if ((presence & END_TIME_CONFIDENCE) != 0) {
            endTimeConfidence = x.enumerated(END_CONFIDENCE, endTimeConfidence);
        }
    }
}
