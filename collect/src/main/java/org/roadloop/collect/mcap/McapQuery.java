package org.roadloop.collect.mcap;

import java.util.Set;

/**
 * Which messages of a file are wanted (读取条件).
 *
 * @param topics empty for all
 * @param fromNanos least log time, unsigned
 * @param untilNanos first log time that is not wanted, unsigned; {@link #END} for none
 */
public record McapQuery(Set<String> topics, long fromNanos, long untilNanos) {
    /** After every log time (2⁶⁴−1). */
    public static final long END = -1;

    public static final McapQuery ALL = new McapQuery(Set.of(), 0, END);

    public McapQuery {
        topics = Set.copyOf(topics);
        if (Long.compareUnsigned(fromNanos, untilNanos) > 0) {
            throw new IllegalArgumentException(
                    "from %s is after until %s"
                            .formatted(
                                    Long.toUnsignedString(fromNanos),
                                    Long.toUnsignedString(untilNanos)));
        }
    }

    boolean wants(McapRecord.Message message) {
        return (topics.isEmpty() || topics.contains(message.channel().topic()))
                && Long.compareUnsigned(message.logTimeNanos(), fromNanos) >= 0
                && isBefore(message.logTimeNanos(), untilNanos);
    }

    boolean overlaps(long startNanos, long endNanos) {
        return Long.compareUnsigned(endNanos, fromNanos) >= 0 && isBefore(startNanos, untilNanos);
    }

    private static boolean isBefore(long nanos, long until) {
        return until == END || Long.compareUnsigned(nanos, until) < 0;
    }
}
