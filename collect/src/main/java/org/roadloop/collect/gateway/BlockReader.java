package org.roadloop.collect.gateway;

import java.nio.ByteBuffer;
import org.roadloop.collect.Lineage;

/** Reads the records of opened blocks in place (块内记录); table in the package description. */
public abstract class BlockReader implements FrameLogReader {
    /** Bytes of a record before the raw ones. */
    public static final int RECORD_HEADER_BYTES = 22;

    private byte[] plain = new byte[64 * 1024];
    private int record;

    /** Where a block of up to {@code bytes} is opened to; what stood there is gone. */
    protected final byte[] roomForBlock(int bytes) {
        if (plain.length < bytes) {
            plain = new byte[bytes];
        }
        return plain;
    }

    /** The accessors describe the record at this offset of the block from now on. */
    protected final void standOn(int at) {
        record = at;
    }

    @Override
    public final byte[] bytes() {
        return plain;
    }

    @Override
    public final int offset() {
        return record + RECORD_HEADER_BYTES;
    }

    @Override
    public final int length() {
        return ByteBuffer.wrap(plain).getInt(record);
    }

    @Override
    public final long receivedAtMicros() {
        return ByteBuffer.wrap(plain).getLong(record + 4);
    }

    @Override
    public final Source source() {
        return Source.ofCode(plain[record + 12]);
    }

    @Override
    public final Lineage lineage() {
        return Lineage.ofCode(plain[record + 13]);
    }

    @Override
    public final long identityHash() {
        return ByteBuffer.wrap(plain).getLong(record + 14);
    }
}
