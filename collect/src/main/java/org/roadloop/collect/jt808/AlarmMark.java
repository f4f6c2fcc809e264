package org.roadloop.collect.jt808;

/**
 * What ties an alarm and its attachments together (报警标识号), 16 bytes; T/JSATL 12-2017 table 4-16.
 *
 * @param terminalId at most 7 capital letters and digits
 * @param number counts alarms of the same second, from 0
 * @param attachments files that belong to the alarm
 */
public record AlarmMark(String terminalId, String time, int number, int attachments, int reserved) {

    static AlarmMark read(BodyReader in) {
        return new AlarmMark(in.paddedText(7), in.time(), in.u8(), in.u8(), in.u8());
    }

    void write(BodyWriter out) {
        out.paddedText("terminalId", terminalId, 7)
                .time(time)
                .u8("number", number)
                .u8("attachments", attachments)
                .u8("reserved", reserved);
    }
}
