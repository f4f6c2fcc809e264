package org.roadloop.collect.v2x;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.roadloop.collect.Lineage;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;

class BasicSafetyMessageTest {
    /** Worked by hand from the byte table: 31.3 N, 121.47 E, 15 m/s, 90°, −2.5 and 0.35 m/s². */
    private static final String MESSAGE =
            "4253"
                    + "01"
                    + "7f"
                    + "0102030405060708"
                    + "0003"
                    + "0000019aa965b043"
                    + "12a80040"
                    + "4866d9e0"
                    + "02ee"
                    + "1c20"
                    + "ff06"
                    + "0023"
                    + "fb2e"
                    + "00b4"
                    + "01cc"
                    + "01"
                    + "0a";

    private static final Junction JUNCTION =
            new Junction(3, "town-junction-3", 121.47, 31.3, Lineage.SIMULATED);

    @Test
    void fieldsAreWhereTheTableSays() {
        byte[] bytes = HexFormat.of().parseHex(MESSAGE);
        assertThat(BasicSafetyMessage.check(bytes, 0, 46)).isEqualTo(BasicSafetyMessage.Verdict.OK);
        assertThat(BasicSafetyMessage.messageCount(bytes, 0)).isEqualTo(127);
        assertThat(BasicSafetyMessage.temporaryId(bytes, 0)).isEqualTo(0x0102030405060708L);
        assertThat(BasicSafetyMessage.junction(bytes, 0)).isEqualTo(3);
        assertThat(BasicSafetyMessage.timeMillis(bytes, 0)).isEqualTo(1_763_778_605_123L);
        assertThat(BasicSafetyMessage.latitudeDegrees(bytes, 0)).isEqualTo(31.3);
        assertThat(BasicSafetyMessage.longitudeDegrees(bytes, 0)).isEqualTo(121.47);
        assertThat(BasicSafetyMessage.speedMps(bytes, 0)).isEqualTo(15.0);
        assertThat(BasicSafetyMessage.headingDegrees(bytes, 0)).isEqualTo(90.0);
        assertThat(BasicSafetyMessage.accelerationMps2(bytes, 0)).isEqualTo(-2.5);
        assertThat(BasicSafetyMessage.lateralAccelerationMps2(bytes, 0)).isEqualTo(0.35);
        assertThat(BasicSafetyMessage.yawRateDps(bytes, 0)).isEqualTo(-12.34);
        assertThat(BasicSafetyMessage.widthCm(bytes, 0)).isEqualTo(180);
        assertThat(BasicSafetyMessage.lengthCm(bytes, 0)).isEqualTo(460);
        assertThat(BasicSafetyMessage.brakes(bytes, 0))
                .isEqualTo(BasicSafetyMessage.BRAKES_APPLIED);
        byte[] own = new byte[46];
        BasicSafetyMessage.write(
                own,
                0,
                127,
                0x0102030405060708L,
                3,
                1_763_778_605_123L,
                31.3,
                121.47,
                15,
                90,
                -2.5,
                0.35,
                -12.34,
                1.8,
                4.6,
                BasicSafetyMessage.BRAKES_APPLIED,
                10);
        assertThat(HexFormat.of().formatHex(own)).isEqualTo(MESSAGE);
    }

    @Test
    void rowsHaveLocalMetresAboutTheOrigin() {
        byte[] bytes = new byte[46];
        // A degree of latitude is 111.195 km on the mean sphere, of longitude that × cos 31.3°.
        BasicSafetyMessage.write(
                bytes,
                0,
                1,
                0xABCDL,
                3,
                1_763_778_605_000L,
                31.301,
                121.471,
                Double.NaN,
                -90,
                Double.NaN,
                0,
                0,
                Double.NaN,
                Double.NaN,
                BasicSafetyMessage.BRAKES_UNKNOWN,
                0);
        Batch batch = new Batch(TrackPointTable.SCHEMA, 2);
        new TrackPointColumns(batch).append(bytes, 0, JUNCTION, 99, 4, 44);
        assertThat(batch.strings(TrackPointTable.RECORDING).get(0)).isEqualTo("town-junction-3");
        assertThat(batch.strings(TrackPointTable.VEHICLE).get(0)).isEqualTo("000000000000abcd");
        assertThat(batch.longs(TrackPointTable.AT)[0]).isEqualTo(1_763_778_605_000_000L);
        assertThat(batch.doubles(TrackPointTable.X_M)[0]).isCloseTo(95.01, within(0.02));
        assertThat(batch.doubles(TrackPointTable.Y_M)[0]).isCloseTo(111.195, within(0.02));
        assertThat(batch.doubles(TrackPointTable.HEADING_DEGREES)[0]).isEqualTo(270);
        assertThat(batch.state(TrackPointTable.SPEED_MPS, 0)).isEqualTo(CellState.INVALID);
        assertThat(batch.state(TrackPointTable.BRAKE, 0)).isEqualTo(CellState.INVALID);
        assertThat(JUNCTION.longitudeDegrees(JUNCTION.xMetres(121.48)))
                .isCloseTo(121.48, within(1e-12));
        assertThat(JUNCTION.latitudeDegrees(JUNCTION.yMetres(31.29)))
                .isCloseTo(31.29, within(1e-12));
    }

    @Test
    void alarmsComeBackAsTheyWere() {
        RoadsideAlarm alarm =
                new RoadsideAlarm(
                        RoadsideAlarm.Type.ICW,
                        4_000_000_000L,
                        7,
                        -5,
                        6,
                        1_763_778_605_123_456L,
                        -12.34,
                        56.78,
                        1.25);
        byte[] bytes = alarm.toBytes();
        assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo(
                        "5241"
                                + "01"
                                + "01"
                                + "ee6b2800"
                                + "0007"
                                + "fffffffffffffffb"
                                + "0000000000000006"
                                + "%016x".formatted(1_763_778_605_123_456L)
                                + "fffffb2e"
                                + "0000162e"
                                + "007d"
                                + "00000000");
        assertThat(RoadsideAlarm.read(bytes, 0, bytes.length)).contains(alarm);
        bytes[3] = 99;
        assertThat(RoadsideAlarm.read(bytes, 0, bytes.length)).isEmpty();
    }

    @Test
    void randomDatagramsNeverThrow() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Batch batch = new Batch(TrackPointTable.SCHEMA, 1);
        int right = 0;
        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = HexFormat.of().parseHex(MESSAGE);
            for (int c = random.nextInt(4); c >= 0; c--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            int length = random.nextInt(10) == 0 ? random.nextInt(46) : 46;
            RoadsideAlarm.read(bytes, 0, length);
            if (BasicSafetyMessage.check(bytes, 0, length) == BasicSafetyMessage.Verdict.OK) {
                right++;
                batch.clear();
                new TrackPointColumns(batch).append(bytes, 0, JUNCTION, 0, 0, 0);
            }
        }
        assertThat(right).isBetween(1000, 49_000);
    }
}
