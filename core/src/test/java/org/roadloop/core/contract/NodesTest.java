package org.roadloop.core.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.contract.Message.ContractAgreementMessage;
import org.roadloop.core.contract.Message.ContractAgreementVerificationMessage;
import org.roadloop.core.contract.Message.ContractNegotiationEventMessage;
import org.roadloop.core.contract.Message.ContractRequestMessage;
import org.roadloop.core.contract.Message.EventType;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.PostgresLedger;
import org.roadloop.core.ledger.Tail;
import org.roadloop.core.ledger.TestDatabase;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.table.TableSource;

/** Two nodes of one provider: what one agrees, the other serves; what one ends, ends on both. */
@Tag("slow")
class NodesTest {
    private static final String PROVIDER = "did:web:provider.example.org";
    private static final String CONSUMER = "did:web:consumer.example.org";
    private static final Policy OFFER =
            Policy.offer("o1", List.of(Permission.of("use"))).withTarget("tracks");

    @TempDir Path home;

    /** What a platform has of contracts. */
    private static final class Node implements AutoCloseable {
        final PostgresLedger ledger;
        final AssetCatalog catalog;
        final ContractBook book;
        final ContractGate gate;
        final Tail tail;
        final Set<Throwable> failures = ConcurrentHashMap.newKeySet();

        Node(String url, Signer signer) {
            ledger = PostgresLedger.open(TestDatabase.of(url), "test/nodes", signer, List.of());
            long read = ledger.size();
            catalog = new AssetCatalog(ledger, PROVIDER, Clock.systemUTC());
            book = new ContractBook(ledger, PROVIDER, Clock.systemUTC());
            gate = new ContractGate(ledger, book, Clock.systemUTC());
            tail = Tail.follow(ledger, read, List.of(catalog::follow, book::follow), failures::add);
        }

        /** Waits until this node has folded what the other has appended. */
        void follow(Node other) {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
            long size = other.ledger.size();
            while (tail.next() < size) {
                if (System.nanoTime() - until > 0) {
                    fail("not followed: at " + tail.next() + " of " + size + ", " + failures);
                }
                ledger.awaitGrowth(size - 1, java.time.Duration.ofMillis(1));
            }
        }

        @Override
        public void close() {
            tail.close();
            ledger.close();
            assertThat(failures).isEmpty();
        }
    }

    private static UsageGate.Access open(Node node) {
        return node.gate.open("urn:uuid:a1", CONSUMER, "use", "", Instant.now());
    }

    @Test
    void aContractNegotiatedThroughOneNodeIsUsedAndEndedThroughTheOther() throws Exception {
        String url = TestDatabase.url();
        Signer signer = Keystore.open(home.resolve("keys")).signer("ledger", PROVIDER);
        try (Node a = new Node(url, signer);
                Node b = new Node(url, signer)) {
            a.catalog.offer(
                    new Asset.Dataset(
                            "tracks",
                            new Asset.Title("Tracks", "轨迹"),
                            PROVIDER,
                            Map.of(),
                            "track_point",
                            TableSource.LATEST,
                            List.of(),
                            List.of("HttpData-PULL"),
                            List.of(new Offer(OFFER, Tariff.FREE))));
            b.follow(a);
            assertThat(b.catalog.find("tracks")).isPresent();

            // the dialogue goes to and fro between the nodes, as behind a proxy
            Dialogue empty =
                    new Dialogue(Role.PROVIDER, "P1", "C1", CONSUMER, "http://c", List.of());
            Agreement agreement =
                    Agreement.conclude("urn:uuid:a1", PROVIDER, CONSUMER, OFFER, Instant.now())
                            .withProviderSignature("sig-p");
            a.book.begin(
                    empty, new ContractRequestMessage("", "C1", OFFER, "http://c"), Role.CONSUMER);
            b.follow(a);
            b.book.apply("P1", new ContractAgreementMessage("P1", "C1", agreement), Role.PROVIDER);
            // a has not heard of it yet, perhaps: the conflict makes it read again
            a.book.apply("P1", new ContractAgreementMessage("P1", "C1", agreement), Role.PROVIDER);
            a.follow(b);
            a.book.apply(
                    "P1",
                    new ContractAgreementVerificationMessage("P1", "C1", "sig-c"),
                    Role.CONSUMER);
            a.book.apply(
                    "P1",
                    new ContractNegotiationEventMessage("P1", "C1", EventType.FINALIZED),
                    Role.PROVIDER);
            b.follow(a);
            assertThat(b.book.getNegotiation("P1").state()).isEqualTo("FINALIZED");
            assertThat(b.book.getContract("urn:uuid:a1").agreement().hash())
                    .isEqualTo(agreement.hash());

            // both use it: the counts add up, whichever node is asked
            UsageGate.Lease onA = (UsageGate.Lease) open(a);
            UsageGate.Lease onB = (UsageGate.Lease) open(b);
            onA.use(1, ContractGate.USE);
            onB.use(1, ContractGate.USE);
            onA.use(1, ContractGate.USE);
            assertThat(a.gate.uses("urn:uuid:a1")).isEqualTo(3);
            assertThat(b.gate.uses("urn:uuid:a1")).isEqualTo(3);

            CountDownLatch revoked = new CountDownLatch(1);
            onA.onRevoked(revoked::countDown);
            b.book.terminate("urn:uuid:a1", "breach", List.of("resold"));
            assertThat(revoked.await(120, TimeUnit.SECONDS))
                    .as("revoked on the other node")
                    .isTrue();
            assertThat(open(a)).isInstanceOf(UsageGate.Refusal.class);

            b.catalog.withdraw("tracks", "over");
            a.follow(b);
            assertThat(a.catalog.find("tracks")).isEmpty();
        }
    }
}
