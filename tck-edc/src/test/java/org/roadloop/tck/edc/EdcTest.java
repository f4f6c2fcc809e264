package org.roadloop.tck.edc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.bench.EdcConnector;
import org.roadloop.bench.EdcPair;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.Negotiation;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;
import org.roadloop.dataspace.dsp.Catalog;
import org.roadloop.dataspace.dsp.TerminatedException;
import org.roadloop.dataspace.dsp.TransferStarted;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Our connector and a live Eclipse EDC 0.15.1, each as provider and as consumer, over Dataspace
 * Protocol 2025-1. EDC is driven and asked by its management API: what it says is what it holds.
 */
@Tag("slow")
class EdcTest {
    private static final String PULL = "HttpData-PULL";
    private static final AtomicInteger nth = new AtomicInteger();

    @TempDir static Path home;
    private static Path jars;
    private static EdcConnector edc;
    private static OurConnector ours;

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> resolved = Peer.jars();
        assumeTrue(
                resolved.isPresent(),
                "Eclipse EDC can't be resolved by Maven here (./roadloop setup edc): no"
                        + " negotiation with it is tested");
        jars = resolved.get();
        edc = Peer.start(jars, home, "lab", EdcPair.Pace.TUNED);
        ours = new OurConnector(home.resolve("ours"), false);
        ours.know(edc);
    }

    @AfterAll
    static void stop() throws Exception {
        try {
            if (ours != null) {
                ours.close();
            }
        } finally {
            if (edc != null) {
                edc.close();
            }
        }
    }

    // ---------------------------------------------------------------- what is offered

    private static String openOffer(OurConnector provider) {
        return offer(provider, "\"permission\":[{\"action\":\"use\"}]");
    }

    /** Offers an asset under a policy of ours and names it; the offer is {@code urn:offer:NAME}. */
    private static String offer(OurConnector provider, String rules) {
        String asset = "ours-" + nth.incrementAndGet();
        provider.offer(
                asset,
                Policy.fromJson(
                        json(
                                "{\"@type\":\"Offer\",\"@id\":\"urn:offer:%s\",%s}"
                                        .formatted(asset, rules))));
        return asset;
    }

    /** The offer as EDC's caller takes it from the catalogue that EDC read. */
    private static ObjectNode shownByEdc(OurConnector provider, String asset) throws Exception {
        JsonNode dataset = edc.requestDataset(provider.address(), provider.did, asset);
        JsonNode policy = dataset.required("hasPolicy");
        ObjectNode offer = (ObjectNode) (policy.isArray() ? policy.get(0) : policy);
        return offer.put("@context", "http://www.w3.org/ns/odrl.jsonld")
                .put("assigner", provider.did)
                .put("target", asset);
    }

    private static String offeredByEdc(String rules) throws Exception {
        String asset = "theirs-" + nth.incrementAndGet();
        edc.offer(
                asset,
                json(
                        "{\"@context\":\"http://www.w3.org/ns/odrl.jsonld\",\"@type\":\"Set\",%s}"
                                .formatted(rules)));
        return asset;
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private static String state(JsonNode ofEdc) {
        return ofEdc.path("state").asString("");
    }

    private static void awaitNegotiation(String id, String state) throws Exception {
        Peer.await(
                "EDC's negotiation is " + state,
                () -> List.of(state, "TERMINATED").contains(state(edc.negotiation(id))));
        assertThat(state(edc.negotiation(id))).isEqualTo(state);
    }

    private static void awaitTransfer(String id, String state) throws Exception {
        Peer.await(
                "EDC's transfer is " + state,
                () -> List.of(state, "TERMINATED").contains(transferState(id, state)));
        assertThat(transferState(id, state)).isEqualTo(state);
    }

    /** As provider EDC clears up behind an ended transfer, and then shows that as its state. */
    private static String transferState(String id, String wanted) throws Exception {
        String state = state(edc.transfer(id));
        boolean clearedUp = state.equals("DEPROVISIONED") && !wanted.equals("STARTED");
        return clearedUp ? wanted : state;
    }

    /** The contract as EDC holds it is the one we hold. */
    private static void assertSameAgreement(String edcNegotiation, Agreement agreement)
            throws Exception {
        JsonNode theirs = edc.get("/contractnegotiations/" + edcNegotiation + "/agreement");
        assertThat(theirs.path("agreementId").asString("")).isEqualTo(agreement.id());
        assertThat(theirs.path("assetId").asString("")).isEqualTo(agreement.asset());
        assertThat(theirs.path("providerId").asString("")).isEqualTo(agreement.provider());
        assertThat(theirs.path("consumerId").asString("")).isEqualTo(agreement.consumer());
    }

    // ---------------------------------------------------------------- catalogues

    @Test
    void edcReadsOurCatalogue() throws Exception {
        String asset = openOffer(ours);
        JsonNode catalog =
                edc.post(
                        "/catalog/request",
                        EdcConnector.body("CatalogRequest")
                                .put("counterPartyId", ours.did)
                                .put("counterPartyAddress", ours.address().toString())
                                .put("protocol", EdcConnector.PROTOCOL));
        assertThat(catalog.path("participantId").asString("")).isEqualTo(ours.did);
        JsonNode dataset =
                catalog.path("dataset")
                        .valueStream()
                        .filter(d -> d.path("@id").asString("").equals(asset))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("not in " + catalog));
        assertThat(dataset.path("hasPolicy").get(0).path("@id").asString(""))
                .isEqualTo("urn:offer:" + asset);
        JsonNode distribution = dataset.path("distribution").get(0);
        assertThat(distribution.path("format").asString("")).isEqualTo(PULL);
        assertThat(distribution.path("accessService").path("endpointURL").asString(""))
                .isEqualTo(ours.address().toString());

        String second = openOffer(ours);
        ObjectNode window = EdcConnector.body("QuerySpec").put("offset", 1).put("limit", 1);
        JsonNode part =
                edc.post(
                        "/catalog/request",
                        EdcConnector.body("CatalogRequest")
                                .put("counterPartyId", ours.did)
                                .put("counterPartyAddress", ours.address().toString())
                                .put("protocol", EdcConnector.PROTOCOL)
                                .set("querySpec", window));
        assertThat(part.path("dataset").size()).as("%s and %s", asset, second).isEqualTo(1);
    }

    @Test
    void weReadEdcsCatalogue() throws Exception {
        String asset = offeredByEdc("\"permission\":[{\"action\":\"use\"}]");
        Catalog catalog = ours.connector.requestCatalog(edc.address());
        assertThat(catalog.participantId()).isEqualTo(edc.participantId());
        Catalog.Dataset dataset =
                catalog.datasets().stream().filter(d -> d.id().equals(asset)).findFirst().get();
        assertThat(dataset.formats()).containsExactly(PULL);
        assertThat(dataset.offers()).singleElement();
        assertThat(dataset.offers().getFirst().permissions())
                .isEqualTo(List.of(new Permission("use", List.of(), List.of())));
    }

    // ---------------------------------------------------------------- we are the consumer

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"permission\":[{\"action\":\"use\"}]",
                "\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"purpose\","
                        + "\"operator\":\"eq\",\"rightOperand\":\"research\"}]}]",
                "\"permission\":[{\"action\":\"aggregate\",\"duty\":[{\"action\":\"delete\"}]}],"
                        + "\"prohibition\":[{\"action\":\"distribute\"}]",
                "\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"spatial\","
                        + "\"operator\":\"isAnyOf\",\"rightOperand\":[\"CN\",\"DE\"]}]}]"
            })
    void weNegotiateWhatEdcOffers(String rules) throws Exception {
        String asset = offeredByEdc(rules);
        Policy offer = ours.connector.requestDataset(edc.address(), asset).offers().getFirst();
        // EDC has named it anew by the time it is asked for
        Agreement agreement =
                ours.connector
                        .negotiate(edc.address(), asset, offer.uid())
                        .get(90, TimeUnit.SECONDS);
        assertThat(agreement.policy().sameTerms(offer)).isTrue();
        String pid = ours.book.getContract(agreement.id()).negotiationPid();
        String edcPid = ours.book.getNegotiation(pid).dialogue().peerPid();
        awaitNegotiation(edcPid, "FINALIZED");
        assertSameAgreement(edcPid, agreement);
    }

    @Test
    void weTransferFromEdc() throws Exception {
        String asset = offeredByEdc("\"permission\":[{\"action\":\"use\"}]");
        Policy offer = ours.connector.requestDataset(edc.address(), asset).offers().getFirst();
        String agreement =
                ours.connector.negotiate(edc.address(), offer).get(90, TimeUnit.SECONDS).id();

        TransferStarted first = ours.connector.transfer(agreement, PULL).get(90, TimeUnit.SECONDS);
        assertThat(first.dataAddress().endpoint()).isEqualTo("http://localhost/nothing");
        assertThat(first.dataAddress().findToken()).contains("nothing");
        String edcFirst = ours.book.getTransfer(first.pid()).dialogue().peerPid();
        awaitTransfer(edcFirst, "STARTED");
        ours.connector.completeTransfer(first.pid());
        awaitTransfer(edcFirst, "COMPLETED");

        TransferStarted second = ours.connector.transfer(agreement, PULL).get(90, TimeUnit.SECONDS);
        String edcSecond = ours.book.getTransfer(second.pid()).dialogue().peerPid();
        ours.connector.terminateTransfer(second.pid(), "changed", "no longer needed");
        awaitTransfer(edcSecond, "TERMINATED");

        TransferStarted third = ours.connector.transfer(agreement, PULL).get(90, TimeUnit.SECONDS);
        String edcThird = ours.book.getTransfer(third.pid()).dialogue().peerPid();
        awaitTransfer(edcThird, "STARTED");
        edc.post(
                "/transferprocesses/" + edcThird + "/terminate",
                EdcConnector.body("TerminateTransfer").put("reason", "the road is closed"));
        Peer.await("ours ends too", () -> ours.transfer(edcThird).ended());
        assertThat(ours.transfer(edcThird).state()).isEqualTo("TERMINATED");
        assertThat(ours.connector.findStarted(third.pid())).isEmpty();
    }

    /**
     * EDC looks only at the offer's id and answers with its own terms, which we did not ask for.
     */
    @Test
    void weRefuseAnAgreementOnOtherTermsThanWeAskedFor() throws Exception {
        String asset =
                offeredByEdc(
                        "\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":"
                                + "\"purpose\",\"operator\":\"eq\",\"rightOperand\":\"research\"}]}]");
        Policy offer = ours.connector.requestDataset(edc.address(), asset).offers().getFirst();
        Policy wider =
                Policy.offer(offer.uid(), List.of(new Permission("use", List.of(), List.of())))
                        .withTarget(asset);
        assertThatThrownBy(
                        () ->
                                ours.connector
                                        .negotiate(edc.address(), wider)
                                        .get(90, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(TerminatedException.class)
                .hasMessageContaining("agreement_differs");
        Negotiation here =
                ours.connector.listNegotiations().stream()
                        .map(ContractBook.Course::negotiation)
                        .filter(
                                n ->
                                        n.dialogue()
                                                .turns()
                                                .getFirst()
                                                .message()
                                                .toString()
                                                .contains(asset))
                        .findFirst()
                        .orElseThrow();
        awaitNegotiation(here.dialogue().peerPid(), "TERMINATED");
        assertThat(ours.book.listContracts()).noneMatch(c -> c.agreement().asset().equals(asset));
    }

    @Test
    void anOfferThatEdcNeverMadeIsRefusedWithBothStates() throws Exception {
        String asset = offeredByEdc("\"permission\":[{\"action\":\"use\"}]");
        Policy invented =
                Policy.offer("urn:offer:none", List.of(new Permission("use", List.of(), List.of())))
                        .withTarget(asset);
        assertThatThrownBy(
                        () ->
                                ours.connector
                                        .negotiate(edc.address(), invented)
                                        .get(90, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(TerminatedException.class)
                .hasMessageContaining("peer_refused")
                .hasMessageContaining("state here REQUESTED, state there none");
        assertThat(ours.book.listContracts()).noneMatch(c -> c.agreement().asset().equals(asset));
    }

    // ---------------------------------------------------------------- EDC is the consumer

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"permission\":[{\"action\":\"use\"}]",
                "\"profile\":\"https://roadloop.org/ns/odrl\",\"permission\":[{\"action\":\"use\","
                        + "\"constraint\":[{\"leftOperand\":\"purpose\",\"operator\":\"eq\","
                        + "\"rightOperand\":\"research\"}]}]",
                "\"permission\":[{\"action\":\"aggregate\",\"constraint\":[{\"or\":[{\"leftOperand\":"
                        + "\"dateTime\",\"operator\":\"lteq\",\"rightOperand\":\"2027-01-01T00:00:00Z\"},"
                        + "{\"leftOperand\":\"count\",\"operator\":\"lteq\",\"rightOperand\":\"100\"}]}],"
                        + "\"duty\":[{\"action\":\"delete\"}]}],"
                        + "\"prohibition\":[{\"action\":\"distribute\"}]",
                "\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":\"spatial\","
                        + "\"operator\":\"isAnyOf\",\"rightOperand\":[\"CN-SH\",\"CN-BJ\"]}]}]",
                "\"permission\":[{\"action\":\"computeToData\",\"constraint\":[{\"leftOperand\":"
                        + "\"membership\",\"operator\":\"eq\",\"rightOperand\":\"gold\"}]}],"
                        + "\"obligation\":[{\"action\":\"inform\"}]"
            })
    void edcNegotiatesWhatWeOffer(String rules) throws Exception {
        String asset = offer(ours, rules);
        String id = edc.negotiate(ours.address(), shownByEdc(ours, asset));
        awaitNegotiation(id, "FINALIZED");
        Negotiation.Finalized here = (Negotiation.Finalized) ours.negotiation(id);
        assertThat(ours.book.getContract(here.agreement().id()).inForce()).isTrue();
        assertSameAgreement(id, here.agreement());
    }

    @Test
    void edcTransfersFromUs() throws Exception {
        String asset = openOffer(ours);
        String id = edc.negotiate(ours.address(), shownByEdc(ours, asset));
        awaitNegotiation(id, "FINALIZED");
        String contract = edc.negotiation(id).required("contractAgreementId").asString();

        String first = edc.transfer(ours.address(), contract, PULL);
        awaitTransfer(first, "STARTED");
        assertThat(ours.transfer(first).state()).isEqualTo("STARTED");
        edc.post(
                "/transferprocesses/" + first + "/terminate",
                EdcConnector.body("TerminateTransfer").put("reason", "enough"));
        Peer.await("ours ends too", () -> ours.transfer(first).ended());
        awaitTransfer(first, "TERMINATED");
        assertThat(ours.transfer(first).state()).isEqualTo("TERMINATED");

        String second = edc.transfer(ours.address(), contract, PULL);
        awaitTransfer(second, "STARTED");
        String ourPid = ours.transfer(second).dialogue().pid();
        ours.connector.suspendTransfer(ourPid, "maintenance", "the lake is being moved");
        awaitTransfer(second, "SUSPENDED");
        ours.connector.resumeTransfer(ourPid);
        awaitTransfer(second, "STARTED");
        ours.connector.terminateTransfer(ourPid, "agreement_ended", "the contract ran out");
        awaitTransfer(second, "TERMINATED");

        String third = edc.transfer(ours.address(), contract, PULL);
        awaitTransfer(third, "STARTED");
        ours.connector.completeTransfer(ours.transfer(third).dialogue().pid());
        awaitTransfer(third, "COMPLETED");
    }

    @Test
    void weRefuseTermsThatEdcChanged() throws Exception {
        String asset =
                offer(
                        ours,
                        "\"permission\":[{\"action\":\"use\",\"constraint\":[{\"leftOperand\":"
                                + "\"count\",\"operator\":\"lteq\",\"rightOperand\":\"100\"}]}]");
        ObjectNode changed = shownByEdc(ours, asset);
        ((ObjectNode) changed.path("permission").get(0).path("constraint").get(0))
                .put("rightOperand", "1000");
        assertRefused(edc.negotiate(ours.address(), changed), "offer_differs");
    }

    /** EDC hands on no more of an offer than ODRL has: the price is missing in what it asks. */
    @Test
    void edcAsksForAPricedOfferWithoutItsPrice() throws Exception {
        String asset =
                offer(
                        ours,
                        "\"roadloop:tariff\":{\"currency\":\"CNY\",\"prices\":[{\"unit\":\"use\","
                                + "\"per\":1,\"milli\":2000}]},\"permission\":[{\"action\":\"use\"}]");
        assertRefused(edc.negotiate(ours.address(), shownByEdc(ours, asset)), "offer_differs");
    }

    private static void assertRefused(String id, String code) throws Exception {
        awaitNegotiation(id, "TERMINATED");
        Negotiation.Terminated here = (Negotiation.Terminated) ours.negotiation(id);
        assertThat(here.code()).isEqualTo(code);
        assertThat(ours.book.listContracts())
                .noneMatch(c -> c.negotiationPid().equals(here.dialogue().pid()));
    }

    /** EDC signs nothing: a connector that insists says so, and both ends are ends. */
    @Test
    void withoutASignatureThereIsNoContractWhereOneIsRequired() throws Exception {
        try (OurConnector strict = new OurConnector(home.resolve("strict"), true)) {
            strict.know(edc);
            String asset = openOffer(strict);
            String id = edc.negotiate(strict.address(), shownByEdc(strict, asset));
            awaitNegotiation(id, "TERMINATED");
            Peer.await("ours ends too", () -> strict.negotiation(id).ended());
            assertThat(((Negotiation.Terminated) strict.negotiation(id)).code())
                    .isEqualTo("signature_invalid");
            assertThat(strict.book.listContracts()).isEmpty();
        }
    }

    // ---------------------------------------------------------------- trouble

    /** So quick that EDC's own words overtake its answers; it ends some of its own fatally then. */
    @Test
    void crossingMessagesLeaveNoTwoRecordsApart() throws Exception {
        int each = 24;
        try (EdcConnector quick = Peer.start(jars, home, "quick", new EdcPair.Pace(5, 100));
                OurConnector us = new OurConnector(home.resolve("us"), false)) {
            us.know(quick);
            String ourAsset = openOffer(us);
            quick.offer("theirs", EdcConnector.use("Set"));
            Policy offer =
                    us.connector.requestDataset(quick.address(), "theirs").offers().getFirst();
            ObjectNode ask = EdcConnector.use("Offer");
            ask.put("@id", "urn:offer:" + ourAsset).put("assigner", us.did).put("target", ourAsset);
            List<String> theirs = new ArrayList<>();
            List<CompletableFuture<Agreement>> own = new ArrayList<>();
            for (int i = 0; i < each; i++) {
                own.add(us.connector.negotiate(quick.address(), offer));
                theirs.add(quick.negotiate(us.address(), ask));
            }
            for (String id : theirs) {
                Peer.await(
                        "EDC's negotiation ends",
                        () ->
                                List.of("FINALIZED", "TERMINATED")
                                        .contains(state(quick.negotiation(id))));
            }
            // EDC leaves one of its own lying now and then: then neither side has ended
            Peer.await(
                    () -> "records that are apart: " + apart(us, quick),
                    () -> apart(us, quick).isEmpty());
            int finalized = 0;
            for (ContractBook.Course course : us.connector.listNegotiations()) {
                Negotiation here = course.negotiation();
                if (here instanceof Negotiation.Terminated t && t.by() == t.dialogue().self()) {
                    // never our own doing: EDC had ended before
                    assertThat(t.code()).isEqualTo("peer_ended");
                    assertThat(t.reason().getFirst()).contains("state there TERMINATED");
                }
                finalized += here instanceof Negotiation.Finalized ? 1 : 0;
            }
            System.out.println(
                    "of "
                            + 2 * each
                            + " negotiations with a quick EDC "
                            + finalized
                            + " FINALIZED");
            assertThat(finalized).isPositive();
        }
    }

    /** Where one side has come to an end that the other side has not. */
    private static List<String> apart(OurConnector us, EdcConnector peer) throws Exception {
        List<String> apart = new ArrayList<>();
        for (ContractBook.Course course : us.connector.listNegotiations()) {
            Negotiation here = course.negotiation();
            String there = here.dialogue().peerPid();
            String theirs = there.isEmpty() ? "none" : state(peer.negotiation(there));
            boolean ended = theirs.equals("FINALIZED") || theirs.equals("TERMINATED");
            if (!theirs.equals(here.state()) && (ended || here.ended())) {
                apart.add("here " + here.state() + ", there " + theirs);
            }
        }
        return apart;
    }

    /** A slow one is killed while it thinks, and knows nothing when it is back. */
    @Test
    void anEdcThatForgotIsReportedWithBothStates() throws Exception {
        EdcPair.Pace slow = new EdcPair.Pace(600_000, 1);
        try (EdcConnector victim = Peer.start(jars, home, "victim", slow);
                OurConnector us = new OurConnector(home.resolve("survivor"), false)) {
            us.know(victim);
            victim.offer("theirs", EdcConnector.use("Set"));
            Policy offer =
                    us.connector.requestDataset(victim.address(), "theirs").offers().getFirst();
            CompletableFuture<Agreement> agreement =
                    us.connector.negotiate(victim.address(), offer);
            Peer.await(
                    "EDC has our request",
                    () ->
                            us.connector.listNegotiations().stream()
                                    .anyMatch(
                                            c -> !c.negotiation().dialogue().peerPid().isEmpty()));
            victim.restart();
            assertThatThrownBy(() -> agreement.get(90, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(TerminatedException.class)
                    .hasMessageContaining("peer_forgot")
                    .hasMessageContaining("state here REQUESTED, state there none");
            assertThat(us.book.listContracts()).isEmpty();
        }
    }
}
