package org.roadloop.collect.gb32960;

/**
 * Cell voltages (可充电储能装置电压数据), type 08; GB/T 32960.3-2016 annex B, tables B.5 and B.6. Raw values
 * as sent; FE.. is abnormal, FF.. invalid. More than 200 cells are split over frames. Arguments
 * named {@code unit} are the offset of the type byte.
 */
public final class CellVoltages {
    public static final int TYPE = 0x08;
    private static final int SUBSYSTEM_BYTES = 10;

    private CellVoltages() {}

    /** Subsystems, 1..250. */
    public static int count(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 1);
    }

    /** Offset of the first subsystem, to be given to the accessors below. */
    public static int firstSubsystem(int unit) {
        return unit + 2;
    }

    /** Offset of the subsystem after this one. */
    public static int nextSubsystem(byte[] bytes, int subsystem) {
        return subsystem + SUBSYSTEM_BYTES + 2 * cellsInFrame(bytes, subsystem);
    }

    /** 1..250. */
    public static int number(byte[] bytes, int subsystem) {
        return Frame.unsigned8(bytes, subsystem);
    }

    /** 0..10000 in 0.1 V. */
    public static int voltage(byte[] bytes, int subsystem) {
        return Frame.unsigned16(bytes, subsystem + 1);
    }

    /** 0..20000 in 0.1 A, offset −1000 A. */
    public static int current(byte[] bytes, int subsystem) {
        return Frame.unsigned16(bytes, subsystem + 3);
    }

    /** 1..65531. */
    public static int cells(byte[] bytes, int subsystem) {
        return Frame.unsigned16(bytes, subsystem + 5);
    }

    /** Number of the first cell of this frame, 1..65531. */
    public static int firstCell(byte[] bytes, int subsystem) {
        return Frame.unsigned16(bytes, subsystem + 7);
    }

    /** 1..200. */
    public static int cellsInFrame(byte[] bytes, int subsystem) {
        return Frame.unsigned8(bytes, subsystem + 9);
    }

    /** Cell {@code index} of this frame (from 0): 0..60000 in 0.001 V. */
    public static int cellVoltage(byte[] bytes, int subsystem, int index) {
        return Frame.unsigned16(bytes, subsystem + SUBSYSTEM_BYTES + 2 * index);
    }

    /** Whether this frame carries only some of the cells of the subsystem. */
    public static boolean isSplit(byte[] bytes, int subsystem) {
        return firstCell(bytes, subsystem) > 1
                || cellsInFrame(bytes, subsystem) < cells(bytes, subsystem);
    }

    /**
     * What tells split frames of one vehicle and time apart: the first cell of the first split
     * subsystem, plus 65536 for each subsystem number above 1; 0 when nothing is split.
     */
    public static int splitKey(byte[] bytes, int unit) {
        int count = count(bytes, unit);
        int subsystem = firstSubsystem(unit);
        for (int i = 0; i < count && count < 0xFE; i++) {
            if (isSplit(bytes, subsystem)) {
                return firstCell(bytes, subsystem)
                        + ((Math.max(1, number(bytes, subsystem)) - 1) << 16);
            }
            subsystem = nextSubsystem(bytes, subsystem);
        }
        return 0;
    }

    static int length(byte[] bytes, int unit, int end) {
        if (end - unit < 2) {
            return InformationUnit.BROKEN;
        }
        int count = count(bytes, unit);
        int at = firstSubsystem(unit);
        for (int i = 0; i < count && count < 0xFE; i++) {
            if (end - at < SUBSYSTEM_BYTES) {
                return InformationUnit.BROKEN;
            }
            at = nextSubsystem(bytes, at);
        }
        return at - unit;
    }
}
