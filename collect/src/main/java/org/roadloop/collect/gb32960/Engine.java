package org.roadloop.collect.gb32960;

/**
 * Engine (发动机数据), type 04; GB/T 32960.3-2016 §7.2.3.4, table 13; GB/T 32960.3-2025 §7.2.4.7, table
 * 20, which keeps the crank speed only. Places count from the type byte.
 */
public final class Engine {
    public static final int TYPE = 0x04;
    public static final int BYTES_2016 = 6;
    public static final int BYTES_2025 = 3;

    public static final Field STATE = Field.ofState("state", 1, "on", "off");
    public static final Field CRANK_SPEED_2016 = Field.ofWord("crankSpeedRpm", 2, 0, 60_000);
    public static final Field FUEL_RATE = Field.ofWord("fuelLitresPer100Km", 4, 0, 60_000).per(100);
    public static final Field CRANK_SPEED_2025 = Field.ofWord("crankSpeedRpm", 1, 0, 60_000);

    private Engine() {}
}
