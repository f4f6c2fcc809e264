package org.roadloop.collect.live;

import java.nio.ByteBuffer;

/**
 * Some vehicles' slots in one direct buffer (状态块); byte table in the package description. Guarded
 * by its own monitor.
 */
final class Slab {
    static final int SLOT_BITS = 11;
    static final int SLOTS = 1 << SLOT_BITS;
    static final int SLOT_BYTES = 208;

    private static final int KEY = 0;
    private static final int SUBJECT = 8;
    private static final int SEEN = 24;
    private static final int CHANGED = 32;
    private static final int TIMES = 40;
    private static final int SOURCE = 80;
    private static final int LINEAGE = 81;
    private static final int EDITION = 82;
    private static final int FLAGS = 84;
    private static final int VALUES = 88;

    /** Bit of the flags: the last report was of the future. */
    private static final int AHEAD = 1;

    final ByteBuffer bytes = ByteBuffer.allocateDirect(SLOTS * SLOT_BYTES);

    /** Number of the last change of each slot, apart so that looking for changes reads little. */
    final long[] changes = new long[SLOTS];

    /** The largest of {@link #changes}. */
    long lastChange;

    private static int at(int slot) {
        return (slot & SLOTS - 1) * SLOT_BYTES;
    }

    long key(int slot) {
        return bytes.getLong(at(slot) + KEY);
    }

    long subjectHigh(int slot) {
        return bytes.getLong(at(slot) + SUBJECT);
    }

    long subjectLow(int slot) {
        return bytes.getLong(at(slot) + SUBJECT + 8);
    }

    void open(int slot, long key, long subjectHigh, long subjectLow) {
        int at = at(slot);
        for (int i = 0; i < SLOT_BYTES; i += 8) {
            bytes.putLong(at + i, 0);
        }
        for (int i = 0; i < LiveField.COUNT; i++) {
            bytes.putInt(at + VALUES + 4 * i, LiveReport.ABSENT);
        }
        bytes.putLong(at + KEY, key);
        bytes.putLong(at + SUBJECT, subjectHigh);
        bytes.putLong(at + SUBJECT + 8, subjectLow);
    }

    void wipe(int slot) {
        for (int i = 0; i < SLOT_BYTES; i += 8) {
            bytes.putLong(at(slot) + i, 0);
        }
    }

    long seenAtMicros(int slot) {
        return bytes.getLong(at(slot) + SEEN);
    }

    void seen(int slot, long receivedAtMicros) {
        bytes.putLong(at(slot) + SEEN, Math.max(seenAtMicros(slot), receivedAtMicros));
    }

    long changedAtMicros(int slot) {
        return bytes.getLong(at(slot) + CHANGED);
    }

    void changed(int slot, long receivedAtMicros, long change) {
        bytes.putLong(at(slot) + CHANGED, receivedAtMicros);
        note(slot, change);
    }

    void note(int slot, long change) {
        changes[slot & SLOTS - 1] = change;
        lastChange = change;
    }

    long time(int slot, int group) {
        return bytes.getLong(at(slot) + TIMES + 8 * group);
    }

    void time(int slot, int group, long collectedAtMicros) {
        bytes.putLong(at(slot) + TIMES + 8 * group, collectedAtMicros);
    }

    int source(int slot) {
        return bytes.get(at(slot) + SOURCE);
    }

    int lineage(int slot) {
        return bytes.get(at(slot) + LINEAGE);
    }

    int edition(int slot) {
        return bytes.getShort(at(slot) + EDITION);
    }

    void origin(int slot, LiveReport report) {
        int at = at(slot);
        bytes.put(at + SOURCE, report.source.code());
        bytes.put(at + LINEAGE, report.lineage.code());
        bytes.putShort(at + EDITION, (short) report.edition);
    }

    boolean isClockAhead(int slot) {
        return (bytes.getInt(at(slot) + FLAGS) & AHEAD) != 0;
    }

    /** Returns whether it was otherwise. */
    boolean clockAhead(int slot, boolean is) {
        boolean was = isClockAhead(slot);
        bytes.putInt(at(slot) + FLAGS, is ? AHEAD : 0);
        return was != is;
    }

    int value(int slot, int field) {
        return bytes.getInt(at(slot) + VALUES + 4 * field);
    }

    void value(int slot, int field, int value) {
        bytes.putInt(at(slot) + VALUES + 4 * field, value);
    }

    void copyOut(int slot, ByteBuffer to) {
        to.put(to.position(), bytes, at(slot), SLOT_BYTES).position(to.position() + SLOT_BYTES);
    }

    void copyIn(int slot, ByteBuffer from) {
        bytes.put(at(slot), from, from.position(), SLOT_BYTES);
        from.position(from.position() + SLOT_BYTES);
    }
}
