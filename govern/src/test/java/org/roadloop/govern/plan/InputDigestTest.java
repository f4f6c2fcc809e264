package org.roadloop.govern.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.quality.DuplicateIndex;

/** Every cell and state of a tile, in every form a column can take. */
class InputDigestTest {
    private static final Schema RAW = RawRows.VEHICLE.rawSchema();
    private static final int ROWS = 2_500;

    private final Pipeline pipeline =
            new Pipeline(
                    RawRows.VEHICLE,
                    new Keyring(new byte[32], 1),
                    new DuplicateIndex(Duration.ofDays(7)));

    private static Batch rows() {
        Batch batch = RawRows.vehicles(ROWS);
        for (int i = 0; i < ROWS; i++) {
            int row = RawRows.vehicle(batch, i % 300, i / 300, 0, i * 100L);
            batch.set(RAW.indexOf("alarm_flags"), row, i * 0x9E3779B97F4A7C15L); // 8 bytes
            batch.set(RAW.indexOf("insulation_kohm"), row, i * 13); // 2 bytes
            if (i % 5 == 0) {
                batch.setState(RAW.indexOf("speed_kmh"), row, CellState.INVALID);
            }
        }
        return batch;
    }

    private String digest(Batch batch) {
        InputDigest digest = new InputDigest(RawRows.VEHICLE, pipeline);
        digest.add(batch, LogPosition.START);
        return digest.finish();
    }

    @Test
    void anyChangedCellOrStateChangesIt() {
        Batch batch = rows();
        String before = digest(batch);
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int c = 0; c < RAW.size(); c++) {
            for (int row : new int[] {0, 1023, 1024, ROWS - 1, random.nextInt(ROWS)}) {
                byte state = batch.state(c, row);
                batch.setState(c, row, (byte) ((state + 1 + random.nextInt(4)) % 5));
                assertThat(digest(batch)).as("seed %d column %d", seed, c).isNotEqualTo(before);
                batch.setState(c, row, state);
                if (state != CellState.OK || RAW.column(c).type() == ColumnType.STRING) {
                    continue;
                }
                flip(batch, c, row);
                assertThat(digest(batch)).as("seed %d column %d", seed, c).isNotEqualTo(before);
                flip(batch, c, row);
            }
        }
        assertThat(digest(batch)).isEqualTo(before);
    }

    /** The lowest bit; twice is nothing. */
    private static void flip(Batch batch, int c, int row) {
        switch (RAW.column(c).type()) {
            case BOOL -> batch.booleans(c)[row] ^= true;
            case INT -> batch.ints(c)[row] ^= 1;
            case LONG, TIMESTAMP_MICROS_UTC -> batch.longs(c)[row] ^= 1;
            case FLOAT ->
                    batch.floats(c)[row] =
                            Float.intBitsToFloat(Float.floatToRawIntBits(batch.floats(c)[row]) ^ 1);
            case DOUBLE ->
                    batch.doubles(c)[row] =
                            Double.longBitsToDouble(
                                    Double.doubleToRawLongBits(batch.doubles(c)[row]) ^ 1);
            case STRING -> throw new IllegalStateException("text is written in order");
        }
    }

    @Test
    void anyChangedByteOfTextChangesIt() {
        String before = digest(rows());
        for (String other : new String[] {"simulate", "simulatedx", "simulatee", ""}) {
            Batch batch = RawRows.vehicles(ROWS);
            Batch from = rows();
            for (int row = 0; row < ROWS; row++) {
                batch.addRow();
                for (int c = 0; c < RAW.size(); c++) {
                    if (row == 1_500 && c == RAW.indexOf("lineage")) {
                        batch.set(c, row, other);
                    } else {
                        batch.copyCell(from, c, row, c, row);
                    }
                }
            }
            assertThat(digest(batch)).isNotEqualTo(before);
        }
        Batch shorter = rows();
        shorter.rows(ROWS - 1);
        assertThat(digest(shorter)).isNotEqualTo(before);
    }
}
