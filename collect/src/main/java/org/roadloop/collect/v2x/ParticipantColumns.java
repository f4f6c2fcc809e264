package org.roadloop.collect.v2x;

import static org.roadloop.collect.v2x.RoadsideColumns.real;
import static org.roadloop.collect.v2x.RoadsideColumns.text;
import static org.roadloop.collect.v2x.RoadsideColumns.whole;

import org.jspecify.annotations.Nullable;
import org.roadloop.collect.v2x.day1.Elements;
import org.roadloop.collect.v2x.day1.MessageFrame;
import org.roadloop.collect.v2x.day1.Participant;
import org.roadloop.collect.v2x.day1.Position3D;
import org.roadloop.collect.v2x.day1.RoadsideSafetyMessage;
import org.roadloop.collect.v2x.uper.Quantity;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

/**
 * The raw table {@code road_participant} (交通参与者原始表): one row for each road user that a roadside
 * unit reports. {@code road_user} is the unit and its number of the user together: that number is
 * used again for others, and is no identity outside of its unit. One thread.
 */
public final class ParticipantColumns implements RoadsideRows {
    public static final String NAME = "road_participant";
    public static final int MOST_ROWS = 16;

    public static final int ROAD_USER = RoadsideColumns.COUNT;
    public static final int VEHICLE = ROAD_USER + 1;
    public static final int TYPE = ROAD_USER + 2;
    public static final int SOURCE = ROAD_USER + 3;
    public static final int LONGITUDE_DEGREES = ROAD_USER + 4;
    public static final int LATITUDE_DEGREES = ROAD_USER + 5;
    public static final int X_M = ROAD_USER + 6;
    public static final int Y_M = ROAD_USER + 7;
    public static final int SPEED_MPS = ROAD_USER + 8;
    public static final int HEADING_DEGREES = ROAD_USER + 9;
    public static final int ACCELERATION_MPS2 = ROAD_USER + 10;
    public static final int YAW_RATE_DPS = ROAD_USER + 11;
    public static final int LENGTH_M = ROAD_USER + 12;
    public static final int WIDTH_M = ROAD_USER + 13;
    public static final int VEHICLE_CLASS = ROAD_USER + 14;

    public static final Schema SCHEMA =
            RoadsideColumns.schema(
                    text("road_user", DataClass.IDENTITY, Grade.PERSONAL),
                    text("vehicle", DataClass.IDENTITY, Grade.PERSONAL),
                    text("type", DataClass.DRIVING_STATE, Grade.GENERAL),
                    text("source", DataClass.LINEAGE, Grade.GENERAL),
                    RoadsideColumns.degrees("longitude_degrees", Grade.SENSITIVE_PERSONAL),
                    RoadsideColumns.degrees("latitude_degrees", Grade.SENSITIVE_PERSONAL),
                    RoadsideColumns.metres("x_m"),
                    RoadsideColumns.metres("y_m"),
                    real("speed_mps", "m/s", DataClass.DRIVING_STATE),
                    Column.of(
                            "heading_degrees",
                            ColumnType.DOUBLE,
                            "deg",
                            DataClass.POSITION,
                            Grade.PERSONAL),
                    real("acceleration_mps2", "m/s2", DataClass.DRIVING_STATE),
                    real("yaw_rate_dps", "deg/s", DataClass.DRIVING_STATE),
                    real("length_m", "m", DataClass.DRIVING_STATE),
                    real("width_m", "m", DataClass.DRIVING_STATE),
                    whole("vehicle_class", DataClass.DRIVING_STATE));

    private final Batch batch;
    private final RoadsideColumns common;
    private final byte[] hex = new byte[16];

    /** Sixteen characters of a unit, a slash, five digits. */
    private final byte[] name = new byte[22];

    public ParticipantColumns(Batch batch) {
        this.batch = batch;
        common = new RoadsideColumns(batch, SCHEMA);
    }

