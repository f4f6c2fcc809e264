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
    private final int[] temperatures;
    private final byte[] temperatureStates;

    ProbeTable(int capacity) {
        super(new Batch(SCHEMA, capacity));
        storages = batch().ints(1);
        numbers = batch().ints(2);
        numberStates = batch().states(2);
        probes = batch().ints(3);
        temperatures = batch().ints(4);
        temperatureStates = batch().states(4);
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
        // One loop: a report has few probes, and filling a column costs more than its cells.
        int[] value = temperatures;
        int least = (int) field.least();
        int most = (int) field.most();
        int offset = (int) field.offset();
        int room = 0;
        for (int i = 0; i < count; i++) {
            int raw = bytes[at + i] & 0xFF;
            storages[first + i] = storage;
            numbers[first + i] = number;
            probes[first + i] = i + 1;
            value[first + i] = raw - offset;
            // Negative if it is outside the range.
            room |= raw - least | most - raw;
        }
        if (numberState != CellState.OK) {
            Arrays.fill(numberStates, first, first + count, numberState);
        }
        if (room < 0) {
            for (int i = 0; i < count; i++) {
                temperatureStates[first + i] = field.state(bytes[at + i] & 0xFF);
            }
        }
    }
}
