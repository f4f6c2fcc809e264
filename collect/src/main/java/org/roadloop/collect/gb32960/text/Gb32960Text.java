package org.roadloop.collect.gb32960.text;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.gb32960.Edition;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.FrameCutter;
import org.roadloop.collect.text.MessageText;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Frames of GB/T 32960.3, both editions, as JSON objects and back (报文解析). Beside the members of the
 * message stand {@code edition}, {@code id} (as sent; the file is the caller's), {@code answer} if
 * the frame is one, and {@code encryption} with {@code dataHex} if its data unit is encrypted. A
 * command without a meaning in its edition is {@code Custom}. An answer that repeats its command,
 * as annex B of 2016 has it, is read like the command; the short one has {@code at} only.
 */
public final class Gb32960Text implements MessageText {
    private static final String CUSTOM = "Custom";
    private static final String DATA = "dataHex";
    private static final String AT = "at";
    private static final String ENCRYPTION = "encryption";
    private static final int LARGEST_DATA_BYTES = Frame.LARGEST_BYTES - Frame.SMALLEST_BYTES;
    private static final int READ_BYTES = 64 * 1024;

    /** Response flags from 01 on; table 4. */
    private static final List<String> ANSWERS =
            List.of(
                    "success",
                    "error",
                    "vinDuplicate",
                    "vinUnknown",
                    "signatureWrong",
                    "structureWrong",
                    "decryptionFailed");

    @Override
    public String protocol() {
        return "gb32960";
    }

    @Override
    public void decode(InputStream in, Sink out) throws IOException {
        byte[] bytes = new byte[READ_BYTES + Frame.LARGEST_BYTES];
        FrameCutter cutter = new FrameCutter(Frame.LARGEST_BYTES);
        long offset = 0;
        int have = 0;
        int read = 0;
        while (read >= 0) {
            read = in.read(bytes, have, bytes.length - have);
            have += Math.max(0, read);
            int kept = cut(cutter, bytes, 0, have, offset, out, false);
            while (read < 0 && kept < have) {
                out.error(
                        offset + kept,
                        "gb32960_incomplete",
                        "the input ends within a frame: %d bytes of it are here"
                                .formatted(have - kept));
                // Frames may stand behind a false start; its other bytes are told of.
                kept = cut(cutter, bytes, kept + 1, have, offset, out, true);
                if (have - kept < Frame.SMALLEST_BYTES) {
                    kept = have;
                }
            }
            System.arraycopy(bytes, kept, bytes, 0, have - kept);
            offset += kept;
            have -= kept;
        }
    }

    /** Hands over all that is whole and returns the first byte to keep. */
    private static int cut(
            FrameCutter cutter,
            byte[] bytes,
            int from,
            int to,
            long offset,
            Sink out,
            boolean framesOnly) {
        cutter.over(bytes, from, to);
        while (true) {
            FrameCutter.Verdict verdict = cutter.next();
            int at = cutter.start();
            switch (verdict) {
                case FRAME -> frame(bytes, at, offset, out);
                case MORE -> {
                    return at;
                }
                case GARBAGE, HEADER, LENGTH, BCC -> {
                    if (!framesOnly) {
                        out.error(
                                offset + at,
                                verdict.counterName(),
                                detail(verdict, cutter.length()));
                    }
                }
            }
        }
    }

    private static String detail(FrameCutter.Verdict verdict, int length) {
        return switch (verdict) {
            case GARBAGE -> length + " bytes without a start mark";
            case HEADER -> "a start mark without a header that can be";
            case LENGTH -> "a length above that of any frame";
            case BCC -> "a frame of " + length + " bytes with a wrong checksum";
            case FRAME, MORE -> throw new IllegalArgumentException(verdict + " is no fault");
        };
    }

    private static void frame(byte[] bytes, int frame, long offset, Sink out) {
        ObjectNode message = Member.NODES.objectNode();
        try {
            read(bytes, frame, message);
            out.message(message);
        } catch (TextFault e) {
            out.error(offset + e.at(), e.reason(), e.detail());
        }
    }

    private static void read(byte[] bytes, int frame, ObjectNode message) throws TextFault {
        Edition edition = Edition.of(bytes, frame);
        int command = Frame.command(bytes, frame);
        int flag = Frame.flag(bytes, frame);
        int data = Frame.dataOffset(frame);
        int end = data + Frame.dataBytes(bytes, frame);
        MessageBodies known = MessageBodies.find(edition, command);
        message.put("message", known == null ? CUSTOM : known.name());
        if (known == null) {
            message.put("command", command);
        }
        message.put("edition", edition.year());
        message.set("id", Member.Ascii.node(bytes, Frame.idOffset(frame), Frame.ID_BYTES));
        boolean isAnswer = flag != Frame.FLAG_COMMAND;
        if (isAnswer) {
            message.put("answer", ANSWERS.get(flag - 1));
        }
        int encryption = Frame.encryption(bytes, frame);
        if (encryption != Frame.ENCRYPTION_NONE) {
            message.set(ENCRYPTION, Member.Number.node(MessageBodies.ENCRYPTION, encryption));
        }
        if (known == null || encryption != Frame.ENCRYPTION_NONE) {
            new Member.Rest(DATA).read(bytes, data, end, message);
        } else if (isAnswer) {
            readAnswer(known, bytes, data, end, message);
        } else {
            int next = known.body().read(bytes, data, end, message);
            requireEnd(next, end, known);
        }
    }

    private static void requireEnd(int next, int end, MessageBodies known) throws TextFault {
        if (next != end) {
            throw new TextFault(
                    next,
                    "gb32960_structure",
                    "%d bytes are behind the end of a %s".formatted(end - next, known.name()));
        }
    }

    private static void readAnswer(
            MessageBodies known, byte[] bytes, int data, int end, ObjectNode message)
            throws TextFault {
        if (data == end) {
            return;
        }
        if (end - data == Frame.TIME_BYTES) {
            new Member.Time(AT).read(bytes, data, end, message);
            return;
        }
        ObjectNode body = Member.NODES.objectNode();
        int next;
        try {
            next = known.answer().read(bytes, data, end, body);
        } catch (TextFault e) {
            next = -1;
        }
        if (next == end) {
            message.setAll(body);
        } else {
            new Member.Rest(DATA).read(bytes, data, end, message);
        }
    }

    @Override
    public byte[] encode(ObjectNode message) {
        Source from = new Source("", message);
        Edition edition = Edition.ofYear(Source.whole(from.take("edition"), "edition", 2016, 2025));
        String name = from.word("message");
        @Nullable MessageBodies known = MessageBodies.find(edition, name);
        if (known == null && !name.equals(CUSTOM)) {
            throw new IllegalArgumentException(
                    "message is '%s'; messages of %d are %s and %s"
                            .formatted(
                                    name,
                                    edition.year(),
                                    MessageBodies.of(edition).stream()
                                            .map(MessageBodies::name)
                                            .toList(),
                                    CUSTOM));
        }
        int command =
                known == null
                        ? Source.whole(from.take("command"), "command", 1, 0xFE)
                        : known.command();
        byte[] id = Member.Ascii.bytes(from.take("id"), Frame.ID_BYTES, "id");
        int flag = flag(from);
        int encryption =
                from.has(ENCRYPTION)
                        ? (int) Member.Number.raw(MessageBodies.ENCRYPTION, from, ENCRYPTION)
                        : Frame.ENCRYPTION_NONE;
        ByteSink data = new ByteSink();
        write(known, flag != Frame.FLAG_COMMAND, encryption, from, data);
        from.requireAllTaken();
        if (data.size() > LARGEST_DATA_BYTES) {
            throw new IllegalArgumentException(
                    "a data unit of %d bytes is over %d"
                            .formatted(data.size(), LARGEST_DATA_BYTES));
        }
        byte[] frame = new byte[Frame.SMALLEST_BYTES + data.size()];
        Frame.write(frame, 0, edition, command, flag, id, encryption, data.toBytes());
        return frame;
    }

    private static int flag(Source from) {
        if (!from.has("answer")) {
            return Frame.FLAG_COMMAND;
        }
        int index = ANSWERS.indexOf(from.word("answer"));
        if (index < 0) {
            throw new IllegalArgumentException("answer is none of " + ANSWERS);
        }
        return 1 + index;
    }

    private static void write(
            @Nullable MessageBodies known,
            boolean isAnswer,
            int encryption,
            Source from,
            ByteSink data) {
        if (known == null || encryption != Frame.ENCRYPTION_NONE || from.has(DATA)) {
            new Member.Rest(DATA).write(from, data);
        } else if (!isAnswer) {
            known.body().write(from, data);
        } else if (hasBody(from)) {
            known.answer().write(from, data);
        } else {
            JsonNode at = from.find(AT);
            if (at != null) {
                new Member.Time(AT).write(from, data);
            }
        }
    }

    /** Whether an answer has more than its time: members of the command's own. */
    private static boolean hasBody(Source from) {
        return from.has("parameters")
                || from.has("action")
                || from.has("serial")
                || from.has("units")
                || from.has("key")
                || from.has("chip")
                || from.has("status");
    }
}
