package org.roadloop.collect.gb32960;

/**
 * Real-time report (实时信息上报), command 02: time 6, then information units; GB/T 32960.3-2016 §7.2,
 * table 7. A {@link ReissuedReport} has the same body.
 */
public final class RealTimeReport {
    public static final int COMMAND = 0x02;

    private RealTimeReport() {}

    public static long collectedAtMicros(byte[] bytes, int data) {
        return CollectionTime.micros(bytes, data);
    }

    /**
     * Walks the whole data unit without keeping anything.
     *
     * @return {@link ReportVerdict#OK}, or what is wrong
     */
    public static ReportVerdict check(byte[] bytes, int frame) {
        if (Frame.encryption(bytes, frame) != Frame.ENCRYPTION_NONE) {
            return ReportVerdict.ENCRYPTED;
        }
        int data = Frame.dataOffset(frame);
        int dataBytes = Frame.dataBytes(bytes, frame);
        if (dataBytes < Frame.TIME_BYTES
                || CollectionTime.micros(bytes, data) == CollectionTime.INVALID) {
            return ReportVerdict.TIME;
        }
        int end = data + dataBytes;
        int unit = data + Frame.TIME_BYTES;
        while (unit < end) {
            int length = InformationUnit.length(bytes, unit, end);
            if (length < 0) {
                return length == InformationUnit.UNKNOWN
                        ? ReportVerdict.UNKNOWN_UNIT
                        : ReportVerdict.UNIT_LENGTH;
            }
            unit += length;
        }
        return ReportVerdict.OK;
    }
}
