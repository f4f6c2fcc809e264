package org.roadloop.collect.v2x.j2735;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.roadloop.collect.text.MessageText;
import org.roadloop.collect.v2x.uper.Fault;
import org.roadloop.collect.v2x.uper.TextReader;
import org.roadloop.collect.v2x.uper.TextWriter;
import org.roadloop.collect.v2x.uper.UperReader;
import org.roadloop.collect.v2x.uper.UperWriter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Messages of SAE J2735 as text (美国车路协同报文解析). An input is one frame, or records of an on-board
 * unit's log one after the other. A payload that is signed, and a message that is no BSM, are hex.
 */
public final class J2735Text implements MessageText {
    private static final int WINDOW_BYTES = 1 << 20;
    private static final int LARGEST_RECORD = ObuLogRecord.HEADER_BYTES + 0xFFFF;
    private static final String RECORD = "ObuLogRecord";
    private static final String FRAME = "MessageFrame";
    private static final String BSM = "BasicSafetyMessage";
    private static final HexFormat HEX = HexFormat.of();
    private static final List<String> FIELDS =
            List.of(
                    "message",
                    "direction",
                    "latitudeDegrees",
                    "longitudeDegrees",
                    "elevationMetres",
                    "speedMps",
                    "headingDegrees",
                    "timeSeconds",
                    "timeMillis",
                    "securityResult",
                    "payload",
                    "payloadHex");

    private final JsonMapper mapper = JsonMapper.builder().build();
    private final UperReader reader = new UperReader();
    private final UperWriter writer = new UperWriter();
    private final TextWriter textWriter = new TextWriter();
    private final TextReader textReader = new TextReader();
    private final J2735Frame frame = new J2735Frame();

    @Override
    public String protocol() {
        return "j2735";
    }

    @Override
    public void decode(InputStream in, Sink out) throws IOException {
        byte[] window = new byte[WINDOW_BYTES];
        int have = in.readNBytes(window, 0, window.length);
        boolean whole = have < window.length;
        Fault asFrame = whole && have > 0 ? frame.read(window, 0, have, reader) : Fault.SIZE;
        if (asFrame == Fault.NONE) {
            out.message(message(window, 0, have));
            return;
        }
        long before = 0;
        int at = 0;
        while (at < have) {
            if (have - at < LARGEST_RECORD && !whole) {
                System.arraycopy(window, at, window, 0, have - at);
                before += at;
                have -= at;
                at = 0;
                int more = in.readNBytes(window, have, window.length - have);
                whole = more < window.length - have;
                have += more;
            }
            int length = ObuLogRecord.length(window, at, have - at);
            if (length < 0) {
                // Nothing in a header tells the next record from noise.
                out.error(
                        before + at,
                        before + at == 0 && asFrame != Fault.SIZE
                                ? asFrame.counterName()
                                : "j2735_record",
                        "no frame, and no log record; the rest is left out");
                in.transferTo(java.io.OutputStream.nullOutputStream());
                return;
            }
            out.message(record(window, at, length));
            at += length;
        }
    }

    private ObjectNode record(byte[] bytes, int at, int length) {
        ObjectNode text = mapper.createObjectNode();
        text.put("message", RECORD);
        text.put("direction", ObuLogRecord.isHeard(bytes, at) ? "heard" : "own");
        text.put("latitudeDegrees", ObuLogRecord.latitudeE7Degrees(bytes, at) / 1e7);
        text.put("longitudeDegrees", ObuLogRecord.longitudeE7Degrees(bytes, at) / 1e7);
        text.put("elevationMetres", ObuLogRecord.elevationDecimetres(bytes, at) / 10.0);
        text.put("speedMps", ObuLogRecord.speedFiftiethsMps(bytes, at) / 50.0);
        text.put("headingDegrees", ObuLogRecord.headingEightiethsDegree(bytes, at) / 80.0);
        text.put("timeSeconds", ObuLogRecord.timeSeconds(bytes, at));
        text.put("timeMillis", ObuLogRecord.timeMillis(bytes, at));
        text.put("securityResult", ObuLogRecord.securityResult(bytes, at));
        int offset = ObuLogRecord.frameOffset(bytes, at);
        if (offset >= 0
                && frame.read(bytes, at + offset, length - offset, reader) == Fault.NONE
                && Arrays.equals(
                        unsecured(frame.write(writer)),
                        Arrays.copyOfRange(bytes, at + ObuLogRecord.HEADER_BYTES, at + length))) {
            text.set("payload", message(bytes, at + offset, length - offset));
        } else {
            text.put(
                    "payloadHex",
                    HEX.formatHex(bytes, at + ObuLogRecord.HEADER_BYTES, at + length));
        }
        return text;
    }

