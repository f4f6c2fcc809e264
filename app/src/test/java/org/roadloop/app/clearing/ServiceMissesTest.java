package org.roadloop.app.clearing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.HttpServer;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Metrics;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.http.Tokens;
import org.roadloop.core.clearing.Clearing;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The routes over a real ledger, on the day after two uses at 5.000 each. */
class ServiceMissesTest {
    private static final String P = "did:web:p.example";
    private static final String C = "did:web:c.example";
    private static final Instant NOON = Instant.parse("2026-11-20T04:00:00Z");
    private static final LocalDate DAY = LocalDate.parse("2026-11-20");
    private static final String ID = "urn:uuid:a1";

    @TempDir Path folder;
    private final Clock clock = Clock.fixed(NOON.plus(Duration.ofDays(1)), ZoneOffset.UTC);
    private final Clearing clearing = new Clearing();
    private FileLedger ledger;
    private HttpServer server;
    private Tokens tokens;

    @BeforeEach
    void open() throws Exception {
        ledger =
                FileLedger.open(
                        folder.resolve("ledger"),
                        "localhost/test",
                        Keystore.open(folder.resolve("keys")).signer("ledger", P));
        ledger.append(agreed());
        UsageRecord use =
                new UsageRecord(ID, "x", C, "use", "", 2, "use", "usage-gate", 1, NOON, NOON);
        ledger.append(Event.of(UsageRecord.EVENT, NOON, C, ID, use.toJson()));
        OpenBooks books =
                new OpenBooks(ledger, new ContractBook(ledger, P, clock), this::current, clock);
        List<Route> routes = new ArrayList<>(new ClearingRoutes(books).routes());
        routes.add(new ServiceMisses(books).route());
        routes.addAll(new UsageBatches(books).routes());
        server = HttpServer.bind(new Config.Http("127.0.0.1", 0, Optional.empty(), 1 << 20));
        tokens = new Tokens(folder.resolve("tokens.json"), "rl_admin", clock, (type, t) -> {});
        server.start("test", routes, List.of(), tokens, new Metrics());
    }

    @AfterEach
    void close() throws Exception {
        server.close();
        ledger.close();
    }

    private Clearing current() {
        clearing.catchUp(ledger);
        return clearing;
    }

    private static Event agreed() {
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("self", "provider").put("negotiation", "urn:uuid:n1");
        body.put("provider", P).put("consumer", C).put("asset", "x");
        body.put("providerSignature", "sig-p").put("consumerSignature", "sig-c");
        body.set(
                "agreement",
                Json.mapper()
                        .readTree(
                                """
                                {"@type":"Agreement","@id":"urn:uuid:a1","target":"x",
                                 "assigner":"did:web:p.example","assignee":"did:web:c.example",
                                 "timestamp":"2026-11-20T04:00:00Z",
                                 "permission":[{"action":"use"}],
                                 "roadloop:tariff":{"currency":"CNY",
                                  "prices":[{"unit":"use","per":1,"milli":5000},
                                            {"unit":"parcel","per":1,"milli":7}],
                                  "credits":{"objectives":[
                                   {"objective":"availability","basisPoints":1000}],
                                   "capBasisPoints":3000}}}
                                """));
        return Event.of("contract.agreed", NOON, P, ID, body);
    }

    private ApiClient as(Role role) {
        return new ApiClient(
                server.localUrl(), tokens.create(role, "", Duration.ofDays(9)).token());
    }

    private static ObjectNode miss(String objective, String day) {
        return Json.mapper().createObjectNode().put("objective", objective).put("day", day);
    }

    private static String path(String what) {
        return "/api/v1/agreements/" + ID + "/" + what;
    }

    /** A tenth of the day's 10.000 comes back, once. */
    @Test
    void aMissIsCreditedOnceOnTheBill() throws Exception {
        try (ApiClient provider = as(Role.PROVIDER)) {
            JsonNode first = provider.post(path("misses"), miss("availability", "2026-11-20"));
            JsonNode again = provider.post(path("misses"), miss("availability", "2026-11-20"));
            assertThat(first.required("repeated").asBoolean()).isFalse();
            assertThat(again.required("repeated").asBoolean()).isTrue();
            assertThat(again.required("ledgerIndex")).isEqualTo(first.required("ledgerIndex"));
            assertThat(provider.get(path("bill")).required("totalMilli").asLong())
                    .as("booked when the day is closed")
                    .isEqualTo(10_000);
            current().endDay(ledger, DAY, clock.instant(), P);
            JsonNode bill = provider.get(path("bill"));
            assertThat(bill.required("totalMilli").asLong()).isEqualTo(9_000);
            assertThat(bill.toString()).contains("availability");
        }
        assertThat(current().imbalanceMilli("CNY")).isZero();
    }

