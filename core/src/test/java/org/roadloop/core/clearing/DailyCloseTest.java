package org.roadloop.core.clearing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Days worked out by hand, on a real ledger. */
class DailyCloseTest {
    private static final String P = "did:web:p.example";
    private static final String C = "did:web:c.example";
    private static final String A = "did:web:author-a.example";
    private static final String B = "did:web:author-b.example";
    private static final LocalDate DAY = LocalDate.parse("2026-11-20");
    private static final Instant MORNING = Instant.parse("2026-11-20T01:00:00Z");
    private static final Instant NEXT_DAY = Instant.parse("2026-11-20T17:00:00Z");
    private static final String RICH =
            """
            {"currency":"CNY","prices":[{"unit":"use","per":1,"milli":2500},
              {"model":"subscription","every":"month","milli":30000}],
             "shares":[{"beneficiary":"did:web:author-a.example","basisPoints":3000},
                       {"beneficiary":"did:web:author-b.example","basisPoints":3333}],
             "credits":{"objectives":[{"objective":"availability","basisPoints":1000},
                                      {"objective":"latency","basisPoints":2500}],
                        "capBasisPoints":3000}}
            """;
    private static final String CALLS =
            """
            {"currency":"CNY","prices":[{"unit":"call","per":1,"milli":100}]}
            """;

    @TempDir Path home;
    private FileLedger ledger;
    private final Clearing clearing = new Clearing();

    @BeforeEach
    void open() {
        ledger =
                FileLedger.open(
                        home.resolve("ledger"),
                        "localhost/test",
                        Keystore.open(home.resolve("keys")).signer("ledger", P));
    }

    @AfterEach
    void close() throws Exception {
        ledger.close();
    }

