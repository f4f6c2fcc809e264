package org.roadloop.collect.gb32960;

/**
 * Cell voltages (可充电储能装置电压数据), type 08 of GB/T 32960.3-2016 annex B, tables B.5 and B.6. More than
 * 200 cells of a subsystem are split over frames; {@link SplitCells} joins them. Places of a
 * subsystem's fields count from {@link #firstSubsystem} or {@link #nextSubsystem}.
 */
public final class CellVoltages {
    public static final int TYPE = 0x08;

    /** Most cells of one subsystem in one frame. */
    public static final int MOST_CELLS = 200;

    public static final Field COUNT = Field.ofByte("subsystems", 1, 1, 250);
    public static final Field NUMBER = Field.ofByte("number", 0, 1, 250);
    public static final Field VOLTAGE = Field.ofWord("voltageV", 1, 0, 10_000).per(10);

    /** Offset −1000 A, as everywhere in this edition. */
    public static final Field CURRENT =
            Field.ofWord("currentA", 3, 0, 20_000).minus(10_000).per(10);

    public static final Field CELLS = Field.ofWord("cells", 5, 1, 65_531);
    public static final Field FIRST_CELL = Field.ofWord("firstCell", 7, 1, 65_531);
    public static final Field CELLS_IN_FRAME = Field.ofByte("cellsInFrame", 9, 1, MOST_CELLS);
    public static final Field CELL_VOLTAGE = Field.ofWord("cellVoltagesV", 0, 0, 60_000).per(1_000);

    static final int SUBSYSTEM_BYTES = 10;

    private CellVoltages() {}

    /** Subsystems in the list, 0 where the count is FE or FF. */
    public static int count(byte[] bytes, int unit) {
        int count = Frame.unsigned8(bytes, unit + 1);
        return count >= 0xFE ? 0 : count;
    }

    public static int firstSubsystem(int unit) {
        return unit + 2;
    }

    public static int nextSubsystem(byte[] bytes, int subsystem) {
        return cell(subsystem, cellsInFrame(bytes, subsystem));
    }

    /** Cells in the list of this frame, 0 where the count is FE or FF. */
    public static int cellsInFrame(byte[] bytes, int subsystem) {
        int cells = Frame.unsigned8(bytes, subsystem + 9);
        return cells >= 0xFE ? 0 : cells;
    }

    /** Number of the first cell of this frame, from 1. */
    public static int firstCell(byte[] bytes, int subsystem) {
        return Frame.unsigned16(bytes, subsystem + 7);
    }

    /** Offset of cell {@code index} of this frame (from 0). */
    public static int cell(int subsystem, int index) {
        return subsystem + SUBSYSTEM_BYTES + 2 * index;
    }

    /** Whether this frame carries only some of the cells of the subsystem. */
    public static boolean isSplit(byte[] bytes, int subsystem) {
        int cells = (int) CELLS.raw(bytes, subsystem);
        return firstCell(bytes, subsystem) > 1
                || cells < 0xFFFE && cellsInFrame(bytes, subsystem) < cells;
    }

    /**
     * What tells split frames of one vehicle and time apart: the first cell of the first split
     * subsystem, plus 65536 for each subsystem number above 1; 0 when nothing is split.
     */
    public static int splitKey(byte[] bytes, int unit) {
        int subsystem = firstSubsystem(unit);
        for (int i = count(bytes, unit); i > 0; i--) {
            if (isSplit(bytes, subsystem)) {
                int number = Frame.unsigned8(bytes, subsystem);
                return firstCell(bytes, subsystem) + ((Math.max(1, number) - 1) << 16);
            }
            subsystem = nextSubsystem(bytes, subsystem);
        }
        return 0;
    }

    static int length(byte[] bytes, int unit, int end) {
        if (end - unit < 2) {
            return InformationUnit.BROKEN;
        }
        int at = firstSubsystem(unit);
        for (int i = count(bytes, unit); i > 0; i--) {
            if (end - at < SUBSYSTEM_BYTES) {
                return InformationUnit.BROKEN;
            }
            at = nextSubsystem(bytes, at);
        }
        return at - unit;
    }
}
