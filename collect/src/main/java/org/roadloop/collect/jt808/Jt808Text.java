package org.roadloop.collect.jt808;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.text.MessageText;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JT/T 808 messages as JSON objects (808 报文解析): header members first, then those of the record that
 * the message is. A sub-package is a {@code Package} with its part of the body, an encrypted
 * message {@code Encrypted}, a piece of a file on the attachment port {@code StreamPacket}; an id
 * that is not known is {@code Other}. One thread at a time.
 */
public final class Jt808Text implements MessageText {
    private static final int LARGEST_BYTES =
            StreamPacket.HEADER_BYTES + StreamPacket.LARGEST_DATA_BYTES;

    private static final String PACKAGE = "Package";
    private static final String ENCRYPTED = "Encrypted";
    private static final String STREAM_PACKET = "StreamPacket";

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .build();

    /** Every record that is a message, by its simple name. */
    private static final Map<String, Class<? extends Message>> RECORDS = new HashMap<>();

    static {
        addRecords(Message.class);
    }

    private final AttachmentCutter cutter = new AttachmentCutter();

    @Override
    public String protocol() {
        return "jt808";
    }

    @Override
    public void decode(InputStream in, Sink out) throws IOException {
        byte[] buffer = new byte[2 * LARGEST_BYTES];
        long base = 0;
        int have = 0;
        while (true) {
            int n = in.read(buffer, have, buffer.length - have);
            have += Math.max(0, n);
            int kept = cut(buffer, have, base, out);
            if (n < 0) {
                if (kept < have) {
                    out.error(
                            base + kept,
                            "jt808_incomplete",
                            "%d bytes at the end are no whole frame".formatted(have - kept));
                }
                return;
            }
            System.arraycopy(buffer, kept, buffer, 0, have - kept);
            base += kept;
            have -= kept;
        }
    }

    /** Tells what is whole; returns the offset of the first byte to keep. */
    private int cut(byte[] buffer, int have, long base, Sink out) {
        cutter.over(buffer, 0, have);
        while (true) {
            AttachmentCutter.Verdict verdict = cutter.next();
            switch (verdict) {
                case MORE -> {
                    return cutter.start();
                }
                case STREAM_PACKET -> out.message(streamPacket(buffer, cutter.start()));
                case STREAM_LENGTH ->
                        out.error(
                                base + cutter.start(),
                                verdict.counterName(),
                                "a stream packet says it has more than %d bytes of data"
                                        .formatted(StreamPacket.LARGEST_DATA_BYTES));
                case FAULT -> {
                    FrameCutter.Verdict fault = cutter.frameVerdict();
                    out.error(
                            base + cutter.start(),
                            fault.counterName(),
                            "%d bytes were skipped; wrong is the byte at %d"
                                    .formatted(
                                            cutter.length(), base + cutter.frameCutter().fault()));
                }
                case FRAME -> frame(base + cutter.start(), out);
            }
        }
    }

    private void frame(long offset, Sink out) {
        FrameCutter frames = cutter.frameCutter();
        byte[] bytes = frames.bytes();
        int message = frames.message();
        int id = Frame.id(bytes, message);
        int body = Frame.bodyOffset(bytes, message);
        int bodyBytes = Frame.bodyBytes(bytes, message);
        ObjectNode node = header(bytes, message);
        if (Frame.isSubPackage(bytes, message) || Frame.encryption(bytes, message) != 0) {
            node.put("message", Frame.isSubPackage(bytes, message) ? PACKAGE : ENCRYPTED);
            node.put("data", Bytes.copyOf(bytes, body, bodyBytes).toHex());
            out.message(node);
            return;
        }
        BodyReader in = new BodyReader(Frame.edition(bytes, message), bytes, body, bodyBytes);
        Message read = Message.read(id, in);
        if (read == null) {
            out.error(
                    offset,
                    "jt808_body",
                    "byte %d of the %d of the body is not what message %04x has there"
                            .formatted(in.faultOffset() - body, bodyBytes, id));
            return;
        }
        node.put("message", read.getClass().getSimpleName());
        node.setAll((ObjectNode) JSON.valueToTree(read));
        if (read instanceof Message.Other) {
            node.remove("id");
        }
        out.message(node);
    }

