package org.roadloop.collect.mcap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the fields of one record's body in order (记录体). One thread. */
final class RecordBody {
    static final int HEADER = 0x01;
    static final int FOOTER = 0x02;
    static final int SCHEMA = 0x03;
    static final int CHANNEL = 0x04;
    static final int MESSAGE = 0x05;
    static final int CHUNK = 0x06;
    static final int MESSAGE_INDEX = 0x07;
    static final int CHUNK_INDEX = 0x08;
    static final int ATTACHMENT = 0x09;
    static final int ATTACHMENT_INDEX = 0x0A;
    static final int STATISTICS = 0x0B;
    static final int METADATA = 0x0C;
    static final int METADATA_INDEX = 0x0D;
    static final int SUMMARY_OFFSET = 0x0E;
    static final int DATA_END = 0x0F;

    /** Opcode and length before a body. */
    static final int HEAD_BYTES = 9;

    /** A message's fields before its data. */
    static final int MESSAGE_HEAD_BYTES = 22;

    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    final byte[] bytes;
    final int end;
    int at;

    RecordBody(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    static int u16(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at) & 0xFFFF;
    }

    static long u32(byte[] bytes, int at) {
        return (int) INT.get(bytes, at) & 0xFFFF_FFFFL;
    }

    static long u64(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    static int u8(byte[] bytes, int at) {
        return bytes[at] & 0xFF;
    }

    int u16() {
        return u16(bytes, take(2));
    }

    long u32() {
        return u32(bytes, take(4));
    }

    long u64() {
        return u64(bytes, take(8));
    }

    /** Text must be UTF-8. */
    String string() {
        int length = length();
        ByteBuffer text = ByteBuffer.wrap(bytes, at, length);
        at += length;
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
        } catch (CharacterCodingException e) {
            throw new MalformedBody("mcap_text", "a text of the record is not UTF-8");
        }
    }

    byte[] bytes() {
        int length = length();
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    Map<String, String> texts() {
        int mapEnd = length() + at;
        Map<String, String> texts = new LinkedHashMap<>();
        RecordBody map = new RecordBody(bytes, at, mapEnd);
        while (map.at < mapEnd) {
            texts.put(map.string(), map.string());
        }
        at = mapEnd;
        return texts;
    }

    Map<Integer, Long> longsByChannel() {
        int mapEnd = length() + at;
        Map<Integer, Long> longs = new LinkedHashMap<>();
        RecordBody map = new RecordBody(bytes, at, mapEnd);
        while (map.at < mapEnd) {
            longs.put(map.u16(), map.u64());
        }
        at = mapEnd;
        return longs;
    }

    /** Moves over {@code count} bytes and returns where they start. */
    int take(int count) {
        if (count > end - at) {
            throw new MalformedBody(
                    "mcap_record", "a field of %d bytes runs over the record".formatted(count));
        }
        at += count;
        return at - count;
    }

    private int length() {
        long length = u32();
        if (length > end - at) {
            throw new MalformedBody(
                    "mcap_record", "a field of %d bytes runs over the record".formatted(length));
        }
        return (int) length;
    }

    McapRecord.Header header() {
        return new McapRecord.Header(string(), string());
    }

    McapRecord.Footer footer() {
        return new McapRecord.Footer(u64(), u64(), u32());
    }

    McapRecord.Schema schema() {
        return new McapRecord.Schema(u16(), string(), string(), bytes());
    }

    McapRecord.Channel channel() {
        return new McapRecord.Channel(u16(), u16(), string(), string(), texts());
    }

    McapRecord.MessageIndex messageIndex() {
        int channelId = u16();
        int count = length() / 16;
        long[] times = new long[count];
        long[] offsets = new long[count];
        for (int i = 0; i < count; i++) {
            times[i] = u64();
            offsets[i] = u64();
        }
        return new McapRecord.MessageIndex(channelId, times, offsets);
    }

    McapRecord.ChunkIndex chunkIndex() {
        return new McapRecord.ChunkIndex(
                u64(), u64(), u64(), u64(), longsByChannel(), u64(), string(), u64(), u64());
    }

    McapRecord.AttachmentIndex attachmentIndex() {
        return new McapRecord.AttachmentIndex(
                u64(), u64(), u64(), u64(), u64(), string(), string());
    }

    McapRecord.Statistics statistics() {
        return new McapRecord.Statistics(
                u64(), u16(), u32(), u32(), u32(), u32(), u64(), u64(), longsByChannel());
    }

    McapRecord.Metadata metadata() {
        return new McapRecord.Metadata(string(), texts());
    }

    McapRecord.MetadataIndex metadataIndex() {
        return new McapRecord.MetadataIndex(u64(), u64(), string());
    }

    McapRecord.SummaryOffset summaryOffset() {
        return new McapRecord.SummaryOffset(u8(bytes, take(1)), u64(), u64());
    }

    McapRecord.DataEnd dataEnd() {
        return new McapRecord.DataEnd(u32());
    }
}
