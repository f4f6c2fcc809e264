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

    // Four numbers of 16 bits side by side: one is above the range if its top bit is set, and the
    // other 15 carry into that bit when what the range lacks to 65535 is added.
    private static final long TOP_BITS = 0x8000_8000_8000_8000L;
    private static final long LOW_15_BITS = ~TOP_BITS;
    private static final long UP_TO_THE_TOP = 0x0001_0001_0001_0001L * (0xFFFF - MOST_MILLIVOLTS);

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

    /** Four cells at a time; states only if one of all is not right. */
    private void voltages(byte[] bytes, int at, int first, int count) {
        int[] value = millivolts;
        long above = 0;
        int i = 0;
        for (; i + 4 <= count; i += 4) {
            long four = Frame.long64(bytes, at + 2 * i);
            int a = (int) (four >>> 48);
            int b = (int) (four >>> 32) & 0xFFFF;
            int c = (int) four >>> 16;
            int d = (int) four & 0xFFFF;
            value[first + i] = a;
            value[first + i + 1] = b;
            value[first + i + 2] = c;
            value[first + i + 3] = d;
            above |= (four & LOW_15_BITS) + UP_TO_THE_TOP & four;
        }
        for (; i < count; i++) {
            int raw = Frame.unsigned16(bytes, at + 2 * i);
            value[first + i] = raw;
            above |= (raw & LOW_15_BITS) + UP_TO_THE_TOP & raw;
        }
        if ((above & TOP_BITS) != 0) {
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
