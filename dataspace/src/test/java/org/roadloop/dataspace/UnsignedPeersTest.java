package org.roadloop.dataspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.contract.Decider;
import org.roadloop.core.contract.MessageJson;
import org.roadloop.core.contract.Negotiation;
import org.roadloop.core.contract.TransferProcess;
import tools.jackson.databind.node.ObjectNode;

/** A signature is asked of everyone but those that the operator names. */
@Tag("slow")
class UnsignedPeersTest {
    @TempDir Path home;

    /** Our consumer signs all it sends, so the message of one that does not is written by hand. */
    private static final class ByHand implements Decider {
        @Override
        public Decision decide(Negotiation n) {
            return new Decision.Hold("by hand");
        }

        @Override
        public Decision decide(TransferProcess t) {
            return new Decision.Hold("by hand");
        }
    }

    @ParameterizedTest(name = "{0} named: {1}")
    @CsvSource({
        "the peer,       ,       200",
        "another,        ,       400",
        "the peer, a.b.c,        400"
    })
    void aContractWithoutSignatureIsTakenOfThoseWhoAreNamed(
            String named, String signature, int status) throws Exception {
        try (Participant provider = new Participant(home.resolve("provider"));
                Participant consumer = new Participant(home.resolve("consumer"));
                HttpClient http = HttpClient.newHttpClient()) {
            String peer = named.equals("the peer") ? consumer.did : "did:web:another.example";
            provider.settings = c -> c.withSignatures(true, Set.of(peer));
            consumer.decider = own -> new ByHand();
            provider.start();
            consumer.start();
            provider.catalog.offer(Participant.tracks(provider.did, "use"));
            var outcome =
                    consumer.connector.negotiate(
                            provider.origin(), Participant.DATASET, Participant.OFFER);
            TransfersTest.await(
                    "the agreement",
                    () ->
                            consumer.book.listNegotiations().stream()
                                    .anyMatch(c -> c.negotiation() instanceof Negotiation.Agreed));
            Negotiation.Agreed agreed =
                    (Negotiation.Agreed) consumer.book.listNegotiations().getFirst().negotiation();
            ObjectNode verification = MessageJson.envelope("ContractAgreementVerificationMessage");
            verification.put("providerPid", agreed.dialogue().providerPid());
            verification.put("consumerPid", agreed.dialogue().consumerPid());
            if (signature != null) {
                verification.put(MessageJson.SIGNATURE, signature);
            }
            HttpResponse<String> answer =
                    http.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    provider.origin()
                                                            + "/dsp/2025-1/negotiations/"
                                                            + agreed.dialogue().providerPid()
                                                            + "/agreement/verification"))
                                    .header(
                                            "Authorization",
                                            consumer.identity.authorization(provider.did))
                                    .POST(
                                            HttpRequest.BodyPublishers.ofString(
                                                    verification.toString()))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
            String agreement = agreed.agreement().id();
            if (status == 200) {
                TransfersTest.await(
                        "the contract",
                        () ->
                                provider.book
                                        .findContract(agreement)
                                        .map(c -> c.inForce())
                                        .orElse(false));
                assertThat(
                                provider.book
                                        .getContract(agreement)
                                        .agreement()
                                        .consumerSignature())
                        .isEmpty();
            } else {
                TransfersTest.await("the end", outcome::isCompletedExceptionally);
                assertThat(provider.book.listContracts()).isEmpty();
            }
        }
    }
}
