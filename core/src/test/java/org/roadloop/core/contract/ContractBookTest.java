package org.roadloop.core.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.JavaChild;
import org.roadloop.core.contract.Message.ContractAgreementMessage;
import org.roadloop.core.contract.Message.ContractAgreementVerificationMessage;
import org.roadloop.core.contract.Message.ContractNegotiationEventMessage;
import org.roadloop.core.contract.Message.ContractRequestMessage;
import org.roadloop.core.contract.Message.EventType;
import org.roadloop.core.contract.Message.TransferRequestMessage;
import org.roadloop.core.contract.Message.TransferStartMessage;
import org.roadloop.core.contract.Message.TransferSuspensionMessage;
import org.roadloop.core.evidence.EvidenceQueue;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.SmallDisk;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;

class ContractBookTest {
    private static final String PROVIDER = "did:web:localhost%3A7080";
    private static final String CONSUMER = "did:web:localhost%3A7081";
    private static final Policy OFFER =
            Policy.offer("o1", List.of(Permission.of("use"))).withTarget("tracks");

    @TempDir Path home;
    private FileLedger ledger;
    private volatile boolean diskFull;
    private ContractBook book;

    @BeforeEach
    void open() {
        ledger =
                FileLedger.open(
                        home.resolve("ledger"),
                        "localhost/test",
                        Keystore.open(home.resolve("keys")).signer("ledger", CONSUMER));
        book = new ContractBook(fallible(), CONSUMER, Clock.systemUTC());
    }

    @AfterEach
    void close() throws Exception {
        ledger.close();
    }

