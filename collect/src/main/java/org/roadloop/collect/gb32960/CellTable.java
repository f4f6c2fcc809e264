package org.roadloop.collect.gb32960;

import java.util.Arrays;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Schema;

/** One row for each cell of a report (单体电压表), batteries and super capacitors. One thread. */
final class CellTable extends DetailTable {
    static final Schema SCHEMA =
            schema(
                    whole("storage", ""),
                    whole("number", ""),
                    whole("cell", ""),
                    whole("voltage_mv", "mV"));

    /** 60.000 V, in both editions. */
    private static final int MOST_MILLIVOLTS = 60_000;

    private final int[] storages;
    private final int[] numbers;
    private final byte[] numberStates;
    private final int[] cells;
    private final int[] millivolts;
    private final byte[] voltageStates;

    CellTable(int capacity) {
        super(new Batch(SCHEMA, capacity));
        storages = batch().ints(1);
        numbers = batch().ints(2);
        numberStates = batch().states(2);
        cells = batch().ints(3);
        millivolts = batch().ints(4);
        voltageStates = batch().states(4);
    }

    /**
     * Cells of one pack.
     *
     * @param at offset of the voltage of the first one
     * @param firstCell its number, from 1
     */
    void append(
            byte[] bytes,
            int at,
            int count,
            int storage,
            Field numberField,
            int pack,
            int firstCell,
            int report) {
        int first = addRows(count, report);
        int end = first + count;
        long number = numberField.raw(bytes, pack);
        Arrays.fill(storages, first, end, storage);
        Arrays.fill(numbers, first, end, (int) number);
        if (!numberField.isInRange(number)) {
            Arrays.fill(numberStates, first, end, numberField.state(number));
        }
        number(cells, first, count, firstCell);
        voltages(bytes, at, first, count);
    }

    /** Two loops without a branch, and states only if a cell is above the range. */
    private void voltages(byte[] bytes, int at, int first, int count) {
        int[] value = millivolts;
        for (int i = 0; i < count; i++) {
            value[first + i] = Frame.unsigned16(bytes, at + 2 * i);
        }
        int highest = 0;
        for (int i = 0; i < count; i++) {
            highest = Math.max(highest, value[first + i]);
        }
        if (highest > MOST_MILLIVOLTS) {
            states(first, count);
        }
    }

    private void states(int first, int count) {
        for (int row = first; row < first + count; row++) {
            int raw = millivolts[row];
            if (raw > MOST_MILLIVOLTS) {
                voltageStates[row] = raw == 0xFFFF ? CellState.INVALID : CellState.ABNORMAL;
            }
        }
    }
}
