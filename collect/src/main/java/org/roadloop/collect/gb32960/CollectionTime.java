package org.roadloop.collect.gb32960;

/**
 * The six plain bytes of a collection time (采集时间): year − 2000, month, day, hour, minute, second in
 * Beijing time (UTC+8), not BCD; GB/T 32960.3-2016 §6.4, table 5.
 */
public final class CollectionTime {
    /** Returned for bytes that are no date. */
    public static final long INVALID = Long.MIN_VALUE;

    private static final long BEIJING_SECONDS = 8 * 3600;
    private static final long DAY_SECONDS = 86_400;

    private CollectionTime() {}

    /** Microseconds since 1970 UTC, or {@link #INVALID}. */
    public static long micros(byte[] bytes, int at) {
        int year = 2000 + (bytes[at] & 0xFF);
        int month = bytes[at + 1] & 0xFF;
        int day = bytes[at + 2] & 0xFF;
        int hour = bytes[at + 3] & 0xFF;
        int minute = bytes[at + 4] & 0xFF;
        int second = bytes[at + 5] & 0xFF;
        if (year > 2099
                || month < 1
                || month > 12
                || day < 1
                || day > daysOf(year, month)
                || hour > 23
                || minute > 59
                || second > 59) {
            return INVALID;
        }
        long seconds =
                epochDay(year, month, day) * DAY_SECONDS + hour * 3600L + minute * 60L + second;
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

    private static int daysOf(int year, int month) {
        return switch (month) {
            case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    private static long epochDay(int year, int month, int day) {
        int y = month <= 2 ? year - 1 : year;
        int era = y / 400;
        int yearOfEra = y - era * 400;
        int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097L + dayOfEra - 719_468;
    }
}
