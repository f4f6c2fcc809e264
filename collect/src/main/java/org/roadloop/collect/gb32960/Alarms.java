package org.roadloop.collect.gb32960;

import java.util.List;

/**
 * Alarms (报警数据): type 07 of GB/T 32960.3-2016 §7.2.3.7, tables 17 and 18; type 06 of GB/T
 * 32960.3-2025 §7.2.4.9, tables 23 and 24, which appends a level for each general alarm. Places
 * count from the type byte.
 */
public final class Alarms {
    public static final int TYPE_2016 = 0x07;
    public static final int TYPE_2025 = 0x06;

    public static final Field LEVEL_2016 = Field.ofByte("highestLevel", 1, 0, 3);

    /** 4 is a thermal event. */
    public static final Field LEVEL_2025 = Field.ofByte("highestLevel", 1, 0, 4);

    /** All bits are allowed but the two codes. */
    public static final Field FLAGS = Field.ofDoubleWord("flags", 2, 0xFFFF_FFFDL);

    /** FE and FF say that no list follows. */
    public static final Field COUNT = Field.ofByte("count", 0, 0, 253);

    public static final Field FAULT_CODE = Field.ofDoubleWord("code", 0, 0xFFFF_FFFDL);

    /** Number of a bit of the general flags. */
    public static final Field ALARM_NUMBER = Field.ofByte("alarm", 0, 0, 31);

    public static final Field ALARM_LEVEL = Field.ofByte("level", 1, 0, 4);

    /** What a list of fault codes is about, in the order of the lists. */
    public static final List<String> FAULT_LISTS =
            List.of("storageFaults", "motorFaults", "engineFaults", "otherFaults");

    /** Names of the bits of the general flags from bit 0 on; those from bit 19 on are of 2025. */
    public static final List<String> FLAG_NAMES =
            List.of(
                    "temperatureSpread",
                    "batteryHot",
                    "storageOverVoltage",
                    "storageUnderVoltage",
                    "socLow",
                    "cellOverVoltage",
                    "cellUnderVoltage",
                    "socTooHigh",
                    "socJump",
                    "storageMismatch",
                    "cellConsistencyPoor",
                    "insulation",
                    "dcdcTemperature",
                    "brakeSystem",
                    "dcdcState",
                    "motorControllerTemperature",
                    "highVoltageInterlock",
                    "motorTemperature",
                    "storageOverCharge",
                    "motorOverSpeed",
                    "motorOverCurrent",
                    "superCapacitorOverTemperature",
                    "superCapacitorOverVoltage",
                    "batteryThermalEvent",
                    "hydrogenLeak",
                    "hydrogenPressure",
                    "hydrogenTemperature",
                    "stackOverTemperature");

    private static final int FIRST_LIST = 6;
    private static final int CODE_BYTES = 4;
    private static final int LEVEL_BYTES = 2;

    private Alarms() {}

    /** Offset of the count byte of the first list of fault codes. */
    public static int firstList(int unit) {
        return unit + FIRST_LIST;
    }

    /** Entries of the list at {@code list}, 0 where the count is FE or FF. */
    public static int count(byte[] bytes, int list) {
        int count = Frame.unsigned8(bytes, list);
        return count >= 0xFE ? 0 : count;
    }

    /** Offset of fault code {@code index} (from 0) of a list. */
    public static int code(int list, int index) {
        return list + 1 + CODE_BYTES * index;
    }

    /** Offset of the next list; behind the fourth, of the levels (2025). */
    public static int nextList(byte[] bytes, int list) {
        return code(list, count(bytes, list));
    }

    /** Offset of the level {@code index} (from 0) of a list of levels (2025). */
    public static int level(int list, int index) {
        return list + 1 + LEVEL_BYTES * index;
    }

    /** Whether the four lists of fault codes are empty, as they mostly are. */
    static boolean hasNoFaults(byte[] bytes, int unit) {
        return Frame.unsigned32(bytes, firstList(unit)) == 0;
    }

    static int length(Edition edition, byte[] bytes, int unit, int end) {
        int at = firstList(unit);
        if (edition == Edition.V2016 && end - at >= 4 && hasNoFaults(bytes, unit)) {
            return FIRST_LIST + 4;
        }
        for (int list = 0; list < FAULT_LISTS.size(); list++) {
            if (at >= end) {
                return InformationUnit.BROKEN;
            }
            at = nextList(bytes, at);
        }
        if (edition == Edition.V2025) {
            if (at >= end) {
                return InformationUnit.BROKEN;
            }
            at = level(at, count(bytes, at));
        }
        return at - unit;
    }
}
