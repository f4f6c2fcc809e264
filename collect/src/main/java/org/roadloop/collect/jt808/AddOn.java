package org.roadloop.collect.jt808;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a position carries beside its basic part (位置附加信息); JT/T 808-2013 §8.18, tables 27-32, JT/T
 * 1078-2016 table 14, T/JSATL 12-2017 §4.4. Length wins over id: an id with another length than its
 * own is an {@link Other}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "addOn")
public sealed interface AddOn {
    /** Value of the odometer (里程), in steps of 0.1 km. */
    record Mileage(double mileageKm) implements AddOn {}

    /** Fuel in the tank (油量), in steps of 0.1 L. */
    record Fuel(double fuelL) implements AddOn {}

    /** Speed by the driving recorder (行驶记录速度), in steps of 0.1 km/h. */
    record RecorderSpeed(double speedKmh) implements AddOn {}

    /** Alarm that a person must confirm (人工确认报警事件), counted from 1. */
    record AlarmEvent(int eventId) implements AddOn {}

    /** Tyre pressures (胎压), 30 bytes from the front left, FF where there is none; 2019. */
    record TyrePressures(Bytes pressures) implements AddOn {}

    /** Temperature of the cabin (车厢温度), −32767..32767; sign and magnitude on the wire; 2019. */
    record CabinTemperature(int temperatureC) implements AddOn {}

    /**
     * Over-speed (超速报警); table 28.
     *
     * @param areaType 0 nowhere special, 1 circle, 2 rectangle, 3 polygon, 4 section
     * @param areaId only with an area
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record OverSpeed(int areaType, @Nullable Long areaId) implements AddOn {}

    /**
     * Into or out of an area or route (进出区域/路线); table 29.
     *
     * @param direction 0 in, 1 out
     */
    record AreaPassage(int areaType, long areaId, int direction) implements AddOn {}

    /**
     * Too short or too long on a section (路段行驶时间); table 30.
     *
     * @param result 0 too short, 1 too long
     */
    record SectionTime(long sectionId, int timeSeconds, int result) implements AddOn {}

    /** Lights, brake, horn and other signals (车辆信号状态); table 31. */
    record Signals(long flags) implements AddOn {}

    /** IO state (IO 状态); table 32: bit 0 deep sleep, bit 1 sleep. */
    record Io(int flags) implements AddOn {}

    /** Analogue inputs (模拟量): bits 0-15 AD0, 16-31 AD1. */
    record Analogue(int ad0, int ad1) implements AddOn {}

    /** Strength of the radio network (信号强度). */
    record NetworkSignal(int strength) implements AddOn {}

    /** Satellites in use (定位卫星数). */
    record Satellites(int count) implements AddOn {}

    /** Video alarms (视频相关报警); JT/T 1078-2016 table 14. */
    record VideoAlarms(long flags) implements AddOn {}

    /** Channels without signal (视频信号丢失), bit 0 = channel 1. */
    record VideoLost(long channels) implements AddOn {}

    /** Channels whose camera is covered (视频信号遮挡), bit 0 = channel 1. */
    record VideoBlocked(long channels) implements AddOn {}

    /** Broken storages (存储器故障), bits 0-11 main, 12-15 spare. */
    record StorageFault(int flags) implements AddOn {}

    /** Abnormal driving (异常驾驶行为): bit 0 fatigue, 1 phone, 2 smoking. */
    record AbnormalDriving(int flags) implements AddOn {}

    /** Driver assistance alarm (高级驾驶辅助报警); T/JSATL 12 table 4-15. Distance is in 100 ms steps. */
    record DriverAssistanceAlarm(
            long alarmId,
            int flag,
            int type,
            int level,
            int frontSpeedKmh,
            int frontDistanceMs,
            int departureSide,
            int signKind,
            int signValue,
            AlarmPlace place)
            implements AddOn {}

