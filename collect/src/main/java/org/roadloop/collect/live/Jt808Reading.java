package org.roadloop.collect.live;

import org.jspecify.annotations.Nullable;
import org.roadloop.collect.gateway.FrameLogReader;
import org.roadloop.collect.jt808.AddOnId;
import org.roadloop.collect.jt808.Bcd;
import org.roadloop.collect.jt808.Frame;
import org.roadloop.collect.jt808.PositionBody;
import org.roadloop.collect.jt808.PositionWalk;

/**
 * Positions of JT/T 808 messages of the log to state reports (部标位置读取), each by its own time: of a
 * batch the newest one stays, in whatever order they come. One thread.
 */
final class Jt808Reading implements PositionWalk.Visitor {
    private static final int PHONE_DIGITS = 20;
    private static final int MOST_SPEED = 2_200;

    private final PositionWalk walk = new PositionWalk();
    private final byte[] digits = new byte[PHONE_DIGITS];
    private final LiveReport report;
    private final LiveStates states;
    private @Nullable FrameLogReader record;

    Jt808Reading(LiveReport report, LiveStates states) {
        this.report = report;
        this.states = states;
    }

    void read(FrameLogReader reader) {
        record = reader;
        walk.walk(reader.bytes(), reader.offset(), reader.length(), this);
    }

    @Override
    public void message(byte[] bytes, int message) {
        FrameLogReader from = record;
        if (from == null) {
            throw new IllegalStateException("no record is read");
        }
        int first = Frame.phoneDigits(bytes, message, digits);
        report.of(digits, first, PHONE_DIGITS - first, from.identityHash(), from.source());
        report.lineage = from.lineage();
        report.receivedAtMicros = from.receivedAtMicros();
        report.edition = Frame.edition(bytes, message).year();
    }

    @Override
    public void position(byte[] bytes, int body, int end, int item, boolean reissued) {
        if (end - body < PositionBody.BASIC_BYTES) {
            return;
        }
        long micros = PositionBody.collectedAtMicros(bytes, body);
        if (micros == Bcd.INVALID) {
            return;
        }
        report.clear();
        report.collectedAtMicros = micros;
        basic(bytes, body);
        addOns(bytes, body + PositionBody.BASIC_BYTES, end);
        states.apply(report);
    }

    private void basic(byte[] bytes, int body) {
        long status = PositionBody.statusFlags(bytes, body);
        report.put(LiveField.ALARM_FLAGS, (int) PositionBody.alarmFlags(bytes, body));
        report.put(LiveField.STATUS_FLAGS, (int) status);
        report.put(LiveField.ACC_ON, (status & PositionBody.STATUS_ACC_ON) != 0 ? 1 : 0);
        report.put(
                LiveField.POSITION_VALID,
                (status & PositionBody.STATUS_POSITION_VALID) != 0 ? 1 : 0);
        if ((status & PositionBody.STATUS_COORDINATES_ENCRYPTED) != 0) {
            report.put(LiveField.LONGITUDE, LiveReport.INVALID);
            report.put(LiveField.LATITUDE, LiveReport.INVALID);
        } else {
            coordinate(
                    LiveField.LONGITUDE,
                    PositionBody.longitude(bytes, body),
                    180_000_000,
                    (status & PositionBody.STATUS_WEST) != 0);
            coordinate(
                    LiveField.LATITUDE,
                    PositionBody.latitude(bytes, body),
                    90_000_000,
                    (status & PositionBody.STATUS_SOUTH) != 0);
        }
        report.put(LiveField.ALTITUDE, PositionBody.altitudeM(bytes, body));
        int direction = PositionBody.directionDegrees(bytes, body);
        report.put(LiveField.DIRECTION, direction, direction <= 359);
        int speed = PositionBody.speed(bytes, body);
        report.put(LiveField.SPEED, speed, speed <= MOST_SPEED);
    }

    private void coordinate(LiveField field, long magnitude, long most, boolean negative) {
        report.put(field, negative ? -magnitude : magnitude, magnitude <= most);
    }

    private void addOns(byte[] bytes, int from, int end) {
        for (int at = from, length; at < end; at += length) {
            length = PositionBody.addOnBytes(bytes, at, end);
            if (length < 0) {
                return;
            }
            switch ((bytes[at] & 0xFF) << 8 | length - 2) {
                case AddOnId.MILEAGE << 8 | 4 -> {
                    long tenths = Frame.unsigned32(bytes, at + 2);
                    report.put(LiveField.ODOMETER, tenths, tenths <= Integer.MAX_VALUE);
                }
                case AddOnId.FUEL << 8 | 2 ->
                        report.put(LiveField.FUEL, Frame.unsigned16(bytes, at + 2));
                default -> {}
            }
        }
    }
}
