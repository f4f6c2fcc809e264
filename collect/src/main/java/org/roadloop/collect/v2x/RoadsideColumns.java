package org.roadloop.collect.v2x;

import java.util.Arrays;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.StringColumn;

/**
 * The columns that all tables of roadside messages begin with (路侧原始表公共列). They are always there, so
 * their states are set once for the batch. One thread.
 */
final class RoadsideColumns {
    /** Columns of {@link #schema} before those of the table itself. */
    static final int COUNT = 6;

    private final Batch batch;
    private final StringColumn unit;
    private final StringColumn lineage;
    private final long[] at;
    private final long[] receivedAt;
    private final long[] segment;
    private final long[] frameOffset;

    RoadsideColumns(Batch batch, Schema schema) {
        if (!batch.schema().equals(schema)) {
            throw new IllegalArgumentException(
                    "batch has columns " + batch.schema().names() + ", not " + schema.names());
        }
        this.batch = batch;
        unit = batch.strings(0);
        at = batch.longs(1);
        receivedAt = batch.longs(2);
        lineage = batch.strings(3);
        segment = batch.longs(4);
        frameOffset = batch.longs(5);
        alwaysOk(0, COUNT);
    }

    /** These columns have a value in every row. */
    void alwaysOk(int from, int to) {
        for (int column = from; column < to; column++) {
            Arrays.fill(batch.states(column), CellState.OK);
        }
    }

    /** One more row with its first columns; every other cell is the caller's to write. */
    int addRow(RoadsideOrigin origin, long atMicros) {
        return addRows(origin, atMicros, 1);
    }

    /** More rows with their first columns, all alike; returns the first. */
    int addRows(RoadsideOrigin origin, long atMicros, int count) {
        int first = batch.rows();
        int end = first + count;
        batch.rows(end);
        byte[] name = origin.unitUtf8();
        byte[] word = origin.lineage.utf8();
        for (int row = first; row < end; row++) {
            unit.set(row, name, 0, name.length);
            lineage.set(row, word, 0, word.length);
        }
        Arrays.fill(at, first, end, atMicros);
        Arrays.fill(receivedAt, first, end, origin.receivedAtMicros);
        Arrays.fill(segment, first, end, origin.segment);
        Arrays.fill(frameOffset, first, end, origin.frameOffset);
        return first;
    }

    /** A place in two neighbouring columns, longitude first; both invalid where it is not known. */
    void degrees(int column, int row, boolean known, int longitudeE7, int latitudeE7) {
        if (known) {
            batch.set(column, row, longitudeE7 / 1e7);
            batch.set(column + 1, row, latitudeE7 / 1e7);
        } else {
            batch.setState(column, row, CellState.INVALID);
            batch.setState(column + 1, row, CellState.INVALID);
        }
    }

    static Schema schema(Column... columns) {
        Column[] all = new Column[columns.length + COUNT];
        all[0] = text("roadside_unit", DataClass.LINEAGE, Grade.GENERAL);
        all[1] = time("at");
        all[2] = time("received_at");
        all[3] = text("lineage", DataClass.LINEAGE, Grade.GENERAL);
        all[4] = Column.of("segment", ColumnType.LONG, "", DataClass.LINEAGE, Grade.GENERAL);
        all[5] = Column.of("frame_offset", ColumnType.LONG, "", DataClass.LINEAGE, Grade.GENERAL);
        System.arraycopy(columns, 0, all, COUNT, columns.length);
        return Schema.of(all);
    }

    static Column text(String name, DataClass dataClass, Grade grade) {
        return Column.of(name, ColumnType.STRING, "", dataClass, grade);
    }

    static Column time(String name) {
        return Column.of(
                name, ColumnType.TIMESTAMP_MICROS_UTC, "us", DataClass.TIME, Grade.GENERAL);
    }

    static Column whole(String name, DataClass dataClass) {
        return Column.of(name, ColumnType.INT, "", dataClass, Grade.GENERAL);
    }

    static Column real(String name, String unit, DataClass dataClass) {
        return Column.of(name, ColumnType.DOUBLE, unit, dataClass, Grade.GENERAL);
    }

    /** In the local frame of the unit's junction. */
    static Column metres(String name) {
        return new Column(
                name,
                ColumnType.DOUBLE,
                "m",
                DataClass.POSITION,
                Grade.PERSONAL,
                CoordinateSystem.LOCAL_METRES);
    }

    static Column degrees(String name, Grade grade) {
        return new Column(
                name, ColumnType.DOUBLE, "deg", DataClass.POSITION, grade, CoordinateSystem.WGS_84);
    }
}
