package org.roadloop.collect.v2x.day1;

import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.roadloop.collect.text.MessageText;
import org.roadloop.collect.v2x.uper.Fault;
import org.roadloop.collect.v2x.uper.TextReader;
import org.roadloop.collect.v2x.uper.TextWriter;
import org.roadloop.collect.v2x.uper.UperReader;
import org.roadloop.collect.v2x.uper.UperWriter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Day-1 road messages as text (车路协同报文解析). An input is one frame, or envelopes of roadside units one
 * after the other; of an envelope with a frame that cannot be read the rest is shown, and that
 * frame as hex.
 */
public final class V2xText implements MessageText {
    /** More than the largest envelope in practice; a longer one is an error. */
    private static final int WINDOW_BYTES = 1 << 20;

    private static final String ENVELOPE = "RoadsideEnvelope";
    private static final String LATER = "LaterMessage";
    private static final String UNREADABLE = "UnreadableFrame";
    private static final String[] NAMES = {
        "BasicSafetyMessage",
        "MapData",
        "RoadsideSafetyMessage",
        "SignalPhaseAndTiming",
        "RoadSideInformation"
    };

    private final JsonMapper mapper = JsonMapper.builder().build();
    private final UperReader reader = new UperReader();
    private final UperWriter writer = new UperWriter();
    private final TextWriter textWriter = new TextWriter();
    private final TextReader textReader = new TextReader();
    private final MessageFrame frame = new MessageFrame();
    private final RoadsideEnvelope envelope = new RoadsideEnvelope();

    @Override
    public String protocol() {
        return "v2x";
    }

    @Override
    public void decode(InputStream in, Sink out) throws IOException {
        byte[] window = new byte[WINDOW_BYTES];
        int have = in.readNBytes(window, 0, window.length);
        boolean whole = have < window.length;
        if (whole
                && reader.read(window, 0, have, frame) == Fault.NONE
                && !looksEnveloped(window, have)) {
            out.message(message());
            return;
        }
        Fault asFrame = whole ? reader.read(window, 0, have, frame) : Fault.SIZE;
        int asFrameAt = whole ? reader.faultOffset() : 0;
        long before = 0;
        int at = 0;
        boolean any = false;
        long badSince = -1;
        while (at < have) {
            if (have - at < WINDOW_BYTES / 2 && !whole) {
                System.arraycopy(window, at, window, 0, have - at);
                before += at;
                have -= at;
                at = 0;
                int more = in.readNBytes(window, have, window.length - have);
                whole = more < window.length - have;
                have += more;
            }
            // Between envelopes only one whose frames are all right is believed.
            if (envelope.readFirst(window, at, have - at) == RoadsideEnvelope.Verdict.OK
                    && (badSince < 0 && begins(at + before) || readable(window))) {
                if (badSince >= 0) {
                    skipped(out, badSince, before + at);
                    badSince = -1;
                }
                out.message(envelope(window, before, out));
                any = true;
                at += envelope.length();
            } else {
                if (badSince < 0) {
                    badSince = before + at;
                }
                at++;
            }
        }
        if (badSince >= 0) {
            if (any || asFrame == Fault.SIZE) {
                skipped(out, badSince, before + have);
            } else {
                out.error(
                        asFrameAt,
                        asFrame.counterName(),
                        "neither an envelope nor a frame: as a frame, byte %d"
                                .formatted(asFrameAt));
            }
        }
    }

    private static boolean begins(long offset) {
        return offset == 0;
    }

    private static void skipped(Sink out, long from, long to) {
        out.error(
                from,
                RoadsideEnvelope.Verdict.LENGTH.counterName(),
                "%d bytes are no envelope".formatted(to - from));
    }

    /**
     * A frame that an envelope happens to fit on is no envelope unless its frames are right, too.
     */
    private boolean looksEnveloped(byte[] bytes, int length) {
        if (envelope.read(bytes, 0, length) != RoadsideEnvelope.Verdict.OK) {
            return false;
        }
        boolean readable = readable(bytes);
        if (!readable) {
            reader.read(bytes, 0, length, frame);
        }
        return readable;
    }

    private boolean readable(byte[] bytes) {
        for (int i = 0; i < envelope.count(); i++) {
            if (envelope.frame(bytes, i, reader, frame) != Fault.NONE) {
                return false;
            }
        }
        return true;
    }

