package org.roadloop.dataspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.roadloop.dataspace.Participant.count;
import static org.roadloop.dataspace.Participant.tracks;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.Decider;
import org.roadloop.core.contract.Negotiation;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.policy.Policy;
import org.roadloop.dataspace.access.DataRoute;
import org.roadloop.dataspace.dsp.TransferStarted;

/** A provider of another make does not end the transfers of a contract that was superseded. */
@Tag("slow")
class SupersededTransfersTest {
    @TempDir Path home;

    /** Takes any terms, the change of a contract among them. */
    private static final UnaryOperator<Decider> WILLING =
            own ->
                    new Decider() {
                        @Override
                        public Decision decide(Negotiation n) {
                            return new Decision.Agree();
                        }

                        @Override
                        public Decision decide(TransferProcess t) {
                            return own.decide(t);
                        }
                    };

    @Test
    void theConsumerEndsThemItself() throws Exception {
        try (Participant provider = new Participant(home.resolve("provider"));
                Participant consumer = new Participant(home.resolve("consumer"))) {
            provider.decider = WILLING;
            provider.start();
            consumer.start();
            provider.catalog.offer(tracks(provider.did, "use", count(2)));
            Policy terms =
                    tracks(provider.did, "use", count(2))
                            .offers()
                            .getFirst()
                            .terms()
                            .withTarget("urn:roadloop:dataset:tracks");
            Agreement old =
                    consumer.connector
                            .negotiate(provider.origin(), terms)
                            .get(60, TimeUnit.SECONDS);
            TransferStarted started =
                    consumer.connector
                            .transfer(old.id(), DataRoute.FORMAT)
                            .get(60, TimeUnit.SECONDS);
            // it says nothing of the transfer any more, as one that knows no supersession
            consumer.wire.losePath = path -> path.contains("/transfers/");
            consumer.connector
                    .changeAgreement(old.id(), terms, true)
                    .agreement()
                    .get(60, TimeUnit.SECONDS);
            TwoConnectorsTest.await(
                    "superseded", () -> !consumer.book.getContract(old.id()).inForce());
            TwoConnectorsTest.await(
                    "the end", () -> consumer.book.getTransfer(started.pid()).ended());
            TransferProcess.Terminated end =
                    (TransferProcess.Terminated) consumer.book.getTransfer(started.pid());
            assertThat(end.by()).isEqualTo(Role.CONSUMER);
            assertThat(end.code()).isEqualTo("superseded");
        }
    }
}
