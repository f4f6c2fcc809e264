package org.roadloop.collect.gb32960;

/**
 * Types and lengths of the information units (信息体); GB/T 32960.3-2016 §7.2.2, table 8 and annex B,
 * table B.3; GB/T 32960.3-2025 §7.2.3, table 9. Only user-defined units carry a length, so an
 * unknown type ends the frame.
 */
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
    public static int length(Edition edition, byte[] bytes, int unit, int end) {
        int type = type(bytes, unit);
        int length =
                UserDefined.isType(type)
                        ? UserDefined.length(bytes, unit, end)
                        : edition == Edition.V2025
                                ? length2025(type, bytes, unit, end)
                                : length2016(type, bytes, unit, end);
        return length > end - unit ? BROKEN : length;
    }

    private static int length2016(int type, byte[] bytes, int unit, int end) {
        return switch (type) {
            case WholeVehicle.TYPE -> WholeVehicle.BYTES_2016;
            case DriveMotors.TYPE -> DriveMotors.length(Edition.V2016, bytes, unit, end);
            case FuelCell.TYPE -> FuelCell.length(bytes, unit, end);
            case Engine.TYPE -> Engine.BYTES_2016;
            case Position.TYPE -> Position.BYTES_2016;
            case Extremes.TYPE -> Extremes.BYTES;
            case Alarms.TYPE_2016 -> Alarms.length(Edition.V2016, bytes, unit, end);
            case CellVoltages.TYPE -> CellVoltages.length(bytes, unit, end);
            case ProbeTemperatures.TYPE_2016 -> ProbeTemperatures.length(bytes, unit, end);
            default -> UNKNOWN;
        };
    }

    private static int length2025(int type, byte[] bytes, int unit, int end) {
        return switch (type) {
            case WholeVehicle.TYPE -> WholeVehicle.BYTES_2025;
            case DriveMotors.TYPE -> DriveMotors.length(Edition.V2025, bytes, unit, end);
            case FuelCellEngine.TYPE -> FuelCellEngine.BYTES;
            case Engine.TYPE -> Engine.BYTES_2025;
            case Position.TYPE -> Position.BYTES_2025;
            case Alarms.TYPE_2025 -> Alarms.length(Edition.V2025, bytes, unit, end);
            case PackVoltages.TYPE -> PackVoltages.length(bytes, unit, end);
            case ProbeTemperatures.TYPE_2025 -> ProbeTemperatures.length(bytes, unit, end);
            case FuelCellStacks.TYPE -> FuelCellStacks.length(bytes, unit, end);
            case SuperCapacitor.TYPE -> SuperCapacitor.length(bytes, unit, end);
            case SuperCapacitorExtremes.TYPE -> SuperCapacitorExtremes.BYTES;
            case VehicleSignature.MARK -> VehicleSignature.length(bytes, unit, end);
            default -> UNKNOWN;
        };
    }
}
