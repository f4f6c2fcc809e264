package org.roadloop.collect.v2x;

import static org.roadloop.collect.v2x.TrackPointTable.*;

import java.nio.charset.StandardCharsets;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;

/** Appends basic safety messages to the columns of one {@code track_point} batch. One thread. */
public final class TrackPointColumns {
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
        for (int digit = 0; digit < 16; digit++) {
            hex[digit] = HEX[(int) (id >>> (60 - 4 * digit)) & 0xF];
        }
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

    private void cell(int column, int row, double value) {
        if (Double.isNaN(value)) {
            batch.setState(column, row, CellState.INVALID);
        } else {
            batch.set(column, row, value);
        }
    }
}
