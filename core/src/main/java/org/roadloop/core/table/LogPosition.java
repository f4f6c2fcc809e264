package org.roadloop.core.table;

/**
 * A place in the frame log: everything before it has been read.
 *
 * @param segment number of the segment file, from 0
 * @param offset byte offset in that segment's plain record stream
 */
public record LogPosition(long segment, long offset) implements Comparable<LogPosition> {
    public static final LogPosition START = new LogPosition(0, 0);

    /** As stored in a snapshot summary: {@code segment:offset}. */
    @Override
    public String toString() {
        return segment + ":" + offset;
    }

    public static LogPosition parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("log position '" + text + "' is not segment:offset");
        }
        return new LogPosition(
                Long.parseLong(text, 0, colon, 10),
                Long.parseLong(text, colon + 1, text.length(), 10));
    }

    @Override
    public int compareTo(LogPosition other) {
        int bySegment = Long.compare(segment, other.segment);
        return bySegment != 0 ? bySegment : Long.compare(offset, other.offset);
    }
}
