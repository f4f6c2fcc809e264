package org.roadloop.core.policy;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How left operands get their values, and right operands theirs (操作数). */
final class Operand {
    static final String DATE_TIME = "dateTime";
    static final String ELAPSED_TIME = "elapsedTime";
    static final String METERED_TIME = "meteredTime";
    static final String COUNT = "count";
    static final String PAY_AMOUNT = "payAmount";
    static final String PURPOSE = "purpose";
    static final String RECIPIENT = "recipient";
    static final String EVENT = "event";

    /** Of the ODRL 2.2 vocabulary §3.6, and of this platform: known, if need be without a value. */
    private static final Set<String> VOCABULARY =
            Set.of(
                    DATE_TIME,
                    ELAPSED_TIME,
                    METERED_TIME,
                    COUNT,
                    PAY_AMOUNT,
                    PURPOSE,
                    RECIPIENT,
                    EVENT,
                    "absolutePosition",
                    "absoluteSize",
                    "absoluteSpatialPosition",
                    "absoluteTemporalPosition",
                    "delayPeriod",
                    "deliveryChannel",
                    "fileFormat",
                    "industry",
                    "language",
                    "media",
                    "membership",
                    "percentage",
                    "product",
                    "relativePosition",
                    "relativeSize",
                    "relativeSpatialPosition",
                    "relativeTemporalPosition",
                    "resolution",
                    "spatial",
                    "spatialCoordinates",
                    "systemDevice",
                    "timeInterval",
                    "unitOfCount",
                    "version",
                    "virtualLocation");

    /** What a constraint is about, and so where its values are looked up. */
    enum Side {
        ACT,
        PARTY,
        ASSET
    }

    /** Those of {@link #VOCABULARY} that ODRL does not have. */
    private static final Set<String> OWN = Set.of("industry", "membership");

    private Operand() {}

    /** As it is written: the protocol's context defines none. */
    static String toCompact(String leftOperand) {
        return known(leftOperand) && !OWN.contains(leftOperand)
                ? Terms.PREFIX + leftOperand
                : Terms.prefixed(leftOperand);
    }

    static boolean known(String leftOperand) {
        return VOCABULARY.contains(leftOperand);
    }

    /** Values of an operand that is compared as a set; null if nothing is known. */
    static @Nullable Set<String> values(String leftOperand, Request request, Side side) {
        return switch (side) {
            case PARTY -> request.claims().get(leftOperand);
            case ASSET -> request.assetFacts().get(leftOperand);
            case ACT -> {
                if (leftOperand.equals(PURPOSE)) {
                    yield request.purpose().isBlank() ? null : Set.of(request.purpose());
                }
                Set<String> facts = request.facts().get(leftOperand);
                if (facts == null) {
                    facts = request.claims().get(leftOperand);
                }
                yield facts == null && leftOperand.equals(RECIPIENT)
                        ? Set.of(request.actor())
                        : facts;
            }
        };
    }

    /** Name of the counter that a numeric operand is compared with; null for other operands. */
    static @Nullable String counter(Constraint.Atomic atomic) {
        String unit = atomic.unit();
        return switch (atomic.leftOperand()) {
            case COUNT -> unit == null ? Usage.COUNT : Usage.quantity(unit);
            case PAY_AMOUNT -> Usage.PAY_AMOUNT_MILLI;
            case METERED_TIME -> Usage.METERED_SECONDS;
            default -> null;
        };
    }

    /**
     * A right operand in steps of its counter: uses, thousandths of the currency, seconds.
     *
     * @throws NumberFormatException if it is no number
     * @throws DateTimeException if it is no duration
     */
    static BigDecimal steps(String leftOperand, String text) {
        return switch (leftOperand) {
            case PAY_AMOUNT -> new BigDecimal(text).movePointRight(3);
            case METERED_TIME -> {
                Duration duration = duration(text);
                yield BigDecimal.valueOf(duration.getSeconds())
                        .add(BigDecimal.valueOf(duration.getNano(), 9));
            }
            default -> new BigDecimal(text);
        };
    }

    /**
     * xsd:duration that is a fixed time: with days, hours, minutes and seconds.
     *
     * @throws DateTimeException if it is none
     */
    static Duration duration(String text) {
        return Duration.parse(text);
    }

    /**
     * The instant one xsd:duration after another, by the calendar of UTC where it has years or
     * months.
     *
     * @throws DateTimeException if it is no duration
     */
    static Instant plus(Instant from, String duration) {
        int time = duration.indexOf('T');
        String date = time < 0 ? duration : duration.substring(0, time);
        if (date.indexOf('Y') < 0 && date.indexOf('M') < 0) {
            return from.plus(Duration.parse(duration));
        }
        Instant day = from.atOffset(ZoneOffset.UTC).plus(Period.parse(date)).toInstant();
        return time < 0 ? day : day.plus(Duration.parse("P" + duration.substring(time)));
    }

    /**
     * xsd:dateTime or xsd:date; without an offset it is UTC. A date is its first instant.
     *
     * @throws DateTimeException if it is neither
     */
    static Instant instant(String text) {
        if (text.indexOf('T') < 0) {
            return LocalDate.parse(text.endsWith("Z") ? text.substring(0, text.length() - 1) : text)
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant();
        }
        boolean offset = text.endsWith("Z") || text.indexOf('+') > 0 || text.lastIndexOf('-') > 10;
        return offset
                ? OffsetDateTime.parse(text).toInstant()
                : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    }
}
