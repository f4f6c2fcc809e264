package org.roadloop.govern.align;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;

class TimeSyncTest {
    private static final Schema MESSAGES =
            Schema.of(
                    AlignRows.time("at"),
                    AlignRows.time("received_at"),
                    AlignRows.identity("unit"));

    private static TimeSync byArrival(String source, boolean drift, long leastTo, long atMost) {
        return new TimeSync(
                "at",
                "all",
                source.isEmpty() ? null : source,
                new TimeSync.Arrival(
                        "received_at", Duration.ofMillis(10), Duration.ofMillis(leastTo), drift),
                null,
                Duration.ofMillis(atMost));
    }

    private static AlignRows.Ran run(TimeSync operator, Schema schema, Batch... sides) {
        return AlignRows.run(
                operator,
                schema,
                List.of(sides[0]),
                AlignRows.setting(
                        Map.of(
                                "all",
                                () -> AlignRows.scan(schema, List.of(sides[0])),
                                "reference",
                                () -> AlignRows.scan(schema, List.of(sides[sides.length - 1])))));
    }

    /** Messages of a clock that is wrong by offset and drift; the quickest take 10 to 20 ms. */
    private static Batch messages(int count, double offsetMillis, double driftPpm, Random random) {
        Batch batch = new Batch(MESSAGES, count);
        for (int i = 0; i < count; i++) {
            double truth = i * 1.0 + random.nextDouble() * 0.5;
            double delay = 0.010 + 0.5 * Math.pow(random.nextDouble(), 3);
            double shown = truth - offsetMillis / 1000 - driftPpm * 1e-6 * truth;
            int row = batch.addRow();
            batch.set(0, row, AlignRows.micros(shown));
            batch.set(1, row, AlignRows.micros(truth + delay));
            batch.set(2, row, "rsu-1");
        }
        return batch;
    }

    @ParameterizedTest
    @CsvSource({
        // seed, offset_ms, drift_ppm
        "1, 0, 0", "2, 350, 20", "3, -4200, -45", "4, 86400000, 3", "5, -12, 100",
        "6, 77, -100", "7, 5, 0", "8, -900, 50", "9, 1, 1", "10, 60000, -20",
    })
    void offsetAndDriftAreRecoveredWithinTheirBound(
            long seed, double offsetMillis, double driftPpm) {
        Batch in = messages(5000, offsetMillis, driftPpm, new Random(seed));
        AlignRows.Ran ran = run(byArrival("", true, 14, 50), MESSAGES, in);
        int row = 0;
        double worst = 0;
        for (Batch batch : ran.rows()) {
            for (int i = 0; i < batch.rows(); i++, row++) {
                double shown = (in.longs(0)[row] - AlignRows.START) / 1e3;
                // what the clock shows s of the truth t: s = t - offset - drift t
                double truth = (shown + offsetMillis) / (1 - driftPpm * 1e-6);
                double error = Math.abs((batch.longs(0)[i] - AlignRows.START) / 1e3 - truth);
                double bound = batch.doubles(4)[i];
                assertThat(error)
                        .as("seed %d, row %d", seed, row)
                        .isLessThanOrEqualTo(bound + 0.01);
                worst = Math.max(worst, bound);
            }
        }
        assertThat(worst).as("seed %d: the bound is of use", seed).isLessThan(50);
        assertThat(row).isEqualTo(5000);
    }

    @Test
    void eachUnitHasItsClockAndTheUnknownOnesAreDropped() {
        Random random = new Random(7);
        Batch one = messages(400, 500, 0, random);
        Batch in = new Batch(MESSAGES, 420);
        for (int i = 0; i < 400; i++) {
            int row = in.addRow();
            in.copyCell(one, 0, i, 0, row);
            in.copyCell(one, 1, i, 1, row);
            in.set(2, row, "rsu-1");
            if (i % 20 == 0) {
                int other = in.addRow();
                in.copyCell(one, 0, i, 0, other);
                in.copyCell(one, 1, i, 1, other);
                in.set(2, other, "rsu-2");
            }
        }
        AlignRows.Ran ran = run(byArrival("unit", false, 30, 50), MESSAGES, in);
        assertThat(ran.report().rowsOut()).isEqualTo(400);
        assertThat(ran.report().dropped()).containsOnly(Map.entry("clock_unknown", 20L));
        assertThat(ran.report().figures())
                .containsEntry("bound_ms", 10.0)
                .containsEntry("clocks_unknown", 1.0);
        assertThat(ran.report().figures().get("largest_offset_ms")).isBetween(490.0, 510.0);
    }

