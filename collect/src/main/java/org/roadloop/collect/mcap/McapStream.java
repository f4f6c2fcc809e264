package org.roadloop.collect.mcap;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Collection;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Reads an MCAP file from its start to its end, also from a pipe (流式读取). The records of chunks come
 * one by one where the chunk stands. Memory is bounded by {@link McapLimits}. One thread.
 *
 * <p>What is damaged is told and left out. Behind a record whose head makes no sense, and within a
 * record that runs over the end of the file, the search is for the next chunk: its length is in it
 * twice, so that it is not found by chance.
 */
public final class McapStream implements Closeable {
    static final byte[] MAGIC = {(byte) 0x89, 'M', 'C', 'A', 'P', 0x30, '\r', '\n'};

    /** Attachments may be longer than what is held; nothing else is this long. */
    private static final long LONGEST_SKIPPED = 1L << 40;

    private final InputStream in;
    private final Window window;
    private final McapLimits limits;
    private final McapDamage damage;
    private final ChannelRegister channels = new ChannelRegister();
    private @Nullable Chunk chunk;
    private int inChunk;
    private boolean begun;
    private boolean inSummary;
    private boolean ended;

    /** The end of the file was met and told, within a record or in search of one. */
    private boolean exhausted;

    private long recordOffset;
    private Consumer<McapRecord.ChunkIndex> onChunk = _ -> {};

    public McapStream(InputStream in, McapLimits limits, McapDamage damage) {
        this(in, 0, limits, damage);
    }

    private McapStream(InputStream in, long offset, McapLimits limits, McapDamage damage) {
        this.in = in;
        this.window = new Window(in, offset);
        this.limits = limits;
        this.damage = damage;
    }

    /** From a record in the middle of a file to its end. */
    static McapStream from(InputStream in, long offset, McapLimits limits, McapDamage damage) {
        McapStream stream = new McapStream(in, offset, limits, damage);
        stream.begun = true;
        return stream;
    }

    /** A stretch of whole records: that no footer ends it is no damage. */
    static McapStream within(InputStream in, long offset, McapLimits limits, McapDamage damage) {
        McapStream stream = from(in, offset, limits, damage);
        stream.exhausted = true;
        return stream;
    }

    /** Channels that were described elsewhere. */
    void know(Collection<McapRecord.Channel> described) {
        for (McapRecord.Channel channel : described) {
            channels.add(channel, 0, damage);
        }
    }

    /** Hears of each chunk that reads, as an index would say it, without its message indexes. */
    void onChunk(Consumer<McapRecord.ChunkIndex> listener) {
        onChunk = listener;
    }

    /** Whether the data section is over: schemas and channels are copies from here on. */
    public boolean inSummary() {
        return inSummary;
    }

    /** Offset of what is read next. */
    public long offset() {
        return window.offset();
    }

    /** Where the last record starts; within a chunk, where the chunk does. */
    long recordOffset() {
        return recordOffset;
    }

    /** Whether the last record stands in a chunk. */
    boolean isInsideChunk() {
        return chunk != null;
    }

