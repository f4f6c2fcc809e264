package org.roadloop.core.clearing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import tools.jackson.databind.node.ObjectNode;

class UsageBatchTest {
    private static final Instant AT = Instant.parse("2026-11-22T08:00:00Z");
    private static final String P = "did:web:p.example";
    private static final String C = "did:web:c.example";
    private static final Tariff TARIFF =
            new Tariff(
                    "CNY",
                    List.of(
                            new Price.PerUnit("row", 1_000, 25),
                            new Price.PerUnit("compute-second", 1, 50),
                            new Price.PerUnit("compute-second", "gpu", 1, 900)));

    private static UsageRecord use(long quantity, String unit, String flavour, int second) {
        Instant from = AT.plusSeconds(second);
        return new UsageRecord(
                "a-1",
                "x",
                C,
                "use",
                "p",
                quantity,
                unit,
                "gate",
                1,
                from,
                from.plusMillis(5),
                flavour);
    }

    private static final List<UsageRecord> SAMPLES =
            List.of(
                    use(600, "row", "", 0),
                    use(7, "compute-second", "gpu", 1),
                    use(600, "row", "", 2),
                    use(3, "compute-second", "cpu", 3));

    private static Clearing clearing() {
        Clearing clearing = new Clearing();
        clearing.register("a-1", P, C, TARIFF);
        return clearing;
    }

    private static void apply(Clearing clearing, long index, List<Event> events) {
        for (Event event : events) {
            clearing.apply(new Entry(index++, event));
        }
    }

    private static String text(List<Event> events) {
        return new String(((Event.Payload) events.getFirst().body()).bytes(), UTF_8);
    }

    @Test
    void theTextAndItsRootByHand() throws Exception {
        List<Event> events = UsageBatch.of(SAMPLES.subList(0, 2)).events(AT, P);
        String text = text(events);
        assertThat(text)
                .isEqualTo(
                        """
                        roadloop-usage 1\t2026-11-22T08:00:00Z
                        k\ta-1\tx\tdid:web:c.example\trow\t\tuse\tp
                        k\ta-1\tx\tdid:web:c.example\tcompute-second\tgpu\tuse\tp
                        0\t600\t0\t5000000
                        1\t7\t1000000000\t5000000
                        """);
        // RFC 6962 §2.1 over five leaves: ((0 1)(2 3)) 4
        List<byte[]> leaves = new ArrayList<>();
        for (String line : text.split("\n")) {
            leaves.add(sha256(0, line.getBytes(UTF_8), new byte[0]));
        }
        byte[] four =
                sha256(
                        1,
                        sha256(1, leaves.get(0), leaves.get(1)),
                        sha256(1, leaves.get(2), leaves.get(3)));
        assertThat(events.getLast().json().path("root").asString())
                .isEqualTo(HexFormat.of().formatHex(sha256(1, four, leaves.get(4))));
    }

