package org.roadloop.collect.gb32960;

/**
 * Fuel cell (燃料电池数据), type 03 of GB/T 32960.3-2016 §7.2.3.3, table 12. Places count from the type
 * byte up to the probes, and from {@link #hydrogen} behind them.
 */
public final class FuelCell {
    public static final int TYPE = 0x03;

    public static final Field VOLTAGE = Field.ofWord("voltageV", 1, 0, 20_000).per(10);
    public static final Field CURRENT = Field.ofWord("currentA", 3, 0, 20_000).per(10);
    public static final Field CONSUMPTION =
            Field.ofWord("consumptionKgPer100Km", 5, 0, 60_000).per(100);
    public static final Field PROBES = Field.ofWord("probes", 7, 0, 65_531);

    /** 0..240, offset −40. */
    public static final Field PROBE_TEMPERATURE =
            Field.ofByte("probeTemperaturesCelsius", 0, 0, 240).minus(40);

    public static final Field HYDROGEN_TEMPERATURE =
            Field.ofWord("hydrogenTemperatureCelsius", 0, 0, 2_400).minus(400).per(10);
    public static final Field HYDROGEN_TEMPERATURE_PROBE =
            Field.ofByte("hydrogenTemperatureProbe", 2, 1, 252);
    public static final Field HYDROGEN_CONCENTRATION =
            Field.ofWord("hydrogenConcentrationMgPerKg", 3, 0, 60_000);
    public static final Field HYDROGEN_CONCENTRATION_SENSOR =
            Field.ofByte("hydrogenConcentrationSensor", 5, 1, 252);
    public static final Field HYDROGEN_PRESSURE =
            Field.ofWord("hydrogenPressureMpa", 6, 0, 1_000).per(10);
    public static final Field HYDROGEN_PRESSURE_SENSOR =
            Field.ofByte("hydrogenPressureSensor", 8, 1, 252);
    public static final Field DCDC_STATE = Field.ofState("dcdcState", 9, "working", "open");

    private static final int FIRST_PROBE = 9;
    private static final int HYDROGEN_BYTES = 10;

    private FuelCell() {}

    /** Probes in the list, 0 where the count is FFFE or FFFF. */
    public static int probes(byte[] bytes, int unit) {
        int probes = Frame.unsigned16(bytes, unit + 7);
        return probes >= 0xFFFE ? 0 : probes;
    }

    /** Offset of probe {@code index} (from 0). */
    public static int probe(int unit, int index) {
        return unit + FIRST_PROBE + index;
    }

    /** Offset of the ten bytes behind the probes. */
    public static int hydrogen(byte[] bytes, int unit) {
        return unit + FIRST_PROBE + probes(bytes, unit);
    }

    static int length(byte[] bytes, int unit, int end) {
        return end - unit < FIRST_PROBE
                ? InformationUnit.BROKEN
                : FIRST_PROBE + probes(bytes, unit) + HYDROGEN_BYTES;
    }
}
