package org.roadloop.collect.gb32960;

/**
 * Super capacitor (超级电容器数据), type 31; GB/T 32960.3-2025 §7.2.4.10, table 25. Places count from the
 * type byte; cells begin at {@link #cell}, the probe count is behind them.
 */
public final class SuperCapacitor {
    public static final int TYPE = 0x31;

    public static final Field NUMBER = Field.ofByte("system", 1, 1, 253);
    public static final Field VOLTAGE = Field.ofWord("voltageV", 2, 0, 10_000).per(10);

    /** Offset −3000 A. */
    public static final Field CURRENT =
            Field.ofWord("currentA", 4, 0, 60_000).minus(30_000).per(10);

    public static final Field CELLS = Field.ofWord("cells", 6, 1, 65_531);
    public static final Field CELL_VOLTAGE = Field.ofWord("cellVoltagesV", 0, 0, 60_000).per(1_000);
    public static final Field PROBES = Field.ofWord("probes", 0, 1, 65_531);
    public static final Field TEMPERATURE = Field.ofTemperature("temperaturesCelsius", 0);

    private static final int FIRST_CELL = 8;

    private SuperCapacitor() {}

    /** Cells in the list, 0 where the count is FFFE or FFFF. */
    public static int cells(byte[] bytes, int unit) {
        return listed(bytes, unit + 6);
    }

    /** Offset of cell {@code index} (from 0). */
    public static int cell(int unit, int index) {
        return unit + FIRST_CELL + 2 * index;
    }

    /** Probes in the list, 0 where the count is FFFE or FFFF. */
    public static int probes(byte[] bytes, int unit) {
        return listed(bytes, cell(unit, cells(bytes, unit)));
    }

    /** Offset of probe {@code index} (from 0). */
    public static int probe(byte[] bytes, int unit, int index) {
        return cell(unit, cells(bytes, unit)) + 2 + index;
    }

    static int length(byte[] bytes, int unit, int end) {
        if (end - unit < FIRST_CELL || end - cell(unit, cells(bytes, unit)) < 2) {
            return InformationUnit.BROKEN;
        }
        return probe(bytes, unit, probes(bytes, unit)) - unit;
    }

    private static int listed(byte[] bytes, int at) {
        int count = Frame.unsigned16(bytes, at);
        return count >= 0xFFFE ? 0 : count;
    }
}
