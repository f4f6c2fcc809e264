package org.roadloop.govern.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.roadloop.core.table.LogPosition;
import org.roadloop.govern.quality.Report;

class QualityHistoryTest {
    private final MemoryLedger ledger = new MemoryLedger();
    private final TestSigner signer = new TestSigner();

    private void passport(String at, long rows, long late) {
        Report report = new Report(List.of());
        report.rowsIn = rows;
        report.rowsOut = rows;
        for (long i = 0; i < late; i++) {
            report.count(org.roadloop.govern.quality.Reason.LATE);
        }
        ledger.append(
                Passport.sign(
                                new Passport.Run(
                                        RawRows.VEHICLE,
                                        LogPosition.START,
                                        LogPosition.START,
                                        "",
                                        List.of(),
                                        report,
                                        1,
                                        Instant.parse(at)),
                                signer)
                        .event());
    }

    @Test
    void anHourIsTheMeanOverItsRowsAndARestartKnowsIt() {
        passport("2026-06-01T10:05:00Z", 300, 0);
        passport("2026-06-01T10:55:00Z", 100, 40);
        QualityHistory history = new QualityHistory(ledger);
        assertThat(history.of("vehicle_report")).hasSize(1);
        passport("2026-06-01T11:00:00Z", 10, 10);
        List<QualityHistory.Point> points = history.of("vehicle_report");
        assertThat(points).extracting(QualityHistory.Point::rowsIn).containsExactly(400L, 10L);
        assertThat(points.getFirst().hour()).isEqualTo(Instant.parse("2026-06-01T10:00:00Z"));
        assertThat(points.getFirst().indicators()).containsEntry("timeliness", 0.9);
        assertThat(points.getLast().indicators()).containsEntry("timeliness", 0.0);
        assertThat(new QualityHistory(ledger).of("vehicle_report")).isEqualTo(points);
        assertThat(history.of("track_point")).isEmpty();
    }
}
