package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.roadloop.core.identity.KeyHandover;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a log says of its own keys (账本密钥事件).
 *
 * <table>
 * <caption>Events</caption>
 * <tr><th>type</th><th>subject</th><th>body</th></tr>
 * <tr><td>{@code ledger.key-rotated}</td><td>{@code ledger-key}</td><td>{@code name}, {@code epoch},
 * {@code key} (verifier key), {@code continuity} (base64, signature by the key before)</td></tr>
 * <tr><td>{@code ledger.key-replaced}</td><td>{@code ledger-key}</td><td>{@code name}, {@code epoch},
 * {@code key}, {@code because} (lost, leaked), {@code by} (DID URL of the key that vouches),
 * {@code signature} (base64, by that key)</td></tr>
 * <tr><td>{@code ledger.key-revoked}</td><td>{@code ledger-key:EPOCH}</td><td>{@code name}, {@code
 * epoch}, {@code fromSize}: checkpoints by that key over more entries do not count</td></tr>
 * </table>
 *
 * <p>The key in use is the first one or that of the last event about {@code ledger-key}: so the
 * version of that subject tells its epoch, less one.
 */
public final class KeyEvents {
    /** What handovers are about. */
    public static final String SUBJECT = "ledger-key";

    static final String ROTATED = "ledger.key-rotated";
    static final String REPLACED = "ledger.key-replaced";
    static final String REVOKED = "ledger.key-revoked";
    static final Set<String> TYPES = Set.of(ROTATED, REPLACED, REVOKED);

    /** Bytes from the quote before the longest type to the end of a leaf, with room. */
    private static final int LONGEST_END = 64;

    private static final byte[] TYPE = "\",\"type\":\"ledger.key-".getBytes(US_ASCII);

    private KeyEvents() {}

    /**
     * The event by which a key of epoch 2 or later comes into use.
     *
     * @param name of the key in the keystore, part of what is signed
     */
    public static Event handover(
            String name,
            int epoch,
            SignedNote.VerifierKey key,
            KeyHandover handover,
            Instant at,
            String actor) {
        ObjectNode body = body(name, epoch).put("key", key.toString());
        return switch (handover) {
            case KeyHandover.Rotated rotated ->
                    Event.of(
                            ROTATED,
                            at,
                            actor,
                            SUBJECT,
                            body.put("continuity", base64(rotated.continuity())));
            case KeyHandover.Replaced replaced ->
                    Event.of(
                            REPLACED,
                            at,
                            actor,
                            SUBJECT,
                            body.put("because", replaced.because().word())
                                    .put("by", replaced.by())
                                    .put("signature", base64(replaced.signature())));
        };
    }

    /**
     * Takes back what a former key signed.
     *
     * @param fromSize the largest tree for which a checkpoint by that key still counts
     */
    public static Event revocation(
            String name, int epoch, long fromSize, Instant at, String actor) {
        return Event.of(
                REVOKED,
                at,
                actor,
                SUBJECT + ":" + epoch,
                body(name, epoch).put("fromSize", fromSize));
    }

    /**
     * The handovers that a log does not have yet.
     *
     * @param handovers of epochs 2, 3, … in order
     * @param version of {@link #SUBJECT} in the log
     * @throws IllegalStateException if the log has more than these: the keys are older than the log
     */
    public static List<Event> missing(List<Event> handovers, long version) {
        if (version > handovers.size()) {
            throw new IllegalStateException(
                    "the ledger was handed over to its key of epoch "
                            + (version + 1)
                            + ", the newest key here is of epoch "
                            + (handovers.size() + 1)
                            + "; restore the newer 'keys' folder");
        }
        return handovers.subList((int) version, handovers.size());
    }

    /** The event, if the leaf is one of these. Cheap for every other leaf. */
    public static Optional<Event> find(byte[] leaf) {
        int from = leaf.length - LONGEST_END;
        for (int i = leaf.length - TYPE.length; i >= Math.max(0, from); i--) {
            if (Arrays.equals(leaf, i, i + TYPE.length, TYPE, 0, TYPE.length)) {
                return parse(leaf);
            }
        }
        return Optional.empty();
    }

    static boolean isOne(Event event) {
        return TYPES.contains(event.type()) && event.body() instanceof Event.Inline;
    }

    private static Optional<Event> parse(byte[] leaf) {
        try {
            JsonNode json = JsonMapper.shared().readTree(leaf);
            String type = json.path("type").asString("");
            if (!TYPES.contains(type) || !json.path("body").isObject()) {
                return Optional.empty();
            }
            return Optional.of(
                    new Event(
                            type,
                            json.path("version").asInt(1),
                            Instant.parse(json.path("at").asString("")),
                            json.path("actor").asString(""),
                            json.path("subject").asString(""),
                            new Event.Inline(json.path("body"))));
        } catch (JacksonException | DateTimeException | IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    private static ObjectNode body(String name, int epoch) {
        return JsonMapper.shared().createObjectNode().put("name", name).put("epoch", epoch);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
