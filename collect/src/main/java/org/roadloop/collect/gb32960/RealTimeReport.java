package org.roadloop.collect.gb32960;

/**
 * Real-time report (实时信息上报), command 02: time 6, then information units; GB/T 32960.3-2016 §7.2 and
 * GB/T 32960.3-2025 §7.2, table 7 of both. In the 2025 edition a {@link VehicleSignature} ends it.
 * A {@link ReissuedReport} has the same body.
 */
public final class RealTimeReport {
    public static final int COMMAND = 0x02;

    private RealTimeReport() {}

    public static long collectedAtMicros(byte[] bytes, int data) {
        return CollectionTime.micros(bytes, data);
    }

    /**
     * Walks the whole data unit.
     *
     * @return {@link ReportVerdict#OK}, or what is wrong
     */
    public static ReportVerdict check(byte[] bytes, int frame) {
        return new ReportUnits().walk(bytes, frame);
    }
}
