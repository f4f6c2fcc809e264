package org.roadloop.collect.live;

import java.util.function.IntToLongFunction;

/**
 * Finds a slot by 64 random-looking bits that the slot itself holds (槽位索引): open addressing over
 * slot numbers alone, 8 to 16 bytes a vehicle. One thread at a time.
 */
final class SlotIndex {
    static final int NONE = -1;

    private final IntToLongFunction keyOf;

    /** Slot + 1; 0 is free. */
    private int[] table = new int[1024];

    private int used;

    SlotIndex(IntToLongFunction keyOf) {
        this.keyOf = keyOf;
    }

    int find(long key) {
        int mask = table.length - 1;
        for (int at = home(key, mask); table[at] != 0; at = at + 1 & mask) {
            int slot = table[at] - 1;
            if (keyOf.applyAsLong(slot) == key) {
                return slot;
            }
        }
        return NONE;
    }

    /** The slot must hold its key already, and not be in here. */
    void add(int slot) {
        if (++used * 2 > table.length) {
            int[] old = table;
            table = new int[old.length * 2];
            for (int entry : old) {
                if (entry != 0) {
                    place(entry - 1);
                }
            }
        }
        place(slot);
    }

    /** The slot must still hold its key. */
    void remove(int slot) {
        int mask = table.length - 1;
        int at = home(keyOf.applyAsLong(slot), mask);
        while (table[at] != slot + 1) {
            at = at + 1 & mask;
        }
        // Who came behind because the place was taken moves up, so that no chain is cut.
        for (int next = at + 1 & mask; table[next] != 0; next = next + 1 & mask) {
            int wanted = home(keyOf.applyAsLong(table[next] - 1), mask);
            if ((next - wanted & mask) >= (next - at & mask)) {
                table[at] = table[next];
                at = next;
            }
        }
        table[at] = 0;
        used--;
    }

    private void place(int slot) {
        int mask = table.length - 1;
        int at = home(keyOf.applyAsLong(slot), mask);
        while (table[at] != 0) {
            at = at + 1 & mask;
        }
        table[at] = slot + 1;
    }

    private static int home(long key, int mask) {
        return (int) (key * 0x9E3779B97F4A7C15L >>> 32) & mask;
    }
}