    /** Driver state alarm (驾驶员状态监测报警); table 4-17. Fatigue is 1..10. */
    record DriverStateAlarm(
            long alarmId,
            int flag,
            int type,
            int level,
            int fatigueDegree,
            Bytes reserved,
            AlarmPlace place)
            implements AddOn {}

    /** Tyre alarm (胎压监测报警); tables 4-18 and 4-19. */
    record TyreAlarm(long alarmId, int flag, AlarmPlace place, List<Tyre> tyres) implements AddOn {
        public TyreAlarm {
            tyres = List.copyOf(tyres);
        }
    }

    /**
     * One tyre of a tyre alarm.
     *
     * @param position from 0, front left first, in the shape of a Z
     * @param gap the byte that the table leaves between position and type, null where none is sent
     * @param typeFlags table 4-19
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Tyre(
            int position,
            @Nullable Integer gap,
            int typeFlags,
            int pressureKpa,
            int temperatureC,
            int batteryPercent) {
        private void write(BodyWriter out) {
            out.u8("position", position);
            if (gap != null) {
                out.u8("gap", gap);
            }
            out.u16("typeFlags", typeFlags)
                    .u16("pressureKpa", pressureKpa)
                    .u16("temperatureC", temperatureC & 0xFFFF)
                    .u16("batteryPercent", batteryPercent);
        }
    }

    /** Blind-spot alarm (盲区监测报警); table 4-20: type 1 behind, 2 left behind, 3 right behind. */
    record BlindSpotAlarm(long alarmId, int flag, int type, AlarmPlace place) implements AddOn {}

    /** Any other id, or a known one with a length not its own, kept as it came. */
    record Other(int id, Bytes value) implements AddOn {}

    /** 01..FF. */
    default int id() {
        return switch (this) {
            case Mileage _ -> AddOnId.MILEAGE;
            case Fuel _ -> AddOnId.FUEL;
            case RecorderSpeed _ -> AddOnId.RECORDER_SPEED;
            case AlarmEvent _ -> AddOnId.ALARM_EVENT;
            case TyrePressures _ -> AddOnId.TYRE_PRESSURES;
            case CabinTemperature _ -> AddOnId.CABIN_TEMPERATURE;
            case OverSpeed _ -> AddOnId.OVER_SPEED;
            case AreaPassage _ -> AddOnId.AREA_PASSAGE;
            case SectionTime _ -> AddOnId.SECTION_TIME;
            case Signals _ -> AddOnId.SIGNALS;
            case Io _ -> AddOnId.IO;
            case Analogue _ -> AddOnId.ANALOGUE;
            case NetworkSignal _ -> AddOnId.NETWORK_SIGNAL;
            case Satellites _ -> AddOnId.SATELLITES;
            case VideoAlarms _ -> AddOnId.VIDEO_ALARMS;
            case VideoLost _ -> AddOnId.VIDEO_LOST;
            case VideoBlocked _ -> AddOnId.VIDEO_BLOCKED;
            case StorageFault _ -> AddOnId.STORAGE_FAULT;
            case AbnormalDriving _ -> AddOnId.ABNORMAL_DRIVING;
            case DriverAssistanceAlarm _ -> AddOnId.DRIVER_ASSISTANCE;
            case DriverStateAlarm _ -> AddOnId.DRIVER_STATE;
            case TyreAlarm _ -> AddOnId.TYRES;
            case BlindSpotAlarm _ -> AddOnId.BLIND_SPOT;
            case Other other -> other.id;
        };
    }

