package org.roadloop.collect.gb32960;

/**
 * Position (车辆位置数据), type 05; GB/T 32960.3-2016 §7.2.3.5, tables 14 and 15, which names no datum;
 * GB/T 32960.3-2025 §7.2.4.8, tables 21 and 22, which adds the coordinate system. Longitude and
 * latitude are magnitudes, the state has their signs. Places count from the type byte.
 */
public final class Position {
    public static final int TYPE = 0x05;
    public static final int BYTES_2016 = 10;
    public static final int BYTES_2025 = 11;

    /** The last valid fix is repeated. In JT/T 808 a set bit means the opposite. */
    public static final int STATE_NOT_VALID = 1;

    public static final int STATE_SOUTH = 2;
    public static final int STATE_WEST = 4;

    public static final Field LONGITUDE_2016 = degrees("longitudeDegrees", 2, 180_000_000);
    public static final Field LATITUDE_2016 = degrees("latitudeDegrees", 6, 90_000_000);
    public static final Field COORDINATE_SYSTEM =
            Field.ofState("coordinateSystem", 2, "WGS-84", "GCJ-02", "other");
    public static final Field LONGITUDE_2025 = degrees("longitudeDegrees", 3, 180_000_000);
    public static final Field LATITUDE_2025 = degrees("latitudeDegrees", 7, 90_000_000);

    private Position() {}

    private static Field degrees(String name, int at, long most) {
        return Field.ofDoubleWord(name, at, most).per(1_000_000);
    }

    /** Bit 0: 1 = not valid; bit 1: south; bit 2: west. */
    public static int state(byte[] bytes, int unit) {
        return Frame.unsigned8(bytes, unit + 1);
    }
}
