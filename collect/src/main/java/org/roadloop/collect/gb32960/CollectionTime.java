package org.roadloop.collect.gb32960;

import java.time.LocalDate;

/**
 * The six plain bytes of a collection time (采集时间): year − 2000, month, day, hour, minute, second in
 * Beijing time (UTC+8), not BCD; GB/T 32960.3-2016 §6.4, table 5.
 */
public final class CollectionTime {
    /** Returned for bytes that are no date. */
    public static final long INVALID = Long.MIN_VALUE;

    private static final long BEIJING_SECONDS = 8 * 3600;
    private static final long DAY_SECONDS = 86_400;
    private static final int MONTHS = 1_200;

    /** Day since 1970 of the first of each month from January 2000 on, and of January 2100. */
    private static final int[] FIRST_DAYS = new int[MONTHS + 1];

    static {
        for (int month = 0; month <= MONTHS; month++) {
            FIRST_DAYS[month] =
                    (int) LocalDate.of(2000 + month / 12, 1 + month % 12, 1).toEpochDay();
        }
    }

    private CollectionTime() {}

    /** Microseconds since 1970 UTC, or {@link #INVALID}. */
    public static long micros(byte[] bytes, int at) {
        int year = bytes[at] & 0xFF;
        int month = (bytes[at + 1] & 0xFF) - 1;
        int day = (bytes[at + 2] & 0xFF) - 1;
        int hour = bytes[at + 3] & 0xFF;
        int minute = bytes[at + 4] & 0xFF;
        int second = bytes[at + 5] & 0xFF;
        if (year > 99 || month < 0 || month > 11 || hour > 23 || minute > 59 || second > 59) {
            return INVALID;
        }
        int first = FIRST_DAYS[year * 12 + month];
        if (day < 0 || day >= FIRST_DAYS[year * 12 + month + 1] - first) {
            return INVALID;
        }
        long seconds = (first + day) * DAY_SECONDS + hour * 3600 + minute * 60 + second;
        return (seconds - BEIJING_SECONDS) * 1_000_000L;
    }

    /** Writes a time of the years 2000..2099; the part below a second is dropped. */
    public static void write(long micros, byte[] out, int at) {
        long seconds = Math.floorDiv(micros, 1_000_000L) + BEIJING_SECONDS;
        long day = Math.floorDiv(seconds, DAY_SECONDS);
        int ofDay = (int) Math.floorMod(seconds, DAY_SECONDS);
        // Civil date from day number, after Hinnant, "chrono-Compatible Low-Level Date Algorithms".
        long z = day + 719_468;
        long era = Math.floorDiv(z, 146_097);
        long dayOfEra = z - era * 146_097;
        long yearOfEra =
                (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long shifted = (5 * dayOfYear + 2) / 153;
        int dayOfMonth = (int) (dayOfYear - (153 * shifted + 2) / 5 + 1);
        int month = (int) (shifted < 10 ? shifted + 3 : shifted - 9);
        long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        if (year < 2000 || year > 2099) {
            throw new IllegalArgumentException(
                    "year " + year + " does not fit a collection time; years are 2000..2099");
        }
        out[at] = (byte) (year - 2000);
        out[at + 1] = (byte) month;
        out[at + 2] = (byte) dayOfMonth;
        out[at + 3] = (byte) (ofDay / 3600);
        out[at + 4] = (byte) (ofDay / 60 % 60);
        out[at + 5] = (byte) (ofDay % 60);
    }
}
