package org.roadloop.core.clearing;

import java.time.Instant;
import java.time.LocalDate;

/**
 * Reads {@code Instant.toString()} by hand (时刻): a restart reads two of them a use, and {@link
 * Instant#parse} would be half of what reading a use costs. Pure functions.
 */
final class InstantText {
    private static final int SECONDS_END = "2026-11-22T01:02:03".length();
    private static final String SHAPE = "dddd-dd-ddTdd:dd:dd";

    private InstantText() {}

    /**
     * @throws java.time.format.DateTimeParseException as {@link Instant#parse}
     */
    static Instant parse(String text) {
        int end = text.length() - 1;
        int fraction = end - SECONDS_END - 1;
        if (fraction < -1 || fraction == 0 || fraction > 9 || text.charAt(end) != 'Z') {
            return Instant.parse(text);
        }
        for (int i = 0; i < end; i++) {
            char shape = i < SECONDS_END ? SHAPE.charAt(i) : i == SECONDS_END ? '.' : 'd';
            char c = text.charAt(i);
            if (shape == 'd' ? c < '0' || c > '9' : c != shape) {
                return Instant.parse(text);
            }
        }
        int month = number(text, 5, 7);
        int day = number(text, 8, 10);
        int hour = number(text, 11, 13);
        int minute = number(text, 14, 16);
        int second = number(text, 17, 19);
        if (month < 1 || month > 12 || day < 1 || day > 28 || hour > 23 || minute > 59
                || second > 59) {
            return Instant.parse(text);
        }
        long days = LocalDate.of(number(text, 0, 4), month, day).toEpochDay();
        int nanos = fraction < 0 ? 0 : number(text, SECONDS_END + 1, end);
        for (int digits = fraction; digits > 0 && digits < 9; digits++) {
            nanos *= 10;
        }
        return Instant.ofEpochSecond(((days * 24 + hour) * 60 + minute) * 60 + second, nanos);
    }

    private static int number(String text, int from, int until) {
        int value = 0;
        for (int i = from; i < until; i++) {
            value = 10 * value + text.charAt(i) - '0';
        }
        return value;
    }
}
