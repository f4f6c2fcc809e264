package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads events from leaves (叶子读取). The order of the keys is known and the body is left unparsed, so
 * a fold that looks at types only pays for types only; what is not as plain as that (an escape in
 * an envelope string, a year beyond 9999) goes to the JSON parser. One thread.
 */
final class LeafReader {
    private static final byte[] ACTOR = "{\"actor\":\"".getBytes(ISO_8859_1);
    private static final byte[] AT = "\",\"at\":\"".getBytes(ISO_8859_1);
    private static final byte[] BODY = "\",\"body\":".getBytes(ISO_8859_1);
    private static final byte[] VERSION = "\",\"version\":".getBytes(ISO_8859_1);

    /** Slots for strings that come again and again: actors, types. A power of two. */
    private static final int WORDS = 256;

    private final PayloadSource payloads;
    private final byte[][] wordBytes = new byte[WORDS][];
    private final String[] words = new String[WORDS];

    LeafReader(PayloadSource payloads) {
        this.payloads = payloads;
    }

    Event event(byte[] bytes, int from, int until) {
        Event plain = plain(bytes, from, until);
        return plain != null ? plain : parsed(bytes, from, until);
    }

    /** Null if the leaf is not of the plain shape. */
    @Nullable Event plain(byte[] b, int from, int until) {
        if (!matches(b, from, until, ACTOR)) {
            return null;
        }
        int actor = from + ACTOR.length;
        int actorEnd = closingQuote(b, actor, until);
        int at = actorEnd + AT.length;
        int body = at + LeafTime.BYTES + BODY.length;
        if (actorEnd < 0
                || !matches(b, actorEnd, until, AT)
                || !matches(b, at + LeafTime.BYTES, until, BODY)) {
            return null;
        }
        int digits = until - 2;
        int version = 0;
        for (int scale = 1; digits > body && b[digits] >= '0' && b[digits] <= '9'; scale *= 10) {
            version += scale * (b[digits--] - '0');
        }
        int typeEnd = digits + 1 - VERSION.length;
        int type = openingQuote(b, body, typeEnd);
        int subjectEnd = type - Leaf.TYPE.length;
        int subject = openingQuote(b, body, subjectEnd);
        int bodyEnd = subject - Leaf.SUBJECT.length;
        if (until - 2 - digits > 9
                || bodyEnd <= body
                || !matches(b, typeEnd, until, VERSION)
                || !matches(b, subjectEnd, until, Leaf.TYPE)
                || !matches(b, bodyEnd, until, Leaf.SUBJECT)) {
            return null;
        }
        long millis = LeafTime.read(b, at);
        if (millis == LeafTime.OTHER) {
            return null;
        }
        return new Event(
                word(b, type, typeEnd),
                version,
                Instant.ofEpochMilli(millis),
                word(b, actor, actorEnd),
                word(b, subject, subjectEnd),
                new Event.Inline(Arrays.copyOfRange(b, body, bodyEnd)));
    }

    private static boolean matches(byte[] b, int at, int until, byte[] wanted) {
        return at >= 0
                && at + wanted.length <= until
                && Arrays.equals(b, at, at + wanted.length, wanted, 0, wanted.length);
    }

    /** Quote that ends the string that begins at {@code at}; -1 if there is an escape in it. */
    private static int closingQuote(byte[] b, int at, int until) {
        for (int i = at; i < until; i++) {
            if (b[i] == '"') {
                return i;
            }
            if (b[i] == '\\') {
                return -1;
            }
        }
        return -1;
    }

    /** Start of the string that ends before {@code end}; -1 if there is an escape in it. */
    private static int openingQuote(byte[] b, int from, int end) {
        for (int i = end - 1; i > from; i--) {
            if (b[i] == '"') {
                return i + 1;
            }
            if (b[i] == '\\') {
                return -1;
            }
        }
        return -1;
    }

    private String word(byte[] b, int from, int until) {
        int hash = 0;
        for (int i = from; i < until; i++) {
            hash = 31 * hash + b[i];
        }
        int slot = (hash ^ hash >>> 16) & WORDS - 1;
        byte[] kept = wordBytes[slot];
        if (kept == null || !Arrays.equals(kept, 0, kept.length, b, from, until)) {
            wordBytes[slot] = Arrays.copyOfRange(b, from, until);
            words[slot] = new String(b, from, until - from, UTF_8);
        }
        return words[slot];
    }

    private Event parsed(byte[] bytes, int from, int until) {
        JsonNode json = JsonMapper.shared().readTree(bytes, from, until - from);
        JsonNode payload = json.path("payload");
        return new Event(
                json.required("type").asString(),
                json.required("version").asInt(),
                Instant.parse(json.required("at").asString()),
                json.required("actor").asString(),
                json.required("subject").asString(),
                payload.isMissingNode()
                        ? new Event.Inline(json.required("body"))
                        : stored(Leaf.reference(payload)));
    }

    private Event.Body stored(Payloads.Reference reference) {
        try {
            Optional<byte[]> bytes = payloads.find(reference);
            return bytes.isPresent()
                    ? new Event.Payload(bytes.get())
                    : new Event.Erased(reference.salt());
        } catch (IOException e) {
            throw new UncheckedIOException("payload of a ledger entry", e);
        }
    }
}
