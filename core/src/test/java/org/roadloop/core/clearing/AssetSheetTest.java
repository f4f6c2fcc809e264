package org.roadloop.core.clearing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import tools.jackson.databind.json.JsonMapper;

class AssetSheetTest {
    private static final long GIB = 1L << 30;

    /** 2 yuan a GiB taken in, 0.3 yuan a GiB and month, 1.2 yuan an hour of a core. */
    private static final CostPrices PRICES = new CostPrices("CNY", 2000, 300, 1200);

    private final AssetSheet sheet = new AssetSheet();
    private long index;

    private void tell(Event event) {
        sheet.apply(new Entry(index++, event));
    }

    private void cost(String from, String until, long bytes, long stored, long cpuMillis) {
        tell(
                new CostRecord(
                                "track_point",
                                10,
                                bytes,
                                stored,
                                cpuMillis,
                                Instant.parse(from),
                                Instant.parse(until))
                        .event(Instant.parse(until), "did:web:a"));
    }

    private void other(String type, String at, String subject, String json) {
        tell(
                Event.of(
                        type,
                        Instant.parse(at),
                        "did:web:a",
                        subject,
                        JsonMapper.shared().readTree(json)));
    }

    /** Worked by hand: 30 days of 10 GiB are 3 yuan, 3 GiB taken in 6, half an hour 0.6. */
    @Test
    void aMonthIsAddedUpByElementWithItsEvidence() {
        other("asset.offered", "2026-01-01T00:00:00Z", "tracks", "{\"table\":\"track_point\"}");
        cost("2026-01-01T00:00:00Z", "2026-01-16T00:00:00Z", GIB, 10 * GIB, 600_000);
        other(
                "usage.metered",
                "2026-01-16T00:00:00Z",
                "urn:a",
                "{\"asset\":\"tracks\",\"unit\":\"row\",\"quantity\":700}");
        cost("2026-01-16T00:00:00Z", "2026-01-31T00:00:00Z", 2 * GIB, 10 * GIB, 1_200_000);
        // 16:00 UTC on the last of January is February in Shanghai
        cost("2026-01-31T16:00:00Z", "2026-01-31T17:00:00Z", GIB / 3, 0, 1);
        AssetRevenue revenue =
                (asset, from, until) ->
                        from.equals(Instant.parse("2025-12-31T16:00:00Z"))
                                ? List.of(new AssetRevenue.Amount("CNY", 1400, List.of(2L)))
                                : List.of();
        List<AssetSheet.Row> rows = sheet.rows(PRICES, revenue);
        assertThat(rows).hasSize(2);
        AssetSheet.Row january = rows.getFirst();
        assertThat(january.month()).hasToString("2026-01");
        assertThat(january.collectionMilli()).isEqualTo(6000);
        assertThat(january.storageMilli()).isEqualTo(3000);
        assertThat(january.computeMilli()).isEqualTo(600);
        assertThat(january.quantityByUnit()).containsEntry("row", 700L);
        assertThat(january.revenue().getFirst().milli()).isEqualTo(1400);
        assertThat(january.evidence()).containsExactly(1L, 2L, 3L);
        AssetSheet.Row february = rows.getLast();
        assertThat(february.collectionMilli()).as("666.67 half up").isEqualTo(667);
        assertThat(february.computeMilli()).as("0.0003 rounds to nothing").isZero();
        assertThat(february.accumulatedMilli()).isEqualTo(9600 + 667);
        assertThat(AssetSheetText.csv(rows).lines().skip(1).findFirst())
                .hasValue(
                        "\"track_point\",\"tracks\",\"由会计判断 to be judged\",\"2026-01\",\"20\","
                                + "\"3221225472\",\"25920000\",\"1800000\",\"CNY\",\"6.000\","
                                + "\"3.000\",\"0.600\",\"9.600\",\"9.600\",\"700 row\","
                                + "\"1.400 CNY\",\"1-3\"");
        assertThat(AssetSheetText.html(rows)).contains("财会〔2023〕11号", "<td>10.267</td>");
    }

    @Test
    void anEntryTwiceCountsOnceAndErasedOnesAreSkipped() {
        cost("2026-01-01T00:00:00Z", "2026-01-16T00:00:00Z", GIB, 0, 0);
        Event again =
                new CostRecord("t", 1, GIB, 0, 0, Instant.EPOCH, Instant.EPOCH)
                        .event(Instant.EPOCH, "did:web:a");
        sheet.apply(new Entry(0, again));
        tell(new Event(CostRecord.EVENT, 1, Instant.EPOCH, "a", "s", new Event.Erased("x")));
        assertThat(sheet.rows(PRICES, AssetRevenue.NONE)).hasSize(1);
        assertThat(sheet.nextIndex()).isEqualTo(2);
    }

    @Test
    void namesCannotBecomeMarkupOrFormulas() {
        tell(
                new CostRecord("=<b>\"", 1, 0, 0, 0, Instant.EPOCH, Instant.EPOCH)
                        .event(Instant.EPOCH, "did:web:a"));
        List<AssetSheet.Row> rows = sheet.rows(PRICES, AssetRevenue.NONE);
        assertThat(AssetSheetText.html(rows)).doesNotContain("<b>");
        assertThat(AssetSheetText.csv(rows)).contains("\"'=<b>\"\"\"");
    }
}
