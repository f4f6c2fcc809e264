package org.roadloop.collect.jt808;

import static org.assertj.core.api.Assertions.assertThat;
import static org.roadloop.collect.jt808.PackageAssembler.Verdict.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PackageAssemblerTest {
    private static final long WAIT = 1000;
    private static final PackageAssembler.Bounds BOUNDS =
            new PackageAssembler.Bounds(3, 8, 20_000, WAIT, 2, 16);

    private final PackageAssembler assembler = new PackageAssembler(BOUNDS);

    /** Public servers name a group by phone, id and number of packages, and mix these two. */
    @Test
    void twoUploadsOfEqualSizeDoNotMix() {
        byte[] one = filled(3000, 1);
        byte[] two = filled(3000, 2);
        OutgoingMessage first = upload(one, "13900000001", 65_535);
        OutgoingMessage second = upload(two, "13900000001", 10);
        OutgoingMessage other = upload(one, "13900000002", 65_535);
        assertThat(offer(first, 1)).isEqualTo(KEPT);
        assertThat(offer(second, 3)).isEqualTo(KEPT);
        assertThat(offer(other, 2)).isEqualTo(KEPT);
        assertThat(offer(second, 1)).isEqualTo(KEPT);
        assertThat(offer(first, 3)).isEqualTo(KEPT);
        assertThat(offer(second, 2)).isEqualTo(WHOLE);
        assertThat(assembler.body()).isEqualTo(two);
        assertThat(offer(first, 2)).isEqualTo(WHOLE);
        assertThat(assembler.body()).isEqualTo(one);
        assertThat(assembler.record()).isEqualTo(joined(first));
        assertThat(assembler.groups()).isEqualTo(1);
    }

    @Test
    void anyOrderAndAnyRepeatGiveTheBody() {
        long seed = Long.getLong("roadloop.seed", 20_260_809L);
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            byte[] body = new byte[1024 + random.nextInt(7000)];
            random.nextBytes(body);
            OutgoingMessage sent = upload(body, "13900000001", random.nextInt(65_536));
            List<Integer> order = new ArrayList<>();
            for (int i = 1; i <= sent.frames().size(); i++) {
                order.add(i);
            }
            Collections.shuffle(order, random);
            PackageAssembler.Verdict last = KEPT;
            for (int i = 0; i < order.size(); i++) {
                if (i > 0) {
                    assertThat(offer(sent, order.get(random.nextInt(i)))).isEqualTo(DUPLICATE);
                }
                last = offer(sent, order.get(i));
            }
            assertThat(last).as("seed %d round %d", seed, round).isEqualTo(WHOLE);
            assertThat(assembler.body()).isEqualTo(body);
            assertThat(assembler.bytes()).isZero();
        }
    }

    @Test
    void otherMessagesMayTakeSerialsBetweenPackages() {
        byte[] body = filled(4000, 5);
        // A heartbeat after the first, three positions after the second; the serial wraps.
        List<byte[]> packages = gapped(body, 65_533, 1, 3, 0);
        assertThat(offer(packages.get(0))).isEqualTo(KEPT);
        assertThat(offer(packages.get(1))).isEqualTo(KEPT);
        assertThat(offer(packages.get(1))).isEqualTo(DUPLICATE);
        List<PackageAssembler.Request> due = assembler.due(WAIT, new ArrayList<>());
        assertThat(due).hasSize(1);
        assertThat(due.getFirst().missing()).containsExactly(3, 4);
        assertThat(due.getFirst().group().firstSerial()).isEqualTo(65_533);
        assertThat(offer(packages.get(2))).isEqualTo(KEPT);
        assertThat(offer(packages.get(3))).isEqualTo(WHOLE);
        assertThat(assembler.body()).isEqualTo(body);
        assertThat(assembler.groups()).isZero();
    }

    /** It may as well be the end of an upload whose beginning is still to come. */
    @Test
    void aPackageWithoutTheOneBeforeItBeginsAGroup() {
        List<byte[]> packages = gapped(filled(3000, 5), 10, 2, 0);
        assertThat(offer(packages.get(0))).isEqualTo(KEPT);
        assertThat(offer(packages.get(2))).isEqualTo(KEPT);
        assertThat(assembler.groups()).isEqualTo(2);
    }

    /** Which upload the third package is of cannot be told: neither becomes whole. */
    @Test
    void twoUploadsOfEqualSizeDoNotMixWithSerialsBetween() {
        List<byte[]> one = gapped(filled(3000, 1), 10, 0, 4);
        List<byte[]> two = gapped(filled(3000, 2), 12, 0, 4);
        for (byte[] frame : List.of(one.get(0), one.get(1), two.get(0), two.get(1))) {
            assertThat(offer(frame)).isEqualTo(KEPT);
        }
        assertThat(offer(two.get(2))).isEqualTo(KEPT);
        assertThat(offer(one.get(2))).isEqualTo(BOUND);
        assertThat(assembler.groups()).isEqualTo(3);
    }

    /** An upload whose beginning found no room does not end in an older one that stands open. */
    @Test
    void whatWasRefusedIsNotTakenForTheRestOfAnother() {
        PackageAssembler one =
                new PackageAssembler(new PackageAssembler.Bounds(1, 8, 20_000, WAIT, 2, 16));
        OutgoingMessage first = upload(filled(3000, 1), "1", 10);
        OutgoingMessage second = upload(filled(3000, 2), "1", 13);
        assertThat(offer(one, first, 1)).isEqualTo(KEPT);
        assertThat(offer(one, first, 2)).isEqualTo(KEPT);
        for (int number = 1; number <= 3; number++) {
            assertThat(offer(one, second, number)).isEqualTo(BOUND);
        }
        assertThat(offer(one, first, 3)).isEqualTo(WHOLE);
        assertThat(one.body()).isEqualTo(filled(3000, 1));
    }

    @Test
    void aSerialFarOffIsOfAnotherUpload() {
        List<byte[]> far = gapped(filled(2000, 1), 10, 17);
        assertThat(offer(far.get(0))).isEqualTo(KEPT);
        assertThat(offer(far.get(1))).isEqualTo(KEPT);
        assertThat(assembler.groups()).isEqualTo(2);
        List<byte[]> back = gapped(filled(2000, 1), 500, -2);
        assertThat(offer(back.get(0))).isEqualTo(KEPT);
        assertThat(offer(back.get(1))).isEqualTo(BOUND);
    }

    /** Frames of an upload with as many serials taken by others after each package. */
    private static List<byte[]> gapped(byte[] body, int firstSerial, int... others) {
        List<byte[]> frames = new ArrayList<>();
        int serial = firstSerial;
        for (int i = 0; i <= others.length; i++) {
            frames.add(upload(body, "13900000001", serial - i & 0xFFFF).frames().get(i));
            serial += 1 + (i < others.length ? others[i] : 0);
        }
        return frames;
    }

    private PackageAssembler.Verdict offer(byte[] frame) {
        return offer(assembler, frame);
    }

    @Test
    void whatIsMissingIsAskedForAndThenGivenUp() {
        OutgoingMessage sent = upload(filled(4000, 3), "13900000001", 65_534);
        offer(sent, 4);
        offer(sent, 2);
        List<PackageAssembler.Group> givenUp = new ArrayList<>();
        assertThat(assembler.due(WAIT - 1, givenUp)).isEmpty();
        for (int request = 1; request <= 2; request++) {
            List<PackageAssembler.Request> due = assembler.due(request * WAIT, givenUp);
            assertThat(due).hasSize(1);
            assertThat(due.getFirst().missing()).containsExactly(1, 3);
            assertThat(due.getFirst().group().firstSerial()).isEqualTo(65_534);
        }
        assertThat(givenUp).isEmpty();
        assertThat(assembler.due(3 * WAIT, givenUp)).isEmpty();
        assertThat(givenUp).hasSize(1);
        assertThat(assembler.groups() + assembler.bytes()).isZero();
    }

    @Test
    void boundsHoldInGroupsPackagesAndBytes() {
        assertThat(offer(upload(filled(9 * 1023, 1), "1", 0), 1)).isEqualTo(BOUND);
        for (int i = 0; i < 3; i++) {
            assertThat(offer(upload(filled(2000, 1), "1", 100 * i), 1)).isEqualTo(KEPT);
        }
        assertThat(offer(upload(filled(2000, 1), "1", 900), 1)).isEqualTo(BOUND);
        PackageAssembler small =
                new PackageAssembler(new PackageAssembler.Bounds(3, 8, 2000, WAIT, 2, 16));
        OutgoingMessage sent = upload(filled(3000, 1), "1", 0);
        assertThat(offer(small, sent, 1)).isEqualTo(KEPT);
        assertThat(offer(small, sent, 2)).isEqualTo(BOUND);
        assertThat(small.bytes()).isLessThanOrEqualTo(2000);
    }

    @Test
    void aPackageNumberIsFromOneToTheirNumber() {
        byte[] message = new byte[64];
        for (int[] wrong : new int[][] {{3, 0}, {3, 4}, {0, 0}, {0, 1}}) {
            Frame.beginPackage(message, 0, 0x0801, Edition.JT2013, "1", 5, wrong[0], wrong[1]);
            Frame.finish(message, 0, 10);
            assertThat(assembler.offer(message, 0, 0)).isEqualTo(NUMBER);
        }
        assertThat(assembler.groups()).isZero();
    }

    private static OutgoingMessage upload(byte[] body, String phone, int serial) {
        return OutgoingMessage.of(0x0801, body, Edition.JT2013, phone, serial);
    }

    private PackageAssembler.Verdict offer(OutgoingMessage sent, int number) {
        return offer(assembler, sent, number);
    }

    private static PackageAssembler.Verdict offer(
            PackageAssembler assembler, OutgoingMessage sent, int number) {
        return offer(assembler, sent.frames().get(number - 1));
    }

    private static PackageAssembler.Verdict offer(PackageAssembler assembler, byte[] frame) {
        FrameCutter cutter = new FrameCutter();
        cutter.over(frame, 0, frame.length);
        assertThat(cutter.next()).isEqualTo(FrameCutter.Verdict.FRAME);
        return assembler.offer(cutter.bytes(), cutter.message(), 0);
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] joined(OutgoingMessage message) {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        message.frames().forEach(out::writeBytes);
        return out.toByteArray();
    }
}
