package org.roadloop.core.clearing;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/** Which day an instant is on in a zone (清算日). One thread; remembers the bounds of the last day. */
final class DayClock {
    private final ZoneId zone;
    private long beginsAtSecond;
    private long endsAtSecond;
    private int day;

    DayClock(ZoneId zone) {
        this.zone = zone;
    }

    ZoneId zone() {
        return zone;
    }

    /** Epoch day. */
    int day(Instant at) {
        long second = at.getEpochSecond();
        if (second < beginsAtSecond || second >= endsAtSecond) {
            LocalDate date = LocalDate.ofInstant(at, zone);
            day = Math.toIntExact(date.toEpochDay());
            beginsAtSecond = date.atStartOfDay(zone).toEpochSecond();
            endsAtSecond = date.plusDays(1).atStartOfDay(zone).toEpochSecond();
        }
        return day;
    }

    /** Epoch day of a date, the nearest one for dates that are beyond 32 bits. */
    static int clamp(LocalDate date) {
        return (int) Math.clamp(date.toEpochDay(), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
}
