package org.roadloop.dataspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.roadloop.dataspace.Participant.count;
import static org.roadloop.dataspace.Participant.purpose;
import static org.roadloop.dataspace.Participant.tracks;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.asset.AssetJson;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.core.contract.Decider;
import org.roadloop.core.contract.Decider.Decision;
import org.roadloop.core.contract.MessageJson;
import org.roadloop.core.contract.Negotiation;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.policy.Policy;
import org.roadloop.dataspace.access.AccessTokens;
import org.roadloop.dataspace.access.DataRoute;
import org.roadloop.dataspace.dsp.Catalog;
import org.roadloop.dataspace.dsp.Connector;
import org.roadloop.dataspace.dsp.TerminatedException;
import org.roadloop.dataspace.dsp.TransferStarted;
import org.roadloop.dataspace.identity.SelfIssuedTokens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Catalogue → negotiation → contract → transfer between two connectors on loopback sockets. */
@Tag("slow")
class TwoConnectorsTest {
    private static final String DATASET = Participant.DATASET;
    private static final String OFFER = Participant.OFFER;

    @TempDir Path home;
    private Participant provider;
    private Participant consumer;
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        provider = new Participant(home.resolve("provider"));
        consumer = new Participant(home.resolve("consumer"));
        provider.start();
        consumer.start();
    }

    @AfterEach
    void stop() throws Exception {
        List<String> errors = schemaErrors(provider, consumer);
        provider.close();
        consumer.close();
        http.close();
        assertThat(errors).as("messages of the whole run against the schemas").isEmpty();
    }

    /** All typed JSON that crossed the wire; nothing to check where the schemas are missing. */
    static List<String> schemaErrors(Participant... participants) throws Exception {
        List<String> errors = new ArrayList<>();
        if (!Files.isDirectory(DspSchemas.FOLDER)) {
            System.out.println(
                    "shared/data is missing: messages are not checked against the published schemas");
            return errors;
        }
        DspSchemas schemas = new DspSchemas();
        for (Participant participant : participants) {
            for (Wire.Exchange exchange : participant.wire.exchanges) {
                boolean wellFormed = exchange.status() < 300;
                // a message of ours, beside the protocol: nobody has published a schema for it
                boolean ours = exchange.path().endsWith("/acts");
                if (wellFormed && !ours && exchange.request().startsWith("{")) {
                    errors.addAll(schemas.errors(JsonMapper.shared().readTree(exchange.request())));
                }
                if (exchange.answer().contains("\"@type\"")) {
                    errors.addAll(schemas.errors(JsonMapper.shared().readTree(exchange.answer())));
                }
                if (exchange.path().endsWith("dspace-version")) {
                    errors.addAll(
                            schemas.errors(
                                    JsonMapper.shared().readTree(exchange.answer()),
                                    "common/protocol-version-schema"));
                }
            }
        }
        return errors;
    }

    static void await(String what, BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(end);
            Thread.sleep(5);
        }
    }

    private Agreement negotiate() throws Exception {
        return consumer.agree(provider);
    }

    private TransferStarted transfer(Agreement agreement, String format) throws Exception {
        return consumer.transfer(agreement, format);
    }

    private HttpResponse<String> get(URI url, String token) throws Exception {
        return http.send(
                HttpRequest.newBuilder(url).header("Authorization", "Bearer " + token).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(Participant from, String path, JsonNode body)
            throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(provider.origin() + path))
                        .header("Authorization", from.identity.authorization(provider.did))
                        .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void bothSidesHoldTheSameContract() throws Exception {
        provider.catalog.offer(tracks(provider.did, "computeToData", purpose("mining"), count(2)));
        Catalog catalog = consumer.connector.requestCatalog(provider.origin());
        assertThat(catalog.participantId()).isEqualTo(provider.did);
        Catalog.Dataset dataset = catalog.datasets().getFirst();
        assertThat(dataset.title()).isEqualTo("Tracks at the junction");
        assertThat(dataset.formats()).contains(Connector.COMPUTE_TO_DATA, DataRoute.FORMAT);

        Agreement agreement = negotiate();

        Agreement theirs = provider.book.getContract(agreement.id()).agreement();
        Agreement ours = consumer.book.getContract(agreement.id()).agreement();
        assertThat(ours).isEqualTo(theirs);
        assertThat(ours.hash()).isEqualTo(theirs.hash());
        assertThat(ours.provider()).isEqualTo(provider.did);
        assertThat(ours.consumer()).isEqualTo(consumer.did);
        assertThat(AssetJson.write(ours.tariff()).toString())
                .isEqualTo(
                        "{\"currency\":\"CNY\",\"prices\":[{\"unit\":\"use\",\"per\":1,\"milli\":2500}]}");
        for (Participant holder : List.of(provider, consumer)) {
            byte[] bytes = ours.canonicalBytes();
            assertThat(holder.identity.signed(provider.did, ours.providerSignature(), bytes))
                    .isTrue();
            assertThat(holder.identity.signed(consumer.did, ours.consumerSignature(), bytes))
                    .isTrue();
            assertThat(holder.identity.signed(consumer.did, ours.providerSignature(), bytes))
                    .as("not with the other's key")
                    .isFalse();
            bytes[10] ^= 1;
            assertThat(holder.identity.signed(provider.did, ours.providerSignature(), bytes))
                    .isFalse();
        }
        Duration duration = consumer.connector.negotiationDuration(agreement.id());
        assertThat(duration).isPositive().isLessThan(Duration.ofSeconds(120));
        URI versions = URI.create(provider.origin() + "/.well-known/dspace-version");
        assertThat(get(versions, "").body()).contains("\"version\":\"2025-1\"");
    }

    @Test
    void computeToDataGivesTheTaskAddressAndRefusesTheRows() throws Exception {
        provider.catalog.offer(tracks(provider.did, "computeToData", purpose("mining"), count(2)));
        Agreement agreement = negotiate();
        TransferStarted started = transfer(agreement, Connector.COMPUTE_TO_DATA);
        DataAddress address = started.dataAddress();
        assertThat(address.endpoint()).isEqualTo(provider.origin() + "/ga4gh/tes/v1");
        String token = address.findToken().orElseThrow();
        AccessTokens.Claims claims = provider.tokens.verify("Bearer " + token);
        assertThat(claims.agreementId()).isEqualTo(agreement.id());
        assertThat(claims.consumer()).isEqualTo(consumer.did);
        assertThat(claims.format()).isEqualTo(Connector.COMPUTE_TO_DATA);

        TransferStarted pull = transfer(agreement, DataRoute.FORMAT);
        HttpResponse<String> rows =
                get(
                        URI.create(pull.dataAddress().endpoint() + "?purpose=mining"),
                        pull.dataAddress().findToken().orElseThrow());
        assertThat(rows.statusCode()).isEqualTo(403);
        JsonNode problem = JsonMapper.shared().readTree(rows.body());
        assertThat(problem.get("title").asString()).isEqualTo("action_not_permitted");
        assertThat(problem.get("detail").asString()).contains("computeToData");

        // no secret in either ledger
        for (Participant p : List.of(provider, consumer)) {
            try (var entries = p.ledger.read(0)) {
                assertThat(entries.map(e -> e.event().toString()))
                        .noneMatch(text -> text.contains(token));
            }
        }
    }

    @Test
    void rowsArePulledAsLongAsThePolicyAllows() throws Exception {
        provider.catalog.offer(tracks(provider.did, "use", purpose("mining"), count(2)));
        Agreement agreement = negotiate();
        DataAddress address = transfer(agreement, DataRoute.FORMAT).dataAddress();
        String token = address.findToken().orElseThrow();
        URI mining = URI.create(address.endpoint() + "?purpose=mining");
        assertThat(get(URI.create(address.endpoint() + "?purpose=ads"), token).body())
                .contains("purpose_not_allowed");
        assertThat(get(mining, token).body()).isEqualTo("PAR1 thirty rows PAR1");
        assertThat(get(mining, token).statusCode()).isEqualTo(200);
        HttpResponse<String> third = get(mining, token);
        assertThat(third.statusCode()).isEqualTo(403);
        assertThat(third.body()).contains("count_exhausted");
        assertThat(provider.gate.uses(agreement.id())).isEqualTo(2);
        assertThat(get(mining, token.substring(0, token.length() - 4) + "AAAA").statusCode())
                .isEqualTo(401);
    }

    @Test
    void suspensionAndTerminationStopTheTokenAtOnce() throws Exception {
        provider.catalog.offer(tracks(provider.did, "use", purpose("mining")));
        Agreement agreement = negotiate();
        TransferStarted started = transfer(agreement, DataRoute.FORMAT);
        String token = started.dataAddress().findToken().orElseThrow();
        String pid = provider.tokens.verify(token).transferPid();
        UsageGate.Lease lease =
                (UsageGate.Lease)
                        provider.gate.open(
                                agreement.id(),
                                consumer.did,
                                "use",
                                "mining",
                                provider.clock.instant(),
                                pid);
        CompletableFuture<Void> revoked = new CompletableFuture<>();
        lease.onRevoked(() -> revoked.complete(null));

        provider.connector.suspendTransfer(pid, "check", "a check of use");
        assertThat(revoked).isDone();
        assertThatThrownBy(() -> provider.tokens.verify(token))
                .isInstanceOfSatisfying(
                        AccessTokens.InvalidTokenException.class,
                        e -> assertThat(e.code()).isEqualTo("transfer_not_started"));
        await("suspension", () -> state(consumer, started.pid()).equals("SUSPENDED"));
        provider.connector.resumeTransfer(pid);
        await("resumption", () -> state(consumer, started.pid()).equals("STARTED"));
        assertThat(provider.tokens.verify(token).agreementId()).isEqualTo(agreement.id());

        provider.connector.terminateAgreement(agreement.id(), "breach", "rows were passed on");
        assertThatThrownBy(() -> provider.tokens.verify(token))
                .isInstanceOf(AccessTokens.InvalidTokenException.class);
        await("termination", () -> state(consumer, started.pid()).equals("TERMINATED"));
        TransferProcess.Terminated end =
                (TransferProcess.Terminated) consumer.book.getTransfer(started.pid());
        assertThat(end.by()).isEqualTo(Role.PROVIDER);
        assertThat(end.reason()).containsExactly("rows were passed on");
    }

    private static String state(Participant participant, String pid) {
        return participant.book.getTransfer(pid).state();
    }

    @Test
    void otherTermsThanOfferedEndWithTheReason() {
        provider.catalog.offer(tracks(provider.did, "computeToData", count(2)));
        Policy asked = tracks(provider.did, "use").offers().getFirst().terms().withTarget(DATASET);
        CompletableFuture<Agreement> future =
                consumer.connector.negotiate(provider.origin(), asked);
        assertThatThrownBy(() -> future.get(120, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        TerminatedException.class,
                        e -> {
                            assertThat(e.by()).isEqualTo(Role.PROVIDER);
                            assertThat(e.code()).isEqualTo("offer_differs");
                        });
        assertThat(provider.book.listContracts()).isEmpty();
    }

    @Test
    void aCounterOfferIsHeldForAPersonAndAccepted() throws Exception {
        provider.catalog.offer(tracks(provider.did, "computeToData", count(2)));
        Policy less =
                tracks(provider.did, "computeToData", count(1))
                        .offers()
                        .getFirst()
                        .terms()
                        .withTarget(DATASET);
        restart(
                provider,
                own ->
                        new Decider() {
                            @Override
                            public Decision decide(Negotiation n) {
                                return n instanceof Negotiation.Requested
                                        ? new Decision.CounterOffer(less)
                                        : own.decide(n);
                            }

                            @Override
                            public Decision decide(TransferProcess t) {
                                return own.decide(t);
                            }
                        });
        CompletableFuture<Agreement> future =
                consumer.connector.negotiate(provider.origin(), DATASET, OFFER);
        await(
                "offer",
                () ->
                        consumer.book.listNegotiations().stream()
                                .anyMatch(c -> c.negotiation() instanceof Negotiation.Offered));
        String pid = consumer.book.listNegotiations().getFirst().negotiation().dialogue().pid();
        assertThat(future).isNotDone();
        consumer.connector.decide(pid, new Decision.Agree());
        Agreement agreement = future.get(120, TimeUnit.SECONDS);
        assertThat(agreement.policy().sameTerms(less)).isTrue();
        assertThat(provider.book.getContract(agreement.id()).agreement()).isEqualTo(agreement);
    }

    private void restart(
            Participant participant, java.util.function.Function<Decider, Decider> decider) {
        participant.stop();
        participant.decider = decider;
        participant.start();
    }

    @Test
    void lostAnswersDoNotDivide() throws Exception {
        long seed = 20261122;
        Random random = new Random(seed);
        System.out.println("seed " + seed);
        provider.catalog.offer(tracks(provider.did, "computeToData", count(2)));
        provider.wire.loseAnswer = n -> random.nextInt(4) == 0;
        consumer.wire.loseAnswer = n -> random.nextInt(4) == 0;
        List<CompletableFuture<Agreement>> futures = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            futures.add(consumer.connector.negotiate(provider.origin(), DATASET, OFFER));
        }
        for (CompletableFuture<Agreement> future : futures) {
            Agreement agreement = future.get(120, TimeUnit.SECONDS);
            assertThat(provider.book.getContract(agreement.id()).agreement().hash())
                    .isEqualTo(agreement.hash());
        }
        assertThat(provider.book.listNegotiations()).hasSize(24);
        assertThat(provider.book.listContracts()).hasSize(24);
        assertThat(consumer.book.listContracts()).hasSize(24);
        TransferStarted started = transfer(futures.getFirst().join(), Connector.COMPUTE_TO_DATA);
        assertThat(provider.book.listTransfers()).hasSize(1);
        assertThat(started.dataAddress().findToken()).isPresent();
    }

    /** Both sides stop and start while messages are lost; then they say the same of everything. */
    @Test
    void stopsAndLossesDoNotDivide() throws Exception {
        long seed = 20261123;
        Random random = new Random(seed);
        System.out.println("seed " + seed);
        provider.catalog.offer(tracks(provider.did, "computeToData", count(2)));
        Policy offer = tracks(provider.did, "computeToData", count(2)).offers().getFirst().terms();
        for (Participant side : List.of(provider, consumer)) {
            side.wire.loseAnswer = n -> random.nextInt(8) == 0;
            side.wire.loseRequest = n -> random.nextInt(8) == 0;
        }
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 10; i++) {
                consumer.connector.negotiate(
                        provider.did,
                        URI.create(provider.origin() + "/dsp/2025-1"),
                        offer.withTarget(DATASET));
            }
            int atLeast = 10 * round + 3;
            await("some contracts", () -> provider.book.listContracts().size() >= atLeast);
            restart(round % 2 == 0 ? provider : consumer, own -> own);
        }
        for (Participant side : List.of(provider, consumer)) {
            side.wire.loseAnswer = n -> false;
            side.wire.loseRequest = n -> false;
        }
        await(
                "contracts on both sides",
                () ->
                        provider.book.listContracts().size() == 40
                                && consumer.book.listContracts().size() == 40);
        assertThat(provider.book.listNegotiations()).hasSize(40);
        for (var contract : consumer.book.listContracts()) {
            assertThat(provider.book.getContract(contract.agreement().id()).agreement())
                    .isEqualTo(contract.agreement());
        }
    }

    /** What a peer has acknowledged is noted, so that a restart does not say it all again. */
    @Test
    void aRestartDoesNotRepeatWhatWasTaken() throws Exception {
        provider.catalog.offer(tracks(provider.did, "computeToData", count(2)));
        Agreement agreement = negotiate();
        String pid = provider.book.getContract(agreement.id()).negotiationPid();
        // the answer to the last word may be under way
        await("all words taken", () -> provider.book.wordsTaken(pid));
        restart(provider, own -> own);
        assertThat(provider.book.wordsTaken(pid)).isTrue();
        int before = consumer.wire.exchanges.size();
        Agreement next = negotiate();
        // a copy: the last answers may still come in
        List<Wire.Exchange> all = List.copyOf(consumer.wire.exchanges);
        assertThat(all.subList(before, all.size())).noneMatch(e -> e.request().contains(pid));
        assertThat(next.id()).isNotEqualTo(agreement.id());
    }

    @Test
    void aProviderThatStopsInBetweenGoesOnWhereItWas() throws Exception {
        provider.catalog.offer(tracks(provider.did, "computeToData", count(2)));
        Decider hold =
                new Decider() {
                    @Override
                    public Decision decide(Negotiation n) {
                        return new Decision.Hold("night");
                    }

                    @Override
                    public Decision decide(TransferProcess t) {
                        return new Decision.Hold("night");
                    }
                };
        restart(provider, own -> hold);
        CompletableFuture<Agreement> future =
                consumer.connector.negotiate(provider.origin(), DATASET, OFFER);
        await("request", () -> !provider.book.listNegotiations().isEmpty());
        restart(provider, own -> own);
        Agreement agreement = future.get(120, TimeUnit.SECONDS);

        restart(provider, own -> own);
        restart(consumer, own -> own);
        assertThat(provider.book.getContract(agreement.id()).agreement())
                .isEqualTo(consumer.book.getContract(agreement.id()).agreement());
        assertThat(transfer(agreement, Connector.COMPUTE_TO_DATA).agreementId())
                .isEqualTo(agreement.id());
    }

    @Test
    void repeatedIllegalAndForeignMessages() throws Exception {
        provider.catalog.offer(tracks(provider.did, "computeToData", count(2)));
        Agreement agreement = negotiate();
        Negotiation mine =
                consumer.book.getNegotiation(
                        consumer.book.getContract(agreement.id()).negotiationPid());
        String at = "/dsp/2025-1/negotiations/" + mine.dialogue().providerPid();
        await("the provider knows that its last word was taken", () -> allEntries() > ownEntries());
        long before = ownEntries();

        ObjectNode verification = MessageJson.write(mine.dialogue().turns().get(2).message());
        assertThat(post(consumer, at + "/agreement/verification", verification).statusCode())
                .as("said again")
                .isEqualTo(200);
        await("what was answered, once more", () -> finalizedHeard() == 2);
        ObjectNode request = MessageJson.write(mine.dialogue().turns().getFirst().message());
        HttpResponse<String> again = post(consumer, "/dsp/2025-1/negotiations/request", request);
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(again.body()).contains(mine.dialogue().providerPid(), "FINALIZED");

        ObjectNode termination = MessageJson.envelope("ContractNegotiationTerminationMessage");
        termination.put("providerPid", mine.dialogue().providerPid());
        termination.put("consumerPid", mine.dialogue().consumerPid());
        HttpResponse<String> illegal = post(consumer, at + "/termination", termination);
        assertThat(illegal.statusCode()).isEqualTo(409);
        assertThat(illegal.body()).contains("illegal_transition", "FINALIZED");

        termination.put("mood", "bad");
        HttpResponse<String> unknown = post(consumer, at + "/termination", termination);
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(unknown.body()).contains("/mood");

        assertThat(post(provider, at + "/agreement/verification", verification).statusCode())
                .as("another participant does not see it")
                .isEqualTo(404);
        assertThat(ownEntries()).as("nothing was written").isEqualTo(before);
        assertThat(provider.book.getContract(agreement.id()).inForce()).isTrue();
    }

    private long finalizedHeard() {
        return consumer.wire.exchanges.stream()
                .filter(e -> e.request().contains("\"FINALIZED\"") && e.status() == 200)
                .count();
    }

    private long allEntries() {
        try (var entries = provider.ledger.read(0)) {
            return entries.count();
        }
    }

    /** Entries of the provider's ledger, but for the notes of what was acknowledged. */
    private long ownEntries() {
        try (var entries = provider.ledger.read(0)) {
            return entries.filter(e -> !e.event().type().equals("contract.taken")).count();
        }
    }

    @ParameterizedTest
    @CsvSource({"none, 401", "garbage, 401", "other-audience, 401", "again, 200", "good, 200"})
    void onlyAProvenCallerIsHeard(String token, int status) throws Exception {
        provider.catalog.offer(tracks(provider.did, "use"));
        String header =
                switch (token) {
                    case "none" -> "";
                    case "garbage" -> "Bearer a.b.c";
                    case "other-audience" -> consumer.identity.authorization(consumer.did);
                    default -> consumer.identity.authorization(provider.did);
                };
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                                URI.create(provider.origin() + "/dsp/2025-1/catalog/request"))
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        MessageJson.envelope("CatalogRequestMessage").toString()));
        if (!header.isEmpty()) {
            request.header("Authorization", header);
        }
        if (token.equals("again")) {
            http.send(request.build(), HttpResponse.BodyHandlers.discarding());
        }
        assertThat(http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(status);
    }

    /** Each is answered with the error object of its part, and nothing is begun. */
    @Test
    void badInputIsAnsweredAsTheProtocolSays() throws Exception {
        provider.catalog.offer(tracks(provider.did, "computeToData", count(2)));
        String context = "\"@context\":[\"" + MessageJson.CONTEXT + "\"]";
        String pids = ",\"providerPid\":\"urn:p\",\"consumerPid\":\"urn:c\"";
        String offer =
                ",\"consumerPid\":\"urn:c\",\"callbackAddress\":\"CALLBACK\",\"offer\":{\"@type\":"
                        + "\"Offer\",\"@id\":\"o\",\"target\":\"t\",\"permission\":PERMISSION}";
        String request = "{" + context + ",\"@type\":\"ContractRequestMessage\"" + offer + "}";
        String good = request.replace("CALLBACK", consumer.origin() + "/dsp/2025-1");
        Object[][] table = {
            {"negotiations/request", "[".repeat(9000), 400, "no_json"},
            {"negotiations/request", "{\"a\":".repeat(900), 400, "no_json"},
            {"negotiations/request", "7", 400, "member_invalid"},
            {"negotiations/request", "[]", 400, "member_invalid"},
            {"negotiations/request", "<html>", 400, "no_json"},
            {"negotiations/request", "{}", 400, "/@context"},
            {"negotiations/request", "{" + context + "}", 400, "/@type"},
            {"negotiations/request", "{" + context + ",\"@type\":7}", 400, "/@type"},
            {
                "negotiations/request",
                good.replace("PERMISSION", "[]").replace("ContractRequest", "TransferRequest"),
                400,
                "is not known here"
            },
            {"negotiations/request", good.replace("PERMISSION", "7"), 400, "/offer/permission"},
            {
                "negotiations/request",
                good.replace("PERMISSION", "[{\"action\":\"use\",\"constraint\":[{}]}]"),
                400,
                "/offer/permission/0/constraint/0"
            },
            {
                "negotiations/request",
                request.replace("CALLBACK", "file:///etc/passwd")
                        .replace("PERMISSION", "[{\"action\":\"use\"}]"),
                400,
                "/callbackAddress"
            },
            {
                "negotiations/urn:p/events",
                "{"
                        + context
                        + ",\"@type\":\"ContractNegotiationEventMessage\",\"eventType\":\"ACCEPTED\""
                        + pids
                        + "}",
                404,
                "urn:p"
            },
            {
                "transfers/urn:p/start",
                "{" + context + ",\"@type\":\"TransferStartMessage\"" + pids + "}",
                404,
                "urn:p"
            },
            {
                "transfers/request",
                "{"
                        + context
                        + ",\"@type\":\"TransferRequestMessage\",\"consumerPid\":\"urn:c\",\"agreementId\":"
                        + "\"urn:none\",\"format\":\"f\",\"callbackAddress\":\""
                        + consumer.origin()
                        + "\"}",
                404,
                "agreement_unknown"
            },
            {"catalog/request", "{" + context + ",\"@type\":\"Catalog\"}", 400, "/@type"},
        };
        long before = provider.ledger.size();
        for (Object[] row : table) {
            String path = (String) row[0];
            HttpResponse<String> answer =
                    http.send(
                            HttpRequest.newBuilder(
                                            URI.create(provider.origin() + "/dsp/2025-1/" + path))
                                    .header(
                                            "Authorization",
                                            consumer.identity.authorization(provider.did))
                                    .POST(HttpRequest.BodyPublishers.ofString((String) row[1]))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            String shown = path + " " + ((String) row[1]).substring(0, 1) + " " + answer.body();
            assertThat(answer.statusCode()).as(shown).isEqualTo(row[2]);
            assertThat(answer.body()).as(shown).contains((String) row[3]);
            String type = JsonMapper.shared().readTree(answer.body()).path("@type").asString("");
            assertThat(type)
                    .as(shown)
                    .isEqualTo(
                            path.startsWith("negotiations")
                                    ? "ContractNegotiationError"
                                    : path.startsWith("transfers")
                                            ? "TransferError"
                                            : "CatalogError");
        }
        assertThat(provider.ledger.size()).isEqualTo(before);
        assertThat(provider.book.listNegotiations()).isEmpty();
    }

    /** What a peer sends stands in the ledger: too much of it is its fault, not ours. */
    @Test
    void aMessageTooLargeForTheLedgerIsRefusedAsSuch() throws Exception {
        ObjectNode request = MessageJson.envelope("ContractRequestMessage");
        request.put("consumerPid", "urn:uuid:c1")
                .put("callbackAddress", consumer.origin() + "/dsp");
        request.put("x:filling", "x".repeat(70_000));
        HttpResponse<String> answer = post(consumer, "/dsp/2025-1/negotiations/request", request);
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(provider.book.listNegotiations()).isEmpty();
    }

    /** The answer to who nobody knows yet is the same whatever the address behind the DID said. */
    @Test
    void aStrangerLearnsNothingOfThisNetwork() throws Exception {
        List<String> answers = new ArrayList<>();
        for (String host : List.of("localhost%3A" + consumer.port + ":none", "localhost%3A1")) {
            Signer stranger =
                    Keystore.open(home.resolve("stranger" + answers.size()))
                            .signer("connector", "did:web:" + host);
            String token =
                    new SelfIssuedTokens(stranger, null, consumer.clock)
                            .authorization(provider.did);
            HttpResponse<String> answer =
                    http.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    provider.origin()
                                                            + "/dsp/2025-1/catalog/request"))
                                    .header("Authorization", token)
                                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(401);
            answers.add(answer.body());
        }
        assertThat(answers.getFirst()).isEqualTo(answers.getLast()).doesNotContain("localhost");
    }

    @Test
    void aWrongSignatureEndsTheNegotiationOnBothSides() throws Exception {
        provider.catalog.offer(tracks(provider.did, "computeToData", count(2)));
        Decider hold =
                new Decider() {
                    @Override
                    public Decision decide(Negotiation n) {
                        return new Decision.Hold("by hand");
                    }

                    @Override
                    public Decision decide(TransferProcess t) {
                        return new Decision.Hold("by hand");
                    }
                };
        restart(consumer, own -> hold);
        CompletableFuture<Agreement> future =
                consumer.connector.negotiate(provider.origin(), DATASET, OFFER);
        await(
                "agreement",
                () ->
                        consumer.book.listNegotiations().stream()
                                .anyMatch(c -> c.negotiation() instanceof Negotiation.Agreed));
        Negotiation.Agreed agreed =
                (Negotiation.Agreed) consumer.book.listNegotiations().getFirst().negotiation();
        ObjectNode forged = MessageJson.envelope("ContractAgreementVerificationMessage");
        forged.put("providerPid", agreed.dialogue().providerPid());
        forged.put("consumerPid", agreed.dialogue().consumerPid());
        forged.put(MessageJson.SIGNATURE, agreed.agreement().providerSignature());
        HttpResponse<String> answer =
                post(
                        consumer,
                        "/dsp/2025-1/negotiations/"
                                + agreed.dialogue().providerPid()
                                + "/agreement/verification",
                        forged);
        assertThat(answer.statusCode()).isIn(400, 401);
        assertThatThrownBy(() -> future.get(120, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        TerminatedException.class,
                        e -> assertThat(e.code()).isEqualTo("signature_invalid"));
        assertThat(provider.book.listContracts()).isEmpty();
        assertThat(consumer.book.listContracts()).isEmpty();
    }
}
