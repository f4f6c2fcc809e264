package org.roadloop.collect.jt808;

import static org.roadloop.collect.jt808.SafetyAlarmTable.*;

import org.roadloop.collect.Lineage;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;

/**
 * Appends the active-safety alarms of positions to the columns of one {@code safety_alarms} batch
 * (主动安全报警入列). A field that its standard gives no meaning for this type of alarm is {@link
 * CellState#ABSENT}, a value outside its range {@link CellState#ABNORMAL}. One thread.
 */
public final class SafetyAlarmColumns {
    private static final int PHONE_DIGITS = 20;
    private static final int MARK_TERMINAL_BYTES = 7;

    private final Batch batch;
    private final byte[] digits = new byte[PHONE_DIGITS];

    private int firstDigit;
    private long arrivalMicros;
    private byte[] lineage = Lineage.VEHICLE.utf8();
    private long segment;
    private long frameOffset;

    public SafetyAlarmColumns(Batch batch) {
        if (!batch.schema().equals(SafetyAlarmTable.SCHEMA)) {
            throw new IllegalArgumentException(
                    "batch has columns " + batch.schema().names() + ", not those of " + NAME);
        }
        this.batch = batch;
    }

    public boolean isFull() {
        return batch.isFull();
    }

    /** Tells the message whose positions follow. */
    public void message(
            byte[] bytes,
            int message,
            long receivedAtMicros,
            Lineage lineage,
            long segment,
            long frameOffset) {
        firstDigit = Frame.phoneDigits(bytes, message, digits);
        arrivalMicros = receivedAtMicros;
        this.lineage = lineage.utf8();
        this.segment = segment;
        this.frameOffset = frameOffset;
    }

    /**
     * Appends the alarms of one position as far as the batch has room.
     *
     * @param body offset of the position body
     * @param item number of the position in its message, from 0
     * @return alarms that found no room
     */
    public int append(byte[] bytes, int body, int end, int item) {
        if (end - body < PositionBody.BASIC_BYTES) {
            return 0;
        }
        long positionMicros = PositionBody.collectedAtMicros(bytes, body);
        int left = 0;
        int addOn = body + PositionBody.BASIC_BYTES;
        for (int length = PositionBody.addOnBytes(bytes, addOn, end);
                length > 0;
                length = PositionBody.addOnBytes(bytes, addOn, end)) {
            if (SafetyAlarm.isOne(bytes, addOn)) {
                int rows =
                        (bytes[addOn] & 0xFF) == AddOnId.TYRES
                                ? SafetyAlarm.tyres(bytes, addOn)
                                : 1;
                for (int i = 0; i < rows; i++) {
                    if (batch.isFull()) {
                        left++;
                    } else {
                        appendRow(bytes, addOn, i, item, positionMicros);
                    }
                }
            }
            addOn += length;
        }
        return left;
    }

    private void appendRow(byte[] bytes, int addOn, int tyre, int item, long positionMicros) {
        int row = batch.addRow();
        int module = bytes[addOn] & 0xFF;
        string(PHONE, row, digits, firstDigit, PHONE_DIGITS - firstDigit);
        string(LINEAGE, row, lineage, 0, lineage.length);
        batch.set(RECEIVED_AT, row, arrivalMicros);
        batch.set(MODULE, row, module);
        batch.set(ALARM_ID, row, SafetyAlarm.alarmId(bytes, addOn));
        ranged(FLAG, row, SafetyAlarm.flag(bytes, addOn), 0, 2);
        batch.set(SEGMENT, row, segment);
        batch.set(FRAME_OFFSET, row, frameOffset);
        batch.set(ITEM, row, item);
        appendPlace(bytes, SafetyAlarm.place(bytes, addOn), row, positionMicros);
        int value = addOn + 2;
        if (module == AddOnId.TYRES) {
            appendTyre(bytes, addOn, tyre, row);
            return;
        }
        int type = SafetyAlarm.type(bytes, addOn);
        batch.set(TYPE, row, type);
        if (module == AddOnId.BLIND_SPOT) {
            return;
        }
        ranged(LEVEL, row, bytes[value + 6] & 0xFF, 1, 2);
        if (module == AddOnId.DRIVER_STATE) {
            if (type == 0x01) {
                ranged(FATIGUE_DEGREE, row, bytes[value + 7] & 0xFF, 1, 10);
            }
            return;
        }
        if (type == 0x01 || type == 0x02) {
            ranged(FRONT_SPEED_KMH, row, bytes[value + 7] & 0xFF, 0, 250);
        }
        if (type == 0x01 || type == 0x02 || type == 0x04) {
            int tenths = bytes[value + 8] & 0xFF;
            batch.ints(FRONT_DISTANCE_MS)[row] = tenths * 100;
            batch.setState(
                    FRONT_DISTANCE_MS, row, tenths <= 100 ? CellState.OK : CellState.ABNORMAL);
        }
        if (type == 0x02) {
            ranged(DEPARTURE_SIDE, row, bytes[value + 9] & 0xFF, 1, 2);
        }
        if (type == 0x06 || type == 0x10) {
            ranged(SIGN_KIND, row, bytes[value + 10] & 0xFF, 1, 3);
            batch.set(SIGN_VALUE, row, bytes[value + 11] & 0xFF);
        }
    }

