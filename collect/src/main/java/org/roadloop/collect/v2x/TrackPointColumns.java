package org.roadloop.collect.v2x;

import static org.roadloop.collect.v2x.TrackPointTable.*;

import java.nio.charset.StandardCharsets;
import org.roadloop.collect.v2x.day1.BasicSafetyMessage;
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

    /** Sixteen digits of a temporary id. */
    static void hex(long id, byte[] into) {
        for (int digit = 0; digit < 16; digit++) {
            into[digit] = HEX[(int) (id >>> (60 - 4 * digit)) & 0xF];
        }
    }

    /** A message of a unit that stands at no junction has no local metres. */
    @Override
    public void append(MessageFrame frame, RoadsideOrigin origin) {
        BasicSafetyMessage bsm = frame.bsm;
        int row = batch.addRow();
        text(RECORDING, row, origin.recordingUtf8());
        hex(bsm.id, hex);
        text(VEHICLE, row, hex);
        batch.set(AT, row, origin.atMicros(bsm.secMarkMillis));
        batch.set(RECEIVED_AT, row, origin.receivedAtMicros);
        text(LINEAGE, row, origin.lineage.utf8());
        double longitude = Elements.LONGITUDE.value(bsm.pos.longE7Degrees);
        double latitude = Elements.LATITUDE.value(bsm.pos.latE7Degrees);
        cell(LONGITUDE_DEGREES, row, longitude);
        cell(LATITUDE_DEGREES, row, latitude);
        Junction junction = origin.junction();
        if (junction != null) {
            boolean known = !Double.isNaN(longitude) && !Double.isNaN(latitude);
            cell(X_M, row, known ? junction.xMetres(longitude) : Double.NaN);
            cell(Y_M, row, known ? junction.yMetres(latitude) : Double.NaN);
        }
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

    private void text(int column, int row, byte[] utf8) {
        batch.strings(column).set(row, utf8, 0, utf8.length);
        batch.setState(column, row, CellState.OK);
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
