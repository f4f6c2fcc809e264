package org.roadloop.core.clearing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What would make or lose money, if the books were not careful; amounts by hand. */
class HostileBooksTest {
    private static final String P = "did:web:p.example";
    private static final String C = "did:web:c.example";
    private static final Instant NOON = Instant.parse("2026-11-20T04:00:00Z");
    private static final LocalDate DAY = LocalDate.parse("2026-11-20");

    private final List<Entry> ledger = new ArrayList<>();
    private final Clearing clearing = new Clearing();

    @AfterEach
    void everyCurrencyAddsUpAndAReplayIsTheSame() {
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

    private void agree(String id, String timestamp, String tariff) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("provider", P).put("consumer", C);
        ObjectNode agreement = body.putObject("agreement");
        agreement.put("timestamp", timestamp).put("target", "tracks");
        agreement.set("roadloop:tariff", JsonMapper.shared().readTree(tariff));
        tell(Event.of("contract.agreed", NOON, P, id, body));
    }

    private void agree(String tariff) {
        agree("a-1", NOON.toString(), tariff);
    }

    private static UsageRecord record(long quantity, Instant until) {
        return new UsageRecord(
                "a-1", "tracks", C, "use", "", quantity, "use", "gate", 1, until, until);
    }

    private long use(long quantity, Instant until) {
        return tell(Event.of(UsageRecord.EVENT, until, C, "a-1", record(quantity, until).toJson()));
    }

    private void reverse(long index, Instant at) {
        JsonNode use = ((Event.Inline) ledger.get((int) index).event().body()).json();
        UsageReversal reversal =
                new UsageReversal(index, UsageRecord.fromJson(use), "nothing_sent");
        tell(Event.of(UsageReversal.EVENT, at, P, "a-1", reversal.toJson()));
    }

    private void end(LocalDate day) {
        tell(clearing.dayEnded(day, NOON, P));
    }

    private long total() {
        return clearing.bill("a-1").totalMilli();
    }

    private static final String CAPPED =
            """
            {"currency":"CNY","prices":[{"unit":"use","per":1,"milli":1000},
             {"model":"bounds","minimumMilli":500,"capMilli":2000}]}
            """;

    /** Uses of 5,000 against a cap of 2,000, all taken back: 0 is owed, not -3,000. */
    @Test
    void whatIsTakenBackBelowTheCapIsNotPaidOut() {
        agree(CAPPED);
        long index = use(5, NOON);
        reverse(index, NOON.plusSeconds(1));
        end(DAY);
        assertThat(total()).isZero();
    }

    /** The month was closed at its cap; then 4 of 5 uses are taken back: 1,000 are left. */
    @Test
    void aMonthAtItsCapIsLookedAtAgainWhenAUseOfItIsTakenBack() {
        agree(CAPPED);
        use(1, NOON);
        long index = use(4, NOON.plusSeconds(1));
        end(DAY);
        assertThat(total()).isEqualTo(2_000);
        reverse(index, Instant.parse("2026-12-02T04:00:00Z"));
        end(LocalDate.parse("2026-12-02"));
        assertThat(total()).isEqualTo(1_000);
        end(LocalDate.parse("2026-12-30"));
        assertThat(total()).as("December has no use and is not over").isEqualTo(1_000);
    }

    /** All uses taken back after the month: what is left is the minimum, not below it. */
    @Test
    void theMinimumStandsWhenUsesAreTakenBackLater() {
        agree(CAPPED);
        long index = use(1, NOON);
        end(LocalDate.parse("2026-11-30"));
        assertThat(total()).isEqualTo(1_000);
        reverse(index, Instant.parse("2026-12-02T04:00:00Z"));
        end(LocalDate.parse("2026-12-02"));
        assertThat(total()).isEqualTo(500);
    }

    private static final String CREDITED =
            """
            {"currency":"CNY","prices":[{"unit":"use","per":1,"milli":1000},
             {"model":"bounds","capMilli":2000}],
             "credits":{"objectives":[{"objective":"availability","basisPoints":10000}],
              "capBasisPoints":10000}}
            """;

    @Test
    void nobodyIsCreditedMoreThanWasCharged() {
        agree(CREDITED);
        use(5, NOON);
        tell(Clearing.slaMissed("a-1", "availability", DAY, NOON, P));
        end(DAY);
        assertThat(total()).as("2,000 at the cap, all of it back").isZero();
        long index = use(1, NOON.plusSeconds(86_400));
        reverse(index, NOON.plusSeconds(86_401));
        tell(Clearing.slaMissed("a-1", "availability", DAY.plusDays(1), NOON, P));
        end(DAY.plusDays(1));
        assertThat(total()).as("a use that was taken back").isZero();
    }

    private void settle(String id, long own, long peer) {
        MeterComparison.Discrepancy about =
                new MeterComparison.Discrepancy(
                        "a-1",
                        DAY,
                        "use",
                        "",
                        new MeterComparison.Side(own, Evidence.NONE),
                        new MeterComparison.Side(peer, Evidence.NONE));
        tell(new Dispute.Settled(id, about, Dispute.Outcome.PEER).event(NOON, P));
    }

