package org.roadloop.app.clearing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.clearing.MeterComparison.Unit;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.clearing.UsageReversal;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.Role;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;

/** What a peer may believe of a statement, and what not. */
class StatementTest {
    private static final String PROVIDER = "did:web:provider.example";
    private static final String CONSUMER = "did:web:consumer.example";
    private static final String ID = "urn:uuid:a1";
    private static final Instant FROM = Instant.parse("2026-11-21T16:00:00Z");
    private static final Instant UNTIL = Instant.parse("2026-11-22T16:00:00Z");

    @TempDir Path home;
    private Signer signer;
    private FileLedger ledger;
    private ContractBook.Contract contract;
    private List<SignedNote.VerifierKey> keys;

    @BeforeEach
    void open() {
        signer = Keystore.open(home.resolve("keys")).signer("ledger", PROVIDER);
        ledger = FileLedger.open(home.resolve("ledger"), "provider.example/log", signer);
        keys = List.of(ledger.verifierKey());
        Policy offer = Policy.offer("o1", List.of(Permission.of("use"))).withTarget("tracks");
        contract =
                new ContractBook.Contract(
                        Agreement.conclude(ID, PROVIDER, CONSUMER, offer, FROM),
                        Role.PROVIDER,
                        "P1",
                        0,
                        Optional.empty());
        use(ID, FROM.minusNanos(1), "row", 1); // the day before
        use(ID, FROM, "row", 10);
        use(ID, FROM.plusSeconds(1), "use", 1);
        use("urn:uuid:other", FROM.plusSeconds(2), "row", 100);
        use(ID, FROM.plusSeconds(3), "row", 1000);
        use(ID, UNTIL, "row", 10_000); // the day after
    }

    @AfterEach
    void close() throws Exception {
        ledger.close();
    }

    private UsageRecord use(String agreement, Instant until, String unit, long quantity) {
        UsageRecord use =
                new UsageRecord(
                        agreement,
                        "tracks",
                        CONSUMER,
                        "use",
                        "",
                        quantity,
                        unit,
                        "usage-gate",
                        1,
                        until,
                        until);
        ledger.append(Event.of(UsageRecord.EVENT, until, CONSUMER, agreement, use.toJson()));
        return use;
    }

    private Statement statement() {
        return Statement.of(ledger, contract, PROVIDER, FROM, UNTIL);
    }

    private static long rows(Statement statement) {
        return statement.sides().get(new Unit("row", "")).quantity();
    }

    @Test
    void whatIsSignedAndSentIsWhatTheMeterSaidOfThatAgreementAndTime() {
        Statement sent = Statement.parse(statement().sign(signer));
        sent.check(true, keys);
        assertThat(sent.items()).extracting(Statement.Item::index).containsExactly(1L, 2L, 4L);
        assertThat(rows(sent)).isEqualTo(1010);
    }

    @Test
    void aReversalTakesBackTheEntryItNamesOnce() {
        UsageRecord use = use(ID, FROM.plusSeconds(9), "row", 5);
        UsageReversal reversal = new UsageReversal(6, use, "nothing_sent");
        for (int i = 0; i < 2; i++) {
            ledger.append(Event.of(UsageReversal.EVENT, FROM, PROVIDER, ID, reversal.toJson()));
        }
        Statement sent = Statement.parse(statement().sign(signer));
        sent.check(true, keys);
        assertThat(sent.items()).hasSize(6);
        assertThat(rows(sent)).isEqualTo(1010);
    }

    @Test
    void aChangedEntryIsNotInTheLog() {
        Statement whole = statement();
        byte[] leaf =
                new String(whole.items().getFirst().leaf(), StandardCharsets.UTF_8)
                        .replace("\"quantity\":10,", "\"quantity\":11,")
                        .getBytes(StandardCharsets.UTF_8);
        refused(
                with(whole, 0, new Statement.Item(1, leaf, whole.items().getFirst().path())),
                "entry 1 is not in its log");
        refused(
                with(whole, 0, new Statement.Item(0, ledger.leaf(0), whole.items().get(0).path())),
                "entry 0 is not in its log");
    }

    @Test
    void anEntryCountsOnceAndOnlyForItsAgreementAndTime() {
        Statement all = statement();
        refused(with(all, 1, all.items().getFirst()), "entry 1 is out of order");
        for (int foreign : new int[] {3, 5}) {
            refused(
                    with(
                            all,
                            2,
                            new Statement.Item(
                                    foreign,
                                    ledger.leaf(foreign),
                                    ledger.inclusion(foreign, 6).path())),
                    "entry " + foreign + " is no metered use of this agreement and time");
        }
        // a consumer's meter is usage.received: what a gate metered is not its own
        assertThatThrownBy(() -> all.check(false, keys))
                .isInstanceOf(Statement.UnprovenException.class);
    }

    @Test
    void anotherLogsKeyVerifiesNothing() {
        Signer other = Keystore.open(home.resolve("other")).signer("ledger", CONSUMER);
        try (FileLedger strange = FileLedger.open(home.resolve("log2"), "other/log", other)) {
            Statement all = statement();
            assertThatThrownBy(() -> all.check(true, List.of(strange.verifierKey())))
                    .isInstanceOf(Statement.UnprovenException.class)
                    .hasMessageContaining("checkpoint");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        assertThatThrownBy(() -> Statement.parse("a.b.c"))
                .isInstanceOf(Statement.UnprovenException.class);
    }

    private static Statement with(Statement statement, int at, Statement.Item item) {
        List<Statement.Item> items = new ArrayList<>(statement.items());
        items.set(at, item);
        return new Statement(
                statement.agreement(),
                statement.party(),
                statement.from(),
                statement.until(),
                statement.checkpoint(),
                items);
    }

    private void refused(Statement statement, String why) {
        assertThatThrownBy(() -> statement.check(true, keys))
                .isInstanceOf(Statement.UnprovenException.class)
                .hasMessageContaining(why);
    }
}