    private void agree(String id, String provider, String consumer, String tariff) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("provider", provider).put("consumer", consumer);
        ObjectNode agreement = body.putObject("agreement");
        agreement.put("timestamp", "2026-11-20T09:00:00+08:00");
        agreement.set("roadloop:tariff", JsonMapper.shared().readTree(tariff));
        ledger.append(Event.of("contract.agreed", MORNING, P, id, body));
    }

    private void use(String id, String actor, long quantity, String unit, Instant until) {
        UsageRecord use =
                new UsageRecord(
                        id, "x", actor, "use", "research", quantity, unit, "gate", 1, until, until);
        ledger.append(Event.of(UsageRecord.EVENT, until, actor, id, use.toJson()));
    }

    /**
     * a-1: 3 uses 7,500; the month from the 20th 30,000, a day of which is 1,000. Two objectives
     * missed, 35 %, capped at 30 % of 8,500: 2,550. Left 34,950: A 30 % 10,485; B 33.33 %
     * 11,648.835; the provider 12,816.165; what is left goes to B. a-2, the other way: 50 calls
     * 5,000.
     */
    private void firstDay() {
        agree("a-1", P, C, RICH);
        agree("a-2", C, P, CALLS);
        use("a-1", C, 3, "use", MORNING.plusSeconds(60));
        use("a-2", P, 50, "call", MORNING.plusSeconds(61));
        ledger.append(Clearing.slaMissed("a-1", "availability", DAY, MORNING, P));
        ledger.append(Clearing.slaMissed("a-1", "latency", DAY, MORNING, P));
        ledger.append(Clearing.slaMissed("a-1", "latency", DAY, MORNING, P));
    }

    @Test
    void aDayByHand() {
        firstDay();
        List<DayClose> closes = end(DAY);
        assertThat(closes).hasSize(1);
        DayClose.CurrencyClose cny = closes.getFirst().currencies().getFirst();
        assertThat(cny.positions())
                .containsExactly(
                        new DayClose.Position(A, 10_485, 0),
                        new DayClose.Position(B, 11_649, 0),
                        new DayClose.Position(C, 5_000, 34_950),
                        new DayClose.Position(P, 34_950, 5_000 + 10_485 + 11_649));
        assertThat(cny.bilateral())
                .containsExactly(
                        new DayClose.Transfer(P, A, 10_485),
                        new DayClose.Transfer(P, B, 11_649),
                        new DayClose.Transfer(C, P, 29_950));
        assertThat(cny.payments())
                .containsExactly(
                        new DayClose.Transfer(C, B, 11_649),
                        new DayClose.Transfer(C, A, 10_485),
                        new DayClose.Transfer(C, P, 7_816));
        assertThat(balances(P))
                .isEqualTo("RECEIVABLE 0 PAYABLE 0 SETTLEMENT 7816 REVENUE -34950 EXPENSE 27134");
        assertThat(balances(C))
                .isEqualTo("RECEIVABLE 0 PAYABLE 0 SETTLEMENT -29950 REVENUE -5000 EXPENSE 34950");
        Bill bill = clearing.bill("a-1");
        assertThat(bill.totalMilli()).isEqualTo(34_950);
        assertThat(bill.credits())
                .extracting(c -> c.objective() + " " + c.basisPoints() + " " + c.amountMilli())
                .containsExactly("availability 1000 850", "latency 2000 1700");
        assertThat(bill.shares())
                .containsExactly(
                        new Bill.Share(A, 3_000, 10_485), new Bill.Share(B, 3_333, 11_649));
        assertThat(clearing.counts()).containsOnlyKeys("sla_duplicate");
    }

    /** What is owed in one currency is never set against the other. */
    @Test
    void eachCurrencyIsNettedByItself() {
        agree("a-1", P, C, CALLS);
        agree("a-2", C, P, CALLS.replace("CNY", "USD"));
        agree("a-3", C, P, CALLS);
        use("a-1", C, 50, "call", MORNING.plusSeconds(60));
        use("a-2", P, 50, "call", MORNING.plusSeconds(61));
        use("a-3", P, 20, "call", MORNING.plusSeconds(62));
        List<DayClose.CurrencyClose> closes = end(DAY).getFirst().currencies();
        assertThat(closes)
                .extracting(close -> close.currency() + " " + close.payments())
                .containsExactly(
                        "CNY " + List.of(new DayClose.Transfer(C, P, 3_000)),
                        "USD " + List.of(new DayClose.Transfer(P, C, 5_000)));
        assertThat(clearing.imbalanceMilli("CNY")).isZero();
        assertThat(clearing.imbalanceMilli("USD")).isZero();
    }

    /** The 2,000th row ends the first tier; a month begins at midnight of the tariff's zone. */
    @Test
    void tiersEndWithTheirLastUnitAndBeginAnewWithTheMonth() {
        agree(
                "a-1",
                P,
                C,
                """
                {"currency":"CNY","prices":[{"model":"tiered","unit":"row","per":1000,
                 "over":"month","method":"graduated",
                 "tiers":[{"upTo":2000,"milli":5},{"milli":3}]}]}
                """);
        Instant lastSecond = Instant.parse("2026-11-30T15:59:59Z");
        use("a-1", C, 1_999, "row", MORNING.plusSeconds(60));
        assertThat(milli("a-1")).as("two started steps").isEqualTo(10);
        use("a-1", C, 1, "row", MORNING.plusSeconds(61));
        assertThat(milli("a-1")).as("the last of the tier").isEqualTo(10);
        use("a-1", C, 1, "row", lastSecond);
        assertThat(milli("a-1")).as("the first of the next").isEqualTo(13);
        use("a-1", C, 1, "row", lastSecond.plusSeconds(1));
        assertThat(milli("a-1")).as("a new month, the first tier again").isEqualTo(18);
    }

    private long milli(String agreement) {
        clearing.catchUp(ledger);
        return clearing.bill(agreement).totalMilli();
    }

    private List<DayClose> end(LocalDate day) {
        Instant over = day.plusDays(1).atStartOfDay(Tariff.ZONE).toInstant();
        return clearing.endDay(ledger, day, over, P);
    }

    @Test
    void aDayThatIsNotOverIsNotEnded() {
        assertThatThrownBy(
                        () ->
                                clearing.endDay(
                                        ledger, DAY, Instant.parse("2026-11-20T15:59:59Z"), P))
                .hasMessageContaining("not over");
    }

    private String balances(String participant) {
        StringBuilder out = new StringBuilder();
        for (Account.Kind kind : Account.Kind.values()) {
            out.append(kind).append(' ');
            out.append(clearing.balanceMilli(new Account(participant, kind, "CNY"))).append(' ');
        }
        return out.toString().strip();
    }

    @Test
    void theNextMonthIsDueOnItsFirstDayUnlessTheContractEnded() {
        firstDay();
        end(LocalDate.parse("2026-12-19"));
        assertThat(instalments("a-1")).isEqualTo(1);
        end(LocalDate.parse("2026-12-20"));
        assertThat(instalments("a-1")).isEqualTo(2);
        assertThat(clearing.bill("a-1", LocalDate.parse("2026-12-20"), LocalDate.MAX).totalMilli())
                .isEqualTo(30_000);
        ledger.append(
                Event.of(
                        "contract.terminated",
                        Instant.parse("2027-01-19T08:00:00Z"),
                        P,
                        "a-1",
                        JsonMapper.shared().createObjectNode().put("code", "end")));
        end(LocalDate.parse("2027-03-01"));
        assertThat(instalments("a-1")).isEqualTo(2);
    }

    private long instalments(String agreement) {
        return clearing.bill(agreement).lines().stream()
                .filter(l -> l.kind().equals("subscription"))
                .mapToLong(Bill.Line::quantity)
                .sum();
    }

    @Test
    void aReplayIsTheSameByteForByteAndAgreesWithWhatWasWritten() {
        firstDay();
        end(DAY);
        long size = ledger.size();
        assertThat(end(DAY)).isEmpty();
        assertThat(ledger.size()).as("a closed day is not closed again").isEqualTo(size);
        use("a-1", C, 1, "use", NEXT_DAY);
        clearing.catchUp(ledger);
        for (int i = 0; i < 2; i++) {
            Clearing replayed = new Clearing();
            replayed.replay(ledger);
            assertThat(new String(replayed.state(), java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo(
                            new String(clearing.state(), java.nio.charset.StandardCharsets.UTF_8));
            assertThat(replayed.findClose(DAY)).isEqualTo(clearing.findClose(DAY));
            assertThat(replayed.counts()).doesNotContainKey("close_differs");
            assertThat(replayed.publishable()).isEmpty();
        }
    }

    @Test
    void aCloseThatTheLedgerDoesNotGiveIsFound() {
        firstDay();
        DayClose close = end(DAY).getFirst();
        DayClose forged =
                new DayClose(
                        close.day(), close.zone(), close.cutIndex(), List.of(), "00".repeat(32));
        ledger.append(forged.events(NEXT_DAY, P));
        clearing.catchUp(ledger);
        assertThat(clearing.reviews()).extracting(Review::name).containsExactly("close_differs");
    }

    @Test
    void twoNodesCannotBothEndADay() {
        firstDay();
        Event one = clearing.dayEnded(DAY, NEXT_DAY, P);
        end(DAY);
        assertThatThrownBy(
                        () ->
                                ledger.append(
                                        List.of(one), java.util.Map.of(DayClose.subject(DAY), 0L)))
                .isInstanceOf(ConflictException.class);
    }

    @Test
    void aUseForAClosedDayIsKeptForReviewAndACaseCanStillBookIt() {
        firstDay();
        end(DAY);
        use("a-1", C, 5, "use", MORNING.plusSeconds(90));
        clearing.catchUp(ledger);
        assertThat(clearing.reviews()).extracting(Review::name).containsExactly("usage_late");
        assertThat(clearing.bill("a-1").lines().getFirst().quantity()).isEqualTo(3);
    }

    @Test
    void theJournalAddsUpToTheBalances() {
        firstDay();
        end(DAY);
        use("a-1", C, 2, "use", NEXT_DAY);
        clearing.catchUp(ledger);
        clearing.trialBalance()
                .forEach(
                        (account, milli) -> {
                            long sum =
                                    clearing
                                            .statement(account, LocalDate.MIN, LocalDate.MAX)
                                            .stream()
                                            .flatMap(e -> e.postings().stream())
                                            .filter(p -> p.account().equals(account))
                                            .mapToLong(Posting::milli)
                                            .sum();
                            assertThat(sum).as(account.toString()).isEqualTo(milli);
                        });
        assertThat(clearing.imbalanceMilli("CNY")).isZero();
    }

    /**
     * Uses of 1, 3 and 2 at 1,000 on three days; at least 10,000 a month, at most 4,500 of them.
     */
    @Test
    void aMonthHasItsCapAndItsMinimum() {
        agree(
                "a-3",
                P,
                C,
                """
                {"currency":"EUR","prices":[{"unit":"use","per":1,"milli":1000},
                  {"model":"bounds","minimumMilli":4000,"capMilli":4500}]}
                """);
        for (int day = 0; day < 3; day++) {
            use("a-3", C, new int[] {1, 3, 2}[day], "use", MORNING.plusSeconds(86_400L * day + 60));
        }
        end(LocalDate.parse("2026-11-30"));
        assertThat(clearing.bill("a-3").totalMilli()).isEqualTo(4_500);
        assertThat(clearing.bill("a-3", DAY, DAY.plusDays(1)).totalMilli()).isEqualTo(4_000);
        end(LocalDate.parse("2026-12-31"));
        assertThat(clearing.bill("a-3", LocalDate.parse("2026-12-01"), LocalDate.MAX).totalMilli())
                .isEqualTo(4_000);
    }
}
