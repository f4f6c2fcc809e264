package org.roadloop.collect.gateway.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.roadloop.core.table.LogPosition;

/** Header of a message, and positions in a partition; byte table in the package description. */
final class KafkaBlock {
    static final int HEADER_BYTES = 32;
    private static final long MAGIC =
            ByteBuffer.wrap("RLFRBLK1".getBytes(StandardCharsets.US_ASCII)).getLong();
    private static final int PLACE_BITS = 24;

    private KafkaBlock() {}

    static void putHeader(ByteBuffer into, long log, long segment, long plainOffset) {
        into.putLong(MAGIC).putLong(log).putLong(segment).putLong(plainOffset);
    }

    static boolean isBlock(byte[] value) {
        return value.length > HEADER_BYTES && ByteBuffer.wrap(value).getLong() == MAGIC;
    }

    static long log(byte[] value) {
        return ByteBuffer.wrap(value).getLong(8);
    }

    static long segment(byte[] value) {
        return ByteBuffer.wrap(value).getLong(16);
    }

    static long plainOffset(byte[] value) {
        return ByteBuffer.wrap(value).getLong(24);
    }

    static LogPosition position(long segment, long message, int place) {
        return new LogPosition(segment, message << PLACE_BITS | place);
    }

    static long message(LogPosition position) {
        return position.offset() >>> PLACE_BITS;
    }

    static int place(LogPosition position) {
        return (int) position.offset() & (1 << PLACE_BITS) - 1;
    }
}
