package org.roadloop.collect.gb32960;

/**
 * Where the units of one report are (信息体索引), found in one walk over its data unit and without
 * keeping anything but offsets. Of a unit sent twice the first one counts. Reused; one thread.
 */
public final class ReportUnits {
    /** No such unit in the report. */
    public static final int NONE = -1;

    /** Types 01 to 09, then 30 to 32, then the signature. */
    private static final int SLOTS = 14;

    private static final int FIRST_HIGH_TYPE = FuelCellStacks.TYPE;
    private static final int LAST_HIGH_TYPE = SuperCapacitorExtremes.TYPE;
    private static final int FIRST_HIGH_SLOT = 10;
    private static final int SIGNATURE_SLOT = 13;

    /** Where the unit of a slot is; of meaning only if its bit of {@link #found} is set. */
    private final int[] offsets = new int[SLOTS];

    private int found;
    private Edition edition = Edition.V2016;
    private long collectedAtMicros;
    private int stoppedAt;

    /**
     * Walks a complete report frame with a right BCC.
     *
     * @return {@link ReportVerdict#OK}, or what is wrong, at {@link #stoppedAt}
     */
    public ReportVerdict walk(byte[] bytes, int frame) {
        found = 0;
        edition = Edition.of(bytes, frame);
        int data = Frame.dataOffset(frame);
        stoppedAt = data;
        if (Frame.encryption(bytes, frame) != Frame.ENCRYPTION_NONE) {
            return ReportVerdict.ENCRYPTED;
        }
        int dataBytes = Frame.dataBytes(bytes, frame);
        if (dataBytes < Frame.TIME_BYTES) {
            return ReportVerdict.TIME;
        }
        collectedAtMicros = CollectionTime.micros(bytes, data);
        if (collectedAtMicros == CollectionTime.INVALID) {
            return ReportVerdict.TIME;
        }
        int end = data + dataBytes;
        int unit = data + Frame.TIME_BYTES;
        while (unit < end) {
            int length = InformationUnit.length(edition, bytes, unit, end);
            stoppedAt = unit;
            if (length < 0) {
                return length == InformationUnit.UNKNOWN
                        ? ReportVerdict.UNKNOWN_UNIT
                        : ReportVerdict.UNIT_LENGTH;
            }
            int type = InformationUnit.type(bytes, unit);
            note(type, unit);
            unit += length;
            if (type == VehicleSignature.MARK && unit < end) {
                stoppedAt = unit;
                return ReportVerdict.UNKNOWN_UNIT;
            }
        }
        stoppedAt = end;
        return ReportVerdict.OK;
    }

    /** Offset of the type byte of the first unit of a type, or {@link #NONE}. */
    public int first(int type) {
        int slot = slot(type);
        return slot >= 0 && (found >>> slot & 1) != 0 ? offsets[slot] : NONE;
    }

    public Edition edition() {
        return edition;
    }

    public long collectedAtMicros() {
        return collectedAtMicros;
    }

    /** End of the data unit, or offset of the unit (the time) at which the walk ended. */
    public int stoppedAt() {
        return stoppedAt;
    }

    private void note(int type, int unit) {
        int slot = slot(type);
        if (slot >= 0 && (found >>> slot & 1) == 0) {
            found |= 1 << slot;
            offsets[slot] = unit;
        }
    }

    private static int slot(int type) {
        if (type < FIRST_HIGH_SLOT) {
            return type;
        }
        if (type >= FIRST_HIGH_TYPE && type <= LAST_HIGH_TYPE) {
            return FIRST_HIGH_SLOT + type - FIRST_HIGH_TYPE;
        }
        return type == VehicleSignature.MARK ? SIGNATURE_SLOT : NONE;
    }
}
