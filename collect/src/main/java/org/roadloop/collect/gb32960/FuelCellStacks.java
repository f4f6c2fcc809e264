package org.roadloop.collect.gb32960;

/**
 * Fuel-cell stacks (燃料电池电堆数据), type 30; GB/T 32960.3-2025 §7.2.4.6, tables 18 and 19. Places of a
 * stack's fields count from {@link #firstStack} or {@link #nextStack}.
 */
public final class FuelCellStacks {
    public static final int TYPE = 0x30;

    public static final Field COUNT = Field.ofByte("stacks", 1, 1, 253);
    public static final Field NUMBER = Field.ofByte("number", 0, 1, 253);
    public static final Field VOLTAGE = Field.ofWord("voltageV", 1, 0, 20_000).per(10);
    public static final Field CURRENT = Field.ofWord("currentA", 3, 0, 20_000).per(10);

    /** Offset −100 kPa. */
    public static final Field HYDROGEN_PRESSURE =
            Field.ofWord("hydrogenInletPressureKpa", 5, 0, 5_000).minus(1_000).per(10);

    /** Offset −100 kPa. */
    public static final Field AIR_PRESSURE =
            Field.ofWord("airInletPressureKpa", 7, 0, 5_000).minus(1_000).per(10);

    public static final Field AIR_TEMPERATURE =
            Field.ofTemperature("airInletTemperatureCelsius", 9);
    public static final Field PROBES = Field.ofWord("probes", 10, 0, 65_531);
    public static final Field COOLANT_TEMPERATURE =
            Field.ofTemperature("coolantOutletTemperaturesCelsius", 0);

    private static final int STACK_BYTES = 12;

    private FuelCellStacks() {}

    /** Stacks in the list, 0 where the count is FE or FF. */
    public static int count(byte[] bytes, int unit) {
        int count = Frame.unsigned8(bytes, unit + 1);
        return count >= 0xFE ? 0 : count;
    }

    public static int firstStack(int unit) {
        return unit + 2;
    }

    public static int nextStack(byte[] bytes, int stack) {
        return stack + STACK_BYTES + probes(bytes, stack);
    }

    /** Probes in the list, 0 where the count is FFFE or FFFF. */
    public static int probes(byte[] bytes, int stack) {
        int probes = Frame.unsigned16(bytes, stack + 10);
        return probes >= 0xFFFE ? 0 : probes;
    }

    /** Offset of probe {@code index} (from 0). */
    public static int probe(int stack, int index) {
        return stack + STACK_BYTES + index;
    }

    static int length(byte[] bytes, int unit, int end) {
        if (end - unit < 2) {
            return InformationUnit.BROKEN;
        }
        int at = firstStack(unit);
        for (int i = count(bytes, unit); i > 0; i--) {
            if (end - at < STACK_BYTES) {
                return InformationUnit.BROKEN;
            }
            at = nextStack(bytes, at);
        }
        return at - unit;
    }
}
