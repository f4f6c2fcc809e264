package org.roadloop.core.clearing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Two meters differ by a use that did not happen. The case takes it back, the provider's reversal
 * takes it back: once is right. Ten uses at 1.000, and the consumer has nine.
 */
class SettlementTest {
    private static final String P = "did:web:p.example";
    private static final String C = "did:web:c.example";
    private static final LocalDate DAY = LocalDate.parse("2026-11-20");
    private static final Instant NOON = Instant.parse("2026-11-20T04:00:00Z");

    private final Clearing clearing = new Clearing();
    private final List<Entry> ledger = new ArrayList<>();
    private long last;

    @BeforeEach
    void tenUses() {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("provider", P).put("consumer", C);
        ObjectNode agreement = body.putObject("agreement");
        agreement.put("timestamp", NOON.toString());
        agreement
                .putObject("roadloop:tariff")
                .put("currency", "CNY")
                .putArray("prices")
                .addObject()
                .put("unit", "use")
                .put("per", 1)
                .put("milli", 1_000);
        tell(Event.of("contract.agreed", NOON, P, "a-1", body));
        use(9);
        last = use(1);
    }

    @AfterEach
    void everythingAddsUpAndAReplayIsTheSame() {
        assertThat(clearing.imbalanceMilli("CNY")).isZero();
        Clearing again = new Clearing();
        ledger.forEach(again::apply);
        assertThat(again.state()).isEqualTo(clearing.state());
    }

    private long tell(Event event) {
        Entry entry = new Entry(ledger.size(), event);
        ledger.add(entry);
        clearing.apply(entry);
        return entry.index();
    }

    private UsageRecord record(long quantity, int second) {
        Instant at = NOON.plusSeconds(second);
        return new UsageRecord("a-1", "x", C, "use", "", quantity, "use", "gate", 1, at, at);
    }

    private long use(long quantity) {
        UsageRecord use = record(quantity, ledger.size());
        return tell(Event.of(UsageRecord.EVENT, use.until(), C, "a-1", use.toJson()));
    }

    private void reverse(long index) {
        UsageRecord use = UsageRecord.fromJson(ledger.get((int) index).event().json());
        UsageReversal reversal = new UsageReversal(index, use, "nothing_sent");
        tell(Event.of(UsageReversal.EVENT, NOON, P, "a-1", reversal.toJson()));
    }

    private Dispute opened(String id, long own, long through, long peer) {
        Dispute opened =
                Dispute.open(
                        id,
                        new MeterComparison.Discrepancy(
                                "a-1",
                                DAY,
                                "use",
                                "",
                                new MeterComparison.Side(own, Evidence.of(through)),
                                new MeterComparison.Side(peer, Evidence.of(4))));
        tell(opened.event(NOON, P));
        return opened;
    }

    private void settle(Dispute opened) {
        String proof = "ab".repeat(32);
        tell(
                opened.on(new Dispute.Move.GiveEvidence(Dispute.Party.OWN, proof))
                        .on(new Dispute.Move.GiveEvidence(Dispute.Party.PEER, proof))
                        .on(new Dispute.Move.Adopt(Dispute.Outcome.PEER))
                        .event(NOON, P));
    }

    private long total() {
        return clearing.bill("a-1").totalMilli();
    }

    @Test
    void aUseThatACaseTookBackIsNotReversedAgain() {
        settle(opened("case-1", 10, last, 9));
        assertThat(total()).isEqualTo(9_000);
        reverse(last);
        assertThat(total()).isEqualTo(9_000);
        assertThat(clearing.reviews())
                .extracting(Review::name)
                .containsExactly("reversal_after_settlement");
    }

    @Test
    void aUseThatWasReversedMeanwhileIsNotTakenBackByTheCase() {
        Dispute opened = opened("case-1", 10, last, 9);
        reverse(last);
        assertThat(total()).isEqualTo(9_000);
        settle(opened);
        assertThat(total()).isEqualTo(9_000);
    }

    /** The statement of the case has nine of its own and the peer eight. */
    @Test
    void aReversalBeforeTheCaseIsNotInItsStatement() {
        reverse(last);
        settle(opened("case-1", 9, last - 1, 8));
        assertThat(total()).isEqualTo(8_000);
    }

    @Test
    void aUseAfterTheStatementIsReversedAsEver() {
        settle(opened("case-1", 10, last, 9));
        long later = use(5);
        assertThat(total()).isEqualTo(14_000);
        reverse(later);
        assertThat(total()).isEqualTo(9_000);
    }

    /** The reversal was not booked, and the second statement counts its use no more. */
    @Test
    void aSecondCaseStartsFromWhatIsBooked() {
        settle(opened("case-1", 10, last, 9));
        reverse(last);
        long later = use(5);
        assertThat(total()).isEqualTo(14_000);
        settle(opened("case-2", 14, later, 13));
        assertThat(total()).isEqualTo(13_000);
    }
}
