package org.roadloop.app.clearing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.core.contract.Dialogue;
import org.roadloop.core.contract.Message;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;
import org.roadloop.dataspace.access.Pushes;

/** What lies in the bucket is counted, not what the provider says of it. */
class BucketMeterTest {
    private static final String PROVIDER = "did:web:localhost%3A7080";
    private static final String CONSUMER = "did:web:localhost%3A7081";
    private static final String ROWS = "a,b\n1,2\n3,4\n";

    @TempDir Path home;
    private final Clock clock = Clock.systemUTC();
    private final Map<String, DataAddress> asked = new ConcurrentHashMap<>();
    private FileLedger ledger;
    private ContractBook book;
    private BucketMeter bucket;

    @BeforeEach
    void open() {
        Signer signer = Keystore.open(home.resolve("keys")).signer("ledger", CONSUMER);
        ledger = FileLedger.open(home.resolve("ledger"), "localhost/test", signer);
        book = new ContractBook(ledger, CONSUMER, clock);
        bucket =
                new BucketMeter(
                        book,
                        new OwnMeter(ledger, CONSUMER, clock),
                        asked,
                        (address, file) -> {
                            if (!address.endpoint().equals("https://s3.example")) {
                                throw new IOException("no such bucket");
                            }
                            Files.writeString(file, ROWS);
                        },
                        home.resolve("staging"),
                        clock);
        agree();
    }

    @AfterEach
    void close() throws Exception {
        ledger.close();
    }

    private void agree() {
        Policy offer = Policy.offer("urn:o", List.of(Permission.of("use"))).withTarget("tracks");
        Agreement agreement =
                Agreement.conclude("urn:uuid:a1", PROVIDER, CONSUMER, offer, clock.instant())
                        .withProviderSignature("sig-p");
        Dialogue dialogue =
                new Dialogue(Role.CONSUMER, "P1", "C1", PROVIDER, "http://p", List.of());
        book.begin(
                dialogue,
                new Message.ContractRequestMessage("", "C1", offer, "http://c"),
                Role.CONSUMER);
        book.apply(
                "C1", new Message.ContractAgreementMessage("P1", "C1", agreement), Role.PROVIDER);
        book.apply(
                "C1",
                new Message.ContractAgreementVerificationMessage("P1", "C1", "sig-c"),
                Role.CONSUMER);
        book.apply(
                "C1",
                new Message.ContractNegotiationEventMessage(
                        "P1", "C1", Message.EventType.FINALIZED),
                Role.PROVIDER);
    }

    private void completed(String pid, String endpoint) {
        asked.put(pid, new DataAddress("s3", endpoint, Map.of("purpose", "research")));
        Dialogue dialogue = new Dialogue(Role.CONSUMER, "T1", pid, PROVIDER, "http://p", List.of());
        bucket.moved(
                new TransferProcess.Completed(dialogue, "urn:uuid:a1", Pushes.S3, Role.PROVIDER));
    }

    private List<String> received() {
        try (Stream<Entry> entries = ledger.read(0)) {
            return entries.map(Entry::event)
                    .filter(e -> e.type().equals(UsageRecord.RECEIVED))
                    .map(e -> UsageRecord.fromJson(e.json()))
                    .map(u -> u.quantity() + " " + u.unit())
                    .toList();
        }
    }

    @Test
    void theObjectIsCountedAndNotKept() {
        long size = ledger.size();
        completed("T0", "https://s3.example");
        ledger.awaitGrowth(size, Duration.ofSeconds(30));
        assertThat(received()).containsExactly("1 use", "2 row", ROWS.length() + " byte");
        assertThat(asked).isEmpty();
        long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (home.resolve("staging").toFile().list().length > 0) {
            assertThat(System.nanoTime()).as("waiting for staging to be empty").isLessThan(until);
        }
    }

    @Test
    void whatCanNotBeReadIsNotCounted() throws Exception {
        completed("T1", "https://other.example");
        long size = ledger.size();
        completed("T2", "https://s3.example");
        ledger.awaitGrowth(size, Duration.ofSeconds(30));
        assertThat(received()).hasSize(3);
        assertThat(asked).isEmpty();
    }
}
