package org.roadloop.collect.gb32960;

/**
 * Extreme values of a super capacitor (超级电容器极值数据), type 32; GB/T 32960.3-2025 §7.2.4.11, table 26.
 * Cell and probe numbers take two bytes here. Places count from the type byte.
 */
public final class SuperCapacitorExtremes {
    public static final int TYPE = 0x32;
    public static final int BYTES = 19;

    public static final Field MAX_CELL_SYSTEM = Field.ofByte("maxCellSystem", 1, 1, 253);
    public static final Field MAX_CELL = Field.ofWord("maxCell", 2, 1, 65_531);
    public static final Field MAX_CELL_VOLTAGE = voltage("maxCellVoltageV", 4);
    public static final Field MIN_CELL_SYSTEM = Field.ofByte("minCellSystem", 6, 1, 253);
    public static final Field MIN_CELL = Field.ofWord("minCell", 7, 1, 65_531);
    public static final Field MIN_CELL_VOLTAGE = voltage("minCellVoltageV", 9);
    public static final Field MAX_PROBE_SYSTEM = Field.ofByte("maxTemperatureSystem", 11, 1, 253);
    public static final Field MAX_PROBE = Field.ofWord("maxTemperatureProbe", 12, 1, 65_531);
    public static final Field MAX_TEMPERATURE = Field.ofTemperature("maxTemperatureCelsius", 14);
    public static final Field MIN_PROBE_SYSTEM = Field.ofByte("minTemperatureSystem", 15, 1, 253);
    public static final Field MIN_PROBE = Field.ofWord("minTemperatureProbe", 16, 1, 65_531);
    public static final Field MIN_TEMPERATURE = Field.ofTemperature("minTemperatureCelsius", 18);

    private SuperCapacitorExtremes() {}

    private static Field voltage(String name, int at) {
        return Field.ofWord(name, at, 0, 60_000).per(1_000);
    }
}
