package org.roadloop.govern.plan;

import java.util.List;
import java.util.TreeMap;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.Lake;

/** How often each record of a {@link FileFeed}'s log is in a table. */
final class StoredRows {
    private StoredRows() {}

    /** By number of the record. */
    static TreeMap<Long, Integer> of(Lake lake, String table) {
        TreeMap<Long, Integer> stored = new TreeMap<>();
        try (TableSource.Scan scan =
                lake.open(
                        table,
                        TableSource.LATEST,
                        List.of("segment", "frame_offset"),
                        Filter.ALL)) {
            for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                for (int row = 0; row < batch.rows(); row++) {
                    stored.merge(
                            FileFeed.record(
                                    new LogPosition(batch.longs(0)[row], batch.longs(1)[row])),
                            1,
                            Integer::sum);
                }
            }
        }
        return stored;
    }
}
