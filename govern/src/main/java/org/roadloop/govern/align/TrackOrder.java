package org.roadloop.govern.align;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.StringColumn;

/**
 * Follows rows that are sorted by vehicle and time, and refuses those that are not (轨迹顺序). One
 * thread.
 */
final class TrackOrder {
    /** What a row is to the rows before it. */
    enum Place {
        /** First of its vehicle. */
        FIRST,
        /** Later than the row before, of the same vehicle. */
        LATER,
        /** At the time of the row before, of the same vehicle. */
        SAME_TIME,
        /** Without vehicle or time. */
        NOWHERE
    }

    private final String identityName;
    private final String timeName;
    private final int identity;
    private final int time;
    private final SortedMap<String, Long> dropped = new TreeMap<>();
    private byte[] vehicle = new byte[0];
    private boolean any;
    private long micros;
    private long rows;

    TrackOrder(Schema schema, String identityName, String timeName) {
        this.identityName = identityName;
        this.timeName = timeName;
        identity = schema.indexOf(identityName);
        time = schema.indexOf(timeName);
    }

    /** Checks that a column can be sorted by as a vehicle, and another as its time. */
    static void check(Schema schema, String identityName, String timeName) {
        if (schema.column(schema.indexOf(identityName)).type() != ColumnType.STRING) {
            throw new IllegalArgumentException(
                    "identity '" + identityName + "' must be a column of text");
        }
        if (schema.column(schema.indexOf(timeName)).type() != ColumnType.TIMESTAMP_MICROS_UTC) {
            throw new IllegalArgumentException("time '" + timeName + "' must be a timestamp");
        }
    }

    Place next(Batch in, int row) {
        rows++;
        if (!in.isOk(identity, row)) {
            drop("identity_missing");
            return Place.NOWHERE;
        }
        if (!in.isOk(time, row)) {
            drop("time_missing");
            return Place.NOWHERE;
        }
        StringColumn names = in.strings(identity);
        int from = names.offset(row);
        int to = names.offset(row + 1);
        int order =
                any
                        ? Arrays.compareUnsigned(
                                vehicle, 0, vehicle.length, names.bytes(), from, to)
                        : -1;
        long at = in.longs(time)[row];
        if (order > 0 || (order == 0 && at < micros)) {
            throw new IllegalArgumentException(
                    "row %d of the input is out of order: sort it by %s and %s"
                            .formatted(rows, identityName, timeName));
        }
        if (order == 0 && at == micros) {
            return Place.SAME_TIME;
        }
        micros = at;
        if (order < 0) {
            vehicle = Arrays.copyOfRange(names.bytes(), from, to);
            any = true;
            return Place.FIRST;
        }
        return Place.LATER;
    }

    /** Of the row last placed. */
    long micros() {
        return micros;
    }

    long rows() {
        return rows;
    }

    void drop(String reason) {
        dropped.merge(reason, 1L, Long::sum);
    }

    SortedMap<String, Long> dropped() {
        return dropped;
    }
}
