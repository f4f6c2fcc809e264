package org.roadloop.govern.align;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.Setting;

/**
 * Rows of each vehicle at whole multiples of a period (重采样). Between two rows not further apart
 * than {@code gap}, FLOAT and DOUBLE columns are linear, those in degrees on the circle by the
 * shorter way; all others, and those of {@code steps}, keep what was last known. A linear cell is
 * ok only if both its neighbours are; else it has the state of theirs that hides most, so that
 * masked stretches stay masked. {@value #AGE} says how far the nearest real row is: 0 for a row
 * that was measured at that very time, absent in a gap.
 *
 * <p>Memory holds one row.
 *
 * @param period from 1 ms
 * @param gap at least the period
 * @param hold how long a value that is no number is known; {@code gap} if left out
 * @param fill gaps up to this length have rows, with every cell absent but identity and time;
 *     longer ones (between two trips) have none. Ten times {@code gap} if left out
 * @param steps FLOAT and DOUBLE columns that are not linear
 */
public record Resample(
        String identity,
        String time,
        Duration period,
        Duration gap,
        @Nullable Duration hold,
        @Nullable Duration fill,
        @Nullable List<String> steps)
        implements Operator {
    /** Milliseconds to the nearest row that went in. */
    public static final String AGE = "sample_age_ms";

    public Resample {
        hold = hold == null ? gap : hold;
        fill = fill == null ? gap.multipliedBy(10) : fill;
        steps = steps == null ? List.of() : List.copyOf(steps);
        if (period.toMillis() < 1) {
            throw new IllegalArgumentException("period " + period + " is below 1 ms");
        }
        if (gap.compareTo(period) < 0) {
            throw new IllegalArgumentException(
                    "gap " + gap + " is shorter than the period " + period);
        }
        if (hold.isNegative() || fill.isNegative()) {
            throw new IllegalArgumentException("hold and fill are lengths of time from 0");
        }
    }

    List<String> stepColumns() {
        return steps == null ? List.of() : steps;
    }

    @Override
    public String name() {
        return "resample/1";
    }

    @Override
    public List<String> order() {
        return List.of(identity, time);
    }

    @Override
    public Schema output(Schema input) {
        TrackOrder.check(input, identity, time);
        for (String step : stepColumns()) {
            ColumnType type = input.column(input.indexOf(step)).type();
            if (type != ColumnType.FLOAT && type != ColumnType.DOUBLE) {
                throw new IllegalArgumentException(
                        "steps has '"
                                + step
                                + "', which keeps its last value as it is; leave it out");
            }
        }
        List<Column> columns = new ArrayList<>(input.columns());
        columns.add(Column.of(AGE, ColumnType.DOUBLE, "ms", DataClass.LINEAGE, Grade.GENERAL));
        return new Schema(columns);
    }

    @Override
    public Run start(Schema input, Setting setting) {
        return new ResampleRun(this, input, output(input));
    }
}
