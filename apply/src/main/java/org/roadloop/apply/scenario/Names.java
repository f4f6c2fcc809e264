package org.roadloop.apply.scenario;

import java.util.Arrays;
import org.roadloop.core.table.StringColumn;

/** Numbers byte strings 0, 1, 2 … in the order they are first seen; no garbage. One thread. */
final class Names {
    private byte[][] names = new byte[16][];
    private int[] slots = new int[64];
    private int count;

    int count() {
        return count;
    }

    byte[] bytes(int number) {
        return names[number];
    }

    /** Number of the cell's text, a new one if it was never seen. */
    int number(StringColumn column, int row) {
        byte[] bytes = column.bytes();
        int from = column.offset(row);
        int to = column.offset(row + 1);
        int hash = 1;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        int slot = spread(hash);
        while (slots[slot] != 0) {
            byte[] name = names[slots[slot] - 1];
            if (Arrays.equals(name, 0, name.length, bytes, from, to)) {
                return slots[slot] - 1;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        if (count == names.length) {
            names = Arrays.copyOf(names, count * 2);
        }
        names[count] = Arrays.copyOfRange(bytes, from, to);
        slots[slot] = ++count;
        if (count * 2 > slots.length) {
            grow();
        }
        return count - 1;
    }

    private int spread(int hash) {
        return ((hash * 0x9E3779B9) >>> 7) & (slots.length - 1);
    }

    private void grow() {
        slots = new int[slots.length * 2];
        for (int n = 0; n < count; n++) {
            int slot = spread(Arrays.hashCode(names[n]));
            while (slots[slot] != 0) {
                slot = (slot + 1) & (slots.length - 1);
            }
            slots[slot] = n + 1;
        }
    }
}