    /** What stands behind id and length; {@link #read} is its inverse. */
    default void write(BodyWriter out) {
        switch (this) {
            case Mileage a -> out.u32("mileageKm in 0.1 km", Math.round(a.mileageKm * 10));
            case Fuel a -> out.u16("fuelL in 0.1 L", tenths(a.fuelL));
            case RecorderSpeed a -> out.u16("speedKmh in 0.1 km/h", tenths(a.speedKmh));
            case AlarmEvent a -> out.u16("eventId", a.eventId);
            case TyrePressures a -> out.bytes("pressures", a.pressures, 30);
            case CabinTemperature a ->
                    out.u16(
                            "temperatureC",
                            a.temperatureC < 0 ? 0x8000 | -a.temperatureC : a.temperatureC);
            case OverSpeed a -> {
                out.u8("areaType", a.areaType);
                if (a.areaId != null) {
                    out.u32("areaId", a.areaId);
                }
            }
            case AreaPassage a ->
                    out.u8("areaType", a.areaType)
                            .u32("areaId", a.areaId)
                            .u8("direction", a.direction);
            case SectionTime a ->
                    out.u32("sectionId", a.sectionId)
                            .u16("timeSeconds", a.timeSeconds)
                            .u8("result", a.result);
            case Signals a -> out.u32("flags", a.flags);
            case Io a -> out.u16("flags", a.flags);
            case Analogue a -> out.u16("ad1", a.ad1).u16("ad0", a.ad0);
            case NetworkSignal a -> out.u8("strength", a.strength);
            case Satellites a -> out.u8("count", a.count);
            case VideoAlarms a -> out.u32("flags", a.flags);
            case VideoLost a -> out.u32("channels", a.channels);
            case VideoBlocked a -> out.u32("channels", a.channels);
            case StorageFault a -> out.u16("flags", a.flags);
            case AbnormalDriving a -> out.u16("flags", a.flags);
            case DriverAssistanceAlarm a -> {
                out.u32("alarmId", a.alarmId)
                        .u8("flag", a.flag)
                        .u8("type", a.type)
                        .u8("level", a.level)
                        .u8("frontSpeedKmh", a.frontSpeedKmh)
                        .u8("frontDistanceMs in 100 ms", a.frontDistanceMs / 100)
                        .u8("departureSide", a.departureSide)
                        .u8("signKind", a.signKind)
                        .u8("signValue", a.signValue);
                a.place.write(out);
            }
            case DriverStateAlarm a -> {
                out.u32("alarmId", a.alarmId)
                        .u8("flag", a.flag)
                        .u8("type", a.type)
                        .u8("level", a.level)
                        .u8("fatigueDegree", a.fatigueDegree)
                        .bytes("reserved", a.reserved, 4);
                a.place.write(out);
            }
            case TyreAlarm a -> {
                a.place.write(out.u32("alarmId", a.alarmId).u8("flag", a.flag));
                out.u8("number of tyres", a.tyres.size());
                a.tyres.forEach(tyre -> tyre.write(out));
            }
            case BlindSpotAlarm a ->
                    a.place.write(
                            out.u32("alarmId", a.alarmId).u8("flag", a.flag).u8("type", a.type));
            case Other a -> out.bytes(a.value);
        }
    }