    /** The meters differ by 10; a second case, about more uses of that day, sees the same 10. */
    @Test
    void aSecondCaseDoesNotCorrectTheSameUsesAgain() {
        agree("{\"currency\":\"CNY\",\"prices\":[{\"unit\":\"use\",\"per\":1,\"milli\":1000}]}");
        use(100, NOON);
        settle("case-1", 100, 90);
        use(100, NOON.plusSeconds(1));
        settle("case-2", 200, 190);
        assertThat(total()).isEqualTo(190_000);
        settle("case-3", 200, 200);
        assertThat(total()).as("the last word counts").isEqualTo(200_000);
    }

    @Test
    void aUseThatWasNotBookedIsNotTakenBack() {
        agree("{\"currency\":\"CNY\",\"prices\":[{\"unit\":\"use\",\"per\":1,\"milli\":1000}]}");
        use(7, NOON.plusSeconds(86_400));
        end(DAY);
        long late = use(3, NOON);
        long twice = use(7, NOON.plusSeconds(86_400));
        reverse(late, NOON.plusSeconds(90_000));
        reverse(twice, NOON.plusSeconds(90_000));
        assertThat(total()).isEqualTo(7_000);
        assertThat(clearing.counts()).containsEntry("reversal_of_unbooked", 2L);
    }

    /** A provider's timestamp of long ago: 739 thousand daily fees, and as many days to close. */
    @Test
    void anAgreementBeginsWhenItWasAgreed() {
        agree(
                "a-1",
                "0001-01-01T00:00:00Z",
                "{\"currency\":\"CNY\",\"prices\":[{\"model\":\"subscription\",\"every\":\"day\","
                        + "\"milli\":1000}]}");
        end(DAY);
        assertThat(total()).isEqualTo(1_000);
        assertThat(clearing.publishable()).hasSize(1);
        assertThat(clearing.counts()).containsEntry("agreed_at_differs", 1L);
    }

    /** Two debts of 9e18 don't fit one account: the second is not booked, the rest goes on. */
    @Test
    void absurdAmountsDoNotStopTheClearing() {
        String absurd =
                "{\"currency\":\"CNY\",\"prices\":[{\"unit\":\"use\",\"per\":1,\"milli\":"
                        + Price.MOST_MILLI
                        + "}]}";
        agree(absurd);
        agree("a-2", NOON.toString(), absurd);
        use(9_000, NOON);
        UsageRecord other =
                new UsageRecord("a-2", "tracks", C, "use", "", 9_000, "use", "gate", 1, NOON, NOON);
        tell(Event.of(UsageRecord.EVENT, NOON, C, "a-2", other.toJson()));
        assertThat(clearing.counts()).containsEntry("usage_overflow", 1L);
        assertThat(clearing.bill("a-2").totalMilli()).isZero();
        end(DAY);
        assertThat(total()).isEqualTo(9_000 * Price.MOST_MILLI);
    }

    @Test
    void anAuctionPriceIsTheWinnersOnly() {
        Auction auction = new Auction("auction-7", "tracks", "CNY", 100);
        Auction.Result result =
                auction.close(List.of(new Auction.Bid("did:web:other.example", 900, NOON)));
        tell(result.event(NOON, P));
        agree(
                "{\"currency\":\"CNY\",\"prices\":[{\"model\":\"auction\",\"auction\":\"auction-7\","
                        + "\"unit\":\"use\",\"per\":1,\"milli\":100}]}");
        assertThat(clearing.counts()).containsOnlyKeys("auction_winner_differs");
    }

    /** 3 uses and a fee, less the credit; the share of another is the provider's expense. */
    @Test
    void whatAnAssetEarned() {
        agree(
                """
                {"currency":"CNY","prices":[{"unit":"use","per":1,"milli":1000},
                 {"model":"subscription","every":"day","milli":500}],
                 "shares":[{"beneficiary":"did:web:b.example","basisPoints":5000}]}
                """);
        long first = use(2, NOON);
        use(1, NOON.plusSeconds(1));
        end(DAY);
        Instant from = Instant.parse("2026-10-31T16:00:00Z");
        Instant until = Instant.parse("2026-11-30T16:00:00Z");
        List<AssetRevenue.Amount> earned = clearing.revenue(P, "tracks", from, until);
        assertThat(earned).hasSize(1);
        assertThat(earned.getFirst().milli()).isEqualTo(3_500);
        assertThat(earned.getFirst().entries()).contains(first, first + 1);
        assertThat(clearing.revenue(P, "tracks", until, until.plusSeconds(86_400))).isEmpty();
        assertThat(clearing.revenue(C, "tracks", from, until)).isEmpty();
    }

    @Test
    void namesFromTheOtherPartyAreNoFormulas() {
        agree(
                "=HYPERLINK(1)",
                NOON.toString(),
                "{\"currency\":\"CNY\",\"prices\":[{\"model\":\"subscription\",\"every\":\"day\","
                        + "\"milli\":500}],\"shares\":[{\"beneficiary\":\"@SUM(1)\",\"basisPoints\":1}]}");
        end(DAY);
        assertThat(clearing.bill("=HYPERLINK(1)").toCsv().lines().skip(1))
                .allSatisfy(row -> assertThat(row).startsWith("'=HYPERLINK(1),"));
    }
}
