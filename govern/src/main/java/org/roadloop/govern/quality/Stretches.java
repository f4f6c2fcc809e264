package org.roadloop.govern.quality;

import java.util.Arrays;

/*
 * Open addressing with linear probing over a power of two, at a load of at most one half. More than
 * MOST stretches are all of them: rows that are spread so widely are found by their keys alone.
 */

/** Pieces of event time in which there are rows, by number (时段集合). One thread. */
final class Stretches {
    private static final int MOST = 1 << 16;
    private static final long FREE = Long.MIN_VALUE;

    private long[] slots = new long[16];
    private int size;
    private long last = FREE;
    private boolean all;

    Stretches() {
        Arrays.fill(slots, FREE);
    }

    /**
     * @param stretch any number but the least
     */
    void add(long stretch) {
        if (stretch != last && !all) {
            last = stretch;
            insert(stretch);
        }
    }

    void addAll(Stretches others) {
        if (others.all) {
            becomeAll();
            return;
        }
        for (long stretch : others.slots) {
            if (stretch != FREE && !all) {
                insert(stretch);
            }
        }
    }

    boolean has(long stretch) {
        return all || slots[place(slots, stretch)] == stretch;
    }

    /** Whether there is a stretch in both. */
    boolean meets(Stretches others) {
        if (all || others.all) {
            return true;
        }
        Stretches fewer = size < others.size ? this : others;
        Stretches more = fewer == this ? others : this;
        for (long stretch : fewer.slots) {
            if (stretch != FREE && more.has(stretch)) {
                return true;
            }
        }
        return false;
    }

    private void insert(long stretch) {
        int at = place(slots, stretch);
        if (slots[at] == stretch) {
            return;
        }
        slots[at] = stretch;
        size++;
        if (size > MOST) {
            becomeAll();
        } else if (size * 2 > slots.length) {
            long[] wider = new long[slots.length * 2];
            Arrays.fill(wider, FREE);
            for (long known : slots) {
                if (known != FREE) {
                    wider[place(wider, known)] = known;
                }
            }
            slots = wider;
        }
    }

    private void becomeAll() {
        all = true;
        slots = new long[0];
    }

    /** Where it stands, or the free slot where it belongs. */
    private static int place(long[] slots, long stretch) {
        int mask = slots.length - 1;
        int at = (int) ((stretch * 0x9E3779B97F4A7C15L) >>> 32) & mask;
        while (slots[at] != FREE && slots[at] != stretch) {
            at = at + 1 & mask;
        }
        return at;
    }
}
