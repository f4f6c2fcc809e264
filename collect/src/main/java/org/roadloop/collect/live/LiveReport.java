package org.roadloop.collect.live;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gateway.Source;
import org.roadloop.collect.gb32960.Field;
import org.roadloop.core.table.CellState;

/**
 * What one report says of its vehicle (状态上报), on the way from the frame to the slot. Reused; one
 * thread.
 */
final class LiveReport {
    /** Not sent. */
    static final int ABSENT = Integer.MIN_VALUE;

    /** Sent as invalid. */
    static final int INVALID = Integer.MIN_VALUE + 1;

    /** Sent as abnormal, or outside its range. */
    static final int ABNORMAL = Integer.MIN_VALUE + 2;

    final int[] values = new int[LiveField.COUNT];

    long key;
    Source source = Source.GB32960_PLATFORM;
    Lineage lineage = Lineage.VEHICLE;
    int edition;
    long receivedAtMicros;
    long collectedAtMicros;

    /** A bit for each {@link LiveGroup} that the report has something of. */
    int groups;

    private byte[] identity = new byte[0];
    private int identityAt;
    private int identityBytes;

    /** Whose report it is, by VIN or phone without leading zeros. */
    void of(byte[] bytes, int at, int length, long identityHash, Source by) {
        identity = bytes;
        identityAt = at;
        identityBytes = length;
        source = by;
        key = VehicleKey.of(identityHash, by);
        clear();
    }

    /** The next report of the same vehicle. */
    void clear() {
        groups = 0;
        Arrays.fill(values, ABSENT);
    }

    String identity() {
        return new String(identity, identityAt, identityBytes, StandardCharsets.US_ASCII);
    }

    void put(LiveField field, int value) {
        values[field.ordinal()] = value;
        groups |= field.group().bit();
    }

    void put(LiveField field, long value, boolean isInRange) {
        put(field, isInRange ? (int) value : ABNORMAL);
    }

    void put(LiveField field, Field from, byte[] bytes, int unit) {
        long raw = from.raw(bytes, unit);
        put(field, inOrder(from.state(raw), raw - from.offset()));
    }

    /** A magnitude whose sign stands elsewhere. */
    void putSigned(LiveField field, Field from, byte[] bytes, int unit, boolean negative) {
        long raw = from.raw(bytes, unit);
        put(field, inOrder(from.state(raw), negative ? -raw : raw));
    }

    private static int inOrder(byte state, long value) {
        return state == CellState.OK
                ? (int) value
                : state == CellState.INVALID ? INVALID : ABNORMAL;
    }
}
