package org.roadloop.collect.gateway;

/** By what protocol and profile a record came (来源); the code is stored in the frame log. */
public enum Source {
    /** GB/T 32960 between platforms, main text. */
    GB32960_PLATFORM(0x11),
    /** GB/T 32960 from terminals, annex B. */
    GB32960_TERMINAL(0x12),
    /** JT/T 808 from terminals; a message in packages is one record of all its frames in order. */
    JT808(0x13),
    /** Datagrams of an own layout, which earlier homes took; no longer decoded. */
    FORMER_BSM(0x21),
    /** JT/T 808 from the platform of the terminals, which vouches for them; records as above. */
    JT808_PLATFORM(0x14),
    /** Envelopes of roadside units with basic safety messages in UPER. */
    ROADSIDE_BSM(0x22),
    /** Envelopes of roadside units with a map. */
    ROADSIDE_MAP(0x23),
    /** Envelopes of roadside units with road users. */
    ROADSIDE_RSM(0x24),
    /** Envelopes of roadside units with signal phases. */
    ROADSIDE_SPAT(0x25),
    /** Envelopes of roadside units with events and signs. */
    ROADSIDE_RSI(0x26),
    /** Envelopes of roadside units with a message of a later set (T/CSAE 157). */
    ROADSIDE_LATER(0x27),
    /** Messages of a published recording, one JSON object each. */
    PILOT_EVENT(0x31),
    /** Rows of imported files, one JSON object each, by the raw table that they go to. */
    ROW_VEHICLE_REPORT(0x41),
    ROW_TRACK_POINT(0x42),
    ROW_GNSS_FIX(0x43),
    ROW_IMU_SAMPLE(0x44),
    ROW_CAN_FRAME(0x45),
    ROW_CHASSIS_SAMPLE(0x46);

    private static final Source[] BY_MESSAGE = {
        ROADSIDE_BSM, ROADSIDE_MAP, ROADSIDE_RSM, ROADSIDE_SPAT, ROADSIDE_RSI
    };
    private static final Source[] BY_CODE = new Source[256];

    static {
        for (Source source : values()) {
            BY_CODE[source.code & 0xFF] = source;
        }
    }

    private final byte code;

    Source(int code) {
        this.code = (byte) code;
    }

    public byte code() {
        return code;
    }

    /** Of an envelope with a message of a kind of {@code MessageFrame}. */
    public static Source ofMessage(int kind) {
        return kind < BY_MESSAGE.length ? BY_MESSAGE[kind] : ROADSIDE_LATER;
    }

    /** Whether a record holds frames of JT/T 808. */
    public boolean isJt808() {
        return this == JT808 || this == JT808_PLATFORM;
    }

    /** Whether a platform brought it, on a link of many vehicles. */
    public boolean isOverPlatform() {
        return this == GB32960_PLATFORM || this == JT808_PLATFORM;
    }

    public static Source ofCode(byte code) {
        Source source = BY_CODE[code & 0xFF];
        if (source == null) {
            throw new IllegalStateException(
                    "the frame log holds source code %02x, which this version does not know"
                            .formatted(code));
        }
        return source;
    }
}
