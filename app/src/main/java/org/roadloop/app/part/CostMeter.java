package org.roadloop.app.part;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.roadloop.core.clearing.CostRecord;

/**
 * Turns running totals of the platform into one cost record a table and interval (成本计量). What is
 * measured for all tables together, raw bytes and processor time, is split by the rows that came in
 * for each; of an interval without rows it is carried into the next. One thread.
 */
final class CostMeter {
    private Totals last;

    /**
     * Of one table.
     *
     * @param rowsIn since the start
     * @param storedBytes now
     */
    record Reading(long rowsIn, long storedBytes) {}

    /** Since the start, at one moment. */
    record Totals(Instant at, Map<String, Reading> tables, long collectedBytes, long cpuMillis) {
        Totals {
            tables = new TreeMap<>(tables);
        }
    }

    CostMeter(Totals start) {
        last = start;
    }

    /** Since the last {@link #took}; tables that are empty and got nothing are left out. */
    List<CostRecord> since(Totals now) {
        Map<String, Long> rows = new HashMap<>();
        long all = 0;
        for (Map.Entry<String, Reading> table : now.tables().entrySet()) {
            Reading before = last.tables().getOrDefault(table.getKey(), new Reading(0, 0));
            long more = Math.max(0, table.getValue().rowsIn() - before.rowsIn());
            rows.put(table.getKey(), more);
            all += more;
        }
        long bytesLeft = all == 0 ? 0 : now.collectedBytes() - last.collectedBytes();
        long cpuLeft = all == 0 ? 0 : now.cpuMillis() - last.cpuMillis();
        List<CostRecord> records = new ArrayList<>();
        for (Map.Entry<String, Reading> table : now.tables().entrySet()) {
            long mine = rows.getOrDefault(table.getKey(), 0L);
            if (mine == 0 && table.getValue().storedBytes() == 0) {
                continue;
            }
            // of what is left, by the rows that are left: nothing is lost to rounding
            long bytes = mine == 0 ? 0 : share(bytesLeft, mine, all);
            long cpu = mine == 0 ? 0 : share(cpuLeft, mine, all);
            bytesLeft -= bytes;
            cpuLeft -= cpu;
            all -= mine;
            records.add(
                    new CostRecord(
                            table.getKey(),
                            mine,
                            bytes,
                            table.getValue().storedBytes(),
                            cpu,
                            last.at(),
                            now.at().isBefore(last.at()) ? last.at() : now.at()));
        }
        return records;
    }

    /** The records of {@link #since} are in the ledger. */
    void took(Totals now) {
        boolean rows =
                now.tables().entrySet().stream()
                        .anyMatch(
                                t ->
                                        t.getValue().rowsIn()
                                                > last.tables()
                                                        .getOrDefault(t.getKey(), new Reading(0, 0))
                                                        .rowsIn());
        last =
                rows
                        ? now
                        : new Totals(
                                now.at(), now.tables(), last.collectedBytes(), last.cpuMillis());
    }

    private static long share(long total, long part, long whole) {
        return part == whole ? total : (long) (total * ((double) part / whole));
    }
}
