package org.roadloop.collect.v2x;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.v2x.day1.RoadsideEnvelope;

/**
 * Where the rows of one roadside message come from (路侧报文来源): who sent it, when, and where its bytes
 * are in the frame log. Used again for the next. One thread.
 */
public final class RoadsideOrigin {
    private static final int MINUTE_MILLIS = 60_000;

    private byte[] unitUtf8 = new byte[0];
    private byte[] recordingUtf8 = unitUtf8;
    private long unit;

    /** The unit as it is registered now; null if it is not any more. */
    private @Nullable V2xUnit registered;

    public Lineage lineage = Lineage.VEHICLE;
    public long timeMillis;
    public long receivedAtMicros;
    public long segment;
    public long frameOffset;

    /**
     * Sets who sent it; its text is made once for messages in a row.
     *
     * @param id the eight bytes of the envelope
     */
    public void unit(long id, @Nullable V2xUnit registeredUnit) {
        if (id == unit && registeredUnit == registered && unitUtf8.length > 0) {
            return;
        }
        unit = id;
        registered = registeredUnit;
        String name = RoadsideEnvelope.name(id);
        unitUtf8 = name.getBytes(StandardCharsets.UTF_8);
        recordingUtf8 = recording(name, registeredUnit).getBytes(StandardCharsets.UTF_8);
    }

    /** The name of an on-board unit would tell which vehicle it is. */
    private static String recording(String name, @Nullable V2xUnit unit) {
        if (unit == null) {
            return name;
        }
        Junction junction = unit.junction();
        String place = junction == null ? name : junction.name();
        return unit.kind() == V2xUnit.Kind.ON_BOARD ? "on-board" : place;
    }

    byte[] unitUtf8() {
        return unitUtf8;
    }

    /** What a track of the unit is called: its junction where it has one. */
    byte[] recordingUtf8() {
        return recordingUtf8;
    }

    /** Where the unit stands, if anywhere. */
    @Nullable Junction junction() {
        return registered == null ? null : registered.junction();
    }

    /** As {@link #nearestMicros} about the envelope's time. */
    long atMicros(int millisInMinute) {
        return nearestMicros(timeMillis, millisInMinute);
    }

    /**
     * The moment nearest to the envelope's time that has these milliseconds within its minute; the
     * envelope's time itself when they are beyond 60 s, that is not known.
     */
    public static long nearestMicros(long timeMillis, int millisInMinute) {
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
