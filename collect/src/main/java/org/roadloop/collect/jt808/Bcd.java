package org.roadloop.collect.jt808;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;

/**
 * Times and numbers in binary-coded decimal (BCD 码), two digits a byte; JT/T 808-2013 §4.2, table
 * 1. Times are YY MM DD hh mm ss in Beijing time (UTC+8) of the years 2000..2099.
 */
public final class Bcd {
    public static final int TIME_BYTES = 6;

    /** Offset of the zone in which most times are sent. */
    static final long BEIJING_SECONDS = 8 * 3600;

    /** Returned for bytes that are no date. */
    public static final long INVALID = Long.MIN_VALUE;

    private static final long DAY_SECONDS = 86_400;
    private static final long FIRST_DAY = 10_957; // 2000-01-01, counted from 1970-01-01
    private static final int DAYS_OF_FOUR_YEARS = 1461;

    /** Value 0..99 of a BCD byte, −1 of any other. */
    private static final byte[] VALUE = new byte[256];

    /** Days before a month 1..12, counted from the start of a leap year, and of another one. */
    private static final int[][] DAYS_BEFORE = {
        {0, 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366},
        {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365}
    };

    static {
        for (int b = 0; b < 256; b++) {
            int high = b >>> 4;
            int low = b & 0x0F;
            VALUE[b] = (byte) (high > 9 || low > 9 ? -1 : high * 10 + low);
        }
    }

    private Bcd() {}

    /** Microseconds since 1970 UTC of a Beijing time, or {@link #INVALID}. */
    public static long beijingMicros(byte[] bytes, int at) {
        long seconds = seconds(bytes, at);
        return seconds < 0 ? INVALID : (seconds - BEIJING_SECONDS) * 1_000_000L;
    }

    /** The same of a time that is sent in UTC. */
    public static long utcMicros(byte[] bytes, int at) {
        long seconds = seconds(bytes, at);
        return seconds < 0 ? INVALID : seconds * 1_000_000L;
    }

    /** Writes a Beijing time of the years 2000..2099; the part below a second is dropped. */
    public static void writeBeijing(long micros, byte[] out, int at) {
        write(Math.floorDiv(micros, 1_000_000L) + BEIJING_SECONDS, out, at);
    }

    /** Writes the same moment in UTC. */
    public static void writeUtc(long micros, byte[] out, int at) {
        write(Math.floorDiv(micros, 1_000_000L), out, at);
    }

    /**
     * A time as text in UTC, {@code 2018-07-15T02:10:10Z}, or its twelve hex digits when it is
     * none. {@link #parseTime} is the exact inverse.
     *
     * @param offsetSeconds of the zone in which the digits are
     */
    static String timeText(byte[] bytes, int at, long offsetSeconds) {
        long seconds = seconds(bytes, at);
        return seconds < 0
                ? HexFormat.of().formatHex(bytes, at, at + TIME_BYTES)
                : Instant.ofEpochSecond(seconds - offsetSeconds).toString();
    }

    /** Writes what {@link #timeText} printed. */
    static void parseTime(String text, long offsetSeconds, byte[] out, int at) {
        try {
            if (text.length() == 2 * TIME_BYTES) {
                byte[] digits = HexFormat.of().parseHex(text);
                System.arraycopy(digits, 0, out, at, TIME_BYTES);
            } else {
                write(Instant.parse(text).getEpochSecond() + offsetSeconds, out, at);
            }
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "time '%s' is neither like 2018-07-15T02:10:10Z nor 12 hex digits"
                            .formatted(text),
                    e);
        }
    }

    /** Whether all 16 nibbles are decimal digits. */
    static boolean isDecimal(long nibbles) {
        return (nibbles & ((nibbles << 1) | (nibbles << 2)) & 0x8888_8888_8888_8888L) == 0;
    }

    /** 0..99, or −1. */
    static int value(byte b) {
        return VALUE[b & 0xFF];
    }

    /** Seconds since 1970 in the zone of the digits, or −1. */
    private static long seconds(byte[] bytes, int at) {
        int year = VALUE[bytes[at] & 0xFF];
        int month = VALUE[bytes[at + 1] & 0xFF];
        int day = VALUE[bytes[at + 2] & 0xFF];
        int hour = VALUE[bytes[at + 3] & 0xFF];
        int minute = VALUE[bytes[at + 4] & 0xFF];
        int second = VALUE[bytes[at + 5] & 0xFF];
        if ((year | hour | minute | second) < 0
                || month < 1
                || month > 12
                || day < 1
                || hour > 23
                || minute > 59
                || second > 59) {
            return -1;
        }
        // 2000 is a leap year and 2100 is out of range: every fourth year is one.
        int[] daysBefore = DAYS_BEFORE[(year & 3) == 0 ? 0 : 1];
        int dayOfYear = daysBefore[month] + day - 1;
        if (dayOfYear >= daysBefore[month + 1]) {
            return -1;
        }
        long epochDay = FIRST_DAY + 365L * year + ((year + 3) >> 2) + dayOfYear;
        return epochDay * DAY_SECONDS + hour * 3600L + minute * 60L + second;
    }

    private static void write(long seconds, byte[] out, int at) {
        long day = Math.floorDiv(seconds, DAY_SECONDS) - FIRST_DAY;
        if (day < 0 || day >= 25L * DAYS_OF_FOUR_YEARS) {
            throw new IllegalArgumentException(
                    "second %d of 1970 is outside the years 2000..2099 of a BCD time"
                            .formatted(seconds));
        }
        int inCycle = (int) (day % DAYS_OF_FOUR_YEARS);
        int yearOfCycle = inCycle < 366 ? 0 : 1 + (inCycle - 366) / 365;
        int dayOfYear = yearOfCycle == 0 ? inCycle : (inCycle - 366) % 365;
        int[] daysBefore = DAYS_BEFORE[yearOfCycle == 0 ? 0 : 1];
        int month = 1;
        while (dayOfYear >= daysBefore[month + 1]) {
            month++;
        }
        int ofDay = (int) Math.floorMod(seconds, DAY_SECONDS);
        out[at] = of((int) (day / DAYS_OF_FOUR_YEARS) * 4 + yearOfCycle);
        out[at + 1] = of(month);
        out[at + 2] = of(dayOfYear - daysBefore[month] + 1);
        out[at + 3] = of(ofDay / 3600);
        out[at + 4] = of(ofDay / 60 % 60);
        out[at + 5] = of(ofDay % 60);
    }

    private static byte of(int value) {
        return (byte) (value / 10 << 4 | value % 10);
    }
}
