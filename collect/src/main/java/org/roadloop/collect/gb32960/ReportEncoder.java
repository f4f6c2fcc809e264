package org.roadloop.collect.gb32960;

/**
 * Writes reports with the units whole vehicle, position, extremes and alarms (实时信息编码), in place and
 * without garbage. Unknown values get the invalid code, values outside their range the abnormal
 * one. Any thread.
 */
public final class ReportEncoder {
    /** Length of every frame written here. */
    public static final int FRAME_BYTES =
            Frame.SMALLEST_BYTES
                    + Frame.TIME_BYTES
                    + WholeVehicle.BYTES_2016
                    + Position.BYTES_2016
                    + Extremes.BYTES
                    + 10;

    private ReportEncoder() {}

    /**
     * Writes one frame.
     *
     * @param command {@link RealTimeReport#COMMAND} or {@link ReissuedReport#COMMAND}
     * @param vin 17 ASCII bytes
     * @return length of the frame, {@link #FRAME_BYTES}
     */
    public static int write(byte[] out, int frame, int command, byte[] vin, VehicleSample s) {
        Frame.begin(out, frame, command, Frame.FLAG_COMMAND, vin);
        int data = Frame.dataOffset(frame);
        CollectionTime.write(s.collectedAtMicros, out, data);
        int at = data + Frame.TIME_BYTES;
        at = wholeVehicle(out, at, s);
        at = position(out, at, s);
        at = extremes(out, at, s);
        at = alarms(out, at, s);
        return Frame.finish(out, frame, at - data);
    }

    private static int wholeVehicle(byte[] out, int at, VehicleSample s) {
        out[at] = WholeVehicle.TYPE;
        put8(out, at + 1, s.vehicleState, 1, 3);
        put8(out, at + 2, s.chargeState, 1, 4);
        put8(out, at + 3, s.driveMode, 1, 3);
        put16(out, at + 4, scaled(s.speedKmh, 10, 0), 2200);
        put32(out, at + 6, scaled(s.odometerKm, 10, 0), 9_999_999);
        put16(out, at + 10, scaled(s.voltageV, 10, 0), 10_000);
        put16(out, at + 12, scaled(s.currentA, 10, 10_000), 20_000);
        put8(out, at + 14, s.socPercent, 0, 100);
        put8(out, at + 15, s.dcdcState, 1, 2);
        put8(out, at + 16, s.gear, 0, 15);
        put16(out, at + 17, s.insulationKohm, 60_000);
        put8(out, at + 19, s.acceleratorPercent, 0, 100);
        put8(out, at + 20, s.brakePercent, 0, 101);
        return at + WholeVehicle.BYTES_2016;
    }

    private static int position(byte[] out, int at, VehicleSample s) {
        boolean known = !Double.isNaN(s.longitudeDegrees) && !Double.isNaN(s.latitudeDegrees);
        int state = known && s.positionValid ? 0 : Position.STATE_NOT_VALID;
        if (s.latitudeDegrees < 0) {
            state |= Position.STATE_SOUTH;
        }
        if (s.longitudeDegrees < 0) {
            state |= Position.STATE_WEST;
        }
        out[at] = Position.TYPE;
        out[at + 1] = (byte) state;
        double unknown = Double.NaN;
        put32(
                out,
                at + 2,
                scaled(known ? Math.abs(s.longitudeDegrees) : unknown, 1_000_000, 0),
                180_000_000);
        put32(
                out,
                at + 6,
                scaled(known ? Math.abs(s.latitudeDegrees) : unknown, 1_000_000, 0),
                90_000_000);
        return at + Position.BYTES_2016;
    }

    /** The sample knows no cell or probe numbers: they are sent as invalid. */
    private static int extremes(byte[] out, int at, VehicleSample s) {
        out[at] = Extremes.TYPE;
        Frame.put16(out, at + 1, 0xFFFF);
        put16(out, at + 3, scaled(s.maxCellV, 1000, 0), 15_000);
        Frame.put16(out, at + 5, 0xFFFF);
        put16(out, at + 7, scaled(s.minCellV, 1000, 0), 15_000);
        Frame.put16(out, at + 9, 0xFFFF);
        put8(out, at + 11, shifted(s.maxTemperatureC), 0, 250);
        Frame.put16(out, at + 12, 0xFFFF);
        put8(out, at + 14, shifted(s.minTemperatureC), 0, 250);
        return at + Extremes.BYTES;
    }

    private static int alarms(byte[] out, int at, VehicleSample s) {
        boolean known = s.alarmLevel != VehicleSample.UNKNOWN;
        out[at] = Alarms.TYPE_2016;
        put8(out, at + 1, s.alarmLevel, 0, 3);
        Frame.put32(out, at + 2, known ? s.alarmFlags : 0xFFFF_FFFFL);
        for (int list = 0; list < 4; list++) {
            out[at + 6 + list] = (byte) (known ? 0 : 0xFF);
        }
        return at + 10;
    }

    private static long scaled(double value, double perUnit, long offset) {
        return Double.isNaN(value) ? VehicleSample.UNKNOWN : Math.round(value * perUnit) + offset;
    }

    private static int shifted(int temperatureC) {
        return temperatureC == VehicleSample.UNKNOWN ? temperatureC : temperatureC + 40;
    }

    private static void put8(byte[] out, int at, int raw, int least, int most) {
        out[at] =
                (byte)
                        (raw == VehicleSample.UNKNOWN
                                ? 0xFF
                                : raw < least || raw > most ? 0xFE : raw);
    }

    private static void put16(byte[] out, int at, long raw, int most) {
        int value =
                raw == VehicleSample.UNKNOWN ? 0xFFFF : raw < 0 || raw > most ? 0xFFFE : (int) raw;
        Frame.put16(out, at, value);
    }

    private static void put32(byte[] out, int at, long raw, long most) {
        long value =
                raw == VehicleSample.UNKNOWN
                        ? 0xFFFF_FFFFL
                        : raw < 0 || raw > most ? 0xFFFF_FFFEL : raw;
        Frame.put32(out, at, value);
    }
}
