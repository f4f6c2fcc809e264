package org.roadloop.app.part;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.plan.Ingest;
import org.roadloop.govern.plan.Pipeline;
import org.roadloop.govern.plan.Plan;
import org.roadloop.govern.quality.DuplicateIndex;
import tools.jackson.databind.JsonNode;

/**
 * A sender's list of acknowledged reports against the governed table (对账). The reports are keyed by
 * the same pipeline that keyed the stored rows, so no identity has to be read back.
 *
 * @param asked reports in the list, repeats counted once
 * @param stored of those, in the table
 * @param missing of those, not in the table
 * @param storedTwice row keys that stand in the table more than once, whatever was asked
 * @param tableRows rows of the table in all
 */
record Reconciliation(long asked, long stored, long missing, long storedTwice, long tableRows) {

    private record Key(long high, long low) {}

    /**
     * @param reports an array of {@code [vin, collectedAtMicros]}
     */
    static Reconciliation of(Plan plan, Keyring keys, Lake lake, JsonNode reports) {
        Map<Key, Integer> asked = new HashMap<>();
        Pipeline pipeline =
                new Pipeline(
                        plan,
                        keys,
                        new DuplicateIndex(Duration.ofDays(3650)),
                        Ingest.rowKeyVersion(lake, plan.table()));
        Batch raw = new Batch(plan.rawSchema(), Batch.MAX_ROWS);
        for (JsonNode report : reports) {
            int row = raw.addRow();
            raw.set(raw.schema().indexOf(plan.identity()), row, report.required(0).asString());
            raw.set(raw.schema().indexOf(plan.time()), row, report.required(1).asLong());
            if (raw.schema().has("command")) {
                raw.set(raw.schema().indexOf("command"), row, 2);
            }
            if (raw.schema().has("first_cell")) {
                raw.set(raw.schema().indexOf("first_cell"), row, 0);
            }
            if (raw.isFull()) {
                addKeys(pipeline, raw, asked);
            }
        }
        addKeys(pipeline, raw, asked);
        return compare(lake, plan.table(), asked);
    }

    private static void addKeys(Pipeline pipeline, Batch raw, Map<Key, Integer> asked) {
        try (Batch governed = pipeline.process(raw, LogPosition.START).batch()) {
            long[] high = governed.longs(governed.schema().indexOf(Plan.ROW_KEY_HI));
            long[] low = governed.longs(governed.schema().indexOf(Plan.ROW_KEY_LO));
            for (int row = 0; row < governed.rows(); row++) {
                asked.put(new Key(high[row], low[row]), 0);
            }
        }
        raw.clear();
    }

    private static Reconciliation compare(Lake lake, String table, Map<Key, Integer> asked) {
        Map<Key, Integer> seen = new HashMap<>();
        long[] rows = {0};
        if (lake.currentSnapshot(table) != TableSource.LATEST) {
            try (TableSource.Scan scan =
                    lake.bookkeeping(
                            table, List.of(Plan.ROW_KEY_HI, Plan.ROW_KEY_LO), Filter.ALL)) {
                scan.forEachBatch(
                        batch -> {
                            for (int row = 0; row < batch.rows(); row++) {
                                Key key = new Key(batch.longs(0)[row], batch.longs(1)[row]);
                                seen.merge(key, 1, Integer::sum);
                            }
                            rows[0] += batch.rows();
                        });
            }
        }
        long stored = asked.keySet().stream().filter(seen::containsKey).count();
        long twice = seen.values().stream().filter(count -> count > 1).count();
        return new Reconciliation(asked.size(), stored, asked.size() - stored, twice, rows[0]);
    }
}