    private ObjectNode message(byte[] bytes, int at, int length) {
        ObjectNode text = mapper.createObjectNode();
        if (frame.messageId == J2735Frame.BSM) {
            return text.put("message", BSM).setAll(textWriter.write(frame.bsm));
        }
        text.put("message", FRAME).put("messageId", frame.messageId);
        return text.put("frameHex", HEX.formatHex(bytes, at, at + length));
    }

    private static byte[] unsecured(byte[] content) {
        int lengthBytes = content.length < 128 ? 0 : content.length < 256 ? 1 : 2;
        byte[] out = new byte[3 + lengthBytes + content.length];
        out[0] = 3;
        out[1] = (byte) 0x80;
        out[2] = (byte) (lengthBytes == 0 ? content.length : 0x80 | lengthBytes);
        for (int i = 0; i < lengthBytes; i++) {
            out[3 + i] = (byte) (content.length >>> 8 * (lengthBytes - 1 - i));
        }
        System.arraycopy(content, 0, out, 3 + lengthBytes, content.length);
        return out;
    }

    @Override
    public byte[] encode(ObjectNode message) {
        if (!message.path("message").asString("").equals(RECORD)) {
            return frame(message);
        }
        for (String name : message.propertyNames()) {
            if (!FIELDS.contains(name)) {
                throw new IllegalArgumentException(name + " is no field of " + RECORD);
            }
        }
        byte[] payload =
                message.get("payload") instanceof ObjectNode inner
                        ? unsecured(frame(inner))
                        : hex(message, "payloadHex");
        String direction = message.path("direction").asString("");
        if (!direction.equals("heard") && !direction.equals("own")) {
            throw new IllegalArgumentException("direction is not heard or own");
        }
        if (payload.length < 1 || payload.length > 0xFFFF) {
            throw new IllegalArgumentException("payload has " + payload.length + " bytes");
        }
        return ObuLogRecord.write(
                direction.equals("heard"),
                (int) number(message, "latitudeDegrees", 1e7, Integer.MIN_VALUE, Integer.MAX_VALUE),
                (int)
                        number(
                                message,
                                "longitudeDegrees",
                                1e7,
                                Integer.MIN_VALUE,
                                Integer.MAX_VALUE),
                (int) number(message, "elevationMetres", 10, Integer.MIN_VALUE, Integer.MAX_VALUE),
                (int) number(message, "speedMps", 50, 0, 0xFFFF),
                (int) number(message, "headingDegrees", 80, 0, 0xFFFF),
                number(message, "timeSeconds", 1, 0, 0xFFFF_FFFFL),
                (int) number(message, "timeMillis", 1, 0, 0xFFFF),
                (int) number(message, "securityResult", 1, 0, 0xFF),
                payload);
    }

    private byte[] frame(ObjectNode message) {
        ObjectNode fields = message.deepCopy();
        String name = fields.remove("message") instanceof JsonNode n ? n.asString("") : "";
        return switch (name) {
            case FRAME -> hex(fields, "frameHex");
            case BSM -> {
                textReader.read(fields, frame.bsm);
                frame.messageId = J2735Frame.BSM;
                yield frame.write(writer);
            }
            default ->
                    throw new IllegalArgumentException(
                            "message is '%s', not %s, %s or %s"
                                    .formatted(name, RECORD, FRAME, BSM));
        };
    }

    private static byte[] hex(ObjectNode message, String name) {
        try {
            return HEX.parseHex(message.path(name).asString("-"));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " is missing or no hex", e);
        }
    }

    private static long number(
            ObjectNode message, String name, double perUnit, long least, long most) {
        JsonNode value = message.path(name);
        long raw = value.isNumber() ? Math.round(value.asDouble() * perUnit) : Long.MIN_VALUE;
        if (raw < least || raw > most) {
            throw new IllegalArgumentException(name + " is missing or out of range");
        }
        return raw;
    }
}
