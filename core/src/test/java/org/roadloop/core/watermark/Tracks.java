package org.roadloop.core.watermark;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

/** A made table of vehicle reports: speeds in tenths, positions in millionths, raw temperatures. */
final class Tracks {
    static final Schema SCHEMA =
            new Schema(
                    List.of(
                            column("vehicle", ColumnType.STRING, "", DataClass.IDENTITY),
                            column("at", ColumnType.TIMESTAMP_MICROS_UTC, "", DataClass.TIME),
                            column("speed_kmh", ColumnType.DOUBLE, "km/h", DataClass.DRIVING_STATE),
                            column(
                                    "longitude_degrees",
                                    ColumnType.DOUBLE,
                                    "deg",
                                    DataClass.POSITION),
                            column(
                                    "latitude_degrees",
                                    ColumnType.DOUBLE,
                                    "deg",
                                    DataClass.POSITION),
                            column("temperature_c", ColumnType.FLOAT, "Cel", DataClass.ENVIRONMENT),
                            column("gear", ColumnType.INT, "", DataClass.DRIVING_STATE),
                            column("brake", ColumnType.BOOL, "", DataClass.DRIVING_STATE),
                            column("score", ColumnType.DOUBLE, "", DataClass.DRIVING_STATE)));

    static final WatermarkTerms TERMS =
            WatermarkTerms.parse(
                    "speed_kmh=0.1 longitude_degrees=0.000001 latitude_degrees=0.000001"
                            + " temperature_c=0.05 by vehicle at");

    private static Column column(String name, ColumnType type, String unit, DataClass dataClass) {
        return Column.of(name, type, unit, dataClass, Grade.PERSONAL);
    }

    private Tracks() {}

    /** Rows of 100 vehicles, one a second each; one cell in 50 is absent. */
    static List<Batch> rows(int rows, long seed) {
        Random random = new Random(seed);
        List<Batch> batches = new ArrayList<>();
        double[] speed = new double[100];
        double[] longitude = new double[100];
        double[] latitude = new double[100];
        for (int v = 0; v < 100; v++) {
            longitude[v] = 121.4 + random.nextDouble() / 10;
            latitude[v] = 31.2 + random.nextDouble() / 10;
        }
        Batch batch = null;
        for (int i = 0; i < rows; i++) {
            if (batch == null || batch.isFull()) {
                batch = new Batch(SCHEMA, Math.min(10_000, rows - i));
                batches.add(batch);
            }
            int v = i % 100;
            speed[v] = Math.max(0, speed[v] + random.nextGaussian() * 3 + 0.3 * (8 - speed[v] / 5));
            longitude[v] += speed[v] * 3e-6 * Math.cos(v);
            latitude[v] += speed[v] * 3e-6 * Math.sin(v);
            int row = batch.addRow();
            batch.set(0, row, "vehicle-" + v);
            batch.set(1, row, 1_790_000_000_000_000L + i / 100 * 1_000_000L);
            if (random.nextInt(50) > 0) {
                batch.set(2, row, Math.rint(speed[v] * 10) / 10);
            }
            batch.set(3, row, Math.rint(longitude[v] * 1e6) / 1e6);
            batch.set(4, row, Math.rint(latitude[v] * 1e6) / 1e6);
            batch.set(5, row, (float) (20 + random.nextGaussian()));
            batch.set(6, row, random.nextInt(6));
            batch.set(7, row, random.nextBoolean());
            batch.set(8, row, random.nextDouble());
        }
        return batches;
    }

    /** Some rows in some order, some columns. */
    static Batch pick(List<Batch> from, int[] rows, List<String> columns) {
        Schema schema = SCHEMA.select(columns);
        Batch to = new Batch(schema, rows.length);
        for (int wanted : rows) {
            int i = wanted;
            int b = 0;
            while (i >= from.get(b).rows()) {
                i -= from.get(b++).rows();
            }
            int row = to.addRow();
            for (int c = 0; c < schema.size(); c++) {
                to.copyCell(from.get(b), SCHEMA.indexOf(schema.column(c).name()), i, c, row);
            }
        }
        return to;
    }
}
