package org.roadloop.govern.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.privacy.Pseudonym;
import org.roadloop.govern.quality.DuplicateIndex;
import org.roadloop.govern.quality.Report;
import org.roadloop.govern.quality.Scorecard;

class PipelineTest {
    private static final Keyring KEYS = new Keyring(new byte[32], 1);
    private static final Schema RAW = RawRows.VEHICLE.rawSchema();

    private static Pipeline pipeline() {
        return new Pipeline(RawRows.VEHICLE, KEYS, new DuplicateIndex(Duration.ofDays(7)));
    }

    private static void set(Batch batch, int row, String column, double value) {
        batch.set(RAW.indexOf(column), row, value);
    }

    private static Map<String, Long> rejects(Batch batch) {
        return pipeline().process(batch, LogPosition.START).report().rejects();
    }

    @Test
    void aCleanDriveHasNoRejectsAndNoVin() {
        Batch batch = RawRows.vehicles(100);
        for (int i = 0; i < 100; i++) {
            RawRows.vehicle(batch, i % 4, i / 4, 0, i * 100L);
        }
        Pipeline.Result result = pipeline().process(batch, LogPosition.START);
        Batch out = result.batch();
        assertThat(result.report().rejects()).isEmpty();
        assertThat(out.rows()).isEqualTo(100);
        assertThat(result.report().comparedRows).isEqualTo(96);
        Schema governed = out.schema();
        assertThat(governed.names())
                .startsWith("vehicle, collected_at")
                .endsWith("row_key_hi, row_key_lo, content_hash, quality");
        Pseudonym pseudonym = Pseudonym.internal(KEYS);
        for (int row = 0; row < 100; row++) {
            assertThat(pseudonym.vinOf(out.strings(0).get(row))).isEqualTo(RawRows.vin(row % 4));
            assertThat(out.longs(governed.indexOf("quality"))[row]).isZero();
            assertThat(out.doubles(governed.indexOf("speed_kmh"))[row]).isEqualTo(36.0);
        }
        // The raw batch is untouched: the same call with new state gives the same bytes.
        Batch again = pipeline().process(batch, LogPosition.START).batch();
        assertThat(again.longs(governed.indexOf("row_key_lo")))
                .isEqualTo(out.longs(governed.indexOf("row_key_lo")));
    }

    @Test
    void repeatsAreDuplicatesAndContradictionsAreFindings() {
        Batch batch = RawRows.vehicles(10);
        RawRows.vehicle(batch, 1, 0, 0, 0);
        int reissued = RawRows.vehicle(batch, 1, 0, 0, 100); // command 3, later arrival: same row
        batch.set(RAW.indexOf("command"), reissued, 3);
        batch.set(RAW.indexOf("received_at"), reissued, RawRows.START_MICROS + 9_000_000L);
        set(batch, RawRows.vehicle(batch, 1, 0, 0, 200), "voltage_v", 1.0); // other content
        RawRows.vehicle(batch, 2, 0, 0, 300); // another car
        RawRows.vehicle(batch, 1, 1, 0, 400); // another second
        batch.setState(RAW.indexOf("vin"), RawRows.vehicle(batch, 3, 0, 0, 500), CellState.ABSENT);
        int otherCells = RawRows.vehicle(batch, 1, 0, 0, 600); // another stretch of cells
        batch.set(RAW.indexOf("first_cell"), otherCells, 201);
        Pipeline.Result result = pipeline().process(batch, LogPosition.START);
        Report report = result.report();
        assertThat(report.rejects())
                .containsOnly(
                        Map.entry("duplicate", 1L),
                        Map.entry("conflict", 1L),
                        Map.entry("unkeyed", 1L),
                        Map.entry("disorder", 1L));
        assertThat(report.rowsIn)
                .isEqualTo(report.rowsOut + report.duplicates + report.conflicts + report.unkeyed);
        int offset = result.batch().schema().indexOf("frame_offset");
        assertThat(result.batch().longs(offset)).startsWith(0, 300, 400, 600);
    }

