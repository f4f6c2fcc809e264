package org.roadloop.collect.jt808;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages about pictures, sound and video (多媒体类消息). */
public sealed interface MediaMessage extends Message {
    /**
     * Something was recorded (多媒体事件信息上传); JT/T 808-2013 §8.51, table 80.
     *
     * @param type 0 picture, 1 sound, 2 video
     * @param format 0 JPEG, 1 TIF, 2 MP3, 3 WAV, 4 WMV
     * @param event 0 command, 1 timer, 2 robbery, 3 collision or roll-over, 4 and 5 door opened and
     *     closed, 6 door closed and faster than 20 km/h, 7 distance
     */
    record MultimediaEvent(long mediaId, int type, int format, int event, int channel)
            implements MediaMessage {
        public static final int ID = 0x0800;

        static MultimediaEvent read(BodyReader in) {
            return new MultimediaEvent(in.u32(), in.u8(), in.u8(), in.u8(), in.u8());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.u32("mediaId", mediaId)
                    .u8("type", type)
                    .u8("format", format)
                    .u8("event", event)
                    .u8("channel", channel);
        }
    }

    /** The recording itself (多媒体数据上传); §8.52, table 81: event 8, basic position 28, data. */
    record MultimediaData(MultimediaEvent event, Position position, Bytes data)
            implements MediaMessage {
        public static final int ID = 0x0801;

        /** Offset of the position in the body. */
        public static final int POSITION = 8;

        /** Offset of the data in the body. */
        public static final int DATA = POSITION + PositionBody.BASIC_BYTES;

        static MultimediaData read(BodyReader in) {
            return new MultimediaData(
                    MultimediaEvent.read(in),
                    Position.read(in.part(PositionBody.BASIC_BYTES)),
                    in.rest());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            if (!position.addOns().isEmpty() || position.rest() != null) {
                throw new IllegalArgumentException(
                        "the position of multimedia data has no add-ons");
            }
            event.write(out);
            position.write(out);
            out.bytes(data);
        }
    }

    /**
     * Answer to the recording (多媒体数据上传应答); §8.53, table 82.
     *
     * @param packageNumbers packages to send again; null when all came
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record MultimediaAnswer(long mediaId, @Nullable List<Integer> packageNumbers)
            implements MediaMessage {
        public static final int ID = 0x8800;

        public MultimediaAnswer {
            packageNumbers = packageNumbers == null ? null : List.copyOf(packageNumbers);
        }

        static MultimediaAnswer read(BodyReader in) {
            long mediaId = in.u32();
            return new MultimediaAnswer(
                    mediaId, in.remaining() == 0 ? null : LinkMessage.readWords(in, in.u8()));
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.u32("mediaId", mediaId);
            if (packageNumbers != null) {
                out.u8("number of packages", packageNumbers.size());
                packageNumbers.forEach(number -> out.u16("package number", number));
            }
        }
    }
}
