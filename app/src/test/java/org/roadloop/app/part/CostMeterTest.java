package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.roadloop.app.part.CostMeter.Reading;
import org.roadloop.app.part.CostMeter.Totals;
import org.roadloop.core.clearing.CostRecord;

class CostMeterTest {
    private static Totals at(
            int second, long rowsA, long rowsB, long stored, long bytes, long cpuMillis) {
        return new Totals(
                Instant.ofEpochSecond(second),
                Map.of("a", new Reading(rowsA, stored), "b", new Reading(rowsB, 0)),
                bytes,
                cpuMillis);
    }

    private static String text(List<CostRecord> records) {
        StringBuilder out = new StringBuilder();
        for (CostRecord r : records) {
            out.append(
                    "%s %d-%d frames %d bytes %d stored %d cpu %d%n"
                            .formatted(
                                    r.dataset(),
                                    r.from().getEpochSecond(),
                                    r.until().getEpochSecond(),
                                    r.collectedFrames(),
                                    r.collectedBytes(),
                                    r.storedBytes(),
                                    r.cpuMillis()));
        }
        return out.toString();
    }

    @Test
    void whatIsSharedIsSplitByRowsAndNothingIsLost() {
        CostMeter meter = new CostMeter(at(0, 0, 0, 0, 0, 0));
        Totals first = at(10, 2, 1, 50, 100, 10);
        assertThat(text(meter.since(first)))
                .isEqualTo(
                        """
                        a 0-10 frames 2 bytes 66 stored 50 cpu 6
                        b 0-10 frames 1 bytes 34 stored 0 cpu 4
                        """);
        // the ledger could not be written: the next record covers both intervals
        Totals second = at(20, 4, 1, 60, 200, 20);
        assertThat(text(meter.since(second)))
                .isEqualTo(
                        """
                        a 0-20 frames 4 bytes 160 stored 60 cpu 16
                        b 0-20 frames 1 bytes 40 stored 0 cpu 4
                        """);
        meter.took(second);
        // no rows: storage goes on, the bytes wait for the rows they belong to
        Totals third = at(30, 4, 1, 60, 230, 21);
        assertThat(text(meter.since(third)))
                .isEqualTo("a 20-30 frames 0 bytes 0 stored 60 cpu 0\n");
        meter.took(third);
        assertThat(text(meter.since(at(40, 4, 3, 60, 240, 25))))
                .isEqualTo(
                        """
                        a 30-40 frames 0 bytes 0 stored 60 cpu 0
                        b 30-40 frames 2 bytes 40 stored 0 cpu 5
                        """);
    }
}
