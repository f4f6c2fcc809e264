package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.core.clearing.CostRecord;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Two whole platforms use, bill, compare and quarrel; nothing between them but HTTP. */
@Tag("slow")
class ClearingBetweenTwoTest {
    private static final LocalDate TODAY = LocalDate.now(ZoneId.of("Asia/Shanghai"));

    @TempDir Path folder;
    private TwoPlatforms two;
    private String agreement;

    @BeforeEach
    void open() throws Exception {
        two = new TwoPlatforms(folder);
        agreement = two.agree();
    }

    @AfterEach
    void close() throws Exception {
        two.close();
    }

    private static List<Event> events(TwoPlatforms.Side side, String type) {
        try (var entries = side.seen.context.ledger().read(0)) {
            return entries.map(Entry::event).filter(e -> e.type().equals(type)).toList();
        }
    }

    private JsonNode bill(TwoPlatforms.Side side) throws Exception {
        return side.api.get("/api/v1/agreements/" + agreement + "/bill");
    }

    private Map<String, Long> quantities(JsonNode bill) {
        Map<String, Long> found = new TreeMap<>();
        bill.required("lines")
                .forEach(
                        line ->
                                found.merge(
                                        line.required("unit").asString(),
                                        line.required("quantity").asLong(),
                                        Long::sum));
        return found;
    }

    private JsonNode reconcile(TwoPlatforms.Side side) throws Exception {
        return side.api
                .post(
                        "/api/v1/agreements/" + agreement + "/reconcile",
                        Json.mapper().createObjectNode())
                .required("days")
                .get(0);
    }

    @Test
    void equalMetersAgreeAndBothBillsAreTheSame() throws Exception {
        byte[] rows = two.pull(agreement);
        two.pull(agreement);
        assertThat(rows).startsWith('P', 'A', 'R', '1');

        JsonNode provided = bill(two.provider);
        JsonNode received = bill(two.consumer);
        assertThat(quantities(provided))
                .isEqualTo(
                        Map.of(
                                "use", 2L,
                                "row", 2L * TwoPlatforms.ROWS,
                                "byte", 2L * rows.length));
        assertThat(quantities(received)).isEqualTo(quantities(provided));
        // 2 uses at 2.000 and 10 started hundreds of rows at 0.010
        assertThat(provided.required("totalMilli").asLong()).isEqualTo(4_100);
        assertThat(received.required("totalMilli").asLong()).isEqualTo(4_100);
        assertThat(provided.required("meter").asString()).isEqualTo("provider");
        assertThat(received.required("meter").asString()).isEqualTo("consumer");
        assertThat(events(two.consumer, UsageRecord.EVENT))
                .as("the gate meters here only")
                .isEmpty();

        JsonNode compared = reconcile(two.consumer);
        assertThat(compared.required("state").asString()).isEqualTo("reconciled");
        assertThat(events(two.consumer, "clearing.reconciled")).hasSize(1);
        assertThat(two.consumer.api.get("/api/v1/disputes").required("items")).isEmpty();

        JsonNode usage = two.consumer.api.get("/api/v1/agreements/" + agreement + "/usage?limit=4");
        assertThat(usage.required("items")).hasSize(4);
        assertThat(
                        two.consumer
                                .api
                                .get(
                                        "/api/v1/agreements/"
                                                + agreement
                                                + "/usage?cursor="
                                                + usage.required("next").asString())
                                .required("items"))
                .hasSize(2);
        String page =
                two.provider
                        .get(
                                "/api/v1/agreements/" + agreement + "/bill?format=html",
                                two.provider.token())
                        .body();
        assertThat(page).contains("账单", "4.100", "By the provider's meter");
        String english =
                two.consumer
                        .get(
                                "/api/v1/agreements/" + agreement + "/bill?format=html&lang=en",
                                two.consumer.token())
                        .body();
        assertThat(english).contains("4.100", "By the consumer's own meter").doesNotContain("账单");
    }

