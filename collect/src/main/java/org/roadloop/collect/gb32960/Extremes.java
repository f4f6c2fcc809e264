package org.roadloop.collect.gb32960;

/**
 * Extreme values (极值数据), type 06 of GB/T 32960.3-2016 §7.2.3.6, table 16. Places count from the
 * type byte.
 */
public final class Extremes {
    public static final int TYPE = 0x06;
    public static final int BYTES = 15;

    public static final Field MAX_CELL_PACK = Field.ofByte("maxCellSubsystem", 1, 1, 250);
    public static final Field MAX_CELL = Field.ofByte("maxCell", 2, 1, 250);
    public static final Field MAX_CELL_VOLTAGE = voltage("maxCellVoltageV", 3);
    public static final Field MIN_CELL_PACK = Field.ofByte("minCellSubsystem", 5, 1, 250);
    public static final Field MIN_CELL = Field.ofByte("minCell", 6, 1, 250);
    public static final Field MIN_CELL_VOLTAGE = voltage("minCellVoltageV", 7);
    public static final Field MAX_PROBE_PACK = Field.ofByte("maxTemperatureSubsystem", 9, 1, 250);
    public static final Field MAX_PROBE = Field.ofByte("maxTemperatureProbe", 10, 1, 250);
    public static final Field MAX_TEMPERATURE = Field.ofTemperature("maxTemperatureCelsius", 11);
    public static final Field MIN_PROBE_PACK = Field.ofByte("minTemperatureSubsystem", 12, 1, 250);
    public static final Field MIN_PROBE = Field.ofByte("minTemperatureProbe", 13, 1, 250);
    public static final Field MIN_TEMPERATURE = Field.ofTemperature("minTemperatureCelsius", 14);

    private Extremes() {}

    private static Field voltage(String name, int at) {
        return Field.ofWord(name, at, 0, 15_000).per(1_000);
    }
}
