package org.roadloop.collect.jt808;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames and raw packets on the port of T/JSATL 12-2017 §4.6. */
class AttachmentCutterTest {
    private static final String NAME = "00_64_6401_0_TEST.jpg";

    @Test
    void framesAndPacketsFollowEachOther() {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(frame(new AttachmentMessage.FileBegin(NAME, 0, 300)));
        // Flags, escapes, marks and half frames in the data are data.
        stream.writeBytes(packet(0, "7E30316364 7E7E 7D 0002".repeat(12)));
        stream.writeBytes(packet(120, "30316364".repeat(45)));
        stream.writeBytes(frame(new AttachmentMessage.FileEnd(NAME, 0, 300)));
        assertThat(found(stream.toByteArray()))
                .containsExactly("FRAME", "STREAM_PACKET", "STREAM_PACKET", "FRAME", "MORE");
    }

    @Test
    void bytesComeOneByOne() {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(packet(0, "7E".repeat(9)));
        stream.writeBytes(frame(new AttachmentMessage.FileEnd(NAME, 0, 9)));
        stream.writeBytes(packet(9, ""));
        byte[] bytes = stream.toByteArray();
        AttachmentCutter cutter = new AttachmentCutter();
        List<String> found = new ArrayList<>();
        int keep = 0;
        for (int have = 1; have <= bytes.length; have++) {
            cutter.over(bytes, keep, have);
            AttachmentCutter.Verdict verdict = cutter.next();
            while (verdict != AttachmentCutter.Verdict.MORE) {
                found.add(verdict.name());
                verdict = cutter.next();
            }
            keep = cutter.start();
        }
        assertThat(found).containsExactly("STREAM_PACKET", "FRAME", "STREAM_PACKET");
    }

    @Test
    void aPacketBehindAFaultIsFound() {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(new byte[] {0x7E, 1, 2, 3, 4});
        stream.writeBytes(packet(0, "AA7EBB"));
        stream.writeBytes(frame(new AttachmentMessage.FileEnd(NAME, 0, 3)));
        assertThat(found(stream.toByteArray()))
                .containsExactly("FAULT", "STREAM_PACKET", "FRAME", "MORE");
    }

    @Test
    void aPacketOfMoreThanTheLargestIsNoPacket() {
        byte[] packet = new byte[StreamPacket.HEADER_BYTES];
        StreamPacket.write(packet, 0, NAME, 0, StreamPacket.LARGEST_DATA_BYTES + 1);
        assertThat(found(packet).getFirst()).isEqualTo("STREAM_LENGTH");
    }

    @Test
    void textShowsBothAndGivesBothBack() throws Exception {
        byte[] packet = packet(64 * 1024, "7E00FF");
        var message = OutsideFramesTest.TextRun.of(packet).onlyMessage();
        assertThat(message.toString())
                .isEqualTo(
                        "{\"message\":\"StreamPacket\",\"name\":\""
                                + NAME
                                + "\",\"offsetBytes\":65536,\"data\":\"7e00ff\"}");
        assertThat(new Jt808Text().encode(message)).isEqualTo(packet);
    }

    private static byte[] frame(Message message) {
        return OutgoingMessage.of(message, Edition.JT2013, "13900000001", 1).frames().getFirst();
    }

    private static byte[] packet(int offset, String hex) {
        byte[] data = Bytes.ofHex(hex.replace(" ", "")).toArray();
        byte[] packet = Arrays.copyOf(new byte[0], StreamPacket.HEADER_BYTES + data.length);
        StreamPacket.write(packet, 0, NAME, offset, data.length);
        System.arraycopy(data, 0, packet, StreamPacket.HEADER_BYTES, data.length);
        assertThat(StreamPacket.name(packet, 0)).isEqualTo(NAME);
        assertThat(StreamPacket.offsetBytes(packet, 0)).isEqualTo(offset);
        return packet;
    }

    private static List<String> found(byte[] stream) {
        AttachmentCutter cutter = new AttachmentCutter();
        cutter.over(stream, 0, stream.length);
        List<String> found = new ArrayList<>();
        do {
            found.add(cutter.next().name());
        } while (!found.getLast().equals("MORE"));
        return found;
    }
}
