package org.roadloop.govern.classify;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.ColumnType;

/** What one column is, from the counts of its values and from its name (字段判定). One thread. */
final class ColumnJudge {
    /** Share of a column's values that must be of a kind. */
    private static final double ENOUGH = 0.8;

    /** Share of the values of a free text that must mention one, and how many at least. */
    private static final double MENTIONED = 0.01;

    private static final int LEAST_MENTIONS = 2;

    /** Grammars that chance seldom meets, the strictest first. */
    private static final List<ValueKind> BY_VALUE =
            List.of(
                    ValueKind.PLATE,
                    ValueKind.MAC,
                    ValueKind.EMAIL,
                    ValueKind.POSITION_TEXT,
                    ValueKind.ID_CARD,
                    ValueKind.ICCID,
                    ValueKind.IMEI,
                    ValueKind.BANK_CARD,
                    ValueKind.VIN,
                    ValueKind.PHONE,
                    ValueKind.ADDRESS);

    private final ColumnType type;
    private final ColumnLabel label;
    private final TextProfile text = new TextProfile();
    private final NumberProfile number = new NumberProfile();

    record Verdict(ValueKind kind, String evidence) {}

    ColumnJudge(ColumnType type, ColumnLabel label) {
        this.type = type;
        this.label = label;
    }

    void add(Batch batch, int c, int from, int to) {
        number.gap();
        text.gap();
        for (int row = from; row < to; row++) {
            if (!batch.isOk(c, row)) {
                continue;
            }
            switch (type) {
                case STRING -> text.add(batch.strings(c).get(row));
                case INT -> number.add(batch.ints(c)[row]);
                case LONG -> number.add(batch.longs(c)[row]);
                case FLOAT -> number.add(batch.floats(c)[row]);
                case DOUBLE -> number.add(batch.doubles(c)[row]);
                case BOOL, TIMESTAMP_MICROS_UTC -> {
                    // Says nothing of who or where.
                }
            }
        }
    }

    ColumnLabel label() {
        return label;
    }

    /** The numbers of the column, if it is one of numbers. */
    @Nullable NumberProfile numbers() {
        if (type == ColumnType.STRING) {
            return text.shareNumeric() >= 0.95 ? text.numbers() : null;
        }
        return type == ColumnType.BOOL || type == ColumnType.TIMESTAMP_MICROS_UTC ? null : number;
    }

    /** Null where there is nothing to protect, as far as one column can tell. */
    @Nullable Verdict verdict() {
        if (type == ColumnType.STRING) {
            return ofText();
        }
        NumberProfile numbers = numbers();
        return numbers == null ? null : ofNumbers(numbers);
    }

    private @Nullable Verdict ofText() {
        long values = text.values();
        if (values == 0) {
            return named();
        }
        for (ValueKind kind : BY_VALUE) {
            long hits = text.whole(kind);
            if (hits >= ENOUGH * values && !isSerial(kind)) {
                return new Verdict(kind, hits + " of " + values + " values");
            }
        }
        if (text.vinOfKnownMaker() >= ENOUGH * values) {
            return new Verdict(
                    ValueKind.VIN, text.vinOfKnownMaker() + " of " + values + " values by maker");
        }
        // A European VIN has no check digit: the shape is enough where the name agrees.
        if (label.vin() && text.vinShape() >= ENOUGH * values) {
            return new Verdict(
                    ValueKind.VIN,
                    text.vinShape() + " of " + values + " values by shape, and name");
        }
        if (label.plate() && text.forces() + text.whole(ValueKind.PLATE) >= ENOUGH * values) {
            return new Verdict(
                    ValueKind.PLATE, text.forces() + " of " + values + " values and its name");
        }
        if (text.isGeoHash() && !label.serial()) {
            return new Verdict(ValueKind.POSITION_TEXT, "GeoHashes of one region");
        }
        NumberProfile numbers = numbers();
        Verdict position = numbers == null ? null : namedPosition(numbers);
        if (position != null) {
            return position;
        }
        Verdict mentioned = mentioned(values);
        if (mentioned != null) {
            return mentioned;
        }
        Verdict name = personName(values);
        return name != null ? name : opaqueIdentity(values);
    }

    /**
     * A running number of the same length is no phone number, nor a card, unless its name says so.
     */
    private boolean isSerial(ValueKind kind) {
        boolean weak = kind == ValueKind.PHONE || kind == ValueKind.BANK_CARD;
        return weak && !label.phone() && (text.numbers().counts() || label.serial());
    }

    /** What is mentioned in a part of the values, the most sensitive first. */
    private @Nullable Verdict mentioned(long values) {
        Verdict worst = null;
        for (ValueKind kind : BY_VALUE) {
            long hits = text.inside(kind) + text.whole(kind);
            if (hits < Math.max(LEAST_MENTIONS, MENTIONED * values) || isChance(kind, hits)) {
                continue;
            }
            if (worst == null || kind.grade().compareTo(worst.kind().grade()) > 0) {
                worst = new Verdict(kind, "mentioned in " + hits + " of " + values + " values");
            }
        }
        return worst;
    }

