package org.roadloop.collect.gb32960;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.roadloop.collect.Lineage;
import org.roadloop.core.table.Batch;

class FrameCutterTest {
    /** Heartbeat of LTEST000000000001, worked by hand: XOR of bytes 2..23 is a3. */
    private static final String HEARTBEAT = "232307fe4c54455354303030303030303030303031010000a3";

    private static final String LOGIN =
            "232301fe4c5445535430303030303030303030303101001e1a0b160a1e05"
                    + "0001"
                    + "3839383630303030303030303030303030303031"
                    + "0100"
                    + "a3";
    private static final byte[] VIN = "LTEST000000000001".getBytes();

    @Test
    void framesBackToBack() {
        assertThat(cut(HEARTBEAT + LOGIN + HEARTBEAT))
                .isEqualTo("FRAME 25, FRAME 55, FRAME 25, MORE 0");
    }

    @Test
    void bothEditionsComeMixed() {
        // The BCC begins behind the start bytes.
        String heartbeat2025 = "2424" + HEARTBEAT.substring(4);
        assertThat(cut(HEARTBEAT + heartbeat2025 + HEARTBEAT))
                .isEqualTo("FRAME 25, FRAME 25, FRAME 25, MORE 0");
        assertThat(cut("2423" + heartbeat2025 + "24")).isEqualTo("GARBAGE 2, FRAME 25, MORE 1");
        byte[] bytes = HexFormat.of().parseHex(heartbeat2025);
        assertThat(Edition.of(bytes, 0)).isEqualTo(Edition.V2025);
    }

    @Test
    void garbageBeforeBetweenAndBehind() {
        assertThat(cut("00ff23aa" + HEARTBEAT + "0102" + LOGIN + "99"))
                .isEqualTo("GARBAGE 4, FRAME 25, GARBAGE 2, FRAME 55, GARBAGE 1, MORE 0");
    }

    @Test
    void aSplitStartMarkIsKept() {
        assertThat(cut(HEARTBEAT + "23")).isEqualTo("FRAME 25, MORE 1");
        assertThat(cut(HEARTBEAT.substring(0, 40))).isEqualTo("MORE 20");
    }

    @Test
    void aWrongBccIsOneFaultAndTheNextFrameIsFound() {
        String wrong = HEARTBEAT.substring(0, 48) + "a4";
        assertThat(cut(wrong + LOGIN)).isEqualTo("BCC 25, FRAME 55, MORE 0");
    }

    @Test
    void aSenderOfFalseHeadersByteByByteCostsLittle() {
        // One start that waits for 64 KiB, full of starts of frames with a wrong BCC.
        byte[] bytes = new byte[Frame.LARGEST_BYTES];
        Frame.begin(bytes, 0, RealTimeReport.COMMAND, Frame.FLAG_COMMAND, VIN);
        Frame.put16(bytes, 22, 65_531);
        int last = 24 * 2400;
        for (int at = 24; at <= last; at += 24) {
            Frame.begin(bytes, at, RealTimeReport.COMMAND, Frame.FLAG_COMMAND, VIN);
            Frame.put16(bytes, at + 22, 60_000 - at);
        }
        for (int at = last; at > 0; at -= 24) {
            if (Frame.hasRightBcc(bytes, at)) {
                bytes[at + 4] ^= 1; // within the id, and so of no later frame
            }
        }
        assertTimeout(
                Duration.ofSeconds(4),
                () -> {
                    FrameCutter cutter = new FrameCutter(Frame.LARGEST_BYTES);
                    for (int have = 61_000; have < 65_000; have++) {
                        cutter.over(bytes, 0, have);
                        assertThat(cutter.next()).isEqualTo(FrameCutter.Verdict.MORE);
                    }
                });
    }

    @Test
    void aFrameInsideAFrameWithWrongLengthIsFound() {
        // Length says 0x0100 more bytes follow; a whole frame stands inside them.
        String falseStart = "232302fe4c54455354303030303030303030303031010100";
        assertThat(cut(falseStart + HEARTBEAT + "0000"))
                .isEqualTo("HEADER 24, FRAME 25, GARBAGE 2, MORE 0");
        assertThat(cut(falseStart + "0000")).isEqualTo("MORE 26");
    }

    @Test
    void implausibleHeadersAreNotWaitedFor() {
        assertThat(cut("232302fd" + HEARTBEAT)).isEqualTo("HEADER 24, FRAME 25, MORE 0");
        assertThat(cut("2323" + HEARTBEAT)).isEqualTo("HEADER 24, HEADER 24, FRAME 25, MORE 0");
    }

