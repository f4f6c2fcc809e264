package org.roadloop.collect.jt808;

import java.util.ArrayList;
import java.util.List;

/** Messages that carry the data of others (数据透传类消息). */
public sealed interface DataMessage extends Message {
    /**
     * Frames of the CAN buses (CAN 总线数据上传); JT/T 808-2013 §8.50, tables 78-79. The items begin at
     * 7; the table prints 8.
     *
     * @param receivedAt of the first frame, {@code 20:00:05.350}, or its ten digits when it is no
     *     time
     */
    record CanUpload(String receivedAt, List<CanFrame> frames) implements DataMessage {
        public static final int ID = 0x0705;

        private static final int TIME_BYTES = 5;

        public CanUpload {
            frames = List.copyOf(frames);
        }

        static CanUpload read(BodyReader in) {
            int count = in.u16();
            String receivedAt = timeText(in.bytes(TIME_BYTES));
            if (in.remaining() != count * CanFrame.BYTES) {
                in.refuse();
                return new CanUpload(receivedAt, List.of());
            }
            List<CanFrame> frames = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                frames.add(CanFrame.read(in));
            }
            return new CanUpload(receivedAt, frames);
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.u16("number of frames", frames.size())
                    .bytes("receivedAt", timeBytes(receivedAt), TIME_BYTES);
            frames.forEach(frame -> frame.write(out));
        }

        /** Digits are hh mm ss and four of milliseconds, of which the first is 0. */
        private static String timeText(Bytes bcd) {
            String digits = bcd.toHex();
            return digits.matches("([01]\\d|2[0-3])[0-5]\\d[0-5]\\d0\\d{3}")
                    ? "%s:%s:%s.%s"
                            .formatted(
                                    digits.substring(0, 2),
                                    digits.substring(2, 4),
                                    digits.substring(4, 6),
                                    digits.substring(7))
                    : digits;
        }

        private static Bytes timeBytes(String text) {
            return Bytes.ofHex(text.replace(":", "").replace(".", "0"));
        }
    }

    /**
     * One CAN frame.
     *
     * @param channel 1 or 2
     * @param mean of the sampling interval, instead of one raw frame
     * @param identifier 0..2²⁹−1
     * @param data 8 bytes
     */
    record CanFrame(int channel, boolean extended, boolean mean, long identifier, Bytes data) {
        static final int BYTES = 12;

        private static final long CHANNEL_2 = 1L << 31;
        private static final long EXTENDED = 1L << 30;
        private static final long MEAN = 1L << 29;

        public CanFrame {
            if (channel < 1 || channel > 2 || identifier < 0 || identifier >= MEAN) {
                throw new IllegalArgumentException(
                        "CAN channel %d or identifier %d is outside 1..2 or 0..2^29-1"
                                .formatted(channel, identifier));
            }
        }

        private static CanFrame read(BodyReader in) {
            long id = in.u32();
            return new CanFrame(
                    (id & CHANNEL_2) == 0 ? 1 : 2,
                    (id & EXTENDED) != 0,
                    (id & MEAN) != 0,
                    id & MEAN - 1,
                    in.bytes(8));
        }

        private void write(BodyWriter out) {
            long id =
                    (channel == 2 ? CHANNEL_2 : 0)
                            | (extended ? EXTENDED : 0)
                            | (mean ? MEAN : 0)
                            | identifier;
            out.u32("CAN id", id).bytes("data", data, 8);
        }
    }

    /**
     * Data of a device behind the terminal (数据上行透传); §8.62.
     *
     * @param kind 00 GNSS, 0B IC card, 41 and 42 serial ports, F0..FF user-defined
     */
    record UplinkData(int kind, Bytes data) implements DataMessage {
        public static final int ID = 0x0900;

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.u8("kind", kind).bytes(data);
        }
    }

    /** Data for a device behind the terminal (数据下行透传); §8.61. */
    record DownlinkData(int kind, Bytes data) implements DataMessage {
        public static final int ID = 0x8900;

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.u8("kind", kind).bytes(data);
        }
    }

    /** Another message, compressed (数据压缩上报); §8.63: length 4, then GZIP. Not unpacked here. */
    record CompressedReport(Bytes gzip) implements DataMessage {
        public static final int ID = 0x0901;

        static CompressedReport read(BodyReader in) {
            if (in.u32() != in.remaining()) {
                in.refuse();
            }
            return new CompressedReport(in.rest());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.u32("length", gzip.length()).bytes(gzip);
        }
    }
}
