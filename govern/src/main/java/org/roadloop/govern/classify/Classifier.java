package org.roadloop.govern.classify;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.StringColumn;

/**
 * Guesses what each column of a sample holds and says why (分类分级). Values decide; a name decides
 * only where values cannot (every decimal fraction could be a coordinate) or are missing, and never
 * alone against the values. Any thread.
 */
public final class Classifier {
    /** Share of a column's values that must be of a kind. */
    private static final double ENOUGH = 0.8;

    private static final Set<String> LONGITUDE = Set.of("longitude", "lon", "lng", "经度", "jd");
    private static final Set<String> LATITUDE = Set.of("latitude", "lat", "纬度", "wd");
    private static final Set<String> IDENTITY =
            Set.of("vin", "plate", "phone", "mobile", "imei", "iccid", "idcard", "driver");

    private Classifier() {}

    /** What a column was found to hold. */
    public enum Kind {
        VIN(DataClass.IDENTITY, Grade.PERSONAL),
        PLATE(DataClass.IDENTITY, Grade.PERSONAL),
        PHONE(DataClass.IDENTITY, Grade.PERSONAL),
        ID_CARD(DataClass.IDENTITY, Grade.SENSITIVE_PERSONAL),
        LONGITUDE(DataClass.POSITION, Grade.SENSITIVE_PERSONAL),
        LATITUDE(DataClass.POSITION, Grade.SENSITIVE_PERSONAL),
        /** By name only. */
        NAMED_IDENTITY(DataClass.IDENTITY, Grade.PERSONAL);

        private final DataClass dataClass;
        private final Grade grade;

        Kind(DataClass dataClass, Grade grade) {
            this.dataClass = dataClass;
            this.grade = grade;
        }

        public DataClass dataClass() {
            return dataClass;
        }

        public Grade grade() {
            return grade;
        }
    }

    /**
     * @param evidence for people: what share of how many values, or which name
     */
    public record Guess(String column, Kind kind, String evidence) {}

    /** A guess for each column that holds something to protect. */
    public static List<Guess> classify(Batch sample) {
        List<Guess> guesses = new ArrayList<>();
        for (int c = 0; c < sample.schema().size(); c++) {
            switch (sample.schema().column(c).type()) {
                case STRING -> classifyText(sample, c, guesses);
                case DOUBLE -> classifyDouble(sample, c, guesses);
                case LONG -> classifyLong(sample, c, guesses);
                case BOOL, INT, FLOAT, TIMESTAMP_MICROS_UTC -> {
                    // Too short for an identity, too coarse for a position.
                }
            }
        }
        return guesses;
    }

    /**
     * Columns whose declared class or grade is weaker than what the values say; one sentence each.
     */
    public static List<String> mismatches(Batch sample) {
        List<String> found = new ArrayList<>();
        for (Guess guess : classify(sample)) {
            Column declared = sample.schema().column(sample.schema().indexOf(guess.column()));
            boolean otherClass = declared.dataClass() != guess.kind().dataClass();
            boolean weaker = declared.grade().compareTo(guess.kind().grade()) < 0;
            if (otherClass || weaker) {
                found.add(
                        "column '"
                                + guess.column()
                                + "' is declared "
                                + word(declared.dataClass())
                                + ", "
                                + word(declared.grade())
                                + " but looks like "
                                + word(guess.kind())
                                + " ("
                                + guess.evidence()
                                + "): it should be "
                                + word(guess.kind().dataClass())
                                + ", "
                                + word(guess.kind().grade()));
            }
        }
        return found;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static void classifyText(Batch sample, int c, List<Guess> guesses) {
        String name = sample.schema().column(c).name();
        if (tryKind(sample, c, Kind.VIN, Validators::isVin, ENOUGH, guesses)
                || tryKind(sample, c, Kind.PLATE, Validators::isPlate, ENOUGH, guesses)
                || tryKind(sample, c, Kind.PHONE, Validators::isPhone, ENOUGH, guesses)
                || tryKind(sample, c, Kind.ID_CARD, Validators::isIdCard, ENOUGH, guesses)) {
            return;
        }
        // A European VIN has no check digit: the shape is enough where the name agrees.
        if (named(name, Set.of("vin"))
                && tryKind(sample, c, Kind.VIN, Validators::isVinShape, ENOUGH, guesses)) {
            return;
        }
        if (named(name, IDENTITY)) {
            guesses.add(new Guess(name, Kind.NAMED_IDENTITY, "by its name only"));
        }
    }

    private static boolean tryKind(
            Batch sample,
            int c,
            Kind kind,
            Predicate<String> validator,
            double share,
            List<Guess> guesses) {
        StringColumn strings = sample.strings(c);
        int values = 0;
        int valid = 0;
        for (int row = 0; row < sample.rows(); row++) {
            if (sample.isOk(c, row)) {
                values++;
                valid += validator.test(strings.get(row)) ? 1 : 0;
            }
        }
        if (values == 0 || valid < share * values) {
            return false;
        }
        guesses.add(
                new Guess(
                        sample.schema().column(c).name(),
                        kind,
                        valid + " of " + values + " values"));
        return true;
    }

    private static void classifyLong(Batch sample, int c, List<Guess> guesses) {
        int values = 0;
        int phones = 0;
        for (int row = 0; row < sample.rows(); row++) {
            if (sample.isOk(c, row)) {
                values++;
                long value = sample.longs(c)[row];
                phones += value >= 13_000_000_000L && value <= 19_999_999_999L ? 1 : 0;
            }
        }
        if (values > 0 && phones >= ENOUGH * values && named(columnName(sample, c), IDENTITY)) {
            guesses.add(
                    new Guess(
                            columnName(sample, c),
                            Kind.PHONE,
                            phones + " of " + values + " values and its name"));
        }
    }

    /** A coordinate needs values in range with a fraction, and a name that agrees. */
    private static void classifyDouble(Batch sample, int c, List<Guess> guesses) {
        String name = columnName(sample, c);
        boolean longitude = named(name, LONGITUDE);
        boolean latitude = named(name, LATITUDE);
        if (!longitude && !latitude) {
            return;
        }
        double limit = longitude ? 180 : 90;
        int values = 0;
        int valid = 0;
        for (int row = 0; row < sample.rows(); row++) {
            if (sample.isOk(c, row)) {
                double value = sample.doubles(c)[row];
                values++;
                valid += Math.abs(value) <= limit ? 1 : 0;
            }
        }
        if (values == 0 || valid >= ENOUGH * values) {
            guesses.add(
                    new Guess(
                            name,
                            longitude ? Kind.LONGITUDE : Kind.LATITUDE,
                            values == 0
                                    ? "by its name only"
                                    : valid + " of " + values + " values and its name"));
        }
    }

    private static String columnName(Batch sample, int c) {
        return sample.schema().column(c).name();
    }

    /** Whether one of the words of a snake_case name is in the list. */
    private static boolean named(String name, Set<String> words) {
        for (String part : name.split("_", -1)) {
            if (words.contains(part)) {
                return true;
            }
        }
        return false;
    }
}
