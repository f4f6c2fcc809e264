package org.roadloop.collect.jt808;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameCutterTest {
    /** A published heartbeat, its BCC 81, and another one whose BCC is 7E. */
    private static final String HEARTBEAT = "7E00020000012345678900000A817E";

    private static final String ESCAPED_BCC = "7E00020000040021679287002B7D027E";

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    # what stands in the stream,                          what is found
                    H,                                                    FRAME MORE
                    H H,                                                  FRAME FRAME MORE
                    7E7E7E H 7E7E,                                        FRAME MORE
                    7E00020000012345678900000A81 H,                       FRAME FRAME MORE
                    B,                                                    FRAME MORE
                    0102030405 H,                                         GARBAGE FRAME MORE
                    H 0102 H,                                             FRAME GARBAGE FRAME MORE
                    7E00020000012345678900000A807E H,                     BCC FRAME MORE
                    7E00020000012345678900007D037E H,                     ESCAPE FRAME MORE
                    7E00020000012345678900000A817D7E H,                   ESCAPE FRAME MORE
                    7E00020001012345678900000A807E H,                     LENGTH FRAME MORE
                    7E000200000A2345678900000A8A7E H,                     PHONE FRAME MORE
                    7E000200000123456789 H,                               GARBAGE FRAME MORE
                    7E0002000001234567890000,                             MORE
                    7E0002 7E0002 H,                                      GARBAGE GARBAGE FRAME MORE
                    """)
    void findsFramesAndNamesFaults(String stream, String expected) {
        assertThat(String.join(" ", verdicts(bytes(stream)))).isEqualTo(expected);
    }

    @Test
    void aFlagMayCloseOneFrameAndOpenTheNext() {
        String shared = HEARTBEAT + HEARTBEAT.substring(2) + HEARTBEAT.substring(2);
        assertThat(verdicts(HexFormat.of().parseHex(shared)))
                .containsExactly("FRAME", "FRAME", "FRAME", "MORE");
    }

    @Test
    void bytesComeOneByOne() {
        byte[] stream = bytes("0A H B 7E0101 H");
        FrameCutter cutter = new FrameCutter();
        List<String> found = new ArrayList<>();
        int keep = 0;
        for (int have = 1; have <= stream.length; have++) {
            cutter.over(stream, keep, have);
            FrameCutter.Verdict verdict = cutter.next();
            while (verdict != FrameCutter.Verdict.MORE) {
                found.add(verdict.name());
                verdict = cutter.next();
            }
            keep = cutter.start();
        }
        assertThat(found).containsExactly("GARBAGE", "FRAME", "FRAME", "GARBAGE", "FRAME");
        assertThat(keep).isEqualTo(stream.length);
    }

    @Test
    void whatIsLongerThanAnyFrameDoesNotWait() {
        byte[] flood = new byte[3 * Frame.LARGEST_FRAME_BYTES];
        Arrays.fill(flood, (byte) 0x55);
        FrameCutter cutter = new FrameCutter();
        cutter.over(flood, 0, flood.length);
        assertThat(cutter.next()).isEqualTo(FrameCutter.Verdict.LENGTH);
        assertThat(cutter.length()).isEqualTo(flood.length);
        assertThat(cutter.next()).isEqualTo(FrameCutter.Verdict.MORE);
        assertThat(cutter.start()).isEqualTo(flood.length);
    }

    @Test
    void theLargestMessageWithEveryByteEscapedIsAFrame() {
        byte[] message = new byte[Frame.LARGEST_MESSAGE_BYTES];
        int body =
                Frame.beginPackage(message, 0, 0x0900, Edition.JT2019, "7", 0x7E7E, 0x7D7D, 0x7E7D);
        Arrays.fill(message, body, body + Frame.LARGEST_BODY_BYTES, (byte) 0x7D);
        int length = Frame.finish(message, 0, Frame.LARGEST_BODY_BYTES);
        byte[] frame = new byte[Frame.LARGEST_FRAME_BYTES];
        int frameBytes = Frame.escape(message, 0, length, frame, 0);
        FrameCutter cutter = new FrameCutter();
        cutter.over(frame, 0, frameBytes);
        assertThat(cutter.next()).isEqualTo(FrameCutter.Verdict.FRAME);
        byte[] found =
                Arrays.copyOfRange(cutter.bytes(), cutter.message(), cutter.message() + length);
        assertThat(found).isEqualTo(Arrays.copyOf(message, length));
        assertThat(Frame.packages(found, 0)).isEqualTo(0x7D7D);
        assertThat(Frame.packageNumber(found, 0)).isEqualTo(0x7E7D);
        assertThat(Frame.serial(found, 0)).isEqualTo(0x7E7E);
    }

    @Test
    void theFaultIsTheByteThatIsWrong() {
        byte[] stream = bytes("7E7D010200000123456789000012347D03007E");
        FrameCutter cutter = new FrameCutter();
        cutter.over(stream, 0, stream.length);
        assertThat(cutter.next()).isEqualTo(FrameCutter.Verdict.ESCAPE);
        assertThat(cutter.fault()).isEqualTo(15);
        byte[] wrongBcc = bytes("7E7D0102000001234567890000120A007E");
        cutter.over(wrongBcc, 0, wrongBcc.length);
        assertThat(cutter.next()).isEqualTo(FrameCutter.Verdict.BCC);
        assertThat(cutter.fault()).isEqualTo(wrongBcc.length - 2);
    }

    /** Whatever stands between them, right frames are found, whole and in order. */
    @Test
    void framesSurviveAnyGarbageBetweenFlags() {
        long seed = Long.getLong("roadloop.seed", 20_260_808L);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            int frames = random.nextInt(6);
            for (int i = 0; i < frames; i++) {
                stream.writeBytes(garbage(random));
                stream.writeBytes(
                        OutgoingMessage.of(
                                        0x0900,
                                        randomBytes(random, random.nextInt(200)),
                                        random.nextBoolean() ? Edition.JT2013 : Edition.JT2019,
                                        "1390000" + random.nextInt(1000),
                                        1000 * round + i)
                                .frames()
                                .getFirst());
            }
            stream.writeBytes(garbage(random));
            byte[] bytes = stream.toByteArray();
            FrameCutter cutter = new FrameCutter();
            cutter.over(bytes, 0, bytes.length);
            List<Integer> serials = new ArrayList<>();
            FrameCutter.Verdict verdict = cutter.next();
            while (verdict != FrameCutter.Verdict.MORE) {
                if (verdict == FrameCutter.Verdict.FRAME) {
                    serials.add(Frame.serial(cutter.bytes(), cutter.message()));
                }
                verdict = cutter.next();
            }
            List<Integer> expected = new ArrayList<>();
            for (int i = 0; i < frames; i++) {
                expected.add(1000 * round + i & 0xFFFF);
            }
            assertThat(serials).as("seed %d round %d", seed, round).isEqualTo(expected);
        }
    }

    private static byte[] garbage(Random random) {
        byte[] garbage = randomBytes(random, random.nextInt(60));
        for (int i = 0; i < garbage.length; i++) {
            if (random.nextInt(8) == 0) {
                garbage[i] = random.nextBoolean() ? Frame.FLAG : Frame.ESCAPE;
            }
        }
        return garbage;
    }

    private static byte[] randomBytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Words of hex; H is the heartbeat, B the one whose BCC is a flag. */
    private static byte[] bytes(String stream) {
        StringBuilder hex = new StringBuilder();
        for (String word : stream.split(" ")) {
            hex.append(word.equals("H") ? HEARTBEAT : word.equals("B") ? ESCAPED_BCC : word);
        }
        return HexFormat.of().parseHex(hex);
    }

    private static List<String> verdicts(byte[] stream) {
        FrameCutter cutter = new FrameCutter();
        cutter.over(stream, 0, stream.length);
        List<String> found = new ArrayList<>();
        do {
            found.add(cutter.next().name());
        } while (!found.getLast().equals("MORE"));
        return found;
    }
}