    /** The next record, or null at the end of the file. */
    public @Nullable McapRecord next() throws IOException {
        if (!begun) {
            begun = true;
            readMagic();
        }
        while (!ended) {
            @Nullable McapRecord record = chunk == null ? nextOutside() : nextInside(chunk);
            if (record != null) {
                return record;
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private void readMagic() throws IOException {
        boolean right =
                window.holds(MAGIC.length) && Arrays.equals(window.copy(0, MAGIC.length), MAGIC);
        if (!right) {
            damage.found(0, "mcap_magic", "the file does not start with the magic of MCAP 0");
        }
        // A file of records behind a damaged magic is worth a try; anything else is no MCAP file.
        if (window.holds(MAGIC.length + 1)
                && (right || window.bytes()[window.start() + MAGIC.length] == RecordBody.HEADER)) {
            window.consume(MAGIC.length);
        } else {
            ended = true;
            if (right) {
                damage.found(MAGIC.length, "mcap_truncated", "the file ends behind its magic");
            }
        }
    }

    private @Nullable McapRecord nextOutside() throws IOException {
        if (!window.holds(RecordBody.HEAD_BYTES)) {
            ended = true;
            if (!exhausted) {
                damage.found(
                        window.offset(), "mcap_truncated", "the file ends here, without a footer");
            }
            return null;
        }
        recordOffset = window.offset();
        int opcode = RecordBody.u8(window.bytes(), window.start());
        long length = RecordBody.u64(window.bytes(), window.start() + 1);
        if (opcode == 0 || length < 0 || length > LONGEST_SKIPPED) {
            lost(
                    "mcap_record",
                    "no record starts here: opcode %02x, length %s"
                            .formatted(opcode, Long.toUnsignedString(length)));
            return null;
        }
        if (opcode == RecordBody.ATTACHMENT) {
            return attachment(length);
        }
        if (opcode > RecordBody.DATA_END) {
            // Private or of a later edition: to be ignored.
            passOver(RecordBody.HEAD_BYTES + length);
            return null;
        }
        if (length > limits.recordBytes()) {
            damage.found(
                    window.offset(),
                    "mcap_record_size",
                    "record %02x has %d bytes, more than %d: it is left out"
                            .formatted(opcode, length, limits.recordBytes()));
            passOver(RecordBody.HEAD_BYTES + length);
            return null;
        }
        return whole(opcode, (int) length);
    }

    private void passOver(long bytes) throws IOException {
        long at = window.offset();
        if (window.skip(bytes) < bytes) {
            ended = true;
            damage.found(at, "mcap_truncated", "the file ends within the record that starts here");
        }
    }

    private @Nullable McapRecord whole(int opcode, int length) throws IOException {
        long at = window.offset();
        boolean complete = window.holds(RecordBody.HEAD_BYTES + length);
        int from = window.start() + RecordBody.HEAD_BYTES;
        int end = complete ? from + length : window.start() + window.have();
        RecordBody body = new RecordBody(window.bytes(), from, end);
        @Nullable McapRecord record = null;
        try {
            if (complete || opcode == RecordBody.CHUNK) {
                record = parse(opcode, body, at);
            } else {
                throw new MalformedBody(
                        "mcap_truncated",
                        "the file ends %d bytes before the end of record %02x"
                                .formatted(length - (end - from), opcode));
            }
        } catch (MalformedBody e) {
            damage.found(at, e.reason, e.detail);
        }
        if (!complete) {
            search();
        } else if (record instanceof McapRecord.Footer) {
            window.consume(RecordBody.HEAD_BYTES + length);
            readEnd();
        } else {
            window.consume(RecordBody.HEAD_BYTES + length);
            if (record instanceof McapRecord.DataEnd) {
                inSummary = true;
                window.resetCrc();
            }
        }
        return record;
    }

    private @Nullable McapRecord parse(int opcode, RecordBody body, long at) throws IOException {
        return switch (opcode) {
            case RecordBody.HEADER -> body.header();
            case RecordBody.FOOTER -> footer(body, at);
            case RecordBody.MESSAGE -> kept(message(body, at));
            case RecordBody.CHUNK -> {
                int start = body.at;
                Chunk open = Chunk.read(body, at, limits, damage);
                chunk = open;
                inChunk = 0;
                onChunk.accept(open.index(new RecordBody(body.bytes, start, body.end)));
                yield null;
            }
            case RecordBody.MESSAGE_INDEX -> body.messageIndex();
            case RecordBody.CHUNK_INDEX -> body.chunkIndex();
            case RecordBody.ATTACHMENT_INDEX -> body.attachmentIndex();
            case RecordBody.STATISTICS -> body.statistics();
            case RecordBody.METADATA -> body.metadata();
            case RecordBody.METADATA_INDEX -> body.metadataIndex();
            case RecordBody.SUMMARY_OFFSET -> body.summaryOffset();
            case RecordBody.DATA_END -> dataEnd(body, at);
            default -> contained(opcode, body, at);
        };
    }

    /** A copy: the window moves on under a message that stands outside of chunks. */
    private static McapRecord.@Nullable Message kept(McapRecord.@Nullable Message message) {
        if (message == null) {
            return null;
        }
        int from = message.offset();
        return new McapRecord.Message(
                message.channel(),
                message.sequence(),
                message.logTimeNanos(),
                message.publishTimeNanos(),
                Arrays.copyOfRange(message.bytes(), from, from + message.length()),
                0,
                message.length());
    }

    /** What also stands in chunks. */
    private @Nullable McapRecord contained(int opcode, RecordBody body, long at) {
        return switch (opcode) {
            case RecordBody.SCHEMA -> schema(body.schema());
            case RecordBody.CHANNEL -> channels.add(body.channel(), at, damage);
            case RecordBody.MESSAGE -> message(body, at);
            default -> null;
        };
    }

    /** The specification has readers ignore number 0. */
    private static McapRecord.@Nullable Schema schema(McapRecord.Schema schema) {
        return schema.id() == 0 ? null : schema;
    }

    private McapRecord.@Nullable Message message(RecordBody body, long at) {
        McapRecord.@Nullable Channel channel = channels.find(body.u16(), at, damage);
        long sequence = body.u32();
        long logTime = body.u64();
        long publishTime = body.u64();
        return channel == null
                ? null
                : new McapRecord.Message(
                        channel,
                        sequence,
                        logTime,
                        publishTime,
                        body.bytes,
                        body.at,
                        body.end - body.at);
    }

    private McapRecord.DataEnd dataEnd(RecordBody body, long at) {
        McapRecord.DataEnd dataEnd = body.dataEnd();
        if (dataEnd.dataCrc() != 0 && dataEnd.dataCrc() != window.crc()) {
            damage.found(
                    at,
                    "mcap_data_crc",
                    "the CRC-32 of the data section is %08x, not %08x"
                            .formatted(window.crc(), dataEnd.dataCrc()));
        }
        return dataEnd;
    }

    private McapRecord.Footer footer(RecordBody body, long at) {
        McapRecord.Footer footer = body.footer();
        if (footer.summaryCrc() != 0) {
            // All but the CRC itself.
            long crc = window.crcWith(RecordBody.HEAD_BYTES + 16);
            if (crc != footer.summaryCrc()) {
                damage.found(
                        at,
                        "mcap_summary_crc",
                        "the CRC-32 of the summary is %08x, not %08x"
                                .formatted(crc, footer.summaryCrc()));
            }
        }
        return footer;
    }

    private void readEnd() throws IOException {
        ended = true;
        if (!window.holds(MAGIC.length) || !Arrays.equals(window.copy(0, MAGIC.length), MAGIC)) {
            damage.found(
                    window.offset(), "mcap_end_magic", "behind the footer the magic is missing");
        } else if (window.holds(MAGIC.length + 1)) {
            damage.found(
                    window.offset() + MAGIC.length,
                    "mcap_trailing_bytes",
                    "bytes follow the end of the file: they are not read");
        }
    }

    /** Its data may be longer than memory. */
    private @Nullable McapRecord attachment(long length) throws IOException {
        long at = window.offset();
        int head = (int) Math.min(length, 1 << 16);
        window.holds(RecordBody.HEAD_BYTES + head);
        int from = window.start() + RecordBody.HEAD_BYTES;
        RecordBody body =
                new RecordBody(
                        window.bytes(),
                        from,
                        Math.min(from + head, window.start() + window.have()));
        long logTime;
        long createTime;
        String name;
        String mediaType;
        long dataBytes;
        try {
            logTime = body.u64();
            createTime = body.u64();
            name = body.string();
            mediaType = body.string();
            dataBytes = body.u64();
            if (dataBytes < 0 || dataBytes > length - (body.at - from) - 4) {
                throw new MalformedBody("mcap_record", "the data run over the attachment");
            }
        } catch (MalformedBody e) {
            damage.found(at, e.reason, e.detail);
            passOver(RecordBody.HEAD_BYTES + length);
            return null;
        }
        int fields = body.at - from;
        CRC32 sum = new CRC32();
        window.consume(RecordBody.HEAD_BYTES);
        window.pass(fields, sum);
        byte @Nullable [] data = null;
        boolean there = true;
        if (dataBytes <= limits.recordBytes()) {
            there = window.holds((int) dataBytes);
            data = there ? window.copy(0, (int) dataBytes) : null;
        }
        there &= window.pass(dataBytes, sum) == dataBytes && window.holds(4);
        if (!there) {
            ended = true;
            damage.found(
                    at, "mcap_truncated", "the file ends within the attachment '" + name + "'");
            return null;
        }
        long crc = RecordBody.u32(window.bytes(), window.start());
        passOver(length - fields - dataBytes);
        if (crc != 0 && crc != sum.getValue()) {
            damage.found(
                    at,
                    "mcap_attachment_crc",
                    "the CRC-32 of attachment '%s' is %08x, not %08x: it is left out"
                            .formatted(name, sum.getValue(), crc));
            return null;
        }
        return new McapRecord.Attachment(
                logTime, createTime, name, mediaType, dataBytes, data, crc);
    }

    private @Nullable McapRecord nextInside(Chunk open) {
        byte[] bytes = open.bytes();
        int at = inChunk;
        if (at >= open.length()) {
            chunk = null;
            return null;
        }
        int left = open.length() - at - RecordBody.HEAD_BYTES;
        long length = left < 0 ? 0 : RecordBody.u64(bytes, at + 1);
        if (left < 0 || length < 0 || length > left) {
            if (open.length() == bytes.length) {
                damage.found(
                        open.offset(),
                        "mcap_chunk_record",
                        "byte %d of the chunk starts no whole record".formatted(at));
            }
            chunk = null;
            return null;
        }
        int from = at + RecordBody.HEAD_BYTES;
        inChunk = from + (int) length;
        try {
            return contained(
                    RecordBody.u8(bytes, at), new RecordBody(bytes, from, inChunk), open.offset());
        } catch (MalformedBody e) {
            damage.found(
                    open.offset(), e.reason, "at byte %d of the chunk: %s".formatted(at, e.detail));
            return null;
        }
    }

    private void lost(String reason, String detail) throws IOException {
        damage.found(window.offset(), reason, detail);
        search();
    }

    /** Moves to the next head of a chunk behind the present offset, or to the end. */
    private void search() throws IOException {
        do {
            window.consume(1);
            if (!window.holds(RecordBody.HEAD_BYTES + Chunk.HEAD_BYTES + 4)) {
                window.consume(window.have());
                exhausted = true;
                return;
            }
        } while (!looksLikeChunk());
        damage.found(window.offset(), "mcap_resumed", "reading goes on with the chunk here");
    }

    private boolean looksLikeChunk() throws IOException {
        int at = window.start();
        byte[] bytes = window.bytes();
        if (bytes[at] != RecordBody.CHUNK) {
            return false;
        }
        long length = RecordBody.u64(bytes, at + 1);
        long name = RecordBody.u32(bytes, at + RecordBody.HEAD_BYTES + Chunk.HEAD_BYTES);
        int fields = Chunk.HEAD_BYTES + 4 + (int) Math.min(name, 4) + 8;
        if (length < fields || length > limits.recordBytes() || name > 4) {
            return false;
        }
        if (!window.holds(RecordBody.HEAD_BYTES + fields)) {
            return false;
        }
        int end = window.start() + RecordBody.HEAD_BYTES + fields;
        return RecordBody.u64(window.bytes(), end - 8) == length - fields;
    }
}
