package org.roadloop.core.ledger;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One act (事件). Its JCS bytes (RFC 8785) are the leaf of the log.
 *
 * @param type dotted noun and past participle, owned by the package that writes it: {@code
 *     contract.agreed}, {@code usage.metered}, {@code govern.passport}
 * @param version version of the body's shape, from 1
 * @param at when it happened, written with milliseconds in UTC
 * @param actor DID of who acted
 * @param subject id of what it is about: an agreement, a task, a table. Never a VIN
 */
public record Event(String type, int version, Instant at, String actor, String subject, Body body) {
    public Event {
        if (!dottedLowerCase(type)) {
            throw new IllegalArgumentException(
                    "event type '" + type + "' is not dotted lower case");
        }
        if (version < 1) {
            throw new IllegalArgumentException("event version " + version + " is below 1");
        }
    }

    /** {@code [a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+}, by hand: every replayed event comes by. */
    private static boolean dottedLowerCase(String type) {
        boolean dotted = false;
        boolean starts = true;
        for (int i = 0; i < type.length(); i++) {
            char c = type.charAt(i);
            if (c >= 'a' && c <= 'z') {
                starts = false;
            } else if (starts || !(c == '.' || c == '-' || (c >= '0' && c <= '9'))) {
                return false;
            } else if (c == '.') {
                starts = true;
                dotted = true;
            }
        }
        return dotted && !starts;
    }

    public static Event of(String type, Instant at, String actor, String subject, JsonNode body) {
        return new Event(type, 1, at, actor, subject, new Inline(body));
    }

    public static Event withPayload(
            String type, Instant at, String actor, String subject, byte[] payload) {
        return new Event(type, 1, at, actor, subject, new Payload(payload));
    }

    /** The JSON of an inline body; throws for a payload. */
    public JsonNode json() {
        return switch (body) {
            case Inline inline -> inline.json();
            case Payload p ->
                    throw new IllegalStateException(
                            type + " " + subject + " carries a payload, not JSON");
            case Erased e ->
                    throw new IllegalStateException(
                            type + " " + subject + " is erased (" + e.id() + ")");
        };
    }

    public sealed interface Body {}

    /**
     * JSON that stands in the leaf itself and can never be erased: no personal data. Of an entry
     * that was read it is parsed when first asked for. Any thread.
     */
    public static final class Inline implements Body {
        private volatile @Nullable JsonNode json;
        private volatile byte @Nullable [] unparsed;

        public Inline(JsonNode json) {
            this.json = json;
        }

        /**
         * @param unparsed UTF-8 of the JSON, not changed afterwards
         */
        Inline(byte[] unparsed) {
            this.unparsed = unparsed;
        }

        public JsonNode json() {
            JsonNode parsed = json;
            byte[] text = unparsed;
            if (parsed == null && text != null) {
                parsed = JsonMapper.shared().readTree(text);
                json = parsed;
                unparsed = null;
            }
            // Parsed by another thread between the two reads above.
            return parsed != null ? parsed : Objects.requireNonNull(json);
        }

        /** JCS of the JSON as it stands in the log, not to be changed; null once it is parsed. */
        public byte @Nullable [] unparsed() {
            return unparsed;
        }

        /** Whether somebody asked for the JSON, or gave it. */
        boolean isParsed() {
            return json != null;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Inline inline && json().equals(inline.json());
        }

        @Override
        public int hashCode() {
            return json().hashCode();
        }

        @Override
        public String toString() {
            return "Inline[json=" + json() + "]";
        }
    }

    /** Bytes stored beside the log; the leaf holds only a salted hash and the salt's id. */
    public record Payload(byte[] bytes) implements Body {}

    /** A payload that was dropped with its salt; every fold accepts it. */
    public record Erased(String id) implements Body {}
}
