package org.roadloop.collect.jt808;

import java.util.Arrays;

/**
 * Walks the positions of one record of the frame log (记录中的位置遍历): one frame, or all frames of a
 * message that came in packages, back to back in order of their numbers. One thread.
 */
public final class PositionWalk {
    /** Hears of what a record holds. */
    public interface Visitor {
        /** The header of the message, before its positions; valid during the walk. */
        void message(byte[] bytes, int message);

        /** One position; {@code item} counts them from 0. */
        void position(byte[] bytes, int body, int end, int item, boolean reissued);
    }

    /** What a record was; each has a stable counter name. */
    public enum Verdict {
        POSITIONS("jt808_position_messages"),
        /** A message without positions. */
        OTHER("jt808_other_messages"),
        /** Counts and lengths of a batch disagree; its whole items were visited. */
        BATCH("jt808_position_batch"),
        /** Encrypted, and no key is agreed with this terminal. */
        ENCRYPTED("jt808_encrypted"),
        /** Not the frames of one message. */
        FRAMES("jt808_record_frames");

        private final String counterName;

        Verdict(String counterName) {
            this.counterName = counterName;
        }

        public String counterName() {
            return counterName;
        }
    }

    private final FrameCutter cutter = new FrameCutter();
    private final byte[] header = new byte[Frame.LARGEST_HEADER_BYTES];
    private byte[] joined = new byte[0];

    public Verdict walk(byte[] bytes, int record, int recordBytes, Visitor visitor) {
        cutter.over(bytes, record, record + recordBytes);
        if (cutter.next() != FrameCutter.Verdict.FRAME) {
            return Verdict.FRAMES;
        }
        byte[] in = cutter.bytes();
        int message = cutter.message();
        if (Frame.encryption(in, message) != Frame.ENCRYPTION_NONE) {
            return Verdict.ENCRYPTED;
        }
        if (Frame.isSubPackage(in, message)) {
            return walkPackages(in, message, visitor);
        }
        return walk(in, message, visitor);
    }

    /** The same for one whole message that was checked and unescaped already. */
    public static Verdict walk(byte[] bytes, int message, Visitor visitor) {
        int body = Frame.bodyOffset(bytes, message);
        int end = body + Frame.bodyBytes(bytes, message);
        return walkBody(bytes, message, bytes, body, end, visitor);
    }

    private Verdict walkPackages(byte[] first, int firstMessage, Visitor visitor) {
        int headerBytes = Frame.headerBytes(first, firstMessage);
        System.arraycopy(first, firstMessage, header, 0, headerBytes);
        int packages = Frame.packages(header, 0);
        int length = 0;
        for (int number = 1; ; number++) {
            byte[] in = cutter.bytes();
            int message = cutter.message();
            if (Frame.id(in, message) != Frame.id(header, 0)
                    || Frame.packages(in, message) != packages
                    || Frame.packageNumber(in, message) != number) {
                return Verdict.FRAMES;
            }
            int bodyBytes = Frame.bodyBytes(in, message);
            if (length + bodyBytes > joined.length) {
                joined = Arrays.copyOf(joined, Math.max(2 * joined.length, length + bodyBytes));
            }
            System.arraycopy(in, Frame.bodyOffset(in, message), joined, length, bodyBytes);
            length += bodyBytes;
            if (number == packages) {
                return walkBody(header, 0, joined, 0, length, visitor);
            }
            if (cutter.next() != FrameCutter.Verdict.FRAME) {
                return Verdict.FRAMES;
            }
        }
    }

    private static Verdict walkBody(
            byte[] head, int message, byte[] bytes, int body, int end, Visitor visitor) {
        switch (Frame.id(head, message)) {
            case PositionMessage.PositionReport.ID -> {
                visitor.message(head, message);
                visitor.position(bytes, body, end, 0, false);
                return Verdict.POSITIONS;
            }
            case PositionMessage.PositionAnswer.ID -> {
                visitor.message(head, message);
                visitor.position(bytes, body + 2, end, 0, false);
                return Verdict.POSITIONS;
            }
            case PositionBatch.ID -> {
                visitor.message(head, message);
                return walkBatch(bytes, body, end, visitor);
            }
            case MediaMessage.MultimediaData.ID -> {
                if (end - body < MediaMessage.MultimediaData.DATA) {
                    return Verdict.BATCH;
                }
                visitor.message(head, message);
                visitor.position(
                        bytes,
                        body + MediaMessage.MultimediaData.POSITION,
                        body + MediaMessage.MultimediaData.DATA,
                        0,
                        false);
                return Verdict.POSITIONS;
            }
            default -> {
                return Verdict.OTHER;
            }
        }
    }

    private static Verdict walkBatch(byte[] bytes, int body, int end, Visitor visitor) {
        if (end - body < PositionBatch.FIRST_ITEM) {
            return Verdict.BATCH;
        }
        boolean reissued = PositionBatch.kind(bytes, body) == PositionBatch.KIND_REISSUED;
        int most = Math.min(PositionBatch.count(bytes, body), PositionBatch.MOST_POSITIONS);
        int item = body + PositionBatch.FIRST_ITEM;
        int items = 0;
        while (items < most && end - item >= 2) {
            int itemEnd = PositionBatch.itemEnd(bytes, item);
            if (itemEnd > end) {
                break;
            }
            visitor.position(bytes, item + 2, itemEnd, items++, reissued);
            item = itemEnd;
        }
        return item == end && items == PositionBatch.count(bytes, body)
                ? Verdict.POSITIONS
                : Verdict.BATCH;
    }
}
