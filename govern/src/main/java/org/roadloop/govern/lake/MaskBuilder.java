package org.roadloop.govern.lake;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.StringColumn;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.privacy.MaskIntervals;
import org.roadloop.govern.privacy.ReleaseRule;
import org.roadloop.govern.privacy.TripMask;

/**
 * Reads identity, time and position of a whole snapshot, sorted by vehicle and time (DuckDB sorts,
 * on disk if it must), and finds what {@link TripMask} hides.
 */
final class MaskBuilder {
    private final ReleaseRule rule;
    private final TripMask trips;
    private final MaskIntervals intervals = new MaskIntervals();
    private long vehicle;

    private MaskBuilder(ReleaseRule rule, Keyring keys) {
        this.rule = rule;
        this.trips = new TripMask(rule, keys);
    }

    static MaskIntervals build(
            Lake lake, String table, long snapshot, ReleaseRule rule, Keyring keys) {
        MaskBuilder builder = new MaskBuilder(rule, keys);
        Set<String> columns = new LinkedHashSet<>(List.of(rule.identity(), rule.time()));
        addIfNamed(columns, rule.longitude());
        addIfNamed(columns, rule.latitude());
        addIfNamed(columns, rule.x());
        addIfNamed(columns, rule.y());
        String order = " ORDER BY " + Sql.name(rule.identity()) + ", " + Sql.name(rule.time());
        try (TableSource.Scan scan =
                lake.governed(table, snapshot, List.copyOf(columns), Filter.ALL, order)) {
            for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                builder.add(batch);
            }
        }
        builder.trips.end(builder.intervals);
        return builder.intervals.freeze();
    }

    private static void addIfNamed(Set<String> columns, @Nullable String name) {
        if (name != null) {
            columns.add(name);
        }
    }

    private void add(Batch batch) {
        Schema schema = batch.schema();
        StringColumn vehicles = batch.strings(schema.indexOf(rule.identity()));
        byte[] bytes = vehicles.bytes();
        long[] times = batch.longs(schema.indexOf(rule.time()));
        int longitude = indexOf(schema, rule.longitude());
        int latitude = indexOf(schema, rule.latitude());
        int x = indexOf(schema, rule.x());
        int y = indexOf(schema, rule.y());
        for (int row = 0; row < batch.rows(); row++) {
            long hash = MaskIntervals.hash(bytes, vehicles.offset(row), vehicles.length(row));
            if (hash != vehicle) {
                trips.end(intervals);
                trips.begin(hash);
                vehicle = hash;
            }
            if (ok(batch, longitude, latitude, row)) {
                trips.addDegrees(
                        times[row], batch.doubles(longitude)[row], batch.doubles(latitude)[row]);
            } else if (ok(batch, x, y, row)) {
                trips.addMeters(times[row], batch.doubles(x)[row], batch.doubles(y)[row]);
            } else {
                trips.addUnknown(
                        times[row], masked(batch, longitude, row) || masked(batch, x, row));
            }
        }
    }

    private static int indexOf(Schema schema, @Nullable String name) {
        return name == null ? -1 : schema.indexOf(name);
    }

    private static boolean ok(Batch batch, int a, int b, int row) {
        return a >= 0 && b >= 0 && batch.isOk(a, row) && batch.isOk(b, row);
    }

    private static boolean masked(Batch batch, int c, int row) {
        return c >= 0 && batch.state(c, row) == CellState.MASKED;
    }
}
