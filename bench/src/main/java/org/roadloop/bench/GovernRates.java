package org.roadloop.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.classify.Classifier;
import org.roadloop.govern.plan.Ingest;
import org.roadloop.govern.plan.Pipeline;
import org.roadloop.govern.plan.Plan;
import org.roadloop.govern.plan.PlanReader;
import org.roadloop.govern.quality.DuplicateIndex;

/**
 * Rows of twelve columns through one thread (治理速率): the classifier over a sample of every batch,
 * row keys and duplicates, ranges, codes, times and physics, four sensitive areas, pseudonyms.
 */
final class GovernRates {
    private static final long SEED = 20_260_603;
    private static final int VEHICLES = 8_192;
    private static final int SAMPLE_ROWS = 256;
    private static final int BATCHES = 32;
    private static final int WARM_UP_ROUNDS = 6;
    private static final int ROUNDS = 9;
    private static final long BEGIN_MICROS = 1_780_272_000_000_000L;

    private static final String PLAN =
            """
            plan: twelve_columns
            version: 1
            table: twelve_columns
            identity: { column: vin, pseudonym: vehicle }
            time: collected_at
            arrival: received_at
            columns:
              vin:               { type: string, class: identity, grade: personal }
              collected_at:      { type: timestamp, class: time, grade: personal }
              received_at:       { type: timestamp, class: time, grade: general }
              vehicle_state:     { type: int, class: driving_state, grade: personal, min: 1, max: 3, abnormal: [254], invalid: [255] }
              speed_kmh:         { type: double, unit: km/h, class: driving_state, grade: personal, min: 0, max: 500 }
              odometer_km:       { type: double, unit: km, class: driving_state, grade: personal, min: 0, max: 999999.9 }
              voltage_v:         { type: double, unit: V, class: energy_state, grade: general, min: 0, max: 6000 }
              current_a:         { type: double, unit: A, class: energy_state, grade: general, min: -3000, max: 3000 }
              soc_percent:       { type: int, unit: "%", class: energy_state, grade: general, min: 0, max: 100, abnormal: [254], invalid: [255] }
              gear:              { type: int, class: driving_state, grade: personal, min: 0, max: 255 }
              longitude_degrees: { type: double, unit: deg, class: position, grade: sensitive_personal, datum: wgs_84, min: -180, max: 180 }
              latitude_degrees:  { type: double, unit: deg, class: position, grade: sensitive_personal, datum: wgs_84, min: -90, max: 90 }
            row_key:
              columns: [vin, collected_at]
            content_ignores: [received_at]
            late_after: 30s
            future_tolerance: 5s
            position: { longitude: longitude_degrees, latitude: latitude_degrees }
            physics:
              speed: speed_kmh
              max_speed_kmh: 300
              speed_tolerance_kmh: 40
              compare_within: 30s
              frozen_rows: 10
            sensitive_areas:
              margin_meters: [100, 400]
              polygons:
                a: [[116.31, 39.71], [116.33, 39.71], [116.33, 39.73], [116.31, 39.73]]
                b: [[116.41, 39.81], [116.43, 39.81], [116.43, 39.83], [116.41, 39.83]]
                c: [[116.51, 39.71], [116.53, 39.71], [116.53, 39.73], [116.51, 39.73]]
                d: [[116.21, 39.71], [116.23, 39.71], [116.23, 39.73], [116.21, 39.73]]
            masked: [longitude_degrees, latitude_degrees, odometer_km]
            released: [vehicle, collected_at, speed_kmh, soc_percent, quality]
            """;

    private GovernRates() {}

    /** {@code govern.rows_per_cpu_second}: processor time of the thread, median of rounds. */
    static void measure(Figures figures) throws IOException {
        Plan plan = PlanReader.parse(PLAN);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Rows rows = new Rows(plan.rawSchema());
        double[] rates = new double[ROUNDS];
        Path spill = Files.createTempDirectory("roadloop-bench");
        try (DuplicateIndex index =
                new DuplicateIndex(
                        Duration.ofDays(7),
                        spill,
                        Ingest.Settings.DEFAULT.indexMemoryRows(),
                        plan.timeInRowKey())) {
            Pipeline pipeline = new Pipeline(plan, GovernedRows.keys(), index);
            long masked = 0;
            for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
                long nanos = 0;
                for (int b = 0; b < BATCHES; b++) {
                    Batch raw = rows.next();
                    long began = threads.getCurrentThreadCpuTime();
                    int guesses = Classifier.mismatches(rows.sample()).size();
                    Pipeline.Result result = pipeline.process(raw, LogPosition.START);
                    nanos += threads.getCurrentThreadCpuTime() - began;
                    masked += result.report().maskedRows;
                    if (result.batch().rows() != VEHICLES || guesses != 0) {
                        throw new IllegalStateException(
                                result.batch().rows() + " rows, " + guesses + " mismatches");
                    }
                    result.batch().close();
                }
                if (round >= 0) {
                    rates[round] = (double) BATCHES * VEHICLES * 1e9 / nanos;
                }
            }
            System.err.printf("%d rows were masked, seed %d%n", masked, SEED);
        } finally {
            Folders.delete(spill);
        }
        figures.add("govern.rows_per_cpu_second", FrameRates.median(rates), "rows/s");
    }

    /** Vehicles that drive east, one row each a second. */
    private static final class Rows {
        private final SplittableRandom random = new SplittableRandom(SEED);
        private final Batch batch;
        private final Batch sample;
        private final byte[][] vins = new byte[VEHICLES][];
        private int second;

        Rows(Schema schema) {
            batch = new Batch(schema, VEHICLES);
            sample = new Batch(schema, SAMPLE_ROWS);
            for (int v = 0; v < VEHICLES; v++) {
                vins[v] = vin(v);
            }
        }

        /** With a check digit that holds (GB 16735), as the classifier asks. */
        private static byte[] vin(int number) {
            String text = "LBENCH000%08d".formatted(number);
            for (char check : "0123456789X".toCharArray()) {
                String vin = text.substring(0, 8) + check + text.substring(9);
                if (org.roadloop.govern.classify.Validators.isVin(vin)) {
                    return vin.getBytes(StandardCharsets.US_ASCII);
                }
            }
            throw new IllegalStateException("no check digit fits " + text);
        }

        /** The first rows of the batch that {@link #next} gave. */
        Batch sample() {
            return sample;
        }

        Batch next() {
            batch.clear();
            sample.clear();
            for (int v = 0; v < VEHICLES; v++) {
                int row = batch.addRow();
                long at = BEGIN_MICROS + second * 1_000_000L;
                batch.strings(0).set(row, vins[v], 0, vins[v].length);
                batch.setState(0, row, (byte) 0);
                batch.set(1, row, at);
                batch.set(2, row, at + 80_000);
                batch.set(3, row, 1);
                batch.set(4, row, 30 + random.nextDouble(15));
                batch.set(5, row, v + second * 0.01);
                batch.set(6, row, 340 + random.nextDouble(30));
                batch.set(7, row, random.nextDouble(120) - 20);
                batch.set(8, row, 20 + random.nextInt(80));
                batch.set(9, row, 14);
                batch.set(10, row, 116.2 + (v % 64) * 0.005 + second * 12e-5);
                batch.set(11, row, 39.7 + (v / 64) * 0.002);
                if (row < SAMPLE_ROWS) {
                    int to = sample.addRow();
                    for (int c = 0; c < batch.schema().size(); c++) {
                        sample.copyCell(batch, c, row, c, to);
                    }
                }
            }
            second++;
            return batch;
        }
    }
}
