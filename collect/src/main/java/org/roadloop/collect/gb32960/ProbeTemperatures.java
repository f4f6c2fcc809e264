package org.roadloop.collect.gb32960;

/**
 * Probe temperatures (可充电储能装置温度数据), type 09; GB/T 32960.3-2016 annex B, tables B.7 and B.8. Raw
 * values as sent; FE.. is abnormal, FF.. invalid. Arguments named {@code unit} are the offset of
 * the type byte.
 */
public final class ProbeTemperatures {
    public static final int TYPE = 0x09;

    private ProbeTemperatures() {}

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
        int probes = probes(bytes, subsystem);
        return subsystem + 3 + (probes >= 0xFFFE ? 0 : probes);
    }

    /** 1..250. */
    public static int number(byte[] bytes, int subsystem) {
        return Frame.unsigned8(bytes, subsystem);
    }

    /** 1..65531. */
    public static int probes(byte[] bytes, int subsystem) {
        return Frame.unsigned16(bytes, subsystem + 1);
    }

    /** Probe {@code index} (from 0): 0..250 in °C, offset −40. */
    public static int temperature(byte[] bytes, int subsystem, int index) {
        return Frame.unsigned8(bytes, subsystem + 3 + index);
    }

    static int length(byte[] bytes, int unit, int end) {
        if (end - unit < 2) {
            return InformationUnit.BROKEN;
        }
        int count = count(bytes, unit);
        int at = firstSubsystem(unit);
        for (int i = 0; i < count && count < 0xFE; i++) {
            if (end - at < 3) {
                return InformationUnit.BROKEN;
            }
            at = nextSubsystem(bytes, at);
        }
        return at - unit;
    }
}
