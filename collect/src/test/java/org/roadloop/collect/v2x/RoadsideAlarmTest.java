package org.roadloop.collect.v2x;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoadsideAlarmTest {
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
    void randomBytesNeverThrow() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        RoadsideAlarm alarm =
                new RoadsideAlarm(RoadsideAlarm.Type.FCW, 1, 2, 3, 4, 5, 6.0, 7.0, 8.0);
        int right = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = alarm.toBytes();
            for (int c = random.nextInt(3); c >= 0; c--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            int length = random.nextInt(10) == 0 ? random.nextInt(bytes.length) : bytes.length;
            right += RoadsideAlarm.read(bytes, 0, length).isPresent() ? 1 : 0;
        }
        assertThat(right).isBetween(1000, 19_000);
    }
}
