package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reading by hand gives what a JSON parser gives. */
class LeafReaderTest {
    private static final List<String> STRINGS =
            List.of(
                    "",
                    "plain",
                    "合约 一",
                    "quote \" in it",
                    "back \\",
                    "\",\"subject\":\"x",
                    "\",\"type\":\"ledger.erased\",\"version\":1}",
                    "line\nend",
                    "𠀀",
                    "\u0001");
    private static final List<Instant> TIMES =
            List.of(
                    Instant.parse("1970-01-01T00:00:00.000Z"),
                    Instant.parse("0000-01-01T00:00:00.001Z"),
                    Instant.parse("1600-02-29T12:34:56.789Z"),
                    Instant.parse("1899-12-31T23:59:59.999Z"),
                    Instant.parse("2024-02-29T23:00:01.100Z"),
                    Instant.parse("2100-03-01T00:00:00.000Z"),
                    Instant.parse("9999-12-31T23:59:59.999Z"),
                    Instant.parse("+10000-01-01T00:00:00.000Z"),
                    Instant.parse("-0001-12-31T23:59:59.999Z"));

    private final LeafReader reader =
            new LeafReader(new Payloads(Path.of("none"), LedgerProfile.SHA256_ED25519));

    @Test
    void everyEnvelopeComesBack() {
        long seed = 5;
        Random random = new Random(seed);
        for (int i = 0; i < 5000; i++) {
            ObjectNode body = JsonMapper.shared().createObjectNode();
            for (int k = random.nextInt(4); k > 0; k--) {
                body.put(pick(STRINGS, random), pick(STRINGS, random));
            }
            if (random.nextInt(4) == 0) {
                body.put("a", 1).put("type", Leaf.ERASED_EVENT).put("version", 1);
            }
            Event event =
                    new Event(
                            random.nextBoolean() ? "a.b" : "usage.metered-2",
                            1 + random.nextInt(random.nextBoolean() ? 3 : Integer.MAX_VALUE - 1),
                            random.nextInt(3) == 0
                                    ? pick(TIMES, random)
                                    : Instant.ofEpochMilli(
                                            Math.floorMod(random.nextLong(), 4_000_000_000_000L)),
                            "did:web:" + pick(STRINGS, random),
                            pick(STRINGS, random),
                            new Event.Inline(body));
            byte[] leaf = Leaf.bytes(event, null);
            byte[] within = ("xx" + new String(leaf, UTF_8) + "yy").getBytes(UTF_8);
            assertThat(reader.event(within, 2, within.length - 2))
                    .as("event %d, seed %d: %s", i, seed, new String(leaf, UTF_8))
                    .isEqualTo(event)
                    .hasSameHashCodeAs(event);
            JsonNode parsed = JsonMapper.shared().readTree(leaf);
            assertThat(Leaf.subject(leaf)).isEqualTo(parsed.path("subject").asString());
            assertThat(Leaf.isErasure(leaf, 0, leaf.length)).isFalse();
            assertThat(Instant.parse(parsed.path("at").asString())).isEqualTo(event.at());
        }
    }

    @Test
    void anErasureIsKnownByItsType() {
        Event erased =
                Event.of(
                        Leaf.ERASED_EVENT,
                        TestLog.AT,
                        "did:web:a.example",
                        "ledger",
                        JsonMapper.shared().createObjectNode().put("index", 7).put("salt", "00"));
        byte[] leaf = Leaf.bytes(erased, null);
        assertThat(Leaf.isErasure(leaf, 0, leaf.length)).isTrue();
        assertThat(Leaf.erasedSalt(leaf)).contains("00");
        assertThat(Leaf.erasedIndex(leaf)).isEqualTo(7);
    }

    private static <T> T pick(List<T> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }
}