    @Override
    public void append(MessageFrame frame, RoadsideOrigin origin) {
        RoadsideSafetyMessage rsm = frame.rsm;
        for (int i = 0; i < rsm.participants.size(); i++) {
            Participant participant = rsm.participants.get(i);
            int row = common.addRow(origin, origin.atMicros(participant.secMarkMillis));
            roadUser(row, origin.unitUtf8(), participant.ptcId);
            if ((participant.presence & Participant.ID) != 0) {
                TrackPointColumns.hex(participant.id, hex);
                batch.strings(VEHICLE).set(row, hex, 0, hex.length);
                batch.setState(VEHICLE, row, CellState.OK);
            } else {
                batch.setState(VEHICLE, row, CellState.ABSENT);
            }
            batch.set(TYPE, row, Participant.TYPE.word(participant.ptcType));
            batch.set(SOURCE, row, Participant.SOURCE.word(participant.source));
            place(row, rsm.refPos, participant, origin.junction());
            value(row, SPEED_MPS, Elements.SPEED, participant.speedFiftiethsMps);
            value(row, HEADING_DEGREES, Elements.HEADING, participant.headingEightiethsDegree);
            if ((participant.presence & Participant.ACCEL_SET) != 0) {
                value(
                        row,
                        ACCELERATION_MPS2,
                        Elements.ACCELERATION,
                        participant.accelSet.longCmps2);
                value(
                        row,
                        YAW_RATE_DPS,
                        Elements.YAW_RATE,
                        participant.accelSet.yawCentidegreesPerSecond);
            } else {
                batch.setState(ACCELERATION_MPS2, row, CellState.ABSENT);
                batch.setState(YAW_RATE_DPS, row, CellState.ABSENT);
            }
            size(row, LENGTH_M, participant.size.lengthCm);
            size(row, WIDTH_M, participant.size.widthCm);
            if ((participant.presence & Participant.VEHICLE_CLASS) != 0) {
                batch.set(VEHICLE_CLASS, row, participant.vehicleClass.classification);
            } else {
                batch.setState(VEHICLE_CLASS, row, CellState.ABSENT);
            }
        }
    }

    /** The unit, a slash and the number in decimal digits. */
    private void roadUser(int row, byte[] unit, int number) {
        int digits = name.length;
        int left = number;
        do {
            name[--digits] = (byte) ('0' + left % 10);
            left /= 10;
        } while (left > 0);
        name[--digits] = '/';
        int from = digits - unit.length;
        System.arraycopy(unit, 0, name, from, unit.length);
        batch.strings(ROAD_USER).set(row, name, from, name.length - from);
        batch.setState(ROAD_USER, row, CellState.OK);
    }

    private void place(
            int row, Position3D reference, Participant participant, @Nullable Junction junction) {
        int longitude = participant.pos.longitude(reference);
        int latitude = participant.pos.latitude(reference);
        boolean known = RoadPlace.isKnown(longitude, latitude);
        common.degrees(LONGITUDE_DEGREES, row, known, longitude, latitude);
        if (junction == null) {
            batch.setState(X_M, row, CellState.ABSENT);
            batch.setState(Y_M, row, CellState.ABSENT);
        } else if (known) {
            batch.set(X_M, row, junction.xMetres(longitude / 1e7));
            batch.set(Y_M, row, junction.yMetres(latitude / 1e7));
        } else {
            batch.setState(X_M, row, CellState.INVALID);
            batch.setState(Y_M, row, CellState.INVALID);
        }
    }

    private void value(int row, int column, Quantity quantity, int raw) {
        double value = quantity.value(raw);
        if (Double.isNaN(value)) {
            batch.setState(column, row, CellState.INVALID);
        } else {
            batch.set(column, row, value);
        }
    }

    private void size(int row, int column, int centimetres) {
        if (centimetres == 0) {
            batch.setState(column, row, CellState.INVALID);
        } else {
            batch.set(column, row, centimetres / 100.0);
        }
    }
}
