package org.roadloop.collect.live;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gateway.Source;

/**
 * A copy of what is known of one vehicle (车辆实时状态), for those who ask. Immutable.
 *
 * <p>A value is absent, invalid, abnormal, or a number in the unit of its name.
 */
public final class VehicleState {
    private static final String INVALID = "invalid";
    private static final String ABNORMAL = "abnormal";

    private final int slot;
    private final long key;
    private final long subjectHigh;
    private final long subjectLow;
    private final long seenAtMicros;
    private final long changedAtMicros;
    private final Source source;
    private final Lineage lineage;
    private final int edition;
    private final boolean clockAhead;
    private final long[] times = new long[LiveGroup.values().length];
    private final int[] values = new int[LiveField.COUNT];

    private VehicleState(Slab slab, int slot) {
        this.slot = slot;
        key = slab.key(slot);
        subjectHigh = slab.subjectHigh(slot);
        subjectLow = slab.subjectLow(slot);
        seenAtMicros = slab.seenAtMicros(slot);
        changedAtMicros = slab.changedAtMicros(slot);
        source = sourceOf(slab, slot);
        lineage = slab.lineage(slot) == 0 ? Lineage.VEHICLE : Lineage.ofCode(slab.lineage(slot));
        edition = slab.edition(slot);
        clockAhead = slab.isClockAhead(slot);
        for (int i = 0; i < times.length; i++) {
            times[i] = slab.time(slot, i);
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = slab.value(slot, i);
        }
    }

    static VehicleState of(Slab slab, int slot) {
        return new VehicleState(slab, slot);
    }

    /** Of a vehicle whose only reports were of the future nothing is known yet. */
    static Source sourceOf(Slab slab, int slot) {
        int code = slab.source(slot);
        return code == 0 ? Source.GB32960_PLATFORM : Source.ofCode((byte) code);
    }

    /** Of this run of the platform. */
    public int slot() {
        return slot;
    }

    /** What its session is found by. */
    public long key() {
        return key;
    }

    /** The 32 hex digits of the subject id. */
    public String subject() {
        return hex(subjectHigh, subjectLow);
    }

    /** The 32 hex digits of a subject id. */
    public static String hex(long subjectHigh, long subjectLow) {
        HexFormat digits = HexFormat.of();
        return digits.toHexDigits(subjectHigh) + digits.toHexDigits(subjectLow);
    }

    /** Newest arrival of any report. */
    public long seenAtMicros() {
        return seenAtMicros;
    }

    /** Arrival of the report that changed the state last. */
    public long changedAtMicros() {
        return changedAtMicros;
    }

    public Source source() {
        return source;
    }

    public Lineage lineage() {
        return lineage;
    }

    /** A year; 0 while nothing but reports of the future came. */
    public int edition() {
        return edition;
    }

    /** Whether the last report was of the future, and was left out for it. */
    public boolean isClockAhead() {
        return clockAhead;
    }

    /** Microseconds since 1970 UTC; 0: the group was never sent. */
    public long collectedAtMicros(LiveGroup group) {
        return times[group.ordinal()];
    }

    /**
     * Flags come with their group, and the status with JT/T 808; every pattern of them is a value.
     */
    public boolean isAbsent(LiveField field) {
        if (field.kind() == LiveField.Kind.BITS) {
            return collectedAtMicros(field.group()) == 0
                    || field == LiveField.STATUS_FLAGS && !source.isJt808();
        }
        return values[field.ordinal()] == LiveReport.ABSENT;
    }

    /** {@code invalid} or {@code abnormal}; null for a value in order. */
    public @Nullable String fault(LiveField field) {
        int value = values[field.ordinal()];
        if (field.kind() == LiveField.Kind.BITS) {
            // GB/T 32960 has the two codes here as everywhere; JT/T 808 knows none.
            return source.isJt808() ? null : value == -1 ? INVALID : value == -2 ? ABNORMAL : null;
        }
        return value == LiveReport.INVALID
                ? INVALID
                : value == LiveReport.ABNORMAL ? ABNORMAL : null;
    }

    /** In the smallest unit of the field. */
    public int raw(LiveField field) {
        return values[field.ordinal()];
    }
}