    /** An hour's costs as the meter writes them, and two real pulls: 2 × 2.000 + 10 × 0.010. */
    @Test
    void theAssetSheetShowsCostAndRevenueWithTheirEvidence() throws Exception {
        two.pull(agreement);
        two.pull(agreement);
        Instant now = Instant.now();
        long cost =
                two.provider
                        .seen
                        .context
                        .ledger()
                        .append(
                                new CostRecord("track_point", 500, 1L << 30, 0, 0, now, now)
                                        .event(now, "did:web:localhost"))
                        .firstIndex();
        JsonNode rows = two.provider.api.get("/api/v1/assets/sheet").required("items");
        assertThat(rows).hasSize(1);
        JsonNode row = rows.get(0);
        assertThat(row.required("dataset").asString()).isEqualTo("track_point");
        assertThat(row.required("costMilli").asLong()).as("a GiB").isEqualTo(2_000);
        assertThat(row.required("use").required("row").asLong()).isEqualTo(2L * TwoPlatforms.ROWS);
        JsonNode revenue = row.required("revenue").get(0);
        assertThat(revenue.required("currency").asString()).isEqualTo("CNY");
        assertThat(revenue.required("milli").asLong()).isEqualTo(4_100);
        List<Long> evidence = new ArrayList<>();
        row.required("evidence").forEach(index -> evidence.add(index.asLong()));
        List<Long> metered = new ArrayList<>();
        try (var entries = two.provider.seen.context.ledger().read(0)) {
            entries.filter(e -> e.event().type().equals(UsageRecord.EVENT))
                    .forEach(e -> metered.add(e.index()));
        }
        assertThat(metered).hasSize(6);
        assertThat(evidence).contains(cost).containsAll(metered);
        assertThat(two.provider.api.get("/api/v1/assets/tracks/sheet").required("items"))
                .isEqualTo(rows);
    }

    /** The provider's ledger really has a use that the consumer never had. */
    @Test
    void aDifferenceOverOnePercentIsACaseAtBothAndIsSettled() throws Exception {
        two.pull(agreement);
        Instant now = Instant.now();
        String consumer = two.consumer.seen.context.participant().did();
        UsageRecord extra =
                new UsageRecord(
                        agreement,
                        TwoPlatforms.ASSET,
                        consumer,
                        "use",
                        "research",
                        1,
                        "use",
                        ContractGate.METER,
                        1,
                        now,
                        now);
        two.provider
                .seen
                .context
                .ledger()
                .append(Event.of(UsageRecord.EVENT, now, consumer, agreement, extra.toJson()));
        assertThat(bill(two.provider).required("totalMilli").asLong()).isEqualTo(4_050);
        assertThat(bill(two.consumer).required("totalMilli").asLong()).isEqualTo(2_050);

        JsonNode compared = reconcile(two.consumer);
        assertThat(compared.required("state").asString()).isEqualTo("disputed");
        assertThat(compared.required("peerTold").asBoolean()).isTrue();
        String id = compared.required("cases").get(0).asString();
        assertThat(reconcile(two.consumer).required("cases").get(0).asString())
                .as("compared again it is the same case")
                .isEqualTo(id);
        assertThat(reconcile(two.provider).required("cases").get(0).asString()).isEqualTo(id);

        JsonNode ours = two.consumer.api.get("/api/v1/disputes/" + id);
        JsonNode theirs = two.provider.api.get("/api/v1/disputes/" + id);
        assertThat(ours.required("state").asString()).isEqualTo("evidenced");
        assertThat(theirs.required("state").asString()).isEqualTo("evidenced");
        assertThat(ours.required("own").required("quantity").asLong()).isEqualTo(1);
        assertThat(ours.required("peer").required("quantity").asLong()).isEqualTo(2);
        assertThat(ours.required("differenceBasisPoints").asLong()).isEqualTo(5_000);
        assertThat(theirs.required("own")).isEqualTo(ours.required("peer"));
        // the entries of both, with proofs: three of a pull each, and the extra one
        assertThat(ours.required("ownStatement").required("entries")).hasSize(3);
        assertThat(ours.required("peerStatement").required("entries")).hasSize(4);
        assertThat(theirs.required("ownStatement")).isEqualTo(ours.required("peerStatement"));

        // the provider looks, and adopts the consumer's quantity
        ObjectNode own = Json.mapper().createObjectNode().put("outcome", "own");
        JsonNode proposed = two.consumer.api.post("/api/v1/disputes/" + id + "/settle", own);
        assertThat(proposed.required("state").asString()).isEqualTo("evidenced");
        assertThat(
                        two.provider
                                .api
                                .get("/api/v1/disputes/" + id)
                                .required("proposedByPeer")
                                .asString())
                .isEqualTo("peer");
        ObjectNode peer = Json.mapper().createObjectNode().put("outcome", "peer");
        JsonNode settled = two.provider.api.post("/api/v1/disputes/" + id + "/settle", peer);
        assertThat(settled.required("state").asString()).isEqualTo("settled");
        assertThat(settled.required("peerTold").asBoolean()).isTrue();
        assertThat(two.consumer.api.get("/api/v1/disputes/" + id).required("state").asString())
                .isEqualTo("settled");
        assertThat(bill(two.provider).required("totalMilli").asLong()).isEqualTo(2_050);
        assertThat(bill(two.consumer).required("totalMilli").asLong()).isEqualTo(2_050);
        assertThat(sum(two.provider)).isZero();
        assertThat(sum(two.consumer)).isZero();
        assertThat(reconcilesAfterSettlement()).isTrue();
    }

