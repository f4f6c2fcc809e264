package org.roadloop.collect.jt808;

import static org.roadloop.collect.jt808.PositionTable.*;

import org.roadloop.collect.FreshRows;
import org.roadloop.collect.Lineage;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.StringColumn;

/**
 * Appends positions to the columns of one {@code positions} batch (位置入列). A value outside the range
 * of its standard becomes {@link CellState#ABNORMAL}, coordinates that a plug-in encrypted {@link
 * CellState#INVALID}; an add-on that was not sent, or with another length than the standard gives
 * its id, leaves its cells {@link CellState#ABSENT}. One thread.
 *
 * <p>{@link #message} once for each message, then {@link #append} for each position in it.
 */
public final class PositionColumns {
    /** No road vehicle is faster: 500 km/h, in 0.1 km/h. The standard gives no range. */
    private static final int MOST_SPEED = 5000;

    private static final int PHONE_DIGITS = 20;

    private final Batch batch;
    private final FreshRows fresh;
    private final byte[] digits = new byte[PHONE_DIGITS];

    private final long[] collectedAt;
    private final long[] receivedAt;
    private final int[] messageIds;
    private final boolean[] reissued;
    private final int[] editions;
    private final int[] serials;
    private final long[] alarmFlags;
    private final long[] statusFlags;
    private final boolean[] accOn;
    private final boolean[] positionValid;
    private final double[] longitudes;
    private final double[] latitudes;
    private final int[] altitudes;
    private final double[] speeds;
    private final int[] directions;
    private final int[] safetyAlarms;
    private final int[] otherAddOns;
    private final long[] segments;
    private final long[] frameOffsets;
    private final int[] items;

    /** By column, null where it has another type. */
    private final int[][] ints;

    private final long[][] longs;
    private final double[][] doubles;
    private final byte[][] states;

    private final StringColumn phones;
    private final StringColumn lineages;
    private final byte[] longitudeStates;
    private final byte[] latitudeStates;
    private final byte[] speedStates;
    private final byte[] directionStates;

    private int firstDigit;
    private int messageId;
    private int edition;
    private int serial;
    private long arrivalMicros;
    private byte[] lineage = Lineage.VEHICLE.utf8();
    private long segment;
    private long frameOffset;

    public PositionColumns(Batch batch) {
        if (!batch.schema().equals(PositionTable.SCHEMA)) {
            throw new IllegalArgumentException(
                    "batch has columns " + batch.schema().names() + ", not those of " + NAME);
        }
        this.batch = batch;
        fresh = new FreshRows(batch, FIRST_ADD_ON);
        int columns = batch.schema().size();
        ints = new int[columns][];
        longs = new long[columns][];
        doubles = new double[columns][];
        states = new byte[columns][];
        for (int column = 0; column < columns; column++) {
            states[column] = batch.states(column);
            switch (batch.schema().column(column).type()) {
                case INT -> ints[column] = batch.ints(column);
                case LONG -> longs[column] = batch.longs(column);
                case DOUBLE -> doubles[column] = batch.doubles(column);
                case BOOL, FLOAT, STRING, TIMESTAMP_MICROS_UTC -> {
                    // No add-on has this type.
                }
            }
        }
        phones = batch.strings(PHONE);
        lineages = batch.strings(PositionTable.LINEAGE);
        collectedAt = batch.longs(COLLECTED_AT);
        receivedAt = batch.longs(RECEIVED_AT);
        messageIds = batch.ints(MESSAGE_ID);
        reissued = batch.booleans(REISSUED);
        editions = batch.ints(EDITION);
        serials = batch.ints(SERIAL);
        alarmFlags = batch.longs(ALARM_FLAGS);
        statusFlags = batch.longs(STATUS_FLAGS);
        accOn = batch.booleans(ACC_ON);
        positionValid = batch.booleans(POSITION_VALID);
        longitudes = batch.doubles(LONGITUDE_DEGREES);
        latitudes = batch.doubles(LATITUDE_DEGREES);
        altitudes = batch.ints(ALTITUDE_M);
        speeds = batch.doubles(SPEED_KMH);
        directions = batch.ints(DIRECTION_DEGREES);
        safetyAlarms = batch.ints(SAFETY_ALARMS);
        otherAddOns = batch.ints(OTHER_ADD_ONS);
        segments = batch.longs(SEGMENT);
        frameOffsets = batch.longs(FRAME_OFFSET);
        items = batch.ints(ITEM);
        longitudeStates = batch.states(LONGITUDE_DEGREES);
        latitudeStates = batch.states(LATITUDE_DEGREES);
        speedStates = batch.states(SPEED_KMH);
        directionStates = batch.states(DIRECTION_DEGREES);
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
        messageId = Frame.id(bytes, message);
        edition = Frame.edition(bytes, message).year();
        serial = Frame.serial(bytes, message);
        arrivalMicros = receivedAtMicros;
        this.lineage = lineage.utf8();
        this.segment = segment;
        this.frameOffset = frameOffset;
    }

