package org.roadloop.core.ledger;

import java.time.Instant;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

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
    private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)+");

    public Event {
        if (!TYPE.matcher(type).matches()) {
            throw new IllegalArgumentException(
                    "event type '" + type + "' is not dotted lower case");
        }
        if (version < 1) {
            throw new IllegalArgumentException("event version " + version + " is below 1");
        }
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

    /** JSON that stands in the leaf itself and can never be erased: no personal data. */
    public record Inline(JsonNode json) implements Body {}

    /** Bytes stored beside the log; the leaf holds only a salted hash and the salt's id. */
    public record Payload(byte[] bytes) implements Body {}

    /** A payload that was dropped with its salt; every fold accepts it. */
    public record Erased(String id) implements Body {}
}
