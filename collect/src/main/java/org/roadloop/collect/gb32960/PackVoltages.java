package org.roadloop.collect.gb32960;

/**
 * Voltages of the smallest parallel units (动力蓄电池最小并联单元电压数据), type 07 of GB/T 32960.3-2025 §7.2.4.2,
 * tables 11 and 12. Nothing is split over frames. Places of a pack's fields count from {@link
 * #firstPack} or {@link #nextPack}.
 */
public final class PackVoltages {
    public static final int TYPE = 0x07;

    public static final Field COUNT = Field.ofByte("packs", 1, 0, 50);
    public static final Field NUMBER = Field.ofByte("number", 0, 1, 50);
    public static final Field VOLTAGE = Field.ofWord("voltageV", 1, 0, 60_000).per(10);

    /** Offset −3000 A. */
    public static final Field CURRENT =
            Field.ofWord("currentA", 3, 0, 60_000).minus(30_000).per(10);

    public static final Field CELLS = Field.ofWord("cells", 5, 1, 65_531);
    public static final Field CELL_VOLTAGE = Field.ofWord("cellVoltagesV", 0, 0, 60_000).per(1_000);

    private static final int PACK_BYTES = 7;

    private PackVoltages() {}

    /** Packs in the list, 0 where the count is FE or FF. */
    public static int count(byte[] bytes, int unit) {
        int count = Frame.unsigned8(bytes, unit + 1);
        return count >= 0xFE ? 0 : count;
    }

    public static int firstPack(int unit) {
        return unit + 2;
    }

    public static int nextPack(byte[] bytes, int pack) {
        return cell(pack, cells(bytes, pack));
    }

    /** Cells in the list, 0 where the count is FFFE or FFFF. */
    public static int cells(byte[] bytes, int pack) {
        int cells = Frame.unsigned16(bytes, pack + 5);
        return cells >= 0xFFFE ? 0 : cells;
    }

    /** Offset of cell {@code index} (from 0). */
    public static int cell(int pack, int index) {
        return pack + PACK_BYTES + 2 * index;
    }

    static int length(byte[] bytes, int unit, int end) {
        if (end - unit < 2) {
            return InformationUnit.BROKEN;
        }
        int at = firstPack(unit);
        for (int i = count(bytes, unit); i > 0; i--) {
            if (end - at < PACK_BYTES) {
                return InformationUnit.BROKEN;
            }
            at = nextPack(bytes, at);
        }
        return at - unit;
    }
}