    @Test
    void aLengthAboveTheBoundIsRefused() {
        FrameCutter cutter = new FrameCutter(100);
        byte[] bytes =
                HexFormat.of()
                        .parseHex("232302fe4c54455354303030303030303030303031010100" + HEARTBEAT);
        cutter.over(bytes, 0, bytes.length);
        assertThat(cutter.next()).isEqualTo(FrameCutter.Verdict.LENGTH);
        assertThat(cutter.next()).isEqualTo(FrameCutter.Verdict.FRAME);
    }

    @Test
    void loginFieldsAreWhereTheTableSays() {
        byte[] login = HexFormat.of().parseHex(LOGIN);
        assertThat(VehicleLogin.hasRightLength(login, 0)).isTrue();
        assertThat(VehicleLogin.serial(login, 24)).isEqualTo(1);
        assertThat(VehicleLogin.iccid(login, 24)).isEqualTo("89860000000000000001");
        assertThat(VehicleLogin.collectedAtMicros(login, 24)).isEqualTo(1_795_314_605_000_000L);
        byte[] own = new byte[55];
        VehicleLogin.write(
                own, 0, VIN, 1_795_314_605_000_000L, 1, "89860000000000000001".getBytes());
        assertThat(own).isEqualTo(login);
    }

    @Test
    void answersKeepTheHeaderAndTheTime() {
        byte[] out = new byte[31];
        int length = Frame.answer(HexFormat.of().parseHex(LOGIN), 0, Frame.FLAG_SUCCESS, out, 0);
        assertThat(HexFormat.of().formatHex(out, 0, length))
                .isEqualTo("232301014c544553543030303030303030303030310100061a0b160a1e05" + "4a");
        length = Frame.answer(HexFormat.of().parseHex(HEARTBEAT), 0, Frame.FLAG_SUCCESS, out, 0);
        assertThat(HexFormat.of().formatHex(out, 0, length))
                .isEqualTo("232307014c544553543030303030303030303030310100005c");
    }

    @Test
    void platformLoginFieldsAreWhereTheTableSays() {
        String hex =
                "232305fe4c544553543030303030303030303030310100291a0b160a1e050001"
                        + "43495459504c4154464f524d"
                        + "7365637265742d6f662d7468652d636974793031"
                        + "01cb";
        byte[] login = HexFormat.of().parseHex(hex);
        assertThat(PlatformLogin.user(login, 24)).isEqualTo("CITYPLATFORM");
        assertThat(PlatformLogin.password(login, 24)).isEqualTo("secret-of-the-city01");
        byte[] own = new byte[66];
        PlatformLogin.write(
                own, 0, VIN, 1_795_314_605_000_000L, 1, "CITYPLATFORM", "secret-of-the-city01");
        assertThat(own).isEqualTo(login);
        PlatformLogin.blankPassword(own, 0);
        assertThat(Frame.hasRightBcc(own, 0)).isTrue();
        assertThat(new String(own)).doesNotContain("secret");
    }

