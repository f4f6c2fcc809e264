package org.roadloop.collect.gb32960;

/**
 * Fuel cell (燃料电池数据), type 03; GB/T 32960.3-2016 §7.2.3.3, table 12. Raw values as sent; FE.. is
 * abnormal, FF.. invalid. Arguments named {@code unit} are the offset of the type byte.
 */
public final class FuelCell {
    public static final int TYPE = 0x03;

    private FuelCell() {}

    /** 0..20000 in 0.1 V. */
    public static int voltage(byte[] bytes, int unit) {
        return Frame.unsigned16(bytes, unit + 1);
    }

    /** 0..20000 in 0.1 A. */
    public static int current(byte[] bytes, int unit) {
        return Frame.unsigned16(bytes, unit + 3);
    }

    /** 0..60000 in 0.01 kg/100 km. */
    public static int consumption(byte[] bytes, int unit) {
        return Frame.unsigned16(bytes, unit + 5);
    }

    /** Number of temperature probes that follow, 0..65531. */
    public static int probes(byte[] bytes, int unit) {
        return Frame.unsigned16(bytes, unit + 7);
    }

    /** Probe {@code index} (from 0): 0..240 in °C, offset −40. */
    public static int probeTemperature(byte[] bytes, int unit, int index) {
        return Frame.unsigned8(bytes, unit + 9 + index);
    }

    /**
     * Offset of the ten bytes behind the probes: highest hydrogen temperature 2 (0.1 °C, offset
     * −40), its probe 1, highest concentration 2 (mg/kg), its sensor 1, highest pressure 2 (0.1
     * MPa), its sensor 1, DC/DC state 1.
     */
    public static int hydrogen(byte[] bytes, int unit) {
        return unit + 9 + listed(probes(bytes, unit));
    }

    static int length(byte[] bytes, int unit, int end) {
        return end - unit < 9 ? InformationUnit.BROKEN : 19 + listed(probes(bytes, unit));
    }

    private static int listed(int probes) {
        return probes >= 0xFFFE ? 0 : probes;
    }
}
