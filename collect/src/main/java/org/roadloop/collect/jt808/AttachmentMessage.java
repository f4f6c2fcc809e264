package org.roadloop.collect.jt808;

import java.util.ArrayList;
import java.util.List;

/**
 * Signalling of the upload of an alarm's files (报警附件上传); T/JSATL 12-2017 §§4.5-4.6. The data
 * between {@link FileBegin} and {@link FileEnd} are {@link StreamPacket}s.
 */
public sealed interface AttachmentMessage extends Message {
    /** Length of the alarm number a platform gives. */
    int ALARM_NUMBER_BYTES = 32;

    /** The platform asks for the files (报警附件上传指令); table 4-21. */
    record UploadRequest(
            String server,
            int tcpPort,
            int udpPort,
            AlarmMark mark,
            String alarmNumber,
            Bytes reserved)
            implements AttachmentMessage {
        public static final int ID = 0x9208;

        static UploadRequest read(BodyReader in) {
            return new UploadRequest(
                    in.text(in.u8()),
                    in.u16(),
                    in.u16(),
                    AlarmMark.read(in),
                    in.paddedText(ALARM_NUMBER_BYTES),
                    in.bytes(16));
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            mark.write(
                    out.countedText("server", server)
                            .u16("tcpPort", tcpPort)
                            .u16("udpPort", udpPort));
            out.paddedText("alarmNumber", alarmNumber, ALARM_NUMBER_BYTES)
                    .bytes("reserved", reserved, 16);
        }
    }

    /**
     * The terminal names the files (报警附件信息消息); tables 4-23 and 4-24.
     *
     * @param kind 0 normal, 1 sent again
     */
    record AttachmentList(
            String terminalId,
            AlarmMark mark,
            String alarmNumber,
            int kind,
            List<Attachment> attachments)
            implements AttachmentMessage {
        public static final int ID = 0x1210;

        public AttachmentList {
            attachments = List.copyOf(attachments);
        }

        static AttachmentList read(BodyReader in) {
            String terminalId = in.paddedText(7);
            AlarmMark mark = AlarmMark.read(in);
            String alarmNumber = in.paddedText(ALARM_NUMBER_BYTES);
            int kind = in.u8();
            int count = in.u8();
            List<Attachment> attachments = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                attachments.add(new Attachment(in.text(in.u8()), in.u32()));
            }
            return new AttachmentList(terminalId, mark, alarmNumber, kind, attachments);
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            mark.write(out.paddedText("terminalId", terminalId, 7));
            out.paddedText("alarmNumber", alarmNumber, ALARM_NUMBER_BYTES)
                    .u8("kind", kind)
                    .u8("number of attachments", attachments.size());
            for (Attachment attachment : attachments) {
                out.countedText("name", attachment.name()).u32("sizeBytes", attachment.sizeBytes());
            }
        }
    }

    /** One file of an {@link AttachmentList}. */
    record Attachment(String name, long sizeBytes) {}

    /**
     * A file begins (文件信息上传); table 4-25.
     *
     * @param kind 0 picture, 1 sound, 2 video, 3 text, 4 other
     */
    record FileBegin(String name, int kind, long sizeBytes) implements AttachmentMessage {
        public static final int ID = 0x1211;

        static FileBegin read(BodyReader in) {
            return new FileBegin(in.text(in.u8()), in.u8(), in.u32());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.countedText("name", name).u8("kind", kind).u32("sizeBytes", sizeBytes);
        }
    }

    /** A file was sent whole (文件上传完成消息); table 4-27. */
    record FileEnd(String name, int kind, long sizeBytes) implements AttachmentMessage {
        public static final int ID = 0x1212;

        static FileEnd read(BodyReader in) {
            return new FileEnd(in.text(in.u8()), in.u8(), in.u32());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.countedText("name", name).u8("kind", kind).u32("sizeBytes", sizeBytes);
        }
    }

    /**
     * Answer to a file (文件上传完成消息应答); tables 4-28 and 4-29.
     *
     * @param result 0 done, 1 send the pieces again
     */
    record FileAnswer(String name, int kind, int result, List<Piece> pieces)
            implements AttachmentMessage {
        public static final int ID = 0x9212;

        public FileAnswer {
            pieces = List.copyOf(pieces);
        }

        static FileAnswer read(BodyReader in) {
            String name = in.text(in.u8());
            int kind = in.u8();
            int result = in.u8();
            int count = in.u8();
            List<Piece> pieces = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                pieces.add(new Piece(in.u32(), in.u32()));
            }
            return new FileAnswer(name, kind, result, pieces);
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.countedText("name", name)
                    .u8("kind", kind)
                    .u8("result", result)
                    .u8("number of pieces", pieces.size());
            for (Piece piece : pieces) {
                out.u32("offsetBytes", piece.offsetBytes()).u32("lengthBytes", piece.lengthBytes());
            }
        }
    }

    /** A stretch of a file. */
    record Piece(long offsetBytes, long lengthBytes) {}
}
