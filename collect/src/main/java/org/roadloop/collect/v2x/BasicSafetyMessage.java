package org.roadloop.collect.v2x;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The state of one vehicle, ten times a second (车辆基本安全消息 BSM), read and written in place; byte
 * table in the package description, units of T/CSAE 53-2020. Arguments named {@code at} are the
 * offset of the first byte.
 */
public final class BasicSafetyMessage {
    public static final int BYTES = 46;
    public static final int LATITUDE_UNKNOWN = 900_000_001;
    public static final int LONGITUDE_UNKNOWN = 1_800_000_001;
    public static final int SPEED_UNKNOWN = 8191;
    public static final int HEADING_UNKNOWN = 28_800;
    public static final int ACCELERATION_UNKNOWN = 2001;
    public static final int YAW_RATE_UNKNOWN = -32_768;
    public static final int BRAKES_OFF = 0;
    public static final int BRAKES_APPLIED = 1;
    public static final int BRAKES_UNKNOWN = 2;

    private static final int MAGIC = 0x4253;
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private BasicSafetyMessage() {}

    /** What a datagram is, decided before any field is read; each fault has a counter name. */
    public enum Verdict {
        OK("bsm_messages"),
        LENGTH("bsm_length"),
        MAGIC("bsm_magic"),
        VERSION("bsm_version"),
        RANGE("bsm_range");

        private final String counterName;

        Verdict(String counterName) {
            this.counterName = counterName;
        }

        public String counterName() {
            return counterName;
        }
    }

    /** Checks everything that makes a datagram usable. */
    public static Verdict check(byte[] bytes, int at, int length) {
        if (length != BYTES) {
            return Verdict.LENGTH;
        }
        if (((short) SHORT.get(bytes, at) & 0xFFFF) != MAGIC) {
            return Verdict.MAGIC;
        }
        if (bytes[at + 2] != 1) {
            return Verdict.VERSION;
        }
        int latitude = latitude(bytes, at);
        int longitude = longitude(bytes, at);
        boolean inRange =
                messageCount(bytes, at) <= 127
                        && timeMillis(bytes, at) > 0
                        && timeMillis(bytes, at) < 4_102_444_800_000L
                        && latitude >= -900_000_000
                        && latitude <= LATITUDE_UNKNOWN
                        && longitude >= -1_800_000_000
                        && longitude <= LONGITUDE_UNKNOWN
                        && speed(bytes, at) <= SPEED_UNKNOWN
                        && heading(bytes, at) <= HEADING_UNKNOWN
                        && Math.abs(acceleration(bytes, at)) <= ACCELERATION_UNKNOWN
                        && Math.abs(lateralAcceleration(bytes, at)) <= ACCELERATION_UNKNOWN
                        && bytes[at + 44] >= BRAKES_OFF
                        && bytes[at + 44] <= BRAKES_UNKNOWN;
        return inRange ? Verdict.OK : Verdict.RANGE;
    }

    public static int messageCount(byte[] bytes, int at) {
        return bytes[at + 3] & 0xFF;
    }

