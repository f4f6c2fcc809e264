package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The bytes of an event in the log (叶子): JCS of {@code {actor, at, body | payload, subject, type,
 * version}}, keys in this order. Reading of whole events: {@link LeafReader}.
 */
final class Leaf {
    /** An entry bundle gives a length 16 bits. */
    static final int MAX_BYTES = 0xFFFF;

    /** Evidence that a payload was dropped; body {@code {index, salt}}, subject {@code ledger}. */
    static final String ERASED_EVENT = "ledger.erased";

    static final byte[] SUBJECT = ",\"subject\":\"".getBytes(ISO_8859_1);
    static final byte[] TYPE = "\",\"type\":\"".getBytes(ISO_8859_1);
    private static final byte[] PAYLOAD = ",\"payload\":{\"hash\":\"".getBytes(ISO_8859_1);
    private static final byte[] ERASED =
            ("\",\"type\":\"" + ERASED_EVENT + "\",\"version\":").getBytes(ISO_8859_1);

    private Leaf() {}

    /**
     * @param payload reference of a stored payload; null for an inline body
     */
    static byte[] bytes(Event event, Payloads.@Nullable Reference payload) {
        return bytes(event, payload, new StringBuilder(512));
    }

    /**
     * @param out emptied first, so that one builder serves many events
     */
    static byte[] bytes(Event event, Payloads.@Nullable Reference payload, StringBuilder out) {
        out.setLength(0);
        out.append("{\"actor\":");
        Jcs.writeString(event.actor(), out);
        out.append(",\"at\":\"");
        LeafTime.write(event.at(), out);
        out.append('"');
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

    static Event event(byte[] leaf, PayloadSource payloads) {
        return new LeafReader(payloads).event(leaf, 0, leaf.length);
    }

    static String subject(byte[] leaf) {
        return subject(leaf, 0, leaf.length);
    }

    /**
     * Subject of a leaf without parsing the rest: the keys after it hold no quotes, and inside a
     * JSON string a quote has a backslash before it, so the last match is the key itself.
     */
    static String subject(byte[] bytes, int from, int until) {
        int end = lastIndexOf(bytes, TYPE, from, until);
        int start = end < 0 ? -1 : lastIndexOf(bytes, SUBJECT, from, end);
        if (start < 0) {
            throw new IllegalArgumentException("leaf has no subject");
        }
        start += SUBJECT.length;
        for (int i = start; i < end; i++) {
            if (bytes[i] == '\\') {
                String quoted = '"' + new String(bytes, start, end - start, UTF_8) + '"';
                return JsonMapper.shared().readTree(quoted).asString();
            }
        }
        return new String(bytes, start, end - start, UTF_8);
    }

    /**
     * The payload that an erasure drops.
     *
     * @throws IllegalArgumentException if the entry has none
     */
    static Payloads.Reference erasable(long index, byte[] leaf) {
        return payload(leaf)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "entry "
                                                + index
                                                + " has no payload; an inline body can't be"
                                                + " erased"));
    }

    /** What the leaf says of its payload; empty for an inline body. */
    static Optional<Payloads.Reference> payload(byte[] leaf) {
        return payload(leaf, 0, leaf.length);
    }

    static Optional<Payloads.Reference> payload(byte[] bytes, int from, int until) {
        if (!LeafShape.mayNamePayload(bytes, from, until - from)
                || lastIndexOf(bytes, PAYLOAD, from, until) < 0) {
            return Optional.empty();
        }
        JsonNode payload = JsonMapper.shared().readTree(bytes, from, until - from).path("payload");
        return payload.isMissingNode() ? Optional.empty() : Optional.of(reference(payload));
    }

    /** Salt id that an erasure names; empty for every other event. */
    static Optional<String> erasedSalt(byte[] leaf) {
        return isErasure(leaf, 0, leaf.length)
                ? Optional.of(
                        JsonMapper.shared()
                                .readTree(leaf)
                                .required("body")
                                .required("salt")
                                .asString())
                : Optional.empty();
    }

    /**
     * Only {@link Ledger#erase} writes an erasure: one made up would have a payload dropped, or a
     * log with a payload missing pass.
     */
    static void mustNotErase(List<Event> events) {
        for (Event event : events) {
            if (event.type().equals(ERASED_EVENT)) {
                throw new IllegalArgumentException(
                        "the type '"
                                + ERASED_EVENT
                                + "' is the ledger's own; call erase(index) to drop a payload");
            }
        }
    }

    /** The type stands at the end: at most ten digits and a brace follow. */
    static boolean isErasure(byte[] bytes, int from, int until) {
        int earliest = Math.max(from, until - ERASED.length - 11);
        return lastIndexOf(bytes, ERASED, earliest, until) >= 0;
    }

    /** Index that an erasure names. */
    static long erasedIndex(byte[] leaf) {
        return JsonMapper.shared().readTree(leaf).required("body").required("index").asLong();
    }

    static Payloads.Reference reference(JsonNode payload) {
        return new Payloads.Reference(
                payload.required("hash").asString(), payload.required("salt").asString());
    }

    /** Start of the last occurrence within {@code from} and {@code until}; -1 if none. */
    private static int lastIndexOf(byte[] bytes, byte[] wanted, int from, int until) {
        byte first = wanted[0];
        for (int i = until - wanted.length; i >= from; i--) {
            if (bytes[i] == first
                    && Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }
}
