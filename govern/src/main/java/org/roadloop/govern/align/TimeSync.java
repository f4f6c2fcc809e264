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
 * Sets a clock right by what the data say of it (时间同步): offset and drift against another clock,
 * estimated from the rows of a side input (the same table, as a rule) before the first row passes.
 * Two ways, one of which a plan names:
 *
 * <ul>
 *   <li>{@code arrival}: the receiver's clock counts; a row cannot arrive before it was sent, so
 *       the quickest rows tell ({@link ArrivalEnvelope});
 *   <li>{@code sighting}: the clock of another view counts, which saw the same vehicles; the offset
 *       is the one that lays both tracks on each other ({@link SightingFit}).
 * </ul>
 *
 * Two columns are added: {@value #OFFSET}, what was added to the time, and {@value #BOUND}, how far
 * it may be from the truth. If the bound is above {@code at_most} anywhere in the data, or nothing
 * can be told, the run is refused with the figure.
 *
 * @param rows side input that the clock is estimated from
 * @param source each value of this column has a clock of its own (arrival only); one clock if left
 *     out. Rows of a source that can't be told are dropped and counted
 */
public record TimeSync(
        String time,
        String rows,
        @Nullable String source,
        @Nullable Arrival arrival,
        @Nullable Sighting sighting,
        Duration atMost)
        implements Operator {
    public static final String OFFSET = "clock_offset_ms";
    public static final String BOUND = "clock_bound_ms";

    /**
     * By the time of arrival (到达时间法).
     *
     * @param column time of arrival by the clock that counts
     * @param leastDelayFrom the quickest rows took at least this; 0 if left out
     * @param leastDelayTo and at most this: the operator's knowledge of the link, the data can't
     *     tell it
     * @param drift false: the clock runs at the right speed, only its offset is estimated; true if
     *     left out
     */
    public record Arrival(
            String column,
            @Nullable Duration leastDelayFrom,
            Duration leastDelayTo,
            @Nullable Boolean drift) {
        public Arrival {
            leastDelayFrom = leastDelayFrom == null ? Duration.ZERO : leastDelayFrom;
            drift = drift == null ? Boolean.TRUE : drift;
            if (leastDelayTo.compareTo(leastDelayFrom) < 0) {
                throw new IllegalArgumentException("least_delay_to is below least_delay_from");
            }
        }
    }

    /**
     * By vehicles that both have seen (同车轨迹法).
     *
     * @param reference side input with the clock that counts; its columns have the same names
     * @param identity the same in both
     * @param x longitude in degrees of WGS-84 or metres east, {@code y} latitude or metres north
     * @param searchWithin the offset is at most this, up to a minute
     * @param gap the reference is not interpolated over longer ones
     * @param biasMeters standard deviation of a displacement between the two views that is the same
     *     everywhere (survey of the unit, antenna); 0.5 if left out
     */
    public record Sighting(
            String reference,
            String identity,
            String x,
            String y,
            Duration searchWithin,
            Duration gap,
            @Nullable Double biasMeters) {
        public Sighting {
            biasMeters = biasMeters == null ? Double.valueOf(0.5) : biasMeters;
            if (!(biasMeters > 0)) {
                throw new IllegalArgumentException("bias_meters must be above 0");
            }
            if (searchWithin.toMillis() < 100 || searchWithin.toSeconds() > 60) {
                throw new IllegalArgumentException(
                        "search_within " + searchWithin + " is outside 100 ms to 60 s");
            }
        }

        double bias() {
            return biasMeters == null ? 0.5 : biasMeters;
        }
    }

    /** What a clock shows wrong (钟差), by its own time. */
    interface Clock {
        /** To be added to a time of this clock. */
        double offsetMicros(long micros);

        /** The true offset is not further from it. */
        double boundMicros(long micros);
    }

    public TimeSync {
        if ((arrival == null) == (sighting == null)) {
            throw new IllegalArgumentException("time_sync needs arrival or sighting, one of them");
        }
        if (sighting != null && source != null) {
            throw new IllegalArgumentException(
                    "source goes with arrival; with sighting, one run sets one clock");
        }
        if (atMost.toNanos() < 1000) {
            throw new IllegalArgumentException("at_most " + atMost + " is below 1 us");
        }
    }

    @Override
    public String name() {
        return "time_sync/1";
    }

    @Override
    public List<String> order() {
        return sighting == null ? List.of(time) : List.of(sighting.identity(), time);
    }

    @Override
    public List<String> sides() {
        return sighting == null ? List.of(rows) : List.of(rows, sighting.reference());
    }

    @Override
    public Schema output(Schema input) {
        timestamp(input, time);
        if (source != null) {
            Column column = input.column(input.indexOf(source));
            if (column.type() != ColumnType.STRING) {
                throw new IllegalArgumentException(
                        "source '" + source + "' must be a column of text");
            }
        }
        List<Column> columns = new ArrayList<>(input.columns());
        for (String name : List.of(OFFSET, BOUND)) {
            columns.add(Column.of(name, ColumnType.DOUBLE, "ms", DataClass.LINEAGE, Grade.GENERAL));
        }
        return new Schema(columns);
    }

    static void timestamp(Schema schema, String name) {
        if (schema.column(schema.indexOf(name)).type() != ColumnType.TIMESTAMP_MICROS_UTC) {
            throw new IllegalArgumentException("'" + name + "' must be a timestamp");
        }
    }

    @Override
    public Run start(Schema input, Setting setting) {
        return new TimeSyncRun(this, input, output(input), setting.sides());
    }
}