    /** Reads a value that {@code in} holds alone. */
    static AddOn read(int id, BodyReader in) {
        return switch (id << 8 | in.remaining()) {
            case AddOnId.MILEAGE << 8 | 4 -> new Mileage(in.u32() / 10.0);
            case AddOnId.FUEL << 8 | 2 -> new Fuel(in.u16() / 10.0);
            case AddOnId.RECORDER_SPEED << 8 | 2 -> new RecorderSpeed(in.u16() / 10.0);
            case AddOnId.ALARM_EVENT << 8 | 2 -> new AlarmEvent(in.u16());
            case AddOnId.TYRE_PRESSURES << 8 | 30 -> new TyrePressures(in.rest());
            case AddOnId.CABIN_TEMPERATURE << 8 | 2 -> readTemperature(in);
            case AddOnId.OVER_SPEED << 8 | 1 -> new OverSpeed(in.u8(), null);
            case AddOnId.OVER_SPEED << 8 | 5 -> new OverSpeed(in.u8(), in.u32());
            case AddOnId.AREA_PASSAGE << 8 | 6 -> new AreaPassage(in.u8(), in.u32(), in.u8());
            case AddOnId.SECTION_TIME << 8 | 7 -> new SectionTime(in.u32(), in.u16(), in.u8());
            case AddOnId.SIGNALS << 8 | 4 -> new Signals(in.u32());
            case AddOnId.IO << 8 | 2 -> new Io(in.u16());
            case AddOnId.ANALOGUE << 8 | 4 -> readAnalogue(in);
            case AddOnId.NETWORK_SIGNAL << 8 | 1 -> new NetworkSignal(in.u8());
            case AddOnId.SATELLITES << 8 | 1 -> new Satellites(in.u8());
            case AddOnId.VIDEO_ALARMS << 8 | 4 -> new VideoAlarms(in.u32());
            case AddOnId.VIDEO_LOST << 8 | 4 -> new VideoLost(in.u32());
            case AddOnId.VIDEO_BLOCKED << 8 | 4 -> new VideoBlocked(in.u32());
            case AddOnId.STORAGE_FAULT << 8 | 2 -> new StorageFault(in.u16());
            case AddOnId.ABNORMAL_DRIVING << 8 | 2 -> new AbnormalDriving(in.u16());
            case AddOnId.DRIVER_ASSISTANCE << 8 | 47 ->
                    new DriverAssistanceAlarm(
                            in.u32(),
                            in.u8(),
                            in.u8(),
                            in.u8(),
                            in.u8(),
                            in.u8() * 100,
                            in.u8(),
                            in.u8(),
                            in.u8(),
                            AlarmPlace.read(in));
            case AddOnId.DRIVER_STATE << 8 | 47 ->
                    new DriverStateAlarm(
                            in.u32(),
                            in.u8(),
                            in.u8(),
                            in.u8(),
                            in.u8(),
                            in.bytes(4),
                            AlarmPlace.read(in));
            case AddOnId.BLIND_SPOT << 8 | 41 ->
                    new BlindSpotAlarm(in.u32(), in.u8(), in.u8(), AlarmPlace.read(in));
            default ->
                    id == AddOnId.TYRES && hasWholeTyres(in)
                            ? readTyres(in)
                            : new Other(id, in.rest());
        };
    }

    /** Minus zero has no number of its own: it stays opaque. */
    private static AddOn readTemperature(BodyReader in) {
        if (in.peek8(0) == 0x80 && in.peek8(1) == 0) {
            return new Other(AddOnId.CABIN_TEMPERATURE, in.rest());
        }
        int raw = in.u16();
        return new CabinTemperature(raw < 0x8000 ? raw : -(raw & 0x7FFF));
    }

    private static Analogue readAnalogue(BodyReader in) {
        int ad1 = in.u16();
        return new Analogue(in.u16(), ad1);
    }

    private static boolean hasWholeTyres(BodyReader in) {
        int tyres = in.peek8(SafetyAlarm.TYRE_ITEMS - 1);
        int rest = in.remaining() - SafetyAlarm.TYRE_ITEMS;
        return tyres >= 0
                && (rest == tyres * SafetyAlarm.TYRE_BYTES
                        || rest == tyres * (SafetyAlarm.TYRE_BYTES + 1));
    }

    private static TyreAlarm readTyres(BodyReader in) {
        long alarmId = in.u32();
        int flag = in.u8();
        AlarmPlace place = AlarmPlace.read(in);
        int count = in.u8();
        boolean gaps = in.remaining() > count * SafetyAlarm.TYRE_BYTES;
        List<Tyre> tyres = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            tyres.add(
                    new Tyre(
                            in.u8(),
                            gaps ? in.u8() : null,
                            in.u16(),
                            in.u16(),
                            (short) in.u16(),
                            in.u16()));
        }
        return new TyreAlarm(alarmId, flag, place, tyres);
    }

    private static int tenths(double value) {
        return Math.toIntExact(Math.round(value * 10));
    }
}
