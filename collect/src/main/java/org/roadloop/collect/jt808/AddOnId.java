package org.roadloop.collect.jt808;

/**
 * Ids of the add-ons to a position (位置附加信息项); JT/T 808-2013 table 27, -2019 table 27, JT/T
 * 1078-2016 table 14, T/JSATL 12-2017 table 4-14.
 */
public final class AddOnId {
    public static final int MILEAGE = 0x01;
    public static final int FUEL = 0x02;
    static final int RECORDER_SPEED = 0x03;
    static final int ALARM_EVENT = 0x04;

    /** 2019. */
    static final int TYRE_PRESSURES = 0x05;

    /** 2019. */
    static final int CABIN_TEMPERATURE = 0x06;

    static final int OVER_SPEED = 0x11;
    static final int AREA_PASSAGE = 0x12;
    static final int SECTION_TIME = 0x13;
    static final int VIDEO_ALARMS = 0x14;
    static final int VIDEO_LOST = 0x15;
    static final int VIDEO_BLOCKED = 0x16;
    static final int STORAGE_FAULT = 0x17;
    static final int ABNORMAL_DRIVING = 0x18;
    static final int SIGNALS = 0x25;
    static final int IO = 0x2A;
    static final int ANALOGUE = 0x2B;
    static final int NETWORK_SIGNAL = 0x30;
    static final int SATELLITES = 0x31;
    static final int DRIVER_ASSISTANCE = 0x64;
    static final int DRIVER_STATE = 0x65;
    static final int TYRES = 0x66;
    static final int BLIND_SPOT = 0x67;

    private AddOnId() {}
}
