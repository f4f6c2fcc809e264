package org.roadloop.collect.gb32960;

/**
 * Fuel-cell engine and on-board hydrogen (燃料电池发动机及车载氢系统数据), type 03 of GB/T 32960.3-2025 §7.2.4.5,
 * table 17. Places count from the type byte.
 */
public final class FuelCellEngine {
    public static final int TYPE = 0x03;
    public static final int BYTES = 13;

    /** In whole degrees, offset −40, in two bytes. */
    public static final Field HYDROGEN_TEMPERATURE =
            Field.ofWord("hydrogenTemperatureCelsius", 1, 0, 250).minus(40);

    public static final Field HYDROGEN_TEMPERATURE_PROBE =
            Field.ofByte("hydrogenTemperatureProbe", 3, 1, 253);

    /** By volume. */
    public static final Field HYDROGEN_CONCENTRATION =
            Field.ofWord("hydrogenConcentrationPercent", 4, 0, 60_000).per(10_000);

    public static final Field HYDROGEN_CONCENTRATION_SENSOR =
            Field.ofByte("hydrogenConcentrationSensor", 6, 1, 253);
    public static final Field HYDROGEN_PRESSURE =
            Field.ofWord("hydrogenPressureMpa", 7, 0, 1_000).per(10);
    public static final Field HYDROGEN_PRESSURE_SENSOR =
            Field.ofByte("hydrogenPressureSensor", 9, 1, 253);
    public static final Field DCDC_STATE = Field.ofState("dcdcState", 10, "working", "open");
    public static final Field REMAINING_HYDROGEN =
            Field.ofByte("remainingHydrogenPercent", 11, 0, 100);
    public static final Field DCDC_TEMPERATURE = Field.ofTemperature("dcdcTemperatureCelsius", 12);

    private FuelCellEngine() {}
}