    /**
     * Appends one row if the position is usable. The batch must not be full.
     *
     * @param body offset of the position body
     * @param end its end
     * @param item number of the position in its message, from 0
     * @return a row was added when {@link PositionVerdict#isUsable}
     */
    public PositionVerdict append(byte[] bytes, int body, int end, int item, boolean isReissued) {
        if (end - body < PositionBody.BASIC_BYTES) {
            return PositionVerdict.LENGTH;
        }
        long micros = PositionBody.collectedAtMicros(bytes, body);
        if (micros == Bcd.INVALID) {
            return PositionVerdict.TIME;
        }
        int row = fresh.add(1);
        phones.set(row, digits, firstDigit, PHONE_DIGITS - firstDigit);
        lineages.set(row, lineage, 0, lineage.length);
        collectedAt[row] = micros;
        receivedAt[row] = arrivalMicros;
        messageIds[row] = messageId;
        reissued[row] = isReissued;
        editions[row] = edition;
        serials[row] = serial;
        segments[row] = segment;
        frameOffsets[row] = frameOffset;
        items[row] = item;
        appendBasic(bytes, body, row);
        return appendAddOns(bytes, body + PositionBody.BASIC_BYTES, end, row)
                ? PositionVerdict.OK
                : PositionVerdict.ADD_ON;
    }

    private void appendBasic(byte[] bytes, int body, int row) {
        long status = PositionBody.statusFlags(bytes, body);
        alarmFlags[row] = PositionBody.alarmFlags(bytes, body);
        statusFlags[row] = status;
        accOn[row] = (status & PositionBody.STATUS_ACC_ON) != 0;
        positionValid[row] = (status & PositionBody.STATUS_POSITION_VALID) != 0;
        long latitude = PositionBody.latitude(bytes, body);
        long longitude = PositionBody.longitude(bytes, body);
        double north = (status & PositionBody.STATUS_SOUTH) == 0 ? latitude : -latitude;
        double east = (status & PositionBody.STATUS_WEST) == 0 ? longitude : -longitude;
        latitudes[row] = north / 1_000_000.0;
        longitudes[row] = east / 1_000_000.0;
        boolean encrypted = (status & PositionBody.STATUS_COORDINATES_ENCRYPTED) != 0;
        latitudeStates[row] = encrypted ? CellState.INVALID : state(latitude <= 90_000_000);
        longitudeStates[row] = encrypted ? CellState.INVALID : state(longitude <= 180_000_000);
        altitudes[row] = PositionBody.altitudeM(bytes, body);
        int speed = PositionBody.speed(bytes, body);
        speeds[row] = speed / 10.0;
        speedStates[row] = state(speed <= MOST_SPEED);
        int direction = PositionBody.directionDegrees(bytes, body);
        directions[row] = direction;
        directionStates[row] = state(direction <= 359);
    }