    /** The ledger, as long as the disk has room. */
    private Ledger fallible() {
        return (Ledger)
                Proxy.newProxyInstance(
                        Ledger.class.getClassLoader(),
                        new Class<?>[] {Ledger.class},
                        (proxy, method, arguments) -> {
                            if (diskFull && method.getName().equals("append")) {
                                throw new UncheckedIOException(new IOException("no space left"));
                            }
                            try {
                                return method.invoke(ledger, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private void upToVerified(String n, Agreement agreement) {
        Dialogue empty =
                new Dialogue(Role.CONSUMER, "P" + n, "C" + n, PROVIDER, "http://p", List.of());
        book.begin(
                empty, new ContractRequestMessage("", "C" + n, OFFER, "http://c"), Role.CONSUMER);
        book.apply(
                "C" + n, new ContractAgreementMessage("P" + n, "C" + n, agreement), Role.PROVIDER);
        book.apply(
                "C" + n,
                new ContractAgreementVerificationMessage("P" + n, "C" + n, "sig-c"),
                Role.CONSUMER);
    }

    private Negotiation.Outcome finish(String n) {
        return book.apply(
                        "C" + n,
                        new ContractNegotiationEventMessage("P" + n, "C" + n, EventType.FINALIZED),
                        Role.PROVIDER)
                .outcome();
    }

    /** A provider that signs twice under one id must not replace the contract we hold. */
    @Test
    void twoNegotiationsCannotComeIntoForceUnderOneId() throws Exception {
        Agreement agreement =
                Agreement.conclude(
                                "urn:uuid:a1",
                                PROVIDER,
                                CONSUMER,
                                OFFER,
                                Clock.systemUTC().instant())
                        .withProviderSignature("sig-p");
        upToVerified("1", agreement);
        upToVerified("2", agreement);
        assertThat(finish("1")).isInstanceOf(Negotiation.Outcome.Moved.class);
        assertThat(finish("2"))
                .isInstanceOfSatisfying(
                        Negotiation.Outcome.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("agreement_id_taken"));
        assertThat(book.getContract("urn:uuid:a1").negotiationPid()).isEqualTo("C1");
        assertThat(new ContractBook(ledger, CONSUMER, Clock.systemUTC()).listContracts())
                .containsExactly(book.getContract("urn:uuid:a1"));
    }

    /**
     * A clock that stands still and ids in no order leave only the ledger to say what was first.
     */
    @Test
    void listsAreInTheOrderOfTheLedger() {
        book = new ContractBook(ledger, CONSUMER, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        List<String> begun =
                Stream.iterate(7, n -> (n + 37) % 101).limit(40).map(String::valueOf).toList();
        for (String n : begun) {
            upToVerified(
                    n,
                    Agreement.conclude("urn:uuid:" + n, PROVIDER, CONSUMER, OFFER, Instant.EPOCH)
                            .withProviderSignature("sig-p"));
            book.beginTransfer(
                    new Dialogue(Role.CONSUMER, "", "T" + n, PROVIDER, "http://p", List.of()),
                    new TransferRequestMessage("T" + n, "urn:uuid:" + n, "f", null, "http://c"),
                    Role.CONSUMER);
        }
        begun.reversed().forEach(this::finish);
        book.terminate("urn:uuid:" + begun.getFirst(), "over", List.of());
        for (ContractBook any :
                List.of(book, new ContractBook(ledger, CONSUMER, Clock.systemUTC()))) {
            assertThat(any.listNegotiations())
                    .extracting(course -> course.negotiation().dialogue().pid().substring(1))
                    .isEqualTo(begun);
            assertThat(any.listTransfers())
                    .extracting(transfer -> transfer.dialogue().pid().substring(1))
                    .isEqualTo(begun);
            assertThat(any.listContracts())
                    .extracting(c -> c.agreement().id().substring("urn:uuid:".length()))
                    .isEqualTo(begun.reversed());
            assertThat(any.negotiationsCount()).isEqualTo(begun.size());
            assertThat(any.contractsCount()).isEqualTo(begun.size());
        }
    }

    @Test
    void whatTookAccessAwayIsAnsweredOnlyWithItsEvidence() {
        Dialogue empty = new Dialogue(Role.CONSUMER, "P", "C", PROVIDER, "http://p", List.of());
        book.beginTransfer(
                empty,
                new TransferRequestMessage("C", "urn:uuid:a1", "f", null, "http://c"),
                Role.CONSUMER);
        book.applyTransfer("C", new TransferStartMessage("P", "C", null), Role.PROVIDER);
        TransferSuspensionMessage suspension =
                new TransferSuspensionMessage("P", "C", "check", List.of("audit"));

        diskFull = true;
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> book.applyTransfer("C", suspension, Role.PROVIDER))
                    .isInstanceOf(UncheckedIOException.class);
            assertThat(book.getTransfer("C").state()).as("held at once").isEqualTo("SUSPENDED");
        }
        diskFull = false;
        assertThat(book.applyTransfer("C", suspension, Role.PROVIDER).outcome())
                .isInstanceOf(TransferProcess.Outcome.Repeated.class);
        try (Stream<Entry> entries = ledger.read(0)) {
            assertThat(entries.map(e -> e.event().json().path("state").asString("")))
                    .containsExactly("REQUESTED", "STARTED", "SUSPENDED");
        }
        assertThat(new ContractBook(ledger, CONSUMER, Clock.systemUTC()).getTransfer("C"))
                .isEqualTo(book.getTransfer("C"));
    }

    @Test
    @Tag("slow")
    void whatTookAccessAwayOnAFullDiskHoldsOverAKill() throws Exception {
        String output =
                SmallDisk.run(
                        SmallDisk.at(
                                home,
                                "8m",
                                List.of("sh", "-c", run("first") + "; " + run("second"))));
        assertThat(output)
                .contains("full: No space left on device", "refused: ledger")
                .contains("ended with 0 entries, SUSPENDED with false")
                .contains("held: in force false, transfer SUSPENDED")
                .contains("written: in force false, transfer SUSPENDED")
                .contains(
                        "entries: [contract.agreed, contract.transfer, contract.transfer,"
                                + " contract.terminated, contract.transfer]");
    }

    private String run(String mode) {
        return String.join(" ", JavaChild.command(TerminatingChild.class, mode, home));
    }

    @Test
    void accessIsGivenAgainOnlyOnceItsTakingAwayIsInTheLedger() throws Exception {
        try (EvidenceQueue queue =
                new EvidenceQueue(
                        home.resolve("evidence.queue"), fallible(), CONSUMER, 100, 9999)) {
            book = new ContractBook(fallible(), CONSUMER, Clock.systemUTC(), queue);
            Dialogue empty = new Dialogue(Role.CONSUMER, "P", "C", PROVIDER, "http://p", List.of());
            book.beginTransfer(
                    empty,
                    new TransferRequestMessage("C", "urn:uuid:a1", "f", null, "http://c"),
                    Role.CONSUMER);
            TransferStartMessage start = new TransferStartMessage("P", "C", null);
            TransferSuspensionMessage suspension =
                    new TransferSuspensionMessage("P", "C", "check", List.of("audit"));
            book.applyTransfer("C", start, Role.PROVIDER);
            diskFull = true;
            assertThat(book.applyTransfer("C", suspension, Role.PROVIDER).receipt()).isEmpty();
            assertThat(book.applyTransfer("C", suspension, Role.PROVIDER).outcome())
                    .isInstanceOf(TransferProcess.Outcome.Repeated.class);
            assertThatThrownBy(() -> book.applyTransfer("C", start, Role.PROVIDER))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("taken away");
            ContractGate gate = new ContractGate(fallible(), book, Clock.systemUTC());
            assertThat(gate.open("none", PROVIDER, "use", "", Clock.systemUTC().instant()))
                    .isInstanceOf(UsageGate.Refusal.class);
            diskFull = false;
            while (queue.waiting() > 0) {
                Thread.onSpinWait();
            }
            assertThat(book.applyTransfer("C", start, Role.PROVIDER).outcome())
                    .isInstanceOf(TransferProcess.Outcome.Moved.class);
        }
        try (Stream<Entry> entries = ledger.read(0)) {
            assertThat(entries.map(e -> e.event().type())).containsOnlyOnce("usage.refused");
        }
        assertThat(new ContractBook(ledger, CONSUMER, Clock.systemUTC()).getTransfer("C"))
                .isEqualTo(book.getTransfer("C"));
    }

    /** Peers send refresh tokens and the like under names of their own. */
    @Test
    void noSecretOfADataAddressStandsInTheLedger() {
        Dialogue empty = new Dialogue(Role.CONSUMER, "P", "C", PROVIDER, "http://p", List.of());
        book.beginTransfer(
                empty,
                new TransferRequestMessage("C", "urn:uuid:a1", "f", null, "http://c"),
                Role.CONSUMER);
        DataAddress address =
                new DataAddress(
                        "type",
                        "http://p/data",
                        Map.of(
                                "authType", "bearer",
                                "authorization", "secret-1",
                                "https://w3id.org/tractusx/auth/refreshToken", "secret-2"));
        book.applyTransfer("C", new TransferStartMessage("P", "C", address), Role.PROVIDER);
        try (Stream<Entry> entries = ledger.read(0)) {
            assertThat(entries.map(e -> e.event().json().toString()).toList().toString())
                    .contains("authType", "bearer")
                    .doesNotContain("secret-");
        }
    }
}
