package org.roadloop.collect.jt808;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One position with its add-ons (位置信息) as a record; layout at {@link PositionBody}.
 *
 * @param alarmFlags bits of JT/T 808-2013 table 24
 * @param statusFlags bits of table 25; bit 1 = valid, 2 = south, 3 = west
 * @param latitudeDegrees south is negative
 * @param longitudeDegrees west is negative
 * @param time Beijing time, or its digits when it is none
 * @param rest bytes behind the last whole add-on, null for none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Position(
        long alarmFlags,
        long statusFlags,
        double latitudeDegrees,
        double longitudeDegrees,
        int altitudeM,
        double speedKmh,
        int directionDegrees,
        String time,
        List<AddOn> addOns,
        @Nullable Bytes rest) {
    private static final double PER_DEGREE = 1_000_000.0;

    public Position {
        addOns = List.copyOf(addOns);
    }

    /** Reads all that is left. */
    static Position read(BodyReader in) {
        long alarmFlags = in.u32();
        long statusFlags = in.u32();
        double north = (statusFlags & PositionBody.STATUS_SOUTH) == 0 ? PER_DEGREE : -PER_DEGREE;
        double east = (statusFlags & PositionBody.STATUS_WEST) == 0 ? PER_DEGREE : -PER_DEGREE;
        return new Position(
                alarmFlags,
                statusFlags,
                in.u32() / north,
                in.u32() / east,
                in.u16(),
                in.u16() / 10.0,
                in.u16(),
                in.time(),
                readAddOns(in),
                in.remaining() == 0 ? null : in.rest());
    }

    void write(BodyWriter out) {
        out.u32("alarmFlags", alarmFlags)
                .u32("statusFlags", statusFlags)
                .u32(
                        "latitudeDegrees in 1e-6",
                        raw(
                                latitudeDegrees,
                                (statusFlags & PositionBody.STATUS_SOUTH) != 0,
                                "latitudeDegrees",
                                "bit 2, south"))
                .u32(
                        "longitudeDegrees in 1e-6",
                        raw(
                                longitudeDegrees,
                                (statusFlags & PositionBody.STATUS_WEST) != 0,
                                "longitudeDegrees",
                                "bit 3, west"))
                .u16("altitudeM", altitudeM)
                .u16("speedKmh in 0.1 km/h", Math.toIntExact(Math.round(speedKmh * 10)))
                .u16("directionDegrees", directionDegrees)
                .time(time);
        addOns.forEach(addOn -> writeAddOn(addOn, out));
        if (rest != null) {
            out.bytes(rest);
        }
    }

    private static List<AddOn> readAddOns(BodyReader in) {
        List<AddOn> addOns = new ArrayList<>();
        while (in.remaining() >= 2 && in.remaining() >= 2 + in.peek8(1)) {
            int id = in.u8();
            addOns.add(AddOn.read(id, in.part(in.u8())));
        }
        return addOns;
    }

    private static void writeAddOn(AddOn addOn, BodyWriter out) {
        out.u8("add-on id", addOn.id()).u8("length", 0);
        int from = out.length();
        addOn.write(out);
        out.set8(from - 1, "length of add-on", out.length() - from);
    }

    private static long raw(double degrees, boolean negative, String field, String bit) {
        if (degrees < 0 && !negative) {
            throw new IllegalArgumentException(
                    "%s is negative, but statusFlags has not %s".formatted(field, bit));
        }
        return Math.round(Math.abs(degrees) * PER_DEGREE);
    }
}