    /** Length wins over id: an id with another length than its own is counted as another add-on. */
    private boolean appendAddOns(byte[] bytes, int from, int end, int row) {
        int alarms = 0;
        int others = 0;
        int addOn = from;
        while (addOn < end) {
            int length = PositionBody.addOnBytes(bytes, addOn, end);
            if (length < 0) {
                break;
            }
            int value = addOn + 2;
            switch ((bytes[addOn] & 0xFF) << 8 | length - 2) {
                case AddOnId.MILEAGE << 8 | 4 -> tenths(MILEAGE_KM, row, unsigned32(bytes, value));
                case AddOnId.FUEL << 8 | 2 -> tenths(FUEL_L, row, unsigned16(bytes, value));
                case AddOnId.RECORDER_SPEED << 8 | 2 -> {
                    int speed = unsigned16(bytes, value);
                    tenths(RECORDER_SPEED_KMH, row, speed);
                    states[RECORDER_SPEED_KMH][row] = state(speed <= MOST_SPEED);
                }
                case AddOnId.ALARM_EVENT << 8 | 2 ->
                        set(ALARM_EVENT_ID, row, unsigned16(bytes, value));
                case AddOnId.CABIN_TEMPERATURE << 8 | 2 -> {
                    int raw = unsigned16(bytes, value);
                    int degrees = raw & 0x7FFF;
                    set(CABIN_TEMPERATURE_C, row, raw == degrees ? degrees : -degrees);
                }
                case AddOnId.OVER_SPEED << 8 | 1 ->
                        set(OVER_SPEED_AREA_TYPE, row, bytes[value] & 0xFF);
                case AddOnId.OVER_SPEED << 8 | 5 -> {
                    set(OVER_SPEED_AREA_TYPE, row, bytes[value] & 0xFF);
                    set(OVER_SPEED_AREA_ID, row, unsigned32(bytes, value + 1));
                }
                case AddOnId.AREA_PASSAGE << 8 | 6 -> {
                    set(PASSED_AREA_TYPE, row, bytes[value] & 0xFF);
                    set(PASSED_AREA_ID, row, unsigned32(bytes, value + 1));
                    set(PASSED_AREA_OUTWARDS, row, bytes[value + 5] & 0xFF);
                }
                case AddOnId.SECTION_TIME << 8 | 7 -> {
                    set(SECTION_ID, row, unsigned32(bytes, value));
                    set(SECTION_TIME_S, row, unsigned16(bytes, value + 4));
                    set(SECTION_TOO_LONG, row, bytes[value + 6] & 0xFF);
                }
                case AddOnId.SIGNALS << 8 | 4 -> set(SIGNAL_FLAGS, row, unsigned32(bytes, value));
                case AddOnId.IO << 8 | 2 -> set(IO_FLAGS, row, unsigned16(bytes, value));
                case AddOnId.ANALOGUE << 8 | 4 -> {
                    set(ANALOGUE_1, row, unsigned16(bytes, value));
                    set(ANALOGUE_0, row, unsigned16(bytes, value + 2));
                }
                case AddOnId.NETWORK_SIGNAL << 8 | 1 ->
                        set(NETWORK_SIGNAL, row, bytes[value] & 0xFF);
                case AddOnId.SATELLITES << 8 | 1 -> set(SATELLITES, row, bytes[value] & 0xFF);
                case AddOnId.VIDEO_ALARMS << 8 | 4 ->
                        set(VIDEO_ALARM_FLAGS, row, unsigned32(bytes, value));
                case AddOnId.VIDEO_LOST << 8 | 4 ->
                        set(VIDEO_LOST_CHANNELS, row, unsigned32(bytes, value));
                case AddOnId.VIDEO_BLOCKED << 8 | 4 ->
                        set(VIDEO_BLOCKED_CHANNELS, row, unsigned32(bytes, value));
                case AddOnId.STORAGE_FAULT << 8 | 2 ->
                        set(STORAGE_FAULT_FLAGS, row, unsigned16(bytes, value));
                case AddOnId.ABNORMAL_DRIVING << 8 | 2 ->
                        set(ABNORMAL_DRIVING_FLAGS, row, unsigned16(bytes, value));
                default -> {
                    if (SafetyAlarm.isOne(bytes, addOn)) {
                        alarms++;
                    } else {
                        others++;
                    }
                }
            }
            addOn += length;
        }
        safetyAlarms[row] = alarms;
        otherAddOns[row] = others;
        return addOn == end;
    }

    private void tenths(int column, int row, long raw) {
        doubles[column][row] = raw / 10.0;
        states[column][row] = CellState.OK;
    }

    private void set(int column, int row, int value) {
        ints[column][row] = value;
        states[column][row] = CellState.OK;
    }

    private void set(int column, int row, long value) {
        longs[column][row] = value;
        states[column][row] = CellState.OK;
    }

    private static byte state(boolean inRange) {
        return inRange ? CellState.OK : CellState.ABNORMAL;
    }

    private static int unsigned16(byte[] bytes, int at) {
        return Frame.unsigned16(bytes, at);
    }

    private static long unsigned32(byte[] bytes, int at) {
        return Frame.unsigned32(bytes, at);
    }
}