    /** What was settled stays a case of its own: the meters still differ and say so, once. */
    private boolean reconcilesAfterSettlement() throws Exception {
        long before = events(two.provider, "clearing.disputed").size();
        reconcile(two.consumer);
        return events(two.provider, "clearing.disputed").size() == before;
    }

    private static long sum(TwoPlatforms.Side side) throws Exception {
        long sum = 0;
        for (JsonNode account : side.api.get("/api/v1/accounts").required("items")) {
            sum += account.required("balanceMilli").asLong();
        }
        return sum;
    }

    @Test
    void onlyTheOtherPartyGetsAStatement() throws Exception {
        two.pull(agreement);
        String path =
                "/clearing/agreements/"
                        + agreement
                        + "/statement?from=2026-01-01T00:00:00Z&to=2036-01-01T00:00:00Z";
        assertThat(two.provider.get(path, "nobody").statusCode()).isEqualTo(401);
        String provider = two.provider.seen.context.participant().did();
        String toItself = two.provider.share.identity().authorization(provider).substring(7);
        assertThat(two.provider.get(path, toItself).statusCode()).isEqualTo(404);
        String fromPeer = two.consumer.share.identity().authorization(provider).substring(7);
        assertThat(two.provider.get(path, fromPeer).body().split("\\.")).hasSize(3);
    }

