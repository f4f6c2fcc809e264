package org.roadloop.collect.v2x;

import java.nio.charset.StandardCharsets;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.v2x.day1.RoadsideEnvelope;

/**
 * Where the rows of one roadside message come from (路侧报文来源): who sent it, when, and where its bytes
 * are in the frame log. Used again for the next. One thread.
 */
public final class RoadsideOrigin {
    private static final int MINUTE_MILLIS = 60_000;

    private byte[] unitUtf8 = new byte[0];
    private long unit;

    public Lineage lineage = Lineage.VEHICLE;
    public long timeMillis;
    public long receivedAtMicros;
    public long segment;
    public long frameOffset;

    /** Eight bytes of the roadside unit's id; its text is made once for messages in a row. */
    public void unit(long roadsideUnit) {
        if (roadsideUnit != unit || unitUtf8.length == 0) {
            unit = roadsideUnit;
            unitUtf8 = RoadsideEnvelope.name(roadsideUnit).getBytes(StandardCharsets.UTF_8);
        }
    }

    byte[] unitUtf8() {
        return unitUtf8;
    }

    /**
     * The moment nearest to the envelope's time that has these milliseconds within its minute; the
     * envelope's time itself when they are beyond 60 s, that is not known.
     */
    long atMicros(int millisInMinute) {
        if (millisInMinute >= MINUTE_MILLIS) {
            return timeMillis * 1000;
        }
        long at = timeMillis - Math.floorMod(timeMillis, (long) MINUTE_MILLIS) + millisInMinute;
        if (at - timeMillis > MINUTE_MILLIS / 2) {
            at -= MINUTE_MILLIS;
        } else if (timeMillis - at > MINUTE_MILLIS / 2) {
            at += MINUTE_MILLIS;
        }
        return at * 1000;
    }
}