    @Test
    void codesBecomeStatesAndValuesOutOfRangeAreCountedByName() {
        Batch batch = RawRows.vehicles(4);
        int row = RawRows.vehicle(batch, 1, 0, 0, 0);
        batch.set(RAW.indexOf("soc_percent"), row, 255);
        batch.set(RAW.indexOf("insulation_kohm"), row, 65534);
        set(batch, row, "speed_kmh", 500.1);
        set(batch, row, "voltage_v", Double.NaN);
        batch.set(RAW.indexOf("max_temp_c"), row, 210); // the border is inside
        Pipeline.Result result = pipeline().process(batch, LogPosition.START);
        Batch out = result.batch();
        assertThat(out.state(RAW.indexOf("soc_percent"), 0)).isEqualTo(CellState.INVALID);
        assertThat(out.state(RAW.indexOf("insulation_kohm"), 0)).isEqualTo(CellState.ABNORMAL);
        assertThat(out.state(RAW.indexOf("speed_kmh"), 0)).isEqualTo(CellState.ABNORMAL);
        assertThat(out.state(RAW.indexOf("max_temp_c"), 0)).isEqualTo(CellState.OK);
        assertThat(result.report().rejects())
                .containsOnly(Map.entry("range_speed_kmh", 1L), Map.entry("range_voltage_v", 1L));
        assertThat(result.report().cellsAbnormal).isEqualTo(1);
        assertThat(result.report().cellsOutOfRange).isEqualTo(2);
        assertThat(Long.bitCount(out.longs(out.schema().indexOf("quality"))[0])).isEqualTo(2);
    }

    @Test
    void whatAnEditionCannotHaveIsNotMissing() {
        for (int edition : new int[] {2016, 2025}) {
            Batch batch = RawRows.vehicles(4);
            int row = RawRows.vehicle(batch, 1, 0, 0, 0);
            batch.set(RAW.indexOf("edition"), row, edition);
            Report report = pipeline().process(batch, LogPosition.START).report();
            assertThat(report.cells).isEqualTo(RAW.size() - (edition == 2016 ? 7 : 0));
            // first_cell, and in 2025 the seven columns of that edition
            assertThat(report.cellsAbsent).isEqualTo(edition == 2016 ? 1 : 8);
        }
    }

    @Test
    void timesAndPhysics() {
        Batch batch = RawRows.vehicles(64);
        int received = RAW.indexOf("received_at");
        int late = RawRows.vehicle(batch, 1, 0, 0, 0);
        batch.longs(received)[late] += 31_000_000;
        int ahead = RawRows.vehicle(batch, 2, 0, 0, 0);
        batch.longs(received)[ahead] -= 6_000_000;
        assertThat(rejects(batch))
                .containsOnly(Map.entry("late", 1L), Map.entry("clock_ahead", 1L));

        Batch jump = RawRows.vehicles(8);
        RawRows.vehicle(jump, 1, 0, 0, 0);
        set(jump, RawRows.vehicle(jump, 1, 1, 0, 0), "longitude_degrees", 121.01); // 955 m in 1 s
        assertThat(rejects(jump)).containsOnly(Map.entry("position_jump", 1L));

        Batch mismatch = RawRows.vehicles(8);
        set(mismatch, RawRows.vehicle(mismatch, 1, 0, 0, 0), "speed_kmh", 100);
        set(mismatch, RawRows.vehicle(mismatch, 1, 1, 0, 0), "speed_kmh", 100);
        assertThat(rejects(mismatch)).containsOnly(Map.entry("speed_mismatch", 1L));

        Batch frozen = RawRows.vehicles(32);
        for (int i = 0; i < 12; i++) {
            set(frozen, RawRows.vehicle(frozen, 1, i, 0, i), "longitude_degrees", 121.0);
        }
        assertThat(rejects(frozen)).containsOnly(Map.entry("frozen_position", 2L));

        Batch disorder = RawRows.vehicles(8);
        RawRows.vehicle(disorder, 1, 5, 0, 0);
        RawRows.vehicle(disorder, 1, 4, 0, 0);
        RawRows.vehicle(disorder, 1, 6, 0, 0);
        assertThat(rejects(disorder)).containsOnly(Map.entry("disorder", 1L));

        // One row of a wrong clock does not make the right ones after it look old.
        Batch glitch = RawRows.vehicles(8);
        RawRows.vehicle(glitch, 1, 0, 0, 0);
        glitch.longs(received)[RawRows.vehicle(glitch, 1, 3600, 0, 0)] -= 3_600_000_000L;
        RawRows.vehicle(glitch, 1, 1, 0, 0);
        RawRows.vehicle(glitch, 1, 2, 0, 0);
        assertThat(rejects(glitch)).containsOnly(Map.entry("clock_ahead", 1L));
    }

