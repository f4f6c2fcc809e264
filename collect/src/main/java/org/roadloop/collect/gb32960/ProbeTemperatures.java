package org.roadloop.collect.gb32960;

/**
 * Probe temperatures (可充电储能装置温度数据, 动力蓄电池温度数据): type 09 of GB/T 32960.3-2016 annex B, tables B.7 and
 * B.8; type 08 of GB/T 32960.3-2025 §7.2.4.3, tables 13 and 14. The two differ in how many
 * subsystems (packs) may be listed. Places of a subsystem's fields count from {@link
 * #firstSubsystem} or {@link #nextSubsystem}.
 */
public final class ProbeTemperatures {
    public static final int TYPE_2016 = 0x09;
    public static final int TYPE_2025 = 0x08;

    public static final Field COUNT_2016 = Field.ofByte("subsystems", 1, 1, 250);
    public static final Field COUNT_2025 = Field.ofByte("packs", 1, 0, 50);
    public static final Field NUMBER_2016 = Field.ofByte("number", 0, 1, 250);
    public static final Field NUMBER_2025 = Field.ofByte("number", 0, 1, 50);
    public static final Field PROBES = Field.ofWord("probes", 1, 1, 65_531);
    public static final Field TEMPERATURE = Field.ofTemperature("temperaturesCelsius", 0);

    private static final int SUBSYSTEM_BYTES = 3;

    private ProbeTemperatures() {}

    /** Subsystems in the list, 0 where the count is FE or FF. */
    public static int count(byte[] bytes, int unit) {
        int count = Frame.unsigned8(bytes, unit + 1);
        return count >= 0xFE ? 0 : count;
    }

    public static int firstSubsystem(int unit) {
        return unit + 2;
    }

    public static int nextSubsystem(byte[] bytes, int subsystem) {
        return probe(subsystem, probes(bytes, subsystem));
    }

    /** Probes in the list, 0 where the count is FFFE or FFFF. */
    public static int probes(byte[] bytes, int subsystem) {
        int probes = Frame.unsigned16(bytes, subsystem + 1);
        return probes >= 0xFFFE ? 0 : probes;
    }

    /** Offset of probe {@code index} (from 0). */
    public static int probe(int subsystem, int index) {
        return subsystem + SUBSYSTEM_BYTES + index;
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
