package org.roadloop.core.clearing;

import java.time.Instant;
import java.time.LocalDate;

/**
 * Reads {@code Instant.toString()} by hand (时刻): a restart reads two of them a use, and {@link
 * Instant#parse} would be half of what reading a use costs. Pure functions.
 */
final class InstantText {
    private static final int SECONDS_END = "2026-11-22T01:02:03".length();

    private InstantText() {}

    /**
     * @throws java.time.format.DateTimeParseException as {@link Instant#parse}
     */
    static Instant parse(String text) {
        int end = text.length() - 1;
        int digits = end - SECONDS_END - 1;
        boolean shaped =
                (digits == -1 || digits >= 1 && digits <= 9 && text.charAt(SECONDS_END) == '.')
                        && text.charAt(4) == '-'
                        && text.charAt(7) == '-'
                        && text.charAt(10) == 'T'
                        && text.charAt(13) == ':'
                        && text.charAt(16) == ':'
                        && text.charAt(end) == 'Z';
        if (!shaped) {
            return Instant.parse(text);
        }
        int year = number(text, 0, 4);
        int month = number(text, 5, 7);
        int day = number(text, 8, 10);
        int hour = number(text, 11, 13);
        int minute = number(text, 14, 16);
        int second = number(text, 17, SECONDS_END);
        int fraction = digits < 0 ? 0 : number(text, SECONDS_END + 1, end);
        if ((year | hour | minute | second | fraction) < 0
                || month < 1
                || month > 12
                || day < 1
                || day > 28 // of those after it the parser knows which there are
                || hour > 23
                || minute > 59
                || second > 59) {
            return Instant.parse(text);
        }
        for (int i = digits; i > 0 && i < 9; i++) {
            fraction *= 10;
        }
        long days = LocalDate.of(year, month, day).toEpochDay();
        return Instant.ofEpochSecond(((days * 24 + hour) * 60 + minute) * 60 + second, fraction);
    }

    /** Negative if there is anything but digits. */
    private static int number(String text, int from, int until) {
        int value = 0;
        for (int i = from; i < until; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = 10 * value + digit;
        }
        return value;
    }
}