    @Test
    void timesOfTheCalendar() {
        byte[] bytes = new byte[6];
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            long micros = (946_684_800L + random.nextLong(3_000_000_000L)) * 1_000_000;
            CollectionTime.write(micros, bytes, 0);
            var beijing =
                    java.time.LocalDateTime.ofEpochSecond(
                            micros / 1_000_000 + 8 * 3600, 0, java.time.ZoneOffset.UTC);
            assertThat(bytes)
                    .containsExactly(
                            beijing.getYear() - 2000,
                            beijing.getMonthValue(),
                            beijing.getDayOfMonth(),
                            beijing.getHour(),
                            beijing.getMinute(),
                            beijing.getSecond());
            assertThat(CollectionTime.micros(bytes, 0)).isEqualTo(micros);
        }
        assertThat(CollectionTime.micros(new byte[] {25, 2, 29, 0, 0, 0}, 0))
                .isEqualTo(CollectionTime.INVALID);
        assertThat(CollectionTime.micros(new byte[] {24, 2, 29, 0, 0, 0}, 0))
                .isNotEqualTo(CollectionTime.INVALID);
    }

    /** Frames with garbage between, received in random pieces: none may be lost. */
    @Test
    void randomPiecesLoseNoFrame() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                if (random.nextInt(3) == 0) {
                    byte[] garbage = new byte[random.nextInt(60)];
                    random.nextBytes(garbage);
                    for (int g = 0; g < garbage.length; g++) {
                        // Garbage of start bytes would be a legal false start; half of it is.
                        garbage[g] = garbage[g] == 0x23 ? 0x24 : garbage[g];
                    }
                    stream.writeBytes(garbage);
                }
                byte[] frame = new byte[55];
                VehicleLogin.write(
                        frame,
                        0,
                        VIN,
                        1_795_314_605_000_000L,
                        i + 1,
                        "89860000000000000001".getBytes());
                sent.add(HexFormat.of().formatHex(frame));
                stream.writeBytes(frame);
            }
            assertThat(receive(stream.toByteArray(), random)).isEqualTo(sent);
        }
    }

    /** Anything at all: no exception, no over-read, and every accepted frame has a right BCC. */
    @Test
    @Tag("slow")
    void randomBytesNeverThrow() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] report = new byte[ReportEncoder.FRAME_BYTES];
        VehicleSample sample = new VehicleSample();
        sample.collectedAtMicros = 1_795_314_605_000_000L;
        ReportEncoder.write(report, 0, RealTimeReport.COMMAND, VIN, sample);
        Batch batch = new Batch(VehicleReportTable.SCHEMA, 64);
        VehicleReportColumns columns = new VehicleReportColumns(batch);
        int usable = 0;
        int rejected = 0;
        for (int round = 0; round < 200_000; round++) {
            int length = 7 + random.nextInt(report.length - 7) + Frame.HEADER_BYTES;
            byte[] frame = Arrays.copyOf(report, Math.min(length, report.length));
            int changes = 1 + random.nextInt(8);
            for (int c = 0; c < changes; c++) {
                frame[Frame.HEADER_BYTES + random.nextInt(frame.length - Frame.HEADER_BYTES)] =
                        (byte) random.nextInt();
            }
            Frame.finish(frame, 0, frame.length - Frame.SMALLEST_BYTES);
            if (batch.isFull()) {
                batch.clear();
            }
            ReportVerdict verdict = columns.append(frame, 0, 0, Lineage.SIMULATED, 0, 0);
            assertThat(RealTimeReport.check(frame, 0)).isEqualTo(verdict);
            if (verdict.isUsable()) {
                usable++;
            } else {
                rejected++;
            }
            FrameCutter cutter = new FrameCutter(Frame.LARGEST_BYTES);
            frame[random.nextInt(frame.length)] ^= (byte) random.nextInt();
            cutter.over(frame, 0, frame.length);
            for (FrameCutter.Verdict v = cutter.next();
                    v != FrameCutter.Verdict.MORE;
                    v = cutter.next()) {
                if (v == FrameCutter.Verdict.FRAME) {
                    assertThat(Frame.hasRightBcc(frame, cutter.start())).isTrue();
                }
            }
        }
        assertThat(usable).isGreaterThan(1000);
        assertThat(rejected).isGreaterThan(1000);
    }

    private static List<String> receive(byte[] stream, Random random) {
        List<String> frames = new ArrayList<>();
        FrameCutter cutter = new FrameCutter(Frame.LARGEST_BYTES);
        byte[] carry = new byte[0];
        int at = 0;
        while (at < stream.length) {
            int n = Math.min(stream.length - at, 1 + random.nextInt(90));
            byte[] bytes = Arrays.copyOf(carry, carry.length + n);
            System.arraycopy(stream, at, bytes, carry.length, n);
            at += n;
            cutter.over(bytes, 0, bytes.length);
            FrameCutter.Verdict verdict = cutter.next();
            while (verdict != FrameCutter.Verdict.MORE) {
                if (verdict == FrameCutter.Verdict.FRAME) {
                    frames.add(
                            HexFormat.of()
                                    .formatHex(
                                            bytes,
                                            cutter.start(),
                                            cutter.start() + cutter.length()));
                }
                verdict = cutter.next();
            }
            carry = Arrays.copyOfRange(bytes, cutter.start(), bytes.length);
        }
        return frames;
    }

    private static String cut(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        FrameCutter cutter = new FrameCutter(Frame.LARGEST_BYTES);
        cutter.over(bytes, 0, bytes.length);
        List<String> found = new ArrayList<>();
        while (true) {
            FrameCutter.Verdict verdict = cutter.next();
            found.add(verdict + " " + cutter.length());
            if (verdict == FrameCutter.Verdict.MORE) {
                return String.join(", ", found);
            }
        }
    }
}