    private static byte[] sha256(int prefix, byte[] left, byte[] right) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update((byte) prefix);
        digest.update(left);
        return digest.digest(right);
    }

    /** 1,200 rows are 2 steps of 25; 7 seconds of gpu at 900; 3 of cpu at the price of any. */
    @Test
    void aBatchIsBookedByItsTotalsAndOnce() {
        Clearing clearing = clearing();
        List<Event> events = UsageBatch.of(SAMPLES).events(AT, P);
        apply(clearing, 0, events);
        assertThat(clearing.bill("a-1").totalMilli()).isEqualTo(50 + 6_300 + 150);
        assertThat(clearing.bill("a-1").lines().getLast().evidence())
                .isEqualTo(
                        new Evidence(
                                1,
                                1,
                                0,
                                1,
                                List.of(events.getLast().json().path("root").asString())));
        apply(clearing, 2, events);
        assertThat(clearing.duplicates()).isEqualTo(4);
        assertThat(clearing.bill("a-1").totalMilli()).isEqualTo(6_500);
        List<UsageRecord> other = new ArrayList<>(SAMPLES);
        other.set(0, use(601, "row", "", 0));
        apply(clearing, 4, UsageBatch.of(other).events(AT, P));
        assertThat(clearing.conflicts()).isEqualTo(1);
        assertThat(clearing.bill("a-1").totalMilli()).as("none of it").isEqualTo(6_500);
    }

    @Test
    void whenTheSamplesAreErasedTheTotalsStand() {
        Clearing clearing = clearing();
        List<Event> events = UsageBatch.of(SAMPLES).events(AT, P);
        apply(clearing, 0, List.of(erased(events.getFirst()), events.getLast()));
        Clearing whole = clearing();
        apply(whole, 0, events);
        assertThat(clearing.state()).isEqualTo(whole.state());
    }

    private static Event erased(Event sampled) {
        return new Event(
                sampled.type(),
                1,
                sampled.at(),
                sampled.actor(),
                sampled.subject(),
                new Event.Erased("00"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0\\t600\\t0   | 0\\t601\\t0          | batch_root_differs
                    0\\t600\\t0   | 0\\t-600\\t0         | batch_samples_malformed
                    0\\t600\\t0   | 9\\t600\\t0          | batch_samples_malformed
                    0\\t600\\t0   | 0\\t9999999999999999999\\t0 | batch_samples_malformed
                    \\t5000000\\n | \\n                  | batch_samples_malformed
                    roadloop-usage 1 | roadloop-usage 2  | batch_samples_malformed
                    2\\t3\\t3000000000\\t5000000\\n | ''  | batch_count_differs
                    """)
    void samplesThatAreNotThoseOfTheTotalsAreRefusedByName(
            String right, String wrong, String name) {
        List<Event> events = UsageBatch.of(SAMPLES).events(AT, P);
        String text = text(events);
        assertThat(text).contains(plain(right));
        Event forged =
                Event.withPayload(
                        UsageBatch.SAMPLED,
                        AT,
                        P,
                        events.getFirst().subject(),
                        text.replace(plain(right), plain(wrong)).getBytes(UTF_8));
        Clearing clearing = clearing();
        apply(clearing, 0, List.of(forged, events.getLast()));
        assertThat(clearing.reviews()).extracting(Review::name).containsExactly(name);
        assertThat(clearing.bill("a-1").lines()).isEmpty();
    }

    private static String plain(String text) {
        return text.replace("\\t", "\t").replace("\\n", "\n");
    }

    @Test
    void totalsThatAreNotThoseOfTheSamplesAreRefused() {
        List<Event> events = UsageBatch.of(SAMPLES).events(AT, P);
        ObjectNode body = (ObjectNode) events.getLast().json().deepCopy();
        ((ObjectNode) body.path("totals").get(0)).put("quantity", 9);
        Event forged = Event.of(UsageTotals.EVENT, AT, P, events.getLast().subject(), body);
        Clearing clearing = clearing();
        apply(clearing, 0, List.of(events.getFirst(), forged));
        apply(clearing, 2, List.of(events.getLast()));
        assertThat(clearing.reviews())
                .extracting(Review::name)
                .containsExactly("batch_totals_differ", "batch_without_samples");
        assertThat(clearing.bill("a-1").lines()).isEmpty();
    }

    /** A refusal outlives the samples that showed why: the day's end names the batch. */
    @Test
    void aRefusedBatchStaysRefusedWhenItsSamplesAreErased() {
        List<Event> events = UsageBatch.of(SAMPLES).events(AT, P);
        Event forged =
                Event.withPayload(
                        UsageBatch.SAMPLED,
                        AT,
                        P,
                        events.getFirst().subject(),
                        text(events).replace("600", "601").getBytes(UTF_8));
        Clearing live = clearing();
        apply(live, 0, List.of(forged, events.getLast()));
        Event ended = live.dayEnded(live.day(AT), AT.plusSeconds(86_400), P);
        apply(live, 2, List.of(ended));
        Clearing replayed = clearing();
        apply(replayed, 0, List.of(erased(forged), events.getLast(), ended));
        assertThat(replayed.bill("a-1").totalMilli()).isZero();
        assertThat(replayed.findClose(live.day(AT)).orElseThrow().currencies()).isEmpty();
        assertThat(replayed.imbalanceMilli("CNY")).isZero();
    }

    @Test
    void manyAgreementsAreSplitSoThatEachEntryFits() {
        List<UsageRecord> samples = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            samples.add(
                    new UsageRecord(
                            "urn:合约:" + i % 1_000,
                            "x\"\\",
                            C,
                            "use",
                            "p",
                            i,
                            "row",
                            "gate",
                            1,
                            AT,
                            AT.plusNanos(i)));
        }
        assertThatThrownBy(() -> UsageBatch.of(samples)).hasMessageContaining("split it");
        List<UsageBatch> batches = UsageBatch.split(samples);
        assertThat(batches).hasSizeBetween(2, 10);
        Clearing clearing = new Clearing();
        long index = 0;
        for (UsageBatch batch : batches) {
            apply(clearing, index, batch.events(AT, P));
            index += 2;
        }
        assertThat(clearing.counts()).isEmpty();
        long quantity = 0;
        for (int i = 0; i < 1_000; i++) {
            clearing.register("urn:合约:" + i, P, C, TARIFF);
            quantity += clearing.bill("urn:合约:" + i).lines().getFirst().quantity();
        }
        assertThat(quantity).isEqualTo(1_999 * 1_000);
    }
}