    @Test
    void aMissIsOfTheAgreementAndNotedByWhoseSideThisIs() throws Exception {
        try (ApiClient provider = as(Role.PROVIDER);
                ApiClient consumer = as(Role.CONSUMER);
                ApiClient auditor = as(Role.AUDITOR)) {
            refused(provider, miss("speed", "2026-11-20"), 400, "it has availability");
            refused(
                    provider,
                    miss("availability", "2026-11-19"),
                    400,
                    "not a day of the agreement");
            refused(
                    provider,
                    miss("availability", "2026-11-22"),
                    400,
                    "not a day of the agreement");
            refused(provider, miss("availability", "tomorrow"), 400, "is a day, as 2026-11-01");
            refused(consumer, miss("availability", "2026-11-20"), 403, "is the consumer");
            refused(auditor, miss("availability", "2026-11-20"), 403, "may not call");
        }
        assertThat(ledger.size()).isEqualTo(2);
    }

    private static void refused(ApiClient by, ObjectNode body, int status, String says) {
        refused(by, path("misses"), body, status, says);
    }

    private static void refused(
            ApiClient by, String path, ObjectNode body, int status, String says) {
        assertThatThrownBy(() -> by.post(path, body))
                .isInstanceOfSatisfying(
                        ApiClient.Refused.class, e -> assertThat(e.status()).isEqualTo(status))
                .hasMessageContaining(says);
    }

    private static ObjectNode batch(String id, String unit, String from, String until) {
        ObjectNode batch = Json.mapper().createObjectNode();
        batch.put("batch", id).put("meter", "partner-api").put("meterVersion", 1);
        batch.putArray("samples")
                .addObject()
                .put("agreement", ID)
                .put("quantity", 1)
                .put("unit", unit)
                .put("from", "2026-11-20T" + from + ":00Z")
                .put("until", "2026-11-20T" + until + ":00Z");
        return batch;
    }

    /** A meter that begins again from the start of its hour must not be paid for it twice. */
    @Test
    void batchesOfOneMeterDoNotOverlap() throws Exception {
        String path = "/api/v1/usage/batches";
        try (ApiClient provider = as(Role.PROVIDER)) {
            provider.post(path, batch("a", "use", "05:00", "06:00"));
            provider.post(path, batch("b", "use", "06:00", "07:00"));
            provider.post(path, batch("c", "parcel", "05:00", "06:00"));
            refused(provider, path, batch("d", "use", "05:30", "05:31"), 409, "already");
            refused(provider, path, batch("e", "use", "05:00", "06:00"), 409, "already");
            refused(provider, path, batch("f", "use", "04:30", "05:01"), 409, "already");
            refused(provider, path, batch("g", "use", "06:30", "08:00"), 409, "already");
            refused(provider, path, batch("h", "ounce", "09:00", "10:00"), 400, "'ounce'");
            ObjectNode other = batch("i", "use", "05:30", "06:30").put("meter", "partner-web");
            provider.post(path, other);
            assertThat(provider.get(path("bill")).required("totalMilli").asLong())
                    .as("2 and 3 uses, and a parcel")
                    .isEqualTo(5 * 5_000 + 7);
        }
    }

    @Test
    void aCursorOfAnotherListIsRefused() throws Exception {
        try (ApiClient provider = as(Role.PROVIDER)) {
            for (String key : List.of("x", "-7", "9223372036854775807", "1.5", "")) {
                String cursor = java.util.Base64.getUrlEncoder().encodeToString(key.getBytes());
                assertThatThrownBy(() -> provider.get(path("usage?cursor=" + cursor)))
                        .as(key)
                        .isInstanceOfSatisfying(
                                ApiClient.Refused.class, e -> assertThat(e.status()).isEqualTo(400))
                        .hasMessageContaining("cursor");
            }
            assertThat(provider.get(path("usage?cursor=OTk5OTk5")).required("items")).isEmpty();
        }
    }
}