    @Test
    void anOutsideMeterIsTakenOnceAndBilled() throws Exception {
        ObjectNode batch = Json.mapper().createObjectNode();
        batch.put("batch", "2026-11-a").put("meter", "partner-api").put("meterVersion", 1);
        var samples = batch.putArray("samples");
        for (int i = 0; i < 3; i++) {
            samples.addObject()
                    .put("agreement", agreement)
                    .put("quantity", 40)
                    .put("unit", "row")
                    .put("from", Instant.now().toString())
                    .put("until", Instant.now().toString());
        }
        JsonNode taken = two.provider.api.post("/api/v1/usage/batches", batch);
        JsonNode again = two.provider.api.post("/api/v1/usage/batches", batch);
        assertThat(again.required("repeated").asBoolean()).isTrue();
        assertThat(again.required("ledgerIndex")).isEqualTo(taken.required("ledgerIndex"));
        assertThat(events(two.provider, "usage.totalled")).hasSize(1);
        assertThat(quantities(bill(two.provider))).isEqualTo(Map.of("row", 120L));
        assertThat(bill(two.provider).required("totalMilli").asLong()).isEqualTo(20);

        ((ObjectNode) samples.get(0)).put("quantity", 41);
        assertThatThrownBy(() -> two.provider.api.post("/api/v1/usage/batches", batch))
                .isInstanceOf(ApiClient.Refused.class)
                .hasMessageContaining("other samples");
        batch.put("batch", "b");
        ((ObjectNode) samples.get(0)).put("agreement", "urn:uuid:none");
        assertThatThrownBy(() -> two.provider.api.post("/api/v1/usage/batches", batch))
                .isInstanceOf(ApiClient.Refused.class)
                .hasMessageContaining("samples[0]: we are provider of no agreement");
    }

    /** One bidder at a reserve pays the reserve; its amount is in no entry before the close. */
    @Test
    void anAuctionIsBidFromTheOtherPlatformAndClosed() throws Exception {
        ObjectNode terms = Json.mapper().createObjectNode();
        terms.put("asset", TwoPlatforms.ASSET).put("currency", "CNY").put("reserveMilli", 1_500);
        String id = two.provider.api.post("/api/v1/auctions", terms).required("id").asString();
        ObjectNode bid = Json.mapper().createObjectNode();
        bid.put("provider", two.provider.platform.url().toString());
        bid.put("auction", id).put("milli", 9_876);
        JsonNode taken = two.consumer.api.post("/api/v1/bids", bid);
        byte[] leaf =
                two.provider.seen.context.ledger().leaf(taken.required("ledgerIndex").asLong());
        assertThat(new String(leaf, java.nio.charset.StandardCharsets.UTF_8))
                .contains("auction.bid")
                .doesNotContain("9876");
        assertThatThrownBy(() -> two.consumer.api.post("/api/v1/bids", bid))
                .isInstanceOf(ApiClient.Refused.class)
                .hasMessageContaining("a bid stands");
        JsonNode closed =
                two.provider.api.post(
                        "/api/v1/auctions/" + id + "/close", Json.mapper().createObjectNode());
        assertThat(closed.required("state").asString()).isEqualTo("closed");
        assertThat(closed.required("result").required("priceMilli").asLong()).isEqualTo(1_500);
        assertThat(closed.required("result").required("winner").asString())
                .isEqualTo(two.consumer.seen.context.participant().did());
    }

    @Test
    void aDayIsClosedOnceItIsOver() throws Exception {
        two.pull(agreement);
        var body = Json.mapper().createObjectNode();
        assertThatThrownBy(() -> two.provider.api.post("/api/v1/clearing/close?day=" + TODAY, body))
                .isInstanceOf(ApiClient.Refused.class)
                .hasMessageContaining("is not over");
        String yesterday = TODAY.minusDays(1).toString();
        JsonNode closed = two.provider.api.post("/api/v1/clearing/close?day=" + yesterday, body);
        assertThat(closed.required("closedThrough").asString()).isEqualTo(yesterday);
        assertThat(
                        two.provider
                                .api
                                .get("/api/v1/clearing/days/" + yesterday)
                                .required("stateHash")
                                .asString())
                .matches("[0-9a-f]{64}");
        assertThat(two.provider.api.get("/api/v1/clearing/days").required("items")).hasSize(1);
        String did = two.provider.seen.context.participant().did().replace("%", "%25");
        List<String> kinds = new ArrayList<>();
        two.provider
                .api
                .get("/api/v1/accounts/" + did + "/statement")
                .required("items")
                .forEach(item -> kinds.add(item.required("what").asString()));
        assertThat(kinds).containsExactlyInAnyOrder("row", "use");
    }
}