    /** Whether so many would be there in random numbers as well. */
    private boolean isChance(ValueKind kind, long hits) {
        long whole = text.whole(kind);
        return switch (kind) {
            case PHONE -> {
                long others = text.elevenDigits() + whole;
                boolean loose = text.shareNumeric() > ENOUGH || label.serial();
                yield text.mobilesTold() < LEAST_MENTIONS
                        && (hits < 0.3 * others || (whole > 0 && loose));
            }
            // one in eleven
            case VIN -> hits < 0.3 * (text.seventeenSymbols() + text.vinShape());
            // one in ten of the right length
            case BANK_CARD, IMEI -> text.shareNumeric() > 0.5 && hits < 0.5 * text.values();
            // one in eighty
            case ID_CARD ->
                    text.shareNumeric() > 0.5
                            && hits < 0.1 * text.values()
                            && text.inside(kind) == 0;
            case ICCID, PLATE, MAC, EMAIL, POSITION_TEXT, ADDRESS -> false;
            case PERSON_NAME, LONGITUDE, LATITUDE, NAMED_IDENTITY -> true;
        };
    }

    private @Nullable Verdict personName(long values) {
        boolean many = text.distinct() >= Math.min(30, 0.5 * values);
        if (text.surnames() >= ENOUGH * values && (label.personName() || (many && values >= 40))
                || (text.latinNames() >= ENOUGH * values && label.personName())) {
            long hits = Math.max(text.surnames(), text.latinNames());
            return new Verdict(
                    ValueKind.PERSON_NAME,
                    hits + " of " + values + " values" + (label.personName() ? " and name" : ""));
        }
        return null;
    }

    /** Ids of an unknown form where the name says whose; words and constants are none. */
    private @Nullable Verdict opaqueIdentity(long values) {
        boolean ids =
                text.shareWithDigit() >= ENOUGH
                        && text.shareWithBlank() < 0.2
                        && (text.distinct() > 2 || values <= 2);
        return label.identity() && ids
                ? new Verdict(ValueKind.NAMED_IDENTITY, "ids, and its name")
                : null;
    }

    private @Nullable Verdict named() {
        if (label.personName()) {
            return new Verdict(ValueKind.PERSON_NAME, "by its name only");
        }
        return label.identity() ? new Verdict(ValueKind.NAMED_IDENTITY, "by its name only") : null;
    }

    private @Nullable Verdict ofNumbers(NumberProfile numbers) {
        Verdict position = namedPosition(numbers);
        if (position != null) {
            return position;
        }
        if (type != ColumnType.LONG && type != ColumnType.DOUBLE) {
            return type == ColumnType.INT ? numericIdentity(numbers) : null;
        }
        boolean phones =
                label.phone()
                        ? numbers.shareMobile() >= ENOUGH
                        : numbers.shareMobile() >= 0.95
                                && numbers.values() >= 20
                                && !numbers.counts()
                                && !label.serial()
                                && !label.quantity()
                                && numbers.span() > 2_000_000_000L;
        if (phones) {
            return new Verdict(
                    ValueKind.PHONE,
                    Math.round(numbers.shareMobile() * 100)
                            + " % of "
                            + numbers.values()
                            + " values");
        }
        return type == ColumnType.LONG ? numericIdentity(numbers) : null;
    }

    /** Numbers of at least five digits where the name says whose they are. */
    private @Nullable Verdict numericIdentity(NumberProfile numbers) {
        boolean ids = numbers.values() > 0 && numbers.shareWhole() == 1 && numbers.size() >= 10_000;
        return ids && label.identity() && !label.quantity()
                ? new Verdict(ValueKind.NAMED_IDENTITY, "numbers, and its name")
                : null;
    }

    /** A coordinate by its name, if the values can be one in some notation. */
    private @Nullable Verdict namedPosition(NumberProfile numbers) {
        boolean longitude = label.longitude();
        if (!longitude && !label.latitude()) {
            return null;
        }
        ValueKind kind = longitude ? ValueKind.LONGITUDE : ValueKind.LATITUDE;
        if (numbers.values() == 0) {
            boolean floating = type == ColumnType.DOUBLE || type == ColumnType.FLOAT;
            return floating && numbers.withZeros() == 0
                    ? new Verdict(kind, "by its name only")
                    : null;
        }
        String notation = notation(numbers, longitude ? 180 : 90);
        return notation == null
                ? null
                : new Verdict(kind, notation + " in " + numbers.values() + " values, and its name");
    }

    /**
     * How a coordinate is written, null if it can be none that is exact.
     *
     * @param limit of degrees
     */
    private static @Nullable String notation(NumberProfile numbers, double limit) {
        if (numbers.shareWhole() >= 0.95) {
            for (double scale : new double[] {1e7, 1e6, 1e5}) {
                if (numbers.within(-limit * scale, limit * scale)
                        && numbers.size() >= scale
                        && numbers.shareFine() >= 0.5
                        && !numbers.counts()) {
                    return "degrees times " + (long) scale;
                }
            }
            return null;
        }
        double decimals =
                numbers.size() >= 5 ? numbers.shareTwoDecimals() : numbers.shareFourDecimals();
        if (numbers.within(-limit, limit)) {
            return decimals >= 0.5 ? "degrees or radians" : null;
        }
        boolean minutes =
                numbers.within(-limit * 100, limit * 100)
                        && numbers.shareMinutes() >= 0.99
                        && numbers.shareTwoDecimals() >= 0.5;
        return minutes ? "degrees and minutes" : null;
    }
}
