package org.roadloop.core.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One append on its way to the log (追加请求). Its id makes it idempotent: whoever asks again after a
 * lost connection gets the result of the first time.
 */
final class PostgresRequest {
    private static final SecureRandom RANDOM = new SecureRandom();

    final UUID id;
    final List<byte[]> leaves;
    final Map<String, Long> expected;

    /** They become durable with the entries that name them. */
    final List<PostgresPayloads.Stored> payloads;

    final CompletableFuture<Receipt> done = new CompletableFuture<>();
    final long beganNanos = System.nanoTime();

    /** The database may know of it: an attempt ended without an answer. */
    volatile boolean uncertain;

    private PostgresRequest(
            UUID id,
            List<byte[]> leaves,
            Map<String, Long> expected,
            List<PostgresPayloads.Stored> payloads) {
        this.id = id;
        this.leaves = leaves;
        this.expected = expected;
        this.payloads = payloads;
    }

    static PostgresRequest of(
            List<byte[]> leaves,
            Map<String, Long> expected,
            List<PostgresPayloads.Stored> payloads) {
        return new PostgresRequest(newId(), leaves, Map.copyOf(expected), payloads);
    }

    /** What another node has put into the intake. */
    static PostgresRequest of(UUID id, byte[] bundle, byte[] expected) {
        return new PostgresRequest(id, unpack(id, bundle), expected(expected), List.of());
    }

    /** RFC 9562 version 7: begins with the time, so that neighbours stand together in an index. */
    private static UUID newId() {
        long high = RANDOM.nextLong() & 0xFFF | System.currentTimeMillis() << 16 | 0x7000;
        long low = RANDOM.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    long leafBytes() {
        long bytes = 0;
        for (byte[] leaf : leaves) {
            bytes += 2 + leaf.length;
        }
        return bytes;
    }

    /** The leaves, each with its length in 2 bytes before it. */
    byte[] bundle() {
        EntryBundle bundle = new EntryBundle();
        leaves.forEach(bundle::add);
        return bundle.toBytes();
    }

    private static List<byte[]> unpack(UUID id, byte[] bundle) {
        List<byte[]> leaves = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(bundle);
        while (in.remaining() >= 2) {
            byte[] leaf = new byte[Short.toUnsignedInt(in.getShort())];
            if (leaf.length > in.remaining()) {
                break;
            }
            in.get(leaf);
            leaves.add(leaf);
        }
        if (in.hasRemaining() || leaves.isEmpty()) {
            throw CorruptLogException.inTable(
                    "ledger_intake", "request " + id, "its leaves are cut");
        }
        return leaves;
    }

    byte[] expectedJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        expected.forEach(json::put);
        return JsonMapper.shared().writeValueAsBytes(json);
    }

    private static Map<String, Long> expected(byte[] json) {
        Map<String, Long> expected = new LinkedHashMap<>();
        JsonMapper.shared()
                .readTree(json)
                .properties()
                .forEach(e -> expected.put(e.getKey(), e.getValue().asLong()));
        return expected;
    }

    /** What the leader decided of a request; {@code refusal} is empty where it was appended. */
    record Decision(UUID request, Receipt receipt, Optional<Refusal> refusal) {
        void tell(PostgresRequest waiting) {
            if (refusal.isPresent()) {
                waiting.done.completeExceptionally(refusal.get().exception());
            } else {
                waiting.done.complete(receipt);
            }
        }
    }

    /** Why nothing was appended. */
    sealed interface Refusal {
        /** A subject was at another version. */
        record Conflict(String subject, long expected, long actual) implements Refusal {}

        /** It was given up, or no leader took it in time. */
        record Lapsed(String why) implements Refusal {}

        default RuntimeException exception() {
            return switch (this) {
                case Conflict c -> new ConflictException(c.subject(), c.expected(), c.actual());
                case Lapsed l ->
                        new java.io.UncheckedIOException(
                                "the ledger can't be written ("
                                        + l.why()
                                        + "); the act must not"
                                        + " happen",
                                new IOException(l.why()));
            };
        }

        default byte[] json() {
            ObjectNode json = JsonMapper.shared().createObjectNode();
            switch (this) {
                case Conflict c ->
                        json.put("subject", c.subject())
                                .put("expected", c.expected())
                                .put("actual", c.actual());
                case Lapsed l -> json.put("lapsed", l.why());
            }
            return JsonMapper.shared().writeValueAsBytes(json);
        }

        static Refusal parse(byte[] bytes) {
            JsonNode json = JsonMapper.shared().readTree(bytes);
            return json.has("lapsed")
                    ? new Lapsed(json.required("lapsed").asString())
                    : new Conflict(
                            json.required("subject").asString(),
                            json.required("expected").asLong(),
                            json.required("actual").asLong());
        }
    }
}
