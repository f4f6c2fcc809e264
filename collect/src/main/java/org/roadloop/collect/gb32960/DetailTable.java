package org.roadloop.collect.gb32960;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.roadloop.collect.FreshRows;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

/**
 * What the tables of {@link ReportDetails} have in common (明细表): their first column is the row of
 * the report in its own batch. One thread.
 */
abstract class DetailTable {
    static final int REPORT = 0;

    /** 0, 1, 2, …: to be copied, which is faster than to count. */
    private static final int[] NUMBERS = IntStream.range(0, 512).toArray();

    private final Batch batch;
    private final FreshRows rows;
    private final int[] reports;

    DetailTable(Batch batch) {
        this.batch = batch;
        reports = batch.ints(REPORT);
        rows = new FreshRows(batch);
    }

    final Batch batch() {
        return batch;
    }

    /** Adds the one row of a report, like {@link #addRows}. */
    final int addRow(int report) {
        return addRows(1, report);
    }

    /**
     * Adds rows for one report and returns the first; every value is the caller's to write, and
     * every state but OK.
     */
    final int addRows(int count, int report) {
        int row = rows.add(count);
        if (count == 1) {
            reports[row] = report;
        } else {
            Arrays.fill(reports, row, row + count, report);
        }
        return row;
    }

    /** Numbers the rows of a list in one of their columns. */
    static void number(int[] column, int first, int count, int from) {
        if (from + count <= NUMBERS.length) {
            System.arraycopy(NUMBERS, from, column, first, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            column[first + i] = from + i;
        }
    }

    static Schema schema(Column... columns) {
        Column[] all = new Column[columns.length + 1];
        all[0] = Column.of("report", ColumnType.INT, "", DataClass.LINEAGE, Grade.GENERAL);
        System.arraycopy(columns, 0, all, 1, columns.length);
        return Schema.of(all);
    }

    static Column whole(String name, String unit) {
        return Column.of(name, ColumnType.INT, unit, DataClass.ENERGY_STATE, Grade.GENERAL);
    }

    static Column real(String name, String unit) {
        return Column.of(name, ColumnType.DOUBLE, unit, DataClass.ENERGY_STATE, Grade.GENERAL);
    }
}
