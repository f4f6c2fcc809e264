package org.roadloop.apply.safety;

import java.util.Arrays;

/**
 * The last state of every vehicle heard of (车辆状态), in arrays set aside once: a hash of ids (open
 * addressing, Knuth 6.4 algorithm R for removal), and square cells as linked lists in a second hash
 * of (junction, cell). One thread.
 */
final class Vehicles {
    static final int NONE = -1;

    final long[] id;
    final int[] junction;
    final long[] timeMicros;
    final double[] x;
    final double[] y;
    final double[] east;
    final double[] north;
    final double[] speed;
    final double[] acceleration;
    final double[] length;
    final double[] width;
    final long[] arrivalNanos;

    private final double cellMetres;
    private final boolean[] used;
    private final int[] free;
    private int freeCount;

    /** Slot + 1 by hash of id; 0 is empty. */
    private final int[] byId;

    private final int[] cellHead;
    private final int[] nextInCell;
    private final int[] previousInCell;
    private final int[] bucketOf;

    Vehicles(int most, double cellMetres) {
        this.cellMetres = cellMetres;
        id = new long[most];
        junction = new int[most];
        timeMicros = new long[most];
        x = new double[most];
        y = new double[most];
        east = new double[most];
        north = new double[most];
        speed = new double[most];
        acceleration = new double[most];
        length = new double[most];
        width = new double[most];
        arrivalNanos = new long[most];
        used = new boolean[most];
        free = new int[most];
        for (int i = 0; i < most; i++) {
            free[i] = most - 1 - i;
        }
        freeCount = most;
        int buckets = Integer.highestOneBit(Math.max(most, 16) * 2 - 1) * 2;
        byId = new int[buckets];
        cellHead = new int[buckets];
        Arrays.fill(cellHead, NONE);
        nextInCell = new int[most];
        previousInCell = new int[most];
        bucketOf = new int[most];
        Arrays.fill(bucketOf, NONE);
    }

    int capacity() {
        return id.length;
    }

    int count() {
        return id.length - freeCount;
    }

    boolean used(int slot) {
        return used[slot];
    }

    /** Slot of a vehicle, or {@link #NONE}. */
    int find(long vehicle) {
        int place = place(vehicle);
        while (byId[place] != 0) {
            int slot = byId[place] - 1;
            if (id[slot] == vehicle) {
                return slot;
            }
            place = (place + 1) & (byId.length - 1);
        }
        return NONE;
    }

    /** A new slot for a vehicle that is not there, or {@link #NONE} when all are taken. */
    int add(long vehicle) {
        if (freeCount == 0) {
            return NONE;
        }
        int slot = free[--freeCount];
        used[slot] = true;
        id[slot] = vehicle;
        bucketOf[slot] = NONE;
        int place = place(vehicle);
        while (byId[place] != 0) {
            place = (place + 1) & (byId.length - 1);
        }
        byId[place] = slot + 1;
        return slot;
    }

    void remove(int slot) {
        leaveCell(slot);
        int mask = byId.length - 1;
        int hole = place(id[slot]);
        while (byId[hole] != slot + 1) {
            hole = (hole + 1) & mask;
        }
        byId[hole] = 0;
        // Close the gap: whoever could have stood in the hole moves into it.
        for (int at = (hole + 1) & mask; byId[at] != 0; at = (at + 1) & mask) {
            int home = place(id[byId[at] - 1]);
            if (((at - home) & mask) >= ((at - hole) & mask)) {
                byId[hole] = byId[at];
                byId[at] = 0;
                hole = at;
            }
        }
        used[slot] = false;
        free[freeCount++] = slot;
    }

    /** Puts the slot into the cell of its present place. */
    void settle(int slot) {
        int bucket = bucket(junction[slot], cell(x[slot]), cell(y[slot]));
        if (bucket == bucketOf[slot]) {
            return;
        }
        leaveCell(slot);
        bucketOf[slot] = bucket;
        previousInCell[slot] = NONE;
        nextInCell[slot] = cellHead[bucket];
        if (cellHead[bucket] != NONE) {
            previousInCell[cellHead[bucket]] = slot;
        }
        cellHead[bucket] = slot;
    }

    private void leaveCell(int slot) {
        int bucket = bucketOf[slot];
        if (bucket == NONE) {
            return;
        }
        if (previousInCell[slot] == NONE) {
            cellHead[bucket] = nextInCell[slot];
        } else {
            nextInCell[previousInCell[slot]] = nextInCell[slot];
        }
        if (nextInCell[slot] != NONE) {
            previousInCell[nextInCell[slot]] = previousInCell[slot];
        }
        bucketOf[slot] = NONE;
    }

    int cell(double metres) {
        return (int) Math.floor(metres / cellMetres);
    }

    /** First slot in a bucket; other cells may share it, so places must be checked. */
    int head(int bucket) {
        return cellHead[bucket];
    }

    int next(int slot) {
        return nextInCell[slot];
    }

    int bucket(int atJunction, int cellX, int cellY) {
        long key = ((long) atJunction * 0x1F1F1F1F + cellX) * 0x3C6EF35FL + cellY;
        return place(key);
    }

    private int place(long key) {
        long mixed = (key ^ (key >>> 31)) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 40) & (byId.length - 1);
    }
}
