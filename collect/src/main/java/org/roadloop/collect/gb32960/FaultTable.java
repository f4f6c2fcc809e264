package org.roadloop.collect.gb32960;

import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

/**
 * One row for each fault code of a report, and in the 2025 edition for each level of a general
 * alarm (故障表). {@code list} is 1 storage, 2 motor, 3 engine, 4 other, 5 general alarms. One thread.
 */
final class FaultTable extends DetailTable {
    static final Schema SCHEMA =
            schema(
                    alarm("list", ColumnType.INT),
                    alarm("code", ColumnType.LONG),
                    alarm("level", ColumnType.INT));

    private static final int LEVELS = 5;

    private final IntCells list;
    private final LongCells code;
    private final IntCells level;

    FaultTable(int capacity) {
        super(new Batch(SCHEMA, capacity));
        list = new IntCells(batch(), 1);
        code = new LongCells(batch(), 2);
        level = new IntCells(batch(), 3);
    }

    void append(Edition edition, byte[] bytes, int unit, int report) {
        if (edition == Edition.V2016 && Alarms.hasNoFaults(bytes, unit)) {
            return;
        }
        int at = Alarms.firstList(unit);
        for (int l = 1; l < LEVELS; l++) {
            int count = Alarms.count(bytes, at);
            int first = count == 0 ? 0 : addRows(count, report);
            for (int i = 0; i < count; i++) {
                list.put(first + i, l);
                code.put(first + i, Alarms.FAULT_CODE, bytes, Alarms.code(at, i));
                level.putAbsent(first + i);
            }
            at = Alarms.nextList(bytes, at);
        }
        if (edition == Edition.V2025) {
            int count = Alarms.count(bytes, at);
            int first = addRows(count, report);
            for (int i = 0; i < count; i++) {
                list.put(first + i, LEVELS);
                code.put(first + i, Alarms.ALARM_NUMBER, bytes, Alarms.level(at, i));
                level.put(first + i, Alarms.ALARM_LEVEL, bytes, Alarms.level(at, i));
            }
        }
    }

    private static Column alarm(String name, ColumnType type) {
        return Column.of(name, type, "", DataClass.ALARM, Grade.GENERAL);
    }
}
