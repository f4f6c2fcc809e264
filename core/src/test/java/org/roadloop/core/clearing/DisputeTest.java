package org.roadloop.core.clearing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.clearing.MeterComparison.Side;
import org.roadloop.core.clearing.MeterComparison.Unit;

class DisputeTest {
    private static final Instant AT = Instant.parse("2026-11-22T08:00:00Z");
    private static final LocalDate DAY = LocalDate.parse("2026-11-22");
    private static final String PROOF = "ab".repeat(32);

    @ParameterizedTest
    @CsvSource(
            useHeadersInDisplayName = true,
            textBlock =
                    """
                    own,  peer, differs
                    1000, 1000, false
                    # exactly 1 %
                    1000, 990,  false
                    990,  1000, false
                    1000, 989,  true
                    0,    1,    true
                    0,    0,    false
                    # 1 % of 2^63 - 1 is 92233720368547758.07
                    9223372036854775807, 9131138316486228049, false
                    9223372036854775807, 9131138316486228048, true
                    """)
    void moreThanOnePercentIsADiscrepancy(long own, long peer, boolean differs) {
        assertThat(MeterComparison.differs(own, peer, 100)).isEqualTo(differs);
    }

    @Test
    void aUnitThatOnePartyDoesNotHaveCountsAsNothing() {
        Side rows = new Side(100, Evidence.of(4));
        assertThat(
                        MeterComparison.compare(
                                "a-1",
                                DAY,
                                Map.of(new Unit("row", ""), rows),
                                Map.of(new Unit("call", ""), rows, new Unit("use", ""), rows)))
                .extracting(d -> d.unit() + " " + d.own().quantity() + " " + d.peer().quantity())
                .containsExactly("call 0 100", "row 100 0", "use 0 100");
    }

    private static Dispute.Opened opened() {
        return Dispute.open(
                "case-1",
                new MeterComparison.Discrepancy(
                        "a-1",
                        DAY,
                        "row",
                        "",
                        new Side(3_000, Evidence.of(4)),
                        new Side(1_001, new Evidence(7, 9, 1, 2, List.of(PROOF)))));
    }

    @Test
    void aCaseNeedsTheEvidenceOfBothBeforeItIsSettled() {
        Dispute opened = opened();
        Dispute.Move adopt = new Dispute.Move.Adopt(Dispute.Outcome.MIDDLE);
        assertThatThrownBy(() -> opened.on(adopt)).hasMessageContaining("evidence of both");
        Dispute half = opened.on(new Dispute.Move.GiveEvidence(Dispute.Party.PEER, PROOF));
        assertThatThrownBy(() -> half.on(adopt)).hasMessageContaining("evidence of both");
        Dispute both = half.on(new Dispute.Move.GiveEvidence(Dispute.Party.OWN, PROOF));
        Dispute settled = both.on(adopt);
        assertThat(Dispute.correction(settled.event(AT, "did:web:p.example")).orElseThrow())
                .isEqualTo(
                        new Dispute.Correction("case-1", "a-1", DAY, "row", "", 3_000, 2_000, 4));
        assertThatThrownBy(() -> settled.on(new Dispute.Move.Withdraw()))
                .hasMessageContaining("settled");
        Dispute withdrawn = both.on(new Dispute.Move.Withdraw());
        assertThat(Dispute.correction(withdrawn.event(AT, "did:web:p.example"))).isEmpty();
        for (Dispute state : List.of(opened, half, both, settled, withdrawn)) {
            assertThat(Dispute.fromEvent(state.event(AT, "did:web:p.example"))).isEqualTo(state);
        }
    }

    /** 3 started thousands at 25 are 75; 2,000 adopted are 2 steps, 50. */
    @Test
    void aSettledCaseCorrectsTheBooksOnce() {
        Clearing clearing = new Clearing();
        clearing.register(
                "a-1",
                "did:web:p.example",
                "did:web:c.example",
                new Tariff("CNY", List.of(new Price.PerUnit("row", 1_000, 25))));
        clearing.book(
                0, new UsageRecord("a-1", "x", "c", "use", "p", 3_000, "row", "gate", 1, AT, AT));
        assertThat(clearing.bill("a-1").totalMilli()).isEqualTo(75);
        Dispute settled =
                opened().on(new Dispute.Move.GiveEvidence(Dispute.Party.PEER, PROOF))
                        .on(new Dispute.Move.GiveEvidence(Dispute.Party.OWN, PROOF))
                        .on(new Dispute.Move.Adopt(Dispute.Outcome.MIDDLE));
        for (int i = 1; i < 3; i++) {
            clearing.apply(
                    new org.roadloop.core.ledger.Entry(i, settled.event(AT, "did:web:p.example")));
            assertThat(clearing.bill("a-1").totalMilli()).isEqualTo(50);
        }
        assertThat(clearing.counts()).containsEntry("case_duplicate", 1L);
        assertThat(clearing.bill("a-1").lines())
                .extracting(l -> l.kind() + " " + l.quantity() + " " + l.amountMilli())
                .containsExactly("usage 3000 75", "correction -1000 -25");
        assertThat(clearing.imbalanceMilli("CNY")).isZero();
    }
}
