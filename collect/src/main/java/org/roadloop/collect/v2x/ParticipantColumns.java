package org.roadloop.collect.v2x;

import static org.roadloop.collect.v2x.RoadsideColumns.real;
import static org.roadloop.collect.v2x.RoadsideColumns.text;
import static org.roadloop.collect.v2x.RoadsideColumns.whole;

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
 * unit reports. One thread.
 */
public final class ParticipantColumns implements RoadsideRows {
    public static final String NAME = "road_participant";
    public static final int MOST_ROWS = 16;

    public static final int PARTICIPANT = RoadsideColumns.COUNT;
    public static final int VEHICLE = PARTICIPANT + 1;
    public static final int TYPE = PARTICIPANT + 2;
    public static final int SOURCE = PARTICIPANT + 3;
    public static final int LONGITUDE_DEGREES = PARTICIPANT + 4;
    public static final int LATITUDE_DEGREES = PARTICIPANT + 5;
    public static final int SPEED_MPS = PARTICIPANT + 6;
    public static final int HEADING_DEGREES = PARTICIPANT + 7;
    public static final int ACCELERATION_MPS2 = PARTICIPANT + 8;
    public static final int YAW_RATE_DPS = PARTICIPANT + 9;
    public static final int LENGTH_M = PARTICIPANT + 10;
    public static final int WIDTH_M = PARTICIPANT + 11;
    public static final int VEHICLE_CLASS = PARTICIPANT + 12;

    public static final Schema SCHEMA =
            RoadsideColumns.schema(
                    Column.of(
                            "participant", ColumnType.INT, "", DataClass.IDENTITY, Grade.PERSONAL),
                    text("vehicle", DataClass.IDENTITY, Grade.PERSONAL),
                    text("type", DataClass.DRIVING_STATE, Grade.GENERAL),
                    text("source", DataClass.LINEAGE, Grade.GENERAL),
                    RoadsideColumns.degrees("longitude_degrees", Grade.SENSITIVE_PERSONAL),
                    RoadsideColumns.degrees("latitude_degrees", Grade.SENSITIVE_PERSONAL),
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
            batch.set(PARTICIPANT, row, participant.ptcId);
            if ((participant.presence & Participant.ID) != 0) {
                TrackPointColumns.hex(participant.id, hex);
                batch.strings(VEHICLE).set(row, hex, 0, hex.length);
                batch.setState(VEHICLE, row, CellState.OK);
            } else {
                batch.setState(VEHICLE, row, CellState.ABSENT);
            }
            batch.set(TYPE, row, Participant.TYPE.word(participant.ptcType));
            batch.set(SOURCE, row, Participant.SOURCE.word(participant.source));
            place(row, rsm.refPos, participant);
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

    private void place(int row, Position3D reference, Participant participant) {
        int longitude = participant.pos.longitude(reference);
        int latitude = participant.pos.latitude(reference);
        if (RoadPlace.isKnown(longitude, latitude)) {
            batch.set(LONGITUDE_DEGREES, row, longitude / 1e7);
            batch.set(LATITUDE_DEGREES, row, latitude / 1e7);
        } else {
            batch.setState(LONGITUDE_DEGREES, row, CellState.INVALID);
            batch.setState(LATITUDE_DEGREES, row, CellState.INVALID);
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