    @Test
    void whatTheDataCannotTellIsRefusedWithTheFigure() {
        Batch few = messages(20, 100, 0, new Random(1));
        assertThatThrownBy(() -> run(byArrival("", true, 20, 50), MESSAGES, few))
                .hasMessage("20 rows tell nothing of a clock; it takes 50");
        Batch enough = messages(500, 100, 0, new Random(1));
        assertThatThrownBy(() -> run(byArrival("", false, 110, 20), MESSAGES, enough))
                .hasMessage("the data tell the clock within 50.000 ms only; at_most is 20.000 ms");
        Batch wild = messages(500, 100, 5000, new Random(1));
        assertThatThrownBy(() -> run(byArrival("", true, 20, 50), MESSAGES, wild))
                .hasMessageMatching(
                        "the drift comes out at \\d{4} ppm; no clock that runs is off by more than 500");
    }

    private static final Schema TRACKS =
            Schema.of(
                    AlignRows.identity("vehicle"),
                    AlignRows.time("at"),
                    AlignRows.metres("x_m"),
                    AlignRows.metres("y_m"));

    private static TimeSync bySight(long atMostMillis) {
        return new TimeSync(
                "at",
                "all",
                null,
                null,
                new TimeSync.Sighting(
                        "reference",
                        "vehicle",
                        "x_m",
                        "y_m",
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(2),
                        0.3),
                Duration.ofMillis(atMostMillis));
    }

    /**
     * Cars through a junction that brake and go: by themselves at 5 Hz for 40 s, and by a roadside
     * unit at 10 Hz for 15 s whose clock is behind by an offset and that stands 0.2 m off.
     */
    private static Batch[] views(int cars, double offsetMillis, double speed, Random random) {
        Batch roadside = new Batch(TRACKS, cars * 151);
        Batch vehicles = new Batch(TRACKS, cars * 201);
        for (int car = 0; car < cars; car++) {
            double phase = random.nextDouble() * 6;
            double heading = random.nextDouble() * 6;
            double biasX = random.nextGaussian() * 0.7;
            double biasY = random.nextGaussian() * 0.7;
            for (int i = 0; i <= 200; i++) {
                track(vehicles, car, i * 0.2, i * 0.2, speed, phase, heading, biasX, biasY, random);
            }
            for (int i = 0; i <= 150; i++) {
                double at = 12.03 + i * 0.1;
                double shown = at - offsetMillis / 1000;
                track(roadside, car, shown, at, speed, phase, heading, 0.2, 0, random);
            }
        }
        return new Batch[] {roadside, vehicles};
    }

    private static void track(
            Batch to,
            int car,
            double shown,
            double at,
            double speed,
            double phase,
            double heading,
            double biasX,
            double biasY,
            Random random) {
        double s = speed * (at - 20) + 0.6 * speed * Math.sin(at / 2 + phase);
        int row = to.addRow();
        to.set(0, row, "car-%03d".formatted(car));
        to.set(1, row, AlignRows.micros(shown));
        to.set(2, row, s * Math.cos(heading) + biasX + 0.2 * random.nextGaussian());
        to.set(3, row, s * Math.sin(heading) + biasY + 0.2 * random.nextGaussian());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void theOffsetBetweenTwoViewsIsRecoveredWithinItsBound(long seed) {
        Random random = new Random(seed);
        double offsetMillis = random.nextDouble(-2000, 2000);
        AlignRows.Ran ran = run(bySight(200), TRACKS, views(25, offsetMillis, 11, random));
        double found = ran.report().figures().get("offset_ms");
        double bound = ran.report().figures().get("bound_ms");
        assertThat(Math.abs(found - offsetMillis)).as("seed %d", seed).isLessThan(bound);
        assertThat(bound).as("seed %d: the bound is of use", seed).isLessThan(120);
        assertThat(ran.report().rowsOut()).isEqualTo(25 * 151);
        assertThat(
                        ran.rows().getFirst().longs(1)[0]
                                - AlignRows.micros(12.03 - offsetMillis / 1000))
                .isEqualTo(Math.round(found * 1000));
    }

    @Test
    void viewsThatTellNothingAreRefusedWithTheFigure() {
        assertThatThrownBy(() -> run(bySight(200), TRACKS, views(4, 300, 11, new Random(1))))
                .hasMessage("4 vehicles were seen by both sides and near each other; it takes 6");
        assertThatThrownBy(() -> run(bySight(1), TRACKS, views(25, 300, 11, new Random(1))))
                .hasMessageMatching(
                        "the data tell the clock within \\d+\\.\\d{3} ms only; at_most is 1\\.000 ms");
        assertThatThrownBy(() -> run(bySight(200), TRACKS, views(25, 4000, 11, new Random(1))))
                .hasMessageMatching("the best offset, 3000 ms, lies at the end of the search.*");
        assertThatThrownBy(() -> run(bySight(200), TRACKS, views(25, 0, 0.001, new Random(1))))
                .isInstanceOf(IllegalStateException.class);
    }
}
