package org.roadloop.collect.jt808;

/**
 * Where and when an active-safety alarm was (报警位置), the block all four have; layout at {@link
 * SafetyAlarm}.
 */
public record AlarmPlace(
        int speedKmh,
        int altitudeM,
        double latitudeDegrees,
        double longitudeDegrees,
        String time,
        int vehicleStatus,
        AlarmMark mark) {

    static AlarmPlace read(BodyReader in) {
        return new AlarmPlace(
                in.u8(),
                in.u16(),
                in.u32() / 1_000_000.0,
                in.u32() / 1_000_000.0,
                in.time(),
                in.u16(),
                AlarmMark.read(in));
    }

    void write(BodyWriter out) {
        out.u8("speedKmh", speedKmh)
                .u16("altitudeM", altitudeM)
                .u32("latitudeDegrees in 1e-6", Math.round(latitudeDegrees * 1_000_000.0))
                .u32("longitudeDegrees in 1e-6", Math.round(longitudeDegrees * 1_000_000.0))
                .time(time)
                .u16("vehicleStatus", vehicleStatus);
        mark.write(out);
    }
}
