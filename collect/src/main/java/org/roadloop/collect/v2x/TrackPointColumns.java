package org.roadloop.collect.v2x;

import static org.roadloop.collect.v2x.TrackPointTable.*;

import java.nio.charset.StandardCharsets;
import org.roadloop.collect.v2x.day1.BrakeSystem;
import org.roadloop.collect.v2x.day1.Elements;
import org.roadloop.collect.v2x.day1.MessageFrame;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;

/** Appends basic safety messages to the columns of one {@code track_point} batch. One thread. */
public final class TrackPointColumns implements RoadsideRows {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final Batch batch;
    private final byte[] hex = new byte[16];

    public TrackPointColumns(Batch batch) {
        if (!batch.schema().equals(TrackPointTable.SCHEMA)) {
            throw new IllegalArgumentException(
                    "batch has columns " + batch.schema().names() + ", not those of " + NAME);
        }
        this.batch = batch;
    }

    /**
     * Appends one message that {@link BasicSafetyMessage#check} found right. The batch must not be
     * full.
     */
    public void append(
            byte[] bytes,
            int at,
            Junction junction,
            long receivedAtMicros,
            long segment,
            long frameOffset) {
        int row = batch.addRow();
        batch.set(RECORDING, row, junction.name());
        long id = BasicSafetyMessage.temporaryId(bytes, at);
        hex(id, hex);
        batch.strings(VEHICLE).set(row, hex, 0, 16);
        batch.setState(VEHICLE, row, CellState.OK);
        batch.set(AT, row, BasicSafetyMessage.timeMillis(bytes, at) * 1000);
        batch.set(RECEIVED_AT, row, receivedAtMicros);
        byte[] word = junction.lineage().utf8();
        batch.strings(LINEAGE).set(row, word, 0, word.length);
        batch.setState(LINEAGE, row, CellState.OK);
        if (BasicSafetyMessage.hasPosition(bytes, at)) {
            double longitude = BasicSafetyMessage.longitudeDegrees(bytes, at);
            double latitude = BasicSafetyMessage.latitudeDegrees(bytes, at);
            batch.set(LONGITUDE_DEGREES, row, longitude);
            batch.set(LATITUDE_DEGREES, row, latitude);
            batch.set(X_M, row, junction.xMetres(longitude));
            batch.set(Y_M, row, junction.yMetres(latitude));
        } else {
            batch.setState(LONGITUDE_DEGREES, row, CellState.INVALID);
            batch.setState(LATITUDE_DEGREES, row, CellState.INVALID);
            batch.setState(X_M, row, CellState.INVALID);
            batch.setState(Y_M, row, CellState.INVALID);
        }
        cell(SPEED_MPS, row, BasicSafetyMessage.speedMps(bytes, at));
        cell(HEADING_DEGREES, row, BasicSafetyMessage.headingDegrees(bytes, at));
        cell(ACCELERATION_MPS2, row, BasicSafetyMessage.accelerationMps2(bytes, at));
        cell(LATERAL_ACCELERATION_MPS2, row, BasicSafetyMessage.lateralAccelerationMps2(bytes, at));
        cell(YAW_RATE_DPS, row, BasicSafetyMessage.yawRateDps(bytes, at));
        int lengthCm = BasicSafetyMessage.lengthCm(bytes, at);
        cell(LENGTH_M, row, lengthCm == 0 ? Double.NaN : lengthCm / 100.0);
        int widthCm = BasicSafetyMessage.widthCm(bytes, at);
        cell(WIDTH_M, row, widthCm == 0 ? Double.NaN : widthCm / 100.0);
        int brakes = BasicSafetyMessage.brakes(bytes, at);
        if (brakes == BasicSafetyMessage.BRAKES_UNKNOWN) {
            batch.setState(BRAKE, row, CellState.INVALID);
        } else {
            batch.set(BRAKE, row, brakes == BasicSafetyMessage.BRAKES_APPLIED);
        }
        batch.set(SEGMENT, row, segment);
        batch.set(FRAME_OFFSET, row, frameOffset);
    }

    /** Sixteen digits of a temporary id. */
    static void hex(long id, byte[] into) {
        for (int digit = 0; digit < 16; digit++) {
            into[digit] = HEX[(int) (id >>> (60 - 4 * digit)) & 0xF];
        }
    }

    /** The BSM of a roadside unit's envelope; local metres need a junction and are absent. */
    @Override
    public void append(MessageFrame frame, RoadsideOrigin origin) {
        org.roadloop.collect.v2x.day1.BasicSafetyMessage bsm = frame.bsm;
        int row = batch.addRow();
        byte[] unit = origin.unitUtf8();
        batch.strings(RECORDING).set(row, unit, 0, unit.length);
        batch.setState(RECORDING, row, CellState.OK);
        hex(bsm.id, hex);
        batch.strings(VEHICLE).set(row, hex, 0, hex.length);
        batch.setState(VEHICLE, row, CellState.OK);
        batch.set(AT, row, origin.atMicros(bsm.secMarkMillis));
        batch.set(RECEIVED_AT, row, origin.receivedAtMicros);
        byte[] word = origin.lineage.utf8();
        batch.strings(LINEAGE).set(row, word, 0, word.length);
        batch.setState(LINEAGE, row, CellState.OK);
        cell(LONGITUDE_DEGREES, row, Elements.LONGITUDE.value(bsm.pos.longE7Degrees));
        cell(LATITUDE_DEGREES, row, Elements.LATITUDE.value(bsm.pos.latE7Degrees));
        cell(SPEED_MPS, row, Elements.SPEED.value(bsm.speedFiftiethsMps));
        cell(HEADING_DEGREES, row, Elements.HEADING.value(bsm.headingEightiethsDegree));
        cell(ACCELERATION_MPS2, row, Elements.ACCELERATION.value(bsm.accelSet.longCmps2));
        cell(LATERAL_ACCELERATION_MPS2, row, Elements.ACCELERATION.value(bsm.accelSet.latCmps2));
        cell(YAW_RATE_DPS, row, Elements.YAW_RATE.value(bsm.accelSet.yawCentidegreesPerSecond));
        cell(LENGTH_M, row, bsm.size.lengthCm == 0 ? Double.NaN : bsm.size.lengthCm / 100.0);
        cell(WIDTH_M, row, bsm.size.widthCm == 0 ? Double.NaN : bsm.size.widthCm / 100.0);
        brake(row, bsm.brakes);
        batch.set(SEGMENT, row, origin.segment);
        batch.set(FRAME_OFFSET, row, origin.frameOffset);
    }

    /** The pedal where it is told, else the wheels. */
    private void brake(int row, BrakeSystem brakes) {
        if ((brakes.presence & BrakeSystem.BRAKE_PADEL) != 0 && brakes.brakePadel != 0) {
            batch.set(BRAKE, row, brakes.brakePadel == 2);
        } else if ((brakes.presence & BrakeSystem.WHEEL_BRAKES) != 0
                && (brakes.wheelBrakes & 0x10) == 0) {
            batch.set(BRAKE, row, brakes.wheelBrakes != 0);
        } else if ((brakes.presence & (BrakeSystem.BRAKE_PADEL | BrakeSystem.WHEEL_BRAKES)) != 0) {
            batch.setState(BRAKE, row, CellState.INVALID);
        }
    }

    private void cell(int column, int row, double value) {
        if (Double.isNaN(value)) {
            batch.setState(column, row, CellState.INVALID);
        } else {
            batch.set(column, row, value);
        }
    }
}