    private ObjectNode envelope(byte[] bytes, long before, Sink out) {
        ObjectNode text = mapper.createObjectNode();
        text.put("message", ENVELOPE);
        String name = envelope.roadsideUnitName();
        text.put(name.length() == 8 ? "roadsideUnit" : "roadsideUnitHex", name);
        // Beyond the year 9999 only the number goes there and back.
        long millis = envelope.timeMillis();
        if (millis >= 0 && millis < 253_402_300_800_000L) {
            text.put("time", Instant.ofEpochMilli(millis).toString());
        } else {
            text.put("timeMillis", millis);
        }
        text.put("counted", envelope.counted());
        ArrayNode frames = text.putArray("frames");
        for (int i = 0; i < envelope.count(); i++) {
            int at = envelope.offset(i);
            Fault fault = envelope.frame(bytes, i, reader, frame);
            if (fault == Fault.NONE) {
                frames.add(message());
                continue;
            }
            out.error(
                    before + at + reader.faultOffset(),
                    fault.counterName(),
                    "frame %d of its envelope, byte %d of %d"
                            .formatted(i, reader.faultOffset(), envelope.length(i)));
            frames.addObject()
                    .put("message", UNREADABLE)
                    .put(
                            "contentHex",
                            HexFormat.of().formatHex(bytes, at, at + envelope.length(i)));
        }
        return text;
    }

    private ObjectNode message() {
        ObjectNode text = mapper.createObjectNode();
        text.put("message", frame.kind < NAMES.length ? NAMES[frame.kind] : LATER);
        JsonNode fields = textWriter.write(frame).get("frame");
        return text.setAll(
                frame.kind < NAMES.length
                        ? (ObjectNode) fields.iterator().next()
                        : (ObjectNode) fields);
    }

    @Override
    public byte[] encode(ObjectNode message) {
        if (!message.path("message").asString("").equals(ENVELOPE)) {
            return frame(message);
        }
        for (String name : message.propertyNames()) {
            if (!Arrays.asList(
                            "message",
                            "roadsideUnit",
                            "roadsideUnitHex",
                            "time",
                            "timeMillis",
                            "counted",
                            "frames")
                    .contains(name)) {
                throw new IllegalArgumentException(name + " is no field of " + ENVELOPE);
            }
        }
        JsonNode frames = message.path("frames");
        byte[][] encoded = new byte[frames.size()][];
        for (int i = 0; i < encoded.length; i++) {
            if (!(frames.get(i) instanceof ObjectNode one)) {
                throw new IllegalArgumentException("frames[" + i + "] is no object");
            }
            encoded[i] = frame(one);
        }
        return RoadsideEnvelope.write(
                roadsideUnit(message),
                timeMillis(message),
                message.path("counted").asBoolean(),
                encoded);
    }

    private byte[] frame(ObjectNode message) {
        ObjectNode fields = message.deepCopy();
        String name = fields.remove("message") instanceof JsonNode n ? n.asString("") : "";
        if (name.equals(UNREADABLE)) {
            return HexFormat.of().parseHex(fields.path("contentHex").asString(""));
        }
        int kind = Arrays.asList(NAMES).indexOf(name);
        ObjectNode choice = mapper.createObjectNode();
        if (kind >= 0) {
            choice.putObject("frame").set(MessageFrame.NAMES[kind], fields);
        } else if (name.equals(LATER)) {
            choice.set("frame", fields);
        } else {
            throw new IllegalArgumentException(
                    "message is '%s', not %s, %s or one of %s"
                            .formatted(name, ENVELOPE, LATER, Arrays.toString(NAMES)));
        }
        textReader.read(choice, frame);
        return writer.write(frame);
    }

    private static long roadsideUnit(ObjectNode envelope) {
        String ascii = envelope.path("roadsideUnit").asString("");
        if (ascii.matches("[\\x20-\\x7e]{8}")) {
            long unit = 0;
            for (int i = 0; i < 8; i++) {
                unit = unit << 8 | ascii.charAt(i);
            }
            return unit;
        }
        String hex = envelope.path("roadsideUnitHex").asString("");
        if (!hex.matches("[0-9a-f]{16}")) {
            throw new IllegalArgumentException(
                    "roadsideUnit is not eight printable characters, nor roadsideUnitHex 16 digits");
        }
        return HexFormat.fromHexDigitsToLong(hex);
    }

    private static long timeMillis(ObjectNode envelope) {
        if (envelope.path("timeMillis").isIntegralNumber()) {
            return envelope.path("timeMillis").asLong();
        }
        try {
            return Instant.parse(envelope.path("time").asString("")).toEpochMilli();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("time is no instant of ISO 8601", e);
        }
    }
}
