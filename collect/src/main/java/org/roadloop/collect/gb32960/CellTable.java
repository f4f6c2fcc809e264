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
        Arrays.fill(batch().states(1), CellState.OK);
        Arrays.fill(batch().states(3), CellState.OK);
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
        Arrays.fill(numberStates, first, end, numberField.state(number));
        int[] cell = cells;
        for (int i = 0; i < count; i++) {
            cell[first + i] = firstCell + i;
        }
        voltages(bytes, at, first, count);
    }

    private void voltages(byte[] bytes, int at, int first, int count) {
        int[] value = millivolts;
        byte[] state = voltageStates;
        for (int i = 0; i < count; i++) {
            int raw = Frame.unsigned16(bytes, at + 2 * i);
            value[first + i] = raw;
            state[first + i] =
                    raw <= MOST_MILLIVOLTS
                            ? CellState.OK
                            : raw == 0xFFFF ? CellState.INVALID : CellState.ABNORMAL;
        }
    }
}