    private void appendTyre(byte[] bytes, int addOn, int tyre, int row) {
        int at = SafetyAlarm.tyre(bytes, addOn, tyre);
        int fields = at + SafetyAlarm.tyreBytes(bytes, addOn) - 8;
        batch.set(TYRE, row, bytes[at] & 0xFF);
        batch.set(TYPE, row, Frame.unsigned16(bytes, fields));
        batch.set(TYRE_PRESSURE_KPA, row, Frame.unsigned16(bytes, fields + 2));
        batch.set(TYRE_TEMPERATURE_C, row, (int) (short) Frame.unsigned16(bytes, fields + 4));
        ranged(TYRE_BATTERY_PERCENT, row, Frame.unsigned16(bytes, fields + 6), 0, 100);
    }

    /** An alarm without a time of its own has that of the position that carries it. */
    private void appendPlace(byte[] bytes, int place, int row, long positionMicros) {
        ranged(SPEED_KMH, row, bytes[place] & 0xFF, 0, 250);
        batch.set(ALTITUDE_M, row, Frame.unsigned16(bytes, place + 1));
        degrees(LATITUDE_DEGREES, row, Frame.unsigned32(bytes, place + 3), 90_000_000);
        degrees(LONGITUDE_DEGREES, row, Frame.unsigned32(bytes, place + 7), 180_000_000);
        long own = Bcd.beijingMicros(bytes, place + 11);
        moment(COLLECTED_AT, row, own == Bcd.INVALID ? positionMicros : own);
        batch.set(VEHICLE_STATUS, row, Frame.unsigned16(bytes, place + 17));
        int mark = place + 19;
        int letters = MARK_TERMINAL_BYTES;
        while (letters > 0 && bytes[mark + letters - 1] == 0) {
            letters--;
        }
        if (isAscii(bytes, mark, letters)) {
            string(MARK_TERMINAL, row, bytes, mark, letters);
        } else {
            string(MARK_TERMINAL, row, bytes, mark, 0);
            batch.setState(MARK_TERMINAL, row, CellState.ABNORMAL);
        }
        moment(MARK_TIME, row, Bcd.beijingMicros(bytes, mark + 7));
        batch.set(MARK_NUMBER, row, bytes[mark + 13] & 0xFF);
        batch.set(ATTACHMENTS, row, bytes[mark + 14] & 0xFF);
    }

    private void moment(int column, int row, long micros) {
        boolean known = micros != Bcd.INVALID;
        batch.longs(column)[row] = known ? micros : 0;
        batch.setState(column, row, known ? CellState.OK : CellState.ABNORMAL);
    }

    private void degrees(int column, int row, long raw, long most) {
        batch.doubles(column)[row] = raw / 1_000_000.0;
        batch.setState(column, row, raw <= most ? CellState.OK : CellState.ABNORMAL);
    }

    private void ranged(int column, int row, int value, int least, int most) {
        batch.ints(column)[row] = value;
        batch.setState(
                column, row, value >= least && value <= most ? CellState.OK : CellState.ABNORMAL);
    }

    private void string(int column, int row, byte[] source, int at, int length) {
        batch.strings(column).set(row, source, at, length);
        batch.setState(column, row, CellState.OK);
    }

    private static boolean isAscii(byte[] bytes, int at, int length) {
        for (int i = at; i < at + length; i++) {
            if (bytes[i] < 0x20 || bytes[i] == 0x7F) {
                return false;
            }
        }
        return true;
    }
}
