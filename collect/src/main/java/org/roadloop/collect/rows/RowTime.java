package org.roadloop.collect.rows;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the time of a row is written in its file (时间格式). */
final class RowTime {
    private final List<String> from;
    private final String format;
    private final ZoneId zone;
    private final @Nullable DateTimeFormatter pattern;

    /**
     * @param from source columns, joined by a space
     * @param format {@code epoch_s}, {@code epoch_ms}, {@code epoch_us}, {@code epoch_ns}, {@code
     *     iso8601}, or a pattern of {@link DateTimeFormatter}
     * @param zone of times without an offset
     */
    RowTime(List<String> from, String format, ZoneId zone) {
        this.from = List.copyOf(from);
        this.format = format;
        this.zone = zone;
        pattern =
                format.startsWith("epoch_") || format.equals("iso8601")
                        ? null
                        : DateTimeFormatter.ofPattern(format, Locale.ROOT);
        if (format.startsWith("epoch_") && !format.matches("epoch_(s|ms|us|ns)")) {
            throw new IllegalArgumentException(
                    "no format '%s'; there are epoch_s, epoch_ms, epoch_us, epoch_ns, iso8601 and"
                                    .formatted(format)
                            + " patterns");
        }
    }

    /** Microseconds since 1970 UTC; null if the row has no such value. */
    @Nullable Long micros(SourceRow row) throws RowFault {
        try {
            if (pattern == null && from.size() == 1 && !format.equals("iso8601")) {
                @Nullable Object value = row.value(from.getFirst());
                return value == null || value.equals("") ? null : epoch(value);
            }
            StringBuilder text = new StringBuilder();
            for (String column : from) {
                @Nullable Object part = row.value(column);
                if (part == null || part.equals("")) {
                    return null;
                }
                text.append(text.isEmpty() ? "" : " ").append(part);
            }
            return micros(instant(text.toString()));
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            throw new RowFault(
                    "row_time",
                    "column '%s' is no time of the form %s"
                            .formatted(String.join(" ", from), format));
        }
    }

    private Instant instant(String text) {
        if (pattern != null) {
            return LocalDateTime.parse(text, pattern).atZone(zone).toInstant();
        }
        String iso = text.replace(' ', 'T');
        return iso.matches(".*T.*([Zz]|[+-]\\d\\d(:?\\d\\d)?)")
                ? OffsetDateTime.parse(iso).toInstant()
                : LocalDateTime.parse(iso).atZone(zone).toInstant();
    }

    private static long micros(Instant instant) {
        return Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1000);
    }

    private long epoch(Object value) {
        if (value instanceof Long || value instanceof Integer) {
            long whole = ((Number) value).longValue();
            return switch (format) {
                case "epoch_s" -> Math.multiplyExact(whole, 1_000_000L);
                case "epoch_ms" -> Math.multiplyExact(whole, 1000L);
                case "epoch_us" -> whole;
                default -> Math.floorDiv(whole, 1000L);
            };
        }
        // Decimal, not floating: a double of seconds has no exact microsecond.
        var decimal = new BigDecimal(value.toString());
        int shift =
                switch (format) {
                    case "epoch_s" -> 6;
                    case "epoch_ms" -> 3;
                    case "epoch_us" -> 0;
                    default -> -3;
                };
        return decimal.movePointRight(shift).setScale(0, RoundingMode.FLOOR).longValueExact();
    }
}
