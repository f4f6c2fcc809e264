package org.roadloop.collect.v2x.day1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.roadloop.collect.v2x.uper.Fault;
import org.roadloop.collect.v2x.uper.RandomMessages;
import org.roadloop.collect.v2x.uper.RawValues;
import org.roadloop.collect.v2x.uper.TextReader;
import org.roadloop.collect.v2x.uper.TextWriter;
import org.roadloop.collect.v2x.uper.UperReader;
import org.roadloop.collect.v2x.uper.UperWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class MessageFrameTest {
    /**
     * The published text of BSM, SPAT and MAP is of the same senders, some seconds or minutes
     * apart: these fields of it are of another moment (seen with another decoder, too).
     */
    private static final Set<String> OF_ANOTHER_MOMENT =
            Set.of("msgCnt", "moy", "timeStamp", "secMark");

    private final UperReader reader = new UperReader();
    private final UperWriter writer = new UperWriter();
    private final MessageFrame frame = new MessageFrame();

    @Test
    void recordedFramesAreWhatTheirTextSays() throws Exception {
        RoadsideEnvelope envelope = new RoadsideEnvelope();
        List<Integer> kinds = new ArrayList<>();
        for (RecordedFrames.Recorded recorded : RecordedFrames.read()) {
            byte[] bytes = recorded.envelope();
            assertThat(envelope.read(bytes, 0, bytes.length))
                    .isEqualTo(RoadsideEnvelope.Verdict.OK);
            assertThat(envelope.roadsideUnitName()).isEqualTo("u_id_123");
            assertThat(envelope.count()).isEqualTo(recorded.messages().size());
            byte[][] frames = new byte[envelope.count()][];
            for (int i = 0; i < envelope.count(); i++) {
                assertThat(envelope.frame(bytes, i, reader, frame)).isEqualTo(Fault.NONE);
                kinds.add(frame.kind);
                // The text of the two BSM is in the other order.
                sameLeaves(recorded.messages().get(envelope.count() - 1 - i), frame);
                int at = envelope.offset(i);
                frames[i] = writer.write(frame);
                assertThat(frames[i])
                        .isEqualTo(Arrays.copyOfRange(bytes, at, at + envelope.length(i)));
                MessageFrame again = new MessageFrame();
                new TextReader().read(new TextWriter().write(frame), again);
                assertThat(writer.write(again)).isEqualTo(frames[i]);
            }
            assertThat(
                            RoadsideEnvelope.write(
                                    envelope.roadsideUnit(),
                                    envelope.timeMillis(),
                                    envelope.counted(),
                                    frames))
                    .isEqualTo(bytes);
        }
        assertThat(kinds).containsExactly(3, 0, 0, 2, 4, 1);
    }

    private static void sameLeaves(List<RecordedFrames.Leaf> text, MessageFrame frame) {
        List<RawValues.Leaf> raw = RawValues.of(frame);
        // The text of MAP breaks off within its second road.
        assertThat(raw.size()).isGreaterThanOrEqualTo(text.size());
        if (frame.kind != MessageFrame.MAP) {
            assertThat(raw).hasSameSizeAs(text);
        }
        for (int i = 0; i < text.size(); i++) {
            String key = text.get(i).key();
            String value = text.get(i).value();
            if (key.equals("offsetV")) {
                assertThat(raw.get(i).name()).matches("(offset\\d|elevation)Metres");
            } else {
                assertThat(raw.get(i).name()).startsWith(key);
            }
            if (frame.kind == MessageFrame.RSM
                    || frame.kind == MessageFrame.RSI
                    || !OF_ANOTHER_MOMENT.contains(key)) {
                assertThat(raw.get(i).value()).as(key).isEqualTo(asRaw(value));
            }
        }
    }

    /**
     * {@code 5 (yellow)} is a word, {@code E0 00 (4 bits unused)} bits, {@code 04 00} two bytes.
     */
    private static String asRaw(String printed) {
        if (printed.matches("-?\\d{1,10}")) {
            // One byte is printed as two digits.
            return printed;
        }
        if (printed.matches("\\d+ \\(\\D.*\\)")) {
            return printed.replaceAll(".*\\((.*)\\)", "$1");
        }
        String hex = printed.replaceAll("\\(.*", "").replace(" ", "").toLowerCase();
        if (hex.length() != 4) {
            return hex;
        }
        int unused =
                printed.contains("(")
                        ? Integer.parseInt(printed.replaceAll(".*\\((\\d+) .*", "$1"))
                        : 0;
        String bits = Integer.toBinaryString(0x10000 | Integer.parseInt(hex, 16)).substring(1);
        return bits.substring(0, 16 - unused);
    }

    /**
     * Worked by hand from X.691: 0, 011, 0 000, 1010101, 00000, then one junction with one light.
     */
    @Test
    void bitsAreWhereTheRulesSay() {
        frame.kind = MessageFrame.SPAT;
        SignalPhaseAndTiming spat = frame.spat;
        spat.msgCnt = 0b1010101;
        IntersectionState junction = spat.intersections.add();
        junction.intersectionId.id = 0xABCD;
        junction.status = IntersectionState.STATUS.mask("off");
        Phase phase = junction.phases.add();
        phase.id = 0x81;
        Phase.State state = phase.phaseStates.add();
        state.light = 7;
        state.presence = Phase.State.TIMING;
        state.timingForm = Phase.State.COUNTING;
        state.counting.startDeciseconds = 1;
        state.counting.likelyEndDeciseconds = 36_001;
        String bits =
                "0 011 0 000 1010101 00000"
                        + " 0 000 0 1010101111001101 0000000001000000 0000"
                        + " 10000001 0000"
                        + " 0 1 0 0111"
                        + " 0 0 00000 0000000000000001 1000110010100001";
        assertThat(bits(writer.write(frame))).startsWith(bits.replace(" ", ""));
        assertThat(reader.read(writer.write(frame), 0, 15, new MessageFrame()))
                .isEqualTo(Fault.NONE);
    }

    @Test
    void timesOfTheHourAreApartFromThoseFromNow() {
        frame.kind = MessageFrame.SPAT;
        Phase.State sent = frame.spat.intersections.add().phases.add().phaseStates.add();
        sent.presence = Phase.State.TIMING;
        sent.timingForm = Phase.State.UTC;
        sent.utcTiming.presence = PhaseTimes.NEXT_LAST;
        sent.utcTiming.startDeciseconds = 7;
        sent.utcTiming.nextLastDeciseconds = 9;
        byte[] bytes = writer.write(frame);
        MessageFrame read = new MessageFrame();
        assertThat(reader.read(bytes, 0, bytes.length, read)).isEqualTo(Fault.NONE);
        Phase.State state = read.spat.intersections.get(0).phases.get(0).phaseStates.get(0);
        assertThat(state.utcTiming.startDeciseconds).isEqualTo(7);
        assertThat(state.utcTiming.nextLastDeciseconds).isEqualTo(9);
        assertThat(new TextWriter().write(read).toString())
                .contains("\"startUTCTimeSeconds\":0.7", "\"nextEndUTCTimeSeconds\":0.9");
    }

    private static String bits(byte[] bytes) {
        StringBuilder bits = new StringBuilder();
        for (byte octet : bytes) {
            bits.append(Integer.toBinaryString(0x100 | octet & 0xFF).substring(1));
        }
        return bits.toString();
    }

    @Test
    void everyMessageComesBackByteForByte() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        RandomMessages random = new RandomMessages(seed, true);
        MessageFrame again = new MessageFrame();
        MessageFrame fromText = new MessageFrame();
        TextWriter text = new TextWriter();
        TextReader textReader = new TextReader();
        JsonMapper mapper = JsonMapper.builder().build();
        for (int round = 0; round < 600; round++) {
            frame.kind = round % 6;
            frame.exchange(random);
            byte[] bytes = writer.write(frame);
            assertThat(reader.read(bytes, 0, bytes.length, again))
                    .as("at byte %d", reader.faultOffset())
                    .isEqualTo(Fault.NONE);
            assertThat(writer.write(again)).isEqualTo(bytes);
            String printed = mapper.writeValueAsString(text.write(again));
            textReader.read(mapper.readTree(printed), fromText);
            assertThat(writer.write(fromText)).isEqualTo(bytes);
        }
    }

    @Test
    void whatALaterEditionAddsIsKept() {
        // An extended SPAT: additions 1 and 3 of three, "ab cd" and one zero.
        String bits =
                "0 011 1 000 0000001 00000"
                        + " 0 000 0 0000000000000101 0000000000000000 0000"
                        + " 00000111 0000 0 0 1 0 000011"
                        + " 0 000010 101 00000010 10101011 11001101 00000001 00000000";
        byte[] bytes = bytes(bits.replace(" ", ""));
        assertThat(reader.read(bytes, 0, bytes.length, frame)).isEqualTo(Fault.NONE);
        assertThat(frame.spat.additions.count()).isEqualTo(3);
        assertThat(frame.spat.additions.isPresent(1)).isFalse();
        assertThat(HexFormat.of().formatHex(frame.spat.additions.content().toBytes()))
                .isEqualTo("abcd00");
        assertThat(frame.spat.intersections.get(0).phases.get(0).phaseStates.get(0).light)
                .isEqualTo(9 + 3);
        assertThat(writer.write(frame)).isEqualTo(bytes);
        ObjectNode text = new TextWriter().write(frame);
        assertThat(text.path("frame").path("spatFrame").path("extensionAdditions").toString())
                .isEqualTo("[\"abcd\",null,\"00\"]");

        // The second-day set: alternative 0 of the extension, five bytes.
        byte[] later = bytes("1" + "0000000" + "00000101" + "1".repeat(40));
        assertThat(reader.read(later, 0, later.length, frame)).isEqualTo(Fault.NONE);
        assertThat(frame.kind).isEqualTo(5);
        assertThat(frame.later.length()).isEqualTo(5);
        assertThat(writer.write(frame)).isEqualTo(later);
    }

    private static byte[] bytes(String bits) {
        byte[] bytes = new byte[(bits.length() + 7) / 8];
        for (int i = 0; i < bits.length(); i++) {
            bytes[i / 8] |= (byte) ((bits.charAt(i) - '0') << (7 - i % 8));
        }
        return bytes;
    }

    @Test
    void whatIsWrongHasANameAndAPlace() throws Exception {
        byte[] envelope = RecordedFrames.read().getFirst().envelope();
        byte[] spat = Arrays.copyOfRange(envelope, 18, envelope.length);
        for (int length = 0; length < spat.length; length++) {
            assertThat(reader.read(spat, 0, length, frame)).isEqualTo(Fault.TRUNCATED);
            assertThat(reader.faultOffset()).isBetween(Math.max(0, length - 4), length);
        }
        assertThat(reader.read(Arrays.copyOf(spat, 262), 0, 262, frame)).isEqualTo(Fault.TRAILING);
        spat[260] |= 1;
        assertThat(reader.read(spat, 0, 261, frame)).isEqualTo(Fault.PADDING);
        // 36002 tenths of a second: the first time of the first light, 87 bits from the start.
        byte[] late =
                bytes(
                        "0011"
                                + "0000"
                                + "0000001"
                                + "00000"
                                + "00000"
                                + "0".repeat(36)
                                + "00000111"
                                + "0000"
                                + "0100011"
                                + "0000000"
                                + "1000110010100010"
                                + "0".repeat(16));
        assertThat(reader.read(late, 0, late.length, frame)).isEqualTo(Fault.RANGE);
        assertThat(reader.faultOffset()).isEqualTo(87 / 8);
    }

    @Test
    void textIsTakenOnlyWhole() throws Exception {
        byte[] envelope = RecordedFrames.read().get(2).envelope();
        assertThat(reader.read(envelope, 18, envelope.length - 18, frame)).isEqualTo(Fault.NONE);
        wrong("speedMps", "5.17", "participants[0].speedMps is 5.17, not one of 0.0..163.82");
        wrong("speedMps", "\"fast\"", "participants[0].speedMps is no number");
        wrong("ptcType", "\"tram\"", "participants[0].ptcType is \"tram\", not one of [unknown");
        wrong("speedKmh", "5", "participants[0].speedKmh is no field here");
        wrong("ptcId", null, "participants[0].ptcId is missing");
    }

    private void wrong(String field, String value, String message) {
        JsonMapper mapper = JsonMapper.builder().build();
        ObjectNode text = new TextWriter().write(frame);
        ObjectNode participant =
                (ObjectNode) text.path("frame").path("rsmFrame").path("participants").get(0);
        if (value == null) {
            participant.remove(field);
        } else {
            participant.set(field, mapper.readTree(value));
        }
        assertThatThrownBy(() -> new TextReader().read(text, new MessageFrame()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("frame.rsmFrame." + message);
    }

    @Test
    void offsetsTakeTheLeastRoom() {
        PositionOffset offset = new PositionOffset();
        offset.offset(-2048, 2047);
        assertThat(offset.form).isEqualTo(0);
        offset.offset(0, 2048);
        assertThat(offset.form).isEqualTo(1);
        offset.offset(-8_388_608, 0);
        assertThat(offset.form).isEqualTo(5);
        assertThatThrownBy(() -> offset.offset(0, 8_388_608))
                .isInstanceOf(IllegalArgumentException.class);
        Position3D reference = new Position3D();
        reference.longE7Degrees = 100;
        offset.offset(-30, 5);
        assertThat(offset.longitude(reference)).isEqualTo(70);
        offset.form = PositionOffset.ABSOLUTE;
        assertThat(offset.longitude(reference)).isEqualTo(-30);
    }
}