    @Test
    void rowsOfTheTableAreNotGovernedAgain() {
        Batch batch = RawRows.vehicles(10);
        for (int i = 0; i < 10; i++) {
            RawRows.vehicle(batch, 1, i, i / 5, i * 10L);
        }
        Report report = pipeline().process(batch, new LogPosition(1, 70)).report();
        assertThat(report.alreadyCommitted).isEqualTo(7);
        assertThat(report.rowsIn).isEqualTo(3);
        assertThat(report.rowsOut).isEqualTo(3);
    }

    @Test
    void whoEntersASensitiveAreaIsMaskedThere() throws Exception {
        String yaml;
        try (var in = PlanReader.class.getResourceAsStream("vehicle_report.yaml")) {
            yaml = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
        Plan plan =
                PlanReader.parse(
                        yaml.replace(
                                "polygons: {}",
                                "polygons:\n    barracks: [[121.001, 30], [121.002, 30],"
                                        + " [121.002, 32], [121.001, 32]]"));
        Pipeline pipeline = new Pipeline(plan, KEYS, new DuplicateIndex(Duration.ofDays(7)));
        Batch batch = RawRows.vehicles(40);
        for (int i = 0; i < 40; i++) {
            RawRows.vehicle(batch, 0, i, 0, i);
        }
        Pipeline.Result result = pipeline.process(batch, LogPosition.START);
        Batch out = result.batch();
        int longitude = out.schema().indexOf("longitude_degrees");
        int masked = 0;
        for (int row = 0; row < 40; row++) {
            double raw = batch.doubles(longitude)[row];
            boolean inside = raw >= 121.001 && raw < 121.002;
            assertThat(out.state(longitude, row))
                    .isEqualTo(inside ? CellState.MASKED : CellState.OK);
            assertThat(out.doubles(longitude)[row]).isEqualTo(inside ? 0 : raw);
            masked += inside ? 1 : 0;
        }
        assertThat(masked).isBetween(9, 10);
        assertThat(result.report().maskedRows).isEqualTo(masked);
    }

    @Test
    void theScorecardGivesTheSixIndicators() {
        Batch batch = RawRows.vehicles(10);
        for (int i = 0; i < 8; i++) {
            RawRows.vehicle(batch, 1, i, 0, i);
        }
        set(batch, RawRows.vehicle(batch, 1, 0, 0, 8), "voltage_v", 1.0); // conflict
        batch.set(RAW.indexOf("soc_percent"), 3, 255); // invalid cell
        set(batch, 4, "current_a", 5000); // out of range
        batch.longs(RAW.indexOf("received_at"))[5] += 60_000_000; // late
        Report report = pipeline().process(batch, LogPosition.START).report();
        Scorecard card = Scorecard.of("vehicle_report", report, 4);
        // 8 rows of 38 cells: nine absent each, one invalid, one out of range
        assertThat(card.completeness()).isEqualTo((304 - 72 - 2) / 304.0);
        assertThat(card.normativity()).isEqualTo((304 - 72 - 1 - 1) / (304.0 - 72 - 1));
        assertThat(card.accuracy()).isEqualTo(1);
        assertThat(card.consistency()).isEqualTo(8 / 9.0);
        assertThat(card.timeliness()).isEqualTo(7 / 8.0);
        assertThat(card.accessibility()).isEqualTo(0.5);
    }

    @Test
    void theInputDigestDoesNotSeeTheBordersOfBatches() {
        long seed = 99;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Batch whole = RawRows.vehicles(2000);
        for (int i = 0; i < 2000; i++) {
            set(whole, RawRows.vehicle(whole, i % 9, i, 0, i), "speed_kmh", random.nextInt(200));
        }
        InputDigest one = new InputDigest(RawRows.VEHICLE, pipeline());
        one.add(whole, LogPosition.START);
        String expected = one.finish();
        InputDigest parts = new InputDigest(RawRows.VEHICLE, pipeline());
        for (int from = 0; from < 2000; ) {
            int to = Math.min(2000, from + 1 + random.nextInt(700));
            parts.add(part(whole, from, to), LogPosition.START);
            from = to;
        }
        assertThat(parts.rows()).isEqualTo(2000);
        assertThat(parts.finish()).isEqualTo(expected);
        whole.doubles(RAW.indexOf("speed_kmh"))[1999] += 1;
        one.add(whole, LogPosition.START);
        assertThat(one.finish()).isNotEqualTo(expected);
    }

    private static Batch part(Batch from, int start, int end) {
        Batch to = new Batch(from.schema(), end - start);
        to.rows(end - start);
        for (int c = 0; c < from.schema().size(); c++) {
            for (int row = start; row < end; row++) {
                to.copyCell(from, c, row, c, row - start);
            }
        }
        return to;
    }
}
