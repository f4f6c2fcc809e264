package org.roadloop.govern.quality;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the pipeline did with some rows, as counts (处理报告). Reports add up. One thread.
 *
 * <p>Always: {@code rowsIn = rowsOut + duplicates + conflicts + unkeyed + erased}.
 */
public final class Report {
    /** Names of the validity ranges, in order of their bits. */
    private final List<String> ranges;

    public long rowsIn;
    public long rowsOut;

    /** Rows of a chunk that was read again and that the table has already. */
    public long alreadyCommitted;

    /** Same key, same content: dropped. */
    public long duplicates;

    /** Same key, other content: a finding; the first row stays. */
    public long conflicts;

    /** Without identity or time: no key can be made. */
    public long unkeyed;

    /** Of a subject whose rows were erased after they had arrived. */
    public long erased;

    /** Rows whose position fell into a sensitive area. */
    public long maskedRows;

    /** Rows that could be compared with the vehicle's row before. */
    public long comparedRows;

    /** Kept rows with a physics finding. */
    public long physicsRows;

    /** Cells of kept rows. */
    public long cells;

    public long cellsAbsent;
    public long cellsInvalid;

    /** Said to be abnormal by the sender. */
    public long cellsAbnormal;

    /** Outside the validity range of the plan. */
    public long cellsOutOfRange;

    public long cellsMasked;

    /** Latest arrival, microseconds; {@link Long#MIN_VALUE} if none. */
    public long latestArrivalMicros = Long.MIN_VALUE;

    private final long[] reasons = new long[64];

    public Report(List<String> ranges) {
        this.ranges = List.copyOf(ranges);
    }

    public void count(Reason reason) {
        reasons[reason.ordinal()]++;
    }

    /** Counts one cell outside range {@code index}. */
    public void countRange(int index) {
        reasons[Reason.FIRST_RANGE_BIT + index]++;
        cellsOutOfRange++;
    }

    public long count(int bit) {
        return reasons[bit];
    }

    public void add(Report other) {
        rowsIn += other.rowsIn;
        rowsOut += other.rowsOut;
        alreadyCommitted += other.alreadyCommitted;
        duplicates += other.duplicates;
        conflicts += other.conflicts;
        unkeyed += other.unkeyed;
        erased += other.erased;
        maskedRows += other.maskedRows;
        comparedRows += other.comparedRows;
        physicsRows += other.physicsRows;
        cells += other.cells;
        cellsAbsent += other.cellsAbsent;
        cellsInvalid += other.cellsInvalid;
        cellsAbnormal += other.cellsAbnormal;
        cellsOutOfRange += other.cellsOutOfRange;
        cellsMasked += other.cellsMasked;
        latestArrivalMicros = Math.max(latestArrivalMicros, other.latestArrivalMicros);
        for (int i = 0; i < reasons.length; i++) {
            reasons[i] += other.reasons[i];
        }
    }

    /** Counts above zero by short stable name. */
    public Map<String, Long> rejects() {
        Map<String, Long> named = new LinkedHashMap<>();
        put(named, "duplicate", duplicates);
        put(named, "conflict", conflicts);
        put(named, "unkeyed", unkeyed);
        put(named, "erased", erased);
        for (Reason reason : Reason.values()) {
            put(named, reason.label(), reasons[reason.ordinal()]);
        }
        for (int i = 0; i < ranges.size(); i++) {
            put(named, "range_" + ranges.get(i), reasons[Reason.FIRST_RANGE_BIT + i]);
        }
        return named;
    }

    private static void put(Map<String, Long> to, String name, long count) {
        if (count > 0) {
            to.put(name, count);
        }
    }
}
