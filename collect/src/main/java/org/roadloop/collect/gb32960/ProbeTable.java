package org.roadloop.collect.gb32960;

import java.util.Arrays;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Schema;

/**
 * One row for each temperature probe of a report (探针温度表): of batteries, super capacitors, fuel
 * cells and stacks. One thread.
 */
final class ProbeTable extends DetailTable {
    static final Schema SCHEMA =
            schema(
                    whole("storage", ""),
                    whole("number", ""),
                    whole("probe", ""),
                    whole("temp_c", "Cel"));

    private final int[] storages;
    private final int[] numbers;
    private final byte[] numberStates;
    private final int[] probes;
    private final IntCells temperature;

    ProbeTable(int capacity) {
        super(new Batch(SCHEMA, capacity));
        storages = batch().ints(1);
        numbers = batch().ints(2);
        numberStates = batch().states(2);
        probes = batch().ints(3);
        temperature = new IntCells(batch(), 4);
        Arrays.fill(batch().states(1), CellState.OK);
        Arrays.fill(batch().states(3), CellState.OK);
    }

    /**
     * Probes of one thing.
     *
     * @param at offset of the first one's temperature
     * @param number of the thing, with the state of that number
     */
    void append(
            byte[] bytes,
            int at,
            int count,
            Field field,
            int storage,
            int number,
            byte numberState,
            int report) {
        int first = addRows(count, report);
        int end = first + count;
        Arrays.fill(storages, first, end, storage);
        Arrays.fill(numbers, first, end, number);
        Arrays.fill(numberStates, first, end, numberState);
        int[] probe = probes;
        for (int i = 0; i < count; i++) {
            probe[first + i] = 1 + i;
            temperature.put(first + i, field, bytes, at + i);
        }
    }
}