    /** The eight bytes as a number; written in tables as 16 hex digits. */
    public static long temporaryId(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at + 4);
    }

    /** Number in the {@link JunctionRegister}. */
    public static int junction(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at + 12) & 0xFFFF;
    }

    /** Milliseconds since 1970 UTC. */
    public static long timeMillis(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at + 14);
    }

    /** In 1e-7 degree, or {@link #LATITUDE_UNKNOWN}. */
    public static int latitude(byte[] bytes, int at) {
        return (int) INT.get(bytes, at + 22);
    }

    /** In 1e-7 degree, or {@link #LONGITUDE_UNKNOWN}. */
    public static int longitude(byte[] bytes, int at) {
        return (int) INT.get(bytes, at + 26);
    }

    public static boolean hasPosition(byte[] bytes, int at) {
        return latitude(bytes, at) != LATITUDE_UNKNOWN && longitude(bytes, at) != LONGITUDE_UNKNOWN;
    }

    public static double latitudeDegrees(byte[] bytes, int at) {
        return latitude(bytes, at) / 1e7;
    }

    public static double longitudeDegrees(byte[] bytes, int at) {
        return longitude(bytes, at) / 1e7;
    }

    /** In 0.02 m/s, or {@link #SPEED_UNKNOWN}. */
    public static int speed(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at + 30) & 0xFFFF;
    }

    /** NaN when unknown. */
    public static double speedMps(byte[] bytes, int at) {
        int speed = speed(bytes, at);
        return speed == SPEED_UNKNOWN ? Double.NaN : speed / 50.0;
    }

    /** In 0.0125 degree, or {@link #HEADING_UNKNOWN}. */
    public static int heading(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at + 32) & 0xFFFF;
    }

    /** Clockwise from north; NaN when unknown. */
    public static double headingDegrees(byte[] bytes, int at) {
        int heading = heading(bytes, at);
        return heading == HEADING_UNKNOWN ? Double.NaN : heading / 80.0;
    }

    /** In 0.01 m/s², or {@link #ACCELERATION_UNKNOWN}. */
    public static int acceleration(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at + 34);
    }

    /** Along the vehicle; NaN when unknown. */
    public static double accelerationMps2(byte[] bytes, int at) {
        int raw = acceleration(bytes, at);
        return raw == ACCELERATION_UNKNOWN ? Double.NaN : raw / 100.0;
    }

    /** In 0.01 m/s², or {@link #ACCELERATION_UNKNOWN}. */
    public static int lateralAcceleration(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at + 36);
    }

    /** Across the vehicle, positive to the right; NaN when unknown. */
    public static double lateralAccelerationMps2(byte[] bytes, int at) {
        int raw = lateralAcceleration(bytes, at);
        return raw == ACCELERATION_UNKNOWN ? Double.NaN : raw / 100.0;
    }

    /** In 0.01 degree/s, or {@link #YAW_RATE_UNKNOWN}. */
    public static int yawRate(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at + 38);
    }

    /** NaN when unknown. */
    public static double yawRateDps(byte[] bytes, int at) {
        int raw = yawRate(bytes, at);
        return raw == YAW_RATE_UNKNOWN ? Double.NaN : raw / 100.0;
    }

    /** 0 when unknown. */
    public static int widthCm(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at + 40) & 0xFFFF;
    }

    /** 0 when unknown. */
    public static int lengthCm(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at + 42) & 0xFFFF;
    }

    /** {@link #BRAKES_OFF}, {@link #BRAKES_APPLIED} or {@link #BRAKES_UNKNOWN}. */
    public static int brakes(byte[] bytes, int at) {
        return bytes[at + 44];
    }

    public static int vehicleClass(byte[] bytes, int at) {
        return bytes[at + 45] & 0xFF;
    }

    /**
     * Writes one message; NaN is sent as unknown, what is beyond a range as its nearest value.
     *
     * @return {@link #BYTES}
     */
    public static int write(
            byte[] out,
            int at,
            int messageCount,
            long temporaryId,
            int junction,
            long timeMillis,
            double latitudeDegrees,
            double longitudeDegrees,
            double speedMps,
            double headingDegrees,
            double accelerationMps2,
            double lateralAccelerationMps2,
            double yawRateDps,
            double widthMetres,
            double lengthMetres,
            int brakes,
            int vehicleClass) {
        SHORT.set(out, at, (short) MAGIC);
        out[at + 2] = 1;
        out[at + 3] = (byte) (messageCount & 0x7F);
        LONG.set(out, at + 4, temporaryId);
        SHORT.set(out, at + 12, (short) junction);
        LONG.set(out, at + 14, timeMillis);
        INT.set(out, at + 22, raw(latitudeDegrees, 1e7, -900_000_000, 900_000_000, 900_000_001));
        INT.set(
                out,
                at + 26,
                raw(longitudeDegrees, 1e7, -1_800_000_000, 1_800_000_000, 1_800_000_001));
        SHORT.set(out, at + 30, (short) raw(speedMps, 50, 0, 8190, SPEED_UNKNOWN));
        double turn = headingDegrees - 360 * Math.floor(headingDegrees / 360);
        int heading = raw(turn, 80, 0, 28_800, HEADING_UNKNOWN);
        SHORT.set(out, at + 32, (short) (Double.isNaN(turn) ? heading : heading % 28_800));
        SHORT.set(out, at + 34, (short) raw(accelerationMps2, 100, -2000, 2000, 2001));
        SHORT.set(out, at + 36, (short) raw(lateralAccelerationMps2, 100, -2000, 2000, 2001));
        SHORT.set(out, at + 38, (short) raw(yawRateDps, 100, -32_767, 32_767, YAW_RATE_UNKNOWN));
        SHORT.set(out, at + 40, (short) raw(widthMetres, 100, 1, 1023, 0));
        SHORT.set(out, at + 42, (short) raw(lengthMetres, 100, 1, 4095, 0));
        out[at + 44] = (byte) brakes;
        out[at + 45] = (byte) vehicleClass;
        return BYTES;
    }

    private static int raw(double value, double perUnit, int least, int most, int unknown) {
        if (Double.isNaN(value)) {
            return unknown;
        }
        return (int) Math.clamp(Math.round(value * perUnit), least, most);
    }
}
