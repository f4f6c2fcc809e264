package org.roadloop.collect.jt808;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages about where a vehicle is (位置类消息). */
public sealed interface PositionMessage extends Message {
    /** Position report (位置信息汇报); JT/T 808-2013 §8.18. */
    record PositionReport(Position position) implements PositionMessage {
        public static final int ID = 0x0200;

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            position.write(out);
        }
    }

    /** Answer to a position query (位置信息查询应答); §8.20, table 33. */
    record PositionAnswer(int answeredSerial, Position position) implements PositionMessage {
        public static final int ID = 0x0201;

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            position.write(out.u16("answeredSerial", answeredSerial));
        }
    }

    /** Position query (位置信息查询); §8.19. */
    record PositionQuery() implements PositionMessage {
        public static final int ID = 0x8201;

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {}
    }

    /**
     * Temporary tracking (临时位置跟踪控制); §8.21, table 34.
     *
     * @param intervalSeconds 0 ends it
     * @param validSeconds null when it is not sent, as behind an interval of 0
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Tracking(int intervalSeconds, @Nullable Long validSeconds) implements PositionMessage {
        public static final int ID = 0x8202;

        static Tracking read(BodyReader in) {
            int interval = in.u16();
            return new Tracking(interval, interval == 0 && in.remaining() == 0 ? null : in.u32());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.u16("intervalSeconds", intervalSeconds);
            if (validSeconds != null) {
                out.u32("validSeconds", validSeconds);
            }
        }
    }

    /**
     * Batch of positions (定位数据批量上传); §8.49, layout at {@link PositionBatch}.
     *
     * @param kind 0 normal, 1 re-issued after a time without link
     */
    record BatchReport(int kind, List<Position> positions) implements PositionMessage {
        public static final int ID = PositionBatch.ID;

        public BatchReport {
            positions = List.copyOf(positions);
        }

        static BatchReport read(BodyReader in) {
            int count = in.u16();
            int kind = in.u8();
            List<Position> positions = new ArrayList<>();
            while (in.remaining() > 0 && positions.size() < count) {
                BodyReader item = in.part(in.u16());
                positions.add(Position.read(item));
                in.expectWhole(item);
            }
            if (positions.size() != count) {
                in.refuse();
            }
            return new BatchReport(kind, positions);
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.u16("number of positions", positions.size()).u8("kind", kind);
            for (Position position : positions) {
                out.u16("length", 0);
                int from = out.length();
                position.write(out);
                out.set16(from - 2, "length of position", out.length() - from);
            }
        }
    }
}
