package org.roadloop.core.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.clearing.Clearing;
import org.roadloop.core.clearing.Price;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.clearing.UsageReversal;
import org.roadloop.core.contract.Message.ContractAgreementMessage;
import org.roadloop.core.contract.Message.ContractAgreementVerificationMessage;
import org.roadloop.core.contract.Message.ContractNegotiationEventMessage;
import org.roadloop.core.contract.Message.ContractRequestMessage;
import org.roadloop.core.contract.Message.EventType;
import org.roadloop.core.contract.Message.TransferRequestMessage;
import org.roadloop.core.contract.Message.TransferStartMessage;
import org.roadloop.core.contract.Message.TransferSuspensionMessage;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.Receipt;
import org.roadloop.core.policy.Constraint;
import org.roadloop.core.policy.Operator;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;

class ContractGateTest {
    private static final String PROVIDER = "did:web:localhost%3A7080";
    private static final String CONSUMER = "did:web:localhost%3A7081";
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final int LIMIT = 25;

    @TempDir Path home;
    private FileLedger ledger;
    private ContractBook book;
    private ContractGate gate;
    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);

    @BeforeEach
    void open() {
        Signer signer = Keystore.open(home.resolve("keys")).signer("ledger", PROVIDER);
        ledger = FileLedger.open(home.resolve("ledger"), "localhost/test", signer);
        book = new ContractBook(ledger, PROVIDER, clock);
        gate = new ContractGate(ledger, book, clock);
    }

    @AfterEach
    void close() throws Exception {
        ledger.close();
    }

    private void reopen() throws Exception {
        close();
        open();
    }

    private Agreement contract(String until) {
        Policy offer =
                Policy.offer(
                                "o1",
                                List.of(
                                        Permission.of(
                                                "computeToData",
                                                Constraint.Atomic.of(
                                                        "purpose", Operator.IS_ANY_OF, "mining"),
                                                Constraint.Atomic.of(
                                                        "count",
                                                        Operator.LTEQ,
                                                        Integer.toString(LIMIT)),
                                                Constraint.Atomic.of(
                                                        "dateTime", Operator.LTEQ, until))))
                        .withTarget("tracks");
        Agreement agreement =
                Agreement.conclude("urn:uuid:a1", PROVIDER, CONSUMER, offer, NOW)
                        .withProviderSignature("sig-p");
        Dialogue empty = new Dialogue(Role.PROVIDER, "P1", "C1", CONSUMER, "http://c", List.of());
        book.begin(empty, new ContractRequestMessage("", "C1", offer, "http://c"), Role.CONSUMER);
        assertThat(gate.open("urn:uuid:a1", CONSUMER, "computeToData", "mining", NOW))
                .isInstanceOf(UsageGate.Refusal.class);
        book.apply("P1", new ContractAgreementMessage("P1", "C1", agreement), Role.PROVIDER);
        book.apply(
                "P1", new ContractAgreementVerificationMessage("P1", "C1", "sig-c"), Role.CONSUMER);
        assertThat(gate.open("urn:uuid:a1", CONSUMER, "computeToData", "mining", NOW))
                .as("signed by both, not finalized")
                .isInstanceOf(UsageGate.Refusal.class);
        book.apply(
                "P1",
                new ContractNegotiationEventMessage("P1", "C1", EventType.FINALIZED),
                Role.PROVIDER);
        return agreement;
    }

    private UsageGate.Lease lease(Agreement agreement) {
        return (UsageGate.Lease)
                gate.open(agreement.id(), CONSUMER, "computeToData", "mining", NOW);
    }

    @Tag("slow")
    @Test
    void neverMoreThanAgreedHoweverManyThreads() throws Exception {
        Agreement agreement = contract("2026-12-31T00:00:00Z");
        AtomicInteger granted = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        // a second gate on the same ledger: two writers that share no lock
        ContractGate second = new ContractGate(ledger, book, clock);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 48; i++) {
                ContractGate mine = i % 2 == 0 ? gate : second;
                all.add(
                        threads.submit(
                                () -> {
                                    for (int use = 0; use < 2; use++) {
                                        if (mine.open(
                                                        agreement.id(),
                                                        CONSUMER,
                                                        "computeToData",
                                                        "mining",
                                                        NOW)
                                                instanceof UsageGate.Lease lease) {
                                            try (lease) {
                                                lease.use(1, "use");
                                                granted.incrementAndGet();
                                            } catch (UsageGate.RefusedException e) {
                                                refused.incrementAndGet();
                                            }
                                        } else {
                                            refused.incrementAndGet();
                                        }
                                    }
                                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(granted).hasValue(LIMIT);
        assertThat(refused).hasValue(96 - LIMIT);
        assertThat(metered("use")).isEqualTo(LIMIT);

        reopen();
        assertThat(gate.uses(agreement.id())).isEqualTo(LIMIT);
        UsageGate.Refusal refusal =
                (UsageGate.Refusal)
                        gate.open(agreement.id(), CONSUMER, "computeToData", "mining", NOW);
        assertThat(refusal.reasons())
                .extracting(UsageGate.Reason::code)
                .containsExactly("count_exhausted");
    }

    private long metered(String unit) {
        try (Stream<Entry> entries = ledger.read(0)) {
            return entries.map(Entry::event)
                    .filter(e -> e.type().equals(UsageRecord.EVENT))
                    .map(Event::json)
                    .map(UsageRecord::fromJson)
                    .filter(r -> r.unit().equals(unit))
                    .mapToLong(UsageRecord::quantity)
                    .sum();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "did:web:localhost%3A7081,computeToData,mining,2026-12-31T00:00:00Z,''",
        "did:web:localhost%3A7081,computeToData,advertising,2026-12-31T00:00:00Z,purpose_not_allowed",
        "did:web:localhost%3A7081,use,mining,2026-12-31T00:00:00Z,action_not_permitted",
        "did:web:localhost%3A7081,computeToData,mining,2026-11-21T00:00:00Z,expired",
        "did:web:localhost%3A7099,computeToData,mining,2026-12-31T00:00:00Z,actor_not_assignee",
    })
    void outsideThePolicyIsRefusedWithItsReason(
            String actor, String action, String purpose, String until, String code) {
        Agreement agreement = contract(until);
        UsageGate.Access access = gate.open(agreement.id(), actor, action, purpose, NOW);
        String found =
                access instanceof UsageGate.Refusal refusal
                        ? refusal.reasons().getFirst().code()
                        : "";
        assertThat(found).isEqualTo(code);
        try (Stream<Entry> entries = ledger.read(0)) {
            Event last = entries.map(Entry::event).reduce((a, b) -> b).orElseThrow();
            assertThat(last.type()).isEqualTo(code.isEmpty() ? "usage.opened" : "usage.refused");
            assertThat(last.subject()).isEqualTo(agreement.id());
            if (!code.isEmpty()) {
                assertThat(last.json().get("codes").get(0).asString()).isEqualTo(code);
            }
        }
    }

    @Test
    void rowsNeverLeaveUncounted() {
        Agreement agreement = contract("2026-12-31T00:00:00Z");
        try (UsageGate.Lease lease = lease(agreement)) {
            lease.use(1000, "row");
            lease.use(5, "compute-second");
        }
        assertThat(metered("use")).isEqualTo(1);
        assertThat(metered("row")).isEqualTo(1000);
        try (UsageGate.Lease lease = lease(agreement)) {
            lease.use(2, "use");
            lease.use(10, "row");
        }
        assertThat(metered("use")).isEqualTo(3);
    }

    @Test
    void severalUnitsAreOneAppendAllOrNothing() {
        Agreement agreement = contract("2026-12-31T00:00:00Z");
        try (UsageGate.Lease lease = lease(agreement)) {
            long before = ledger.size();
            Receipt receipt =
                    lease.use(
                            List.of(
                                    new UsageGate.Quantity(1, "use"),
                                    new UsageGate.Quantity(30, "row"),
                                    new UsageGate.Quantity(4096, "byte")));
            assertThat(receipt).isEqualTo(new Receipt(before, 3));
            assertThatThrownBy(
                            () ->
                                    lease.use(
                                            List.of(
                                                    new UsageGate.Quantity(7, "row"),
                                                    new UsageGate.Quantity(LIMIT, "use"))))
                    .isInstanceOf(UsageGate.RefusedException.class);
        }
        assertThat(metered("row")).as("nothing of what was refused").isEqualTo(30);
        assertThat(metered("byte")).isEqualTo(4096);
    }

    @Test
    void aUseThatDidNotHappenIsTakenBackOnceAndMayBeUsedAgain() throws Exception {
        Agreement agreement = contract("2026-12-31T00:00:00Z");
        try (UsageGate.Lease lease = lease(agreement)) {
            lease.use(LIMIT - 1, "use");
            Receipt last = lease.use(List.of(new UsageGate.Quantity(1, "use")));
            assertThatThrownBy(() -> lease.use(1, "use"))
                    .isInstanceOf(UsageGate.RefusedException.class);
            assertThat(lease.reverse(last, "sandbox_not_started").count()).isEqualTo(1);
            assertThat(lease.reverse(last, "sandbox_not_started").count()).as("once").isZero();
            assertThat(gate.uses(agreement.id())).isEqualTo(LIMIT - 1);
            // what comes next in the same lease debits again, rows too
            lease.use(10, "row");
            assertThat(gate.uses(agreement.id())).isEqualTo(LIMIT);
            assertThatThrownBy(() -> lease.reverse(new Receipt(0, 1), "nothing_sent"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("entry 0 is no metered use");
        }
        reopen();
        assertThat(gate.uses(agreement.id())).isEqualTo(LIMIT);
        try (Stream<Entry> entries = ledger.read(0)) {
            UsageReversal reversal =
                    entries.map(Entry::event)
                            .filter(e -> e.type().equals(UsageReversal.EVENT))
                            .map(e -> UsageReversal.fromJson(e.json()))
                            .findFirst()
                            .orElseThrow();
            assertThat(reversal.use().quantity()).isEqualTo(1);
            assertThat(reversal.reason()).isEqualTo("sandbox_not_started");
        }
        // the bill follows: used, less what was taken back, with evidence of both entries
        Clearing clearing = new Clearing();
        clearing.register(
                agreement.id(),
                PROVIDER,
                CONSUMER,
                new Tariff("CNY", List.of(new Price.PerUnit("use", 1, 2_000))));
        try (Stream<Entry> entries = ledger.read(0)) {
            entries.filter(e -> e.event().type().startsWith("usage.")).forEach(clearing::apply);
        }
        assertThat(clearing.bill(agreement.id()).totalMilli()).isEqualTo(2_000L * LIMIT);
        assertThat(clearing.imbalanceMilli("CNY")).isZero();
    }

    /** The clock of this test never moves: as coarse as a clock can be. */
    @Test
    void everyUseHasAnIntervalOfItsOwnAndIsBilled() throws Exception {
        Agreement agreement = contract("2026-12-31T00:00:00Z");
        try (UsageGate.Lease one = lease(agreement);
                UsageGate.Lease two = lease(agreement)) {
            one.use(1, "use");
            two.use(1, "use");
            one.use(2, "use");
        }
        reopen();
        try (UsageGate.Lease after = lease(agreement)) {
            after.use(1, "use");
        }
        Clearing clearing = new Clearing();
        clearing.register(agreement.id(), PROVIDER, CONSUMER, agreement.tariff());
        clearing.replay(ledger);
        assertThat(clearing.duplicates()).isZero();
        assertThat(clearing.conflicts()).isZero();
        assertThat(clearing.bill(agreement.id()).lines().getFirst().quantity()).isEqualTo(5);
    }

    @Test
    void terminationTakesAccessAwayAtOnceAndForGood() throws Exception {
        Agreement agreement = contract("2026-12-31T00:00:00Z");
        UsageGate.Lease lease = lease(agreement);
        AtomicInteger runs = new AtomicInteger();
        lease.onRevoked(runs::incrementAndGet);
        book.terminate(agreement.id(), "breach", List.of("shared with others"));
        assertThat(runs).hasValue(1);
        lease.onRevoked(runs::incrementAndGet);
        assertThat(runs).as("at once if it already was").hasValue(2);
        assertThatThrownBy(() -> lease.use(1, "use"))
                .isInstanceOf(UsageGate.RefusedException.class);
        reopen();
        assertThat(gate.open(agreement.id(), CONSUMER, "computeToData", "mining", NOW))
                .isInstanceOfSatisfying(
                        UsageGate.Refusal.class,
                        r ->
                                assertThat(r.reasons().getFirst().code())
                                        .isEqualTo("agreement_terminated"));
    }

    @Test
    void suspensionOfItsTransferRevokesALeaseNotThatOfAnother() {
        Agreement agreement = contract("2026-12-31T00:00:00Z");
        for (String n : List.of("1", "2")) {
            Dialogue empty =
                    new Dialogue(
                            Role.PROVIDER, "TP" + n, "TC" + n, CONSUMER, "http://c", List.of());
            book.beginTransfer(
                    empty,
                    new TransferRequestMessage("TC" + n, agreement.id(), "f", null, "http://c"),
                    Role.CONSUMER);
            book.applyTransfer(
                    "TP" + n, new TransferStartMessage("TP" + n, "TC" + n, null), Role.PROVIDER);
        }
        AtomicInteger first = new AtomicInteger();
        AtomicInteger second = new AtomicInteger();
        UsageGate.Lease one =
                (UsageGate.Lease)
                        gate.open(agreement.id(), CONSUMER, "computeToData", "mining", NOW, "TP1");
        UsageGate.Lease two =
                (UsageGate.Lease)
                        gate.open(agreement.id(), CONSUMER, "computeToData", "mining", NOW, "TP2");
        one.onRevoked(first::incrementAndGet);
        two.onRevoked(second::incrementAndGet);
        book.applyTransfer(
                "TP1",
                new TransferSuspensionMessage("TP1", "TC1", "check", List.of("audit")),
                Role.PROVIDER);
        assertThat(first).hasValue(1);
        assertThat(second).hasValue(0);
        two.use(1, "use");
        assertThatThrownBy(() -> one.use(1, "use")).isInstanceOf(UsageGate.RefusedException.class);
    }

    @Test
    void theBookIsTheFoldOfTheLedger() throws Exception {
        Agreement agreement = contract("2026-12-31T00:00:00Z");
        Negotiation before = book.getNegotiation("P1");
        ContractBook.Contract contract = book.getContract(agreement.id());
        reopen();
        assertThat(book.getNegotiation("P1")).isEqualTo(before);
        assertThat(book.getContract(agreement.id())).isEqualTo(contract);
        assertThat(contract.agreement().providerSignature()).isEqualTo("sig-p");
        assertThat(contract.agreement().consumerSignature()).isEqualTo("sig-c");
        assertThat(book.listNegotiations().getFirst().duration()).isEqualTo(Duration.ZERO);
        try (Stream<Entry> entries = ledger.read(contract.ledgerIndex())) {
            assertThat(entries.findFirst().orElseThrow().event().type())
                    .isEqualTo("contract.agreed");
        }
    }
}
