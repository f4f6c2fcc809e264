package org.roadloop.core.clearing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.roadloop.core.ledger.Entry;

class BillTest {
    private static final Instant AT = Instant.parse("2026-11-22T08:00:00Z");
    private static final String EVIL = "<script>alert(\"x\")</script>, & 'row'";

    private static Bill bill() {
        Clearing clearing = new Clearing();
        clearing.register(
                "a-1",
                "did:web:p.example",
                "did:web:c.example",
                new Tariff(
                        "CNY",
                        Tariff.ZONE,
                        List.of(
                                new Price.PerUnit(EVIL, 1_000, 25),
                                new Price.Subscription(Price.Every.DAY, 1_000)),
                        List.of(new Tariff.Share("did:web:<b>.example", 2_500)),
                        new Tariff.Credits(
                                List.of(new Tariff.Objective("availability", 1_000)), 1_000)),
                AT);
        clearing.book(
                4, new UsageRecord("a-1", "x", "c", "use", "p", 1_200, EVIL, "gate", 1, AT, AT));
        LocalDate day = clearing.day(AT);
        clearing.apply(
                new Entry(5, Clearing.slaMissed("a-1", "availability", day, AT, "did:web:p")));
        clearing.apply(new Entry(6, clearing.dayEnded(day, AT, "did:web:p")));
        return clearing.bill("a-1", day, day);
    }

    /**
     * 2 steps of 25 and a day of 1,000 are 1,050; 10 % back are 105; of 945 a quarter is 236.25.
     */
    @Test
    void csvIsQuotedAndAddsUp() {
        assertThat(bill().toCsv().lines().skip(1))
                .containsExactly(
                        "a-1,did:web:p.example,did:web:c.example,CNY,\"<script>alert(\"\"x\"\")</script>, & 'row'\",1200,1,1000,25,50,usage,steps,,2,4,4,1,0",
                        "a-1,did:web:p.example,did:web:c.example,CNY,day,1,0,1,1000,1000,subscription,subscription,,1,6,6,1,0",
                        "a-1,did:web:p.example,did:web:c.example,CNY,basis-point,1000,,,1050,-105,credit,availability,,,5,5,1,0",
                        "a-1,did:web:p.example,did:web:c.example,CNY,total,,,,,945,total,,,,,,,",
                        "a-1,did:web:p.example,did:web:c.example,CNY,basis-point,2500,,,,236,share,did:web:<b>.example,,,,,,");
        assertThat(bill().toCsv().split("\r\n"))
                .allSatisfy(
                        row ->
                                assertThat(row.replaceAll("\"([^\"]|\"\")*\"", "").split(",", -1))
                                        .hasSize(18));
    }

    @Test
    void jsonHasWhatTheAppReads() {
        assertThat(bill().toJson().path("lines").get(0).path("amountMilli").asLong()).isEqualTo(50);
        assertThat(bill().toJson().path("totalMilli").asLong()).isEqualTo(945);
        assertThat(bill().toJson().path("taxes").asString()).isEqualTo("left to the invoice");
        assertThat(bill().toJson().path("from").asString()).isEqualTo("2026-11-22");
    }

    @Test
    void thePageIsWellFormedEscapedAndNeedsNothingElse() throws Exception {
        String page = bill().toHtml();
        assertThat(page).contains("合计", "Total", "0.945", "不含税", "@page", "2026-11-22");
        assertThat(page).doesNotContain("<script", "http:", "https:", "url(", "src=", "href=");
        String body = page.substring(page.indexOf("<body>"));
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(
                        new ByteArrayInputStream(
                                body.replace("</html>", "").getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aBillThatDoesNotAddUpIsNone() {
        Bill bill = bill();
        assertThatThrownBy(
                        () ->
                                new Bill(
                                        bill.agreement(),
                                        bill.provider(),
                                        bill.consumer(),
                                        bill.tariff(),
                                        bill.zone(),
                                        null,
                                        null,
                                        null,
                                        bill.lines(),
                                        bill.credits(),
                                        bill.shares(),
                                        bill.totalMilli() + 1))
                .hasMessageContaining("its lines 945");
    }
}