    private static ObjectNode header(byte[] bytes, int message) {
        ObjectNode node = JSON.createObjectNode();
        node.put("message", "");
        node.put("messageId", "%04x".formatted(Frame.id(bytes, message)));
        Edition edition = Frame.edition(bytes, message);
        node.put("edition", edition.year());
        if (edition == Edition.JT2019) {
            node.put("protocolVersion", Frame.protocolVersion(bytes, message));
        }
        byte[] digits = new byte[20];
        int first = Frame.phoneDigits(bytes, message, digits);
        node.put("phone", new String(digits, first, digits.length - first, BodyReader.GBK));
        node.put("messageSerial", Frame.serial(bytes, message));
        if (Frame.hasReservedBit(bytes, message)) {
            node.put("reservedBit", true);
        }
        if (Frame.encryption(bytes, message) != Frame.ENCRYPTION_NONE) {
            node.put("encryption", Frame.encryption(bytes, message));
        }
        if (Frame.isSubPackage(bytes, message)) {
            node.put("packages", Frame.packages(bytes, message));
            node.put("packageNumber", Frame.packageNumber(bytes, message));
        }
        return node;
    }

    private static ObjectNode streamPacket(byte[] bytes, int packet) {
        ObjectNode node = JSON.createObjectNode();
        node.put("message", STREAM_PACKET);
        node.put("name", StreamPacket.name(bytes, packet));
        node.put("offsetBytes", StreamPacket.offsetBytes(bytes, packet));
        int length = (int) StreamPacket.dataBytes(bytes, packet);
        node.put("data", Bytes.copyOf(bytes, packet + StreamPacket.HEADER_BYTES, length).toHex());
        return node;
    }

    @Override
    public byte[] encode(ObjectNode message) {
        ObjectNode left = message.deepCopy();
        String name = text(left, "message");
        return name.equals(STREAM_PACKET) ? encodeStreamPacket(left) : encodeFrame(name, left);
    }

    private static byte[] encodeStreamPacket(ObjectNode left) {
        String name = text(left, "name");
        long offset = integer(left, "offsetBytes", 0, 0xFFFF_FFFFL);
        byte[] data = Bytes.ofHex(text(left, "data")).toArray();
        requireEmpty(left);
        byte[] packet = new byte[StreamPacket.HEADER_BYTES + data.length];
        StreamPacket.write(packet, 0, name, offset, data.length);
        System.arraycopy(data, 0, packet, StreamPacket.HEADER_BYTES, data.length);
        return packet;
    }

    private static byte[] encodeFrame(String name, ObjectNode left) {
        int id = messageId(text(left, "messageId"));
        Edition edition = edition((int) integer(left, "edition", 2013, 2019));
        int version =
                edition == Edition.JT2019 ? (int) integer(left, "protocolVersion", 0, 255) : 0;
        String phone = text(left, "phone");
        int serial = (int) integer(left, "messageSerial", 0, 0xFFFF);
        boolean reserved = left.has("reservedBit") && left.remove("reservedBit").asBoolean();
        int encryption = left.has("encryption") ? (int) integer(left, "encryption", 0, 7) : 0;
        byte[] message = new byte[Frame.LARGEST_MESSAGE_BYTES];
        int at =
                left.has("packages")
                        ? Frame.beginPackage(
                                message,
                                0,
                                id,
                                edition,
                                phone,
                                serial,
                                (int) integer(left, "packages", 0, 0xFFFF),
                                (int) integer(left, "packageNumber", 0, 0xFFFF))
                        : Frame.begin(message, 0, id, edition, phone, serial);
        Frame.setRare(message, 0, version, encryption, reserved);
        byte[] body = body(name, id, edition, left);
        if (body.length > Frame.LARGEST_BODY_BYTES) {
            throw new IllegalArgumentException(
                    "the body of %s has %d bytes, one message holds %d"
                            .formatted(name, body.length, Frame.LARGEST_BODY_BYTES));
        }
        System.arraycopy(body, 0, message, at, body.length);
        byte[] frame = new byte[Frame.LARGEST_FRAME_BYTES];
        int length = Frame.escape(message, 0, Frame.finish(message, 0, body.length), frame, 0);
        return Arrays.copyOf(frame, length);
    }

