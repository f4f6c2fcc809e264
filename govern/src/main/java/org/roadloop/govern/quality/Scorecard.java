package org.roadloop.govern.quality;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The six quality indicators of one table (质量评价), GB/T 36344-2018, each a share of {@code 0..1}; 1
 * where there was nothing to judge.
 *
 * @param normativity 规范性: cells that carry a value inside the plan's type, codes and ranges, of the
 *     cells that carry a value
 * @param completeness 完整性: cells with a usable value or masked on purpose, of all cells
 * @param accuracy 准确性: rows without a physics finding, of the rows that could be compared
 * @param consistency 一致性: rows whose key was not met with other content, of all rows with a key
 * @param timeliness 时效性: rows that were neither late nor ahead of the clock, of the rows kept
 * @param accessibility 可访问性: rows that can be read in the current snapshot, of the rows kept
 */
public record Scorecard(
        String table,
        double normativity,
        double completeness,
        double accuracy,
        double consistency,
        double timeliness,
        double accessibility,
        Map<String, Long> rejects) {

    public Scorecard {
        rejects = Map.copyOf(rejects);
    }

    /**
     * @param report everything governed so far
     * @param committedRows how many of its kept rows are committed
     */
    public static Scorecard of(String table, Report report, long committedRows) {
        long carried =
                report.cells - report.cellsAbsent - report.cellsInvalid - report.cellsAbnormal;
        long unusable =
                report.cellsAbsent
                        + report.cellsInvalid
                        + report.cellsAbnormal
                        + report.cellsOutOfRange;
        long untimely =
                report.count(Reason.LATE.ordinal()) + report.count(Reason.CLOCK_AHEAD.ordinal());
        return new Scorecard(
                table,
                share(carried - report.cellsOutOfRange, carried),
                share(report.cells - unusable, report.cells),
                share(report.comparedRows - report.physicsRows, report.comparedRows),
                share(
                        report.rowsOut + report.duplicates,
                        report.rowsIn - report.unkeyed - report.erased),
                share(report.rowsOut - untimely, report.rowsOut),
                share(committedRows, report.rowsOut),
                report.rejects());
    }

    private static double share(long part, long whole) {
        return whole <= 0 ? 1 : (double) part / whole;
    }

    /** The six numbers by English name, in the standard's order. */
    public Map<String, Double> indicators() {
        Map<String, Double> six = new LinkedHashMap<>();
        six.put("normativity", normativity);
        six.put("completeness", completeness);
        six.put("accuracy", accuracy);
        six.put("consistency", consistency);
        six.put("timeliness", timeliness);
        six.put("accessibility", accessibility);
        return six;
    }
}
