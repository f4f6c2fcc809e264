package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The bytes of an event in the log (叶子): JCS of {@code {actor, at, body | payload, subject, type,
 * version}}, keys in this order.
 */
final class Leaf {
    /** An entry bundle gives a length 16 bits. */
    static final int MAX_BYTES = 0xFFFF;

    /** Evidence that a payload was dropped; body {@code {index, salt}}, subject {@code ledger}. */
    static final String ERASED_EVENT = "ledger.erased";

    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final byte[] SUBJECT = ",\"subject\":\"".getBytes(UTF_8);
    private static final byte[] TYPE = "\",\"type\":\"".getBytes(UTF_8);
    private static final byte[] PAYLOAD = ",\"payload\":{\"hash\":\"".getBytes(UTF_8);
    private static final byte[] ERASED = ("\",\"type\":\"" + ERASED_EVENT + "\"").getBytes(UTF_8);

    private Leaf() {}

    /**
     * @param payload reference of a stored payload; null for an inline body
     */
    static byte[] bytes(Event event, Payloads.@Nullable Reference payload) {
        StringBuilder out = new StringBuilder(400);
        out.append("{\"actor\":");
        Jcs.writeString(event.actor(), out);
        out.append(",\"at\":\"").append(MILLIS.format(event.at())).append('"');
        if (payload != null) {
            out.append(",\"payload\":{\"hash\":\"").append(payload.hash());
            out.append("\",\"salt\":\"").append(payload.salt()).append("\"}");
        } else {
            out.append(",\"body\":");
            Jcs.write(event.json(), out);
        }
        out.append(",\"subject\":");
        Jcs.writeString(event.subject(), out);
        out.append(",\"type\":\"").append(event.type());
        out.append("\",\"version\":").append(event.version()).append('}');
        byte[] bytes = out.toString().getBytes(UTF_8);
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "event "
                            + event.type()
                            + " about "
                            + event.subject()
                            + " has "
                            + bytes.length
                            + " bytes, an entry has at most 65535; make its body a payload");
        }
        PersonalData.refuse(event.type(), bytes);
        return bytes;
    }

    static Event event(byte[] leaf, Payloads payloads) {
        JsonNode json = JsonMapper.shared().readTree(leaf);
        Event.Body body;
        JsonNode payload = json.path("payload");
        if (payload.isMissingNode()) {
            body = new Event.Inline(json.required("body"));
        } else {
            Payloads.Reference reference = reference(payload);
            try {
                Optional<byte[]> bytes = payloads.find(reference);
                body =
                        bytes.isPresent()
                                ? new Event.Payload(bytes.get())
                                : new Event.Erased(reference.salt());
            } catch (IOException e) {
                throw new UncheckedIOException("payload of a ledger entry", e);
            }
        }
        return new Event(
                json.required("type").asString(),
                json.required("version").asInt(),
                Instant.parse(json.required("at").asString()),
                json.required("actor").asString(),
                json.required("subject").asString(),
                body);
    }

    /**
     * Subject of a leaf without parsing the rest: the keys after it hold no quotes, and inside a
     * JSON string a quote has a backslash before it, so the last match is the key itself.
     */
    static String subject(byte[] leaf) {
        int end = lastIndexOf(leaf, TYPE, leaf.length);
        int start = end < 0 ? -1 : lastIndexOf(leaf, SUBJECT, end);
        if (start < 0) {
            throw new IllegalArgumentException("leaf has no subject");
        }
        start += SUBJECT.length;
        for (int i = start; i < end; i++) {
            if (leaf[i] == '\\') {
                String quoted = '"' + new String(leaf, start, end - start, UTF_8) + '"';
                return JsonMapper.shared().readTree(quoted).asString();
            }
        }
        return new String(leaf, start, end - start, UTF_8);
    }

    /** What the leaf says of its payload; empty for an inline body. */
    static Optional<Payloads.Reference> payload(byte[] leaf) {
        if (lastIndexOf(leaf, PAYLOAD, leaf.length) < 0) {
            return Optional.empty();
        }
        JsonNode payload = JsonMapper.shared().readTree(leaf).path("payload");
        return payload.isMissingNode() ? Optional.empty() : Optional.of(reference(payload));
    }

    /** Salt id that an erasure names; empty for every other event. */
    static Optional<String> erasedSalt(byte[] leaf) {
        if (lastIndexOf(leaf, ERASED, leaf.length) < 0) {
            return Optional.empty();
        }
        JsonNode json = JsonMapper.shared().readTree(leaf);
        return json.path("type").asString("").equals(ERASED_EVENT)
                ? Optional.of(json.required("body").required("salt").asString())
                : Optional.empty();
    }

    /** Index that an erasure names. */
    static long erasedIndex(byte[] leaf) {
        return JsonMapper.shared().readTree(leaf).required("body").required("index").asLong();
    }

    private static Payloads.Reference reference(JsonNode payload) {
        return new Payloads.Reference(
                payload.required("hash").asString(), payload.required("salt").asString());
    }

    /** Start of the last occurrence that ends at or before {@code end}; -1 if none. */
    private static int lastIndexOf(byte[] bytes, byte[] wanted, int end) {
        for (int i = end - wanted.length; i >= 0; i--) {
            int k = 0;
            while (k < wanted.length && bytes[i + k] == wanted[k]) {
                k++;
            }
            if (k == wanted.length) {
                return i;
            }
        }
        return -1;
    }
}