    private static byte[] body(String name, int id, Edition edition, ObjectNode left) {
        if (name.equals(PACKAGE) || name.equals(ENCRYPTED)) {
            byte[] data = Bytes.ofHex(text(left, "data")).toArray();
            requireEmpty(left);
            return data;
        }
        Class<? extends Message> type = RECORDS.get(name);
        if (type == null) {
            throw new IllegalArgumentException("there is no message '" + name + "'");
        }
        if (type == Message.Other.class) {
            left.put("id", id);
        }
        Message record = record(type, left);
        if (record.id() != id) {
            throw new IllegalArgumentException(
                    "messageId %04x is not that of %s, %04x".formatted(id, name, record.id()));
        }
        BodyWriter out = new BodyWriter(edition);
        record.write(out);
        return out.toArray();
    }

    private static Message record(Class<? extends Message> type, ObjectNode members) {
        Message record;
        try {
            record = JSON.treeToValue(members, type);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
        requireAll(JSON.valueToTree(record), members, "");
        return record;
    }

    /** A member that was left out would be read as zero: it is missed by name instead. */
    private static void requireAll(JsonNode whole, @Nullable JsonNode given, String path) {
        if (given == null || given.isNull()) {
            throw new IllegalArgumentException("member '" + path + "' is missing");
        }
        if (whole.isObject()) {
            whole.propertyStream()
                    .forEach(
                            member ->
                                    requireAll(
                                            member.getValue(),
                                            given.get(member.getKey()),
                                            path.isEmpty()
                                                    ? member.getKey()
                                                    : path + "." + member.getKey()));
        } else if (whole.isArray()) {
            for (int i = 0; i < whole.size(); i++) {
                requireAll(whole.get(i), given.get(i), path + "[" + i + "]");
            }
        }
    }

    private static int messageId(String hex) {
        try {
            int id = Integer.parseInt(hex, 16);
            if (hex.length() == 4 && id >= 0) {
                return id;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException("messageId '" + hex + "' is not four hex digits");
    }

    private static Edition edition(int year) {
        for (Edition edition : Edition.values()) {
            if (edition.year() == year) {
                return edition;
            }
        }
        throw new IllegalArgumentException("edition " + year + " is neither 2013 nor 2019");
    }

    private static String text(ObjectNode left, String member) {
        JsonNode value = left.remove(member);
        if (value == null || !value.isString()) {
            throw new IllegalArgumentException("member '" + member + "' is missing or no text");
        }
        return value.asString();
    }

    private static long integer(ObjectNode left, String member, long least, long most) {
        JsonNode value = left.remove(member);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException("member '" + member + "' is missing or no integer");
        }
        if (value.asLong() < least || value.asLong() > most) {
            throw new IllegalArgumentException(
                    "member '%s' %d is outside %d..%d"
                            .formatted(member, value.asLong(), least, most));
        }
        return value.asLong();
    }

    private static void requireEmpty(ObjectNode left) {
        if (!left.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no member '" + left.propertyNames().iterator().next() + "' here");
        }
    }

    @SuppressWarnings("unchecked") // Every class permitted below Message is one.
    private static void addRecords(Class<? extends Message> type) {
        if (type.isRecord()) {
            RECORDS.put(type.getSimpleName(), type);
            return;
        }
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            addRecords((Class<? extends Message>) permitted);
        }
    }
}
