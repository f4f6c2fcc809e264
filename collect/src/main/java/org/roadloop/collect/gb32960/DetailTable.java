package org.roadloop.collect.gb32960;

import java.util.Arrays;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
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

    private final Batch batch;
    private final int[] reports;

    DetailTable(Batch batch) {
        this.batch = batch;
        reports = batch.ints(REPORT);
        Arrays.fill(batch.states(REPORT), CellState.OK);
    }

    final Batch batch() {
        return batch;
    }

    /**
     * Adds rows for one report and returns the first; every other cell is the caller's to write.
     */
    final int addRows(int count, int report) {
        int row = batch.rows();
        batch.rows(row + count);
        for (int i = row; i < row + count; i++) {
            reports[i] = report;
        }
        return row;
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
