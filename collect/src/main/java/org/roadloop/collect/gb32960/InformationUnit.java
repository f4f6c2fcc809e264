package org.roadloop.collect.gb32960;

/** Types and lengths of the information units (信息体); GB/T 32960.3-2016 §7.2.2, table 8. */
public final class InformationUnit {
    /** The type is not defined: its length cannot be known. */
    public static final int UNKNOWN = -1;

    /** The unit runs over the end, or one of its counts is outside its range. */
    public static final int BROKEN = -2;

    private InformationUnit() {}

    public static int type(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit);
    }

    /**
     * Length of the unit at {@code unit}, its type byte included.
     *
     * @param end end of the data unit
     * @return {@link #UNKNOWN} or {@link #BROKEN} when there is none
     */
    public static int length(byte[] bytes, int unit, int end) {
        int type = type(bytes, unit);
        int length =
                switch (type) {
                    case WholeVehicle.TYPE -> WholeVehicle.BYTES;
                    case DriveMotors.TYPE -> DriveMotors.length(bytes, unit, end);
                    case FuelCell.TYPE -> FuelCell.length(bytes, unit, end);
                    case Engine.TYPE -> Engine.BYTES;
                    case Position.TYPE -> Position.BYTES;
                    case Extremes.TYPE -> Extremes.BYTES;
                    case Alarms.TYPE -> Alarms.length(bytes, unit, end);
                    case CellVoltages.TYPE -> CellVoltages.length(bytes, unit, end);
                    case ProbeTemperatures.TYPE -> ProbeTemperatures.length(bytes, unit, end);
                    default ->
                            type >= 0x80 && type <= 0xFE
                                    ? userDefinedLength(bytes, unit, end)
                                    : UNKNOWN;
                };
        return length > end - unit ? BROKEN : length;
    }

    private static int userDefinedLength(byte[] bytes, int unit, int end) {
        return end - unit < 3 ? BROKEN : 3 + Frame.unsigned16(bytes, unit + 1);
    }
}
