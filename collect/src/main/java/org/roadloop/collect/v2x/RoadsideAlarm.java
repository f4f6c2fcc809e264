package org.roadloop.collect.v2x;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A warning that goes back out to a roadside unit (路侧告警), 48 bytes; byte table in the package
 * description.
 *
 * @param alarmNumber 0..4294967295, one more for each alarm of the sender
 * @param warnedId temporary id of the vehicle that is warned
 * @param otherId temporary id of the other one, or 0
 * @param atMicros microseconds since 1970 UTC
 * @param xMetres east of the junction's origin
 * @param yMetres north of the junction's origin
 * @param timeToCollisionSeconds 0..655.34, NaN when the type has none
 */
public record RoadsideAlarm(
        Type type,
        long alarmNumber,
        int junction,
        long warnedId,
        long otherId,
        long atMicros,
        double xMetres,
        double yMetres,
        double timeToCollisionSeconds) {
    public static final int BYTES = 48;
    private static final short MAGIC = 0x5241;
    private static final int NO_TIME = 65_535;

    /** The day-1 safety applications of T/CSAE 53-2020, in its order. */
    public enum Type {
        /** Forward collision warning 前向碰撞预警. */
        FCW(0),
        /** Intersection collision warning 交叉路口碰撞预警. */
        ICW(1),
        /** Left turn assist 左转辅助. */
        LTA(2),
        /** Blind spot warning 盲区预警. */
        BSW(3),
        /** Lane change warning 变道预警. */
        LCW(4),
        /** Do not pass warning 逆向超车预警. */
        DNPW(5),
        /** Emergency brake warning 紧急制动预警. */
        EBW(6),
        /** Abnormal vehicle warning 异常车辆提醒. */
        AVW(7),
        /** Control loss warning 车辆失控预警. */
        CLW(8),
        /** Hazardous location warning 道路危险状况提示. */
        HLW(9),
        /** Speed limit warning 限速预警. */
        SLW(10),
        /** Red light violation warning 闯红灯预警. */
        RLVW(11),
        /** Vulnerable road user collision warning 弱势交通参与者碰撞预警. */
        VRUCW(12);

        private static final Type[] BY_CODE = new Type[13];

        static {
            for (Type type : values()) {
                BY_CODE[type.code] = type;
            }
        }

        private final int code;

        Type(int code) {
            this.code = code;
        }

        /** As sent, 0..12. */
        public int code() {
            return code;
        }
    }

    public RoadsideAlarm {
        if (alarmNumber < 0 || alarmNumber > 0xFFFF_FFFFL || junction < 0 || junction > 65_535) {
            throw new IllegalArgumentException(
                    "alarm number %d or junction %d does not fit its field"
                            .formatted(alarmNumber, junction));
        }
    }

    public byte[] toBytes() {
        int time =
                Double.isNaN(timeToCollisionSeconds)
                        ? NO_TIME
                        : (int)
                                Math.clamp(
                                        Math.round(timeToCollisionSeconds * 100), 0, NO_TIME - 1);
        return ByteBuffer.allocate(BYTES)
                .putShort(MAGIC)
                .put((byte) 1)
                .put((byte) type.code())
                .putInt((int) alarmNumber)
                .putShort((short) junction)
                .putLong(warnedId)
                .putLong(otherId)
                .putLong(atMicros)
                .putInt((int) Math.round(xMetres * 100))
                .putInt((int) Math.round(yMetres * 100))
                .putShort((short) time)
                .array();
    }

    /** Reads one datagram; empty when it is no alarm of this version. */
    public static Optional<RoadsideAlarm> read(byte[] bytes, int at, int length) {
        if (length != BYTES) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, at, length);
        if (in.getShort() != MAGIC || in.get() != 1) {
            return Optional.empty();
        }
        int type = in.get() & 0xFF;
        if (type >= Type.BY_CODE.length) {
            return Optional.empty();
        }
        long number = in.getInt() & 0xFFFF_FFFFL;
        int junction = in.getShort() & 0xFFFF;
        long warned = in.getLong();
        long other = in.getLong();
        long atMicros = in.getLong();
        double x = in.getInt() / 100.0;
        double y = in.getInt() / 100.0;
        int time = in.getShort() & 0xFFFF;
        return Optional.of(
                new RoadsideAlarm(
                        Type.BY_CODE[type],
                        number,
                        junction,
                        warned,
                        other,
                        atMicros,
                        x,
                        y,
                        time == NO_TIME ? Double.NaN : time / 100.0));
    }
}
