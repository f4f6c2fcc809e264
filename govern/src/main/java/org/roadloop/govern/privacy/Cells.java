package org.roadloop.govern.privacy;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Setting;

/*
 * The idea is the adaptive cloak of M. Gruteser and D. Grunwald, "Anonymous usage of location-based
 * services through spatial and temporal cloaking" (MobiSys 2003): a square is cut into four as long
 * as the parts still hold k vehicles. Every square of every depth counts its rows and its different
 * vehicles in flat arrays; input sorted by vehicle makes "different" a comparison with the last
 * vehicle that was counted there. Then, from the top, a square is cut if the rows that would be
 * lost, in parts with fewer than k vehicles, are at most a given share of its own; otherwise it
 * comes out whole. So the output is disjoint squares, each with k vehicles at least, and no square
 * comes out together with one that contains it: nothing can be had by subtraction.
 *
 * Bound: 4^depth · 4/3 squares of 16 bytes, whatever the number of rows: 22 MB at depth 10.
 */

/**
 * Turns positions into a map of squares with at least {@code k} different vehicles each (k-匿名网格),
 * small where many drive and large where few do. Squares with fewer come out not at all.
 *
 * @param identity text column; the input is sorted by it
 * @param longitude and {@code latitude}: degrees, DOUBLE
 * @param west and {@code south}: corner of the map, degrees, set by the plan and not by the data
 * @param widthDegrees side of the map, degrees of longitude
 * @param heightDegrees side of the map, degrees of latitude
 * @param k from 2
 * @param depth most cuts of the whole map, 1..10; 8 if left out
 * @param lossPercent rows of a square that a cut may lose; 5 if left out
 */
public record Cells(
        String identity,
        String longitude,
        String latitude,
        double west,
        double south,
        double widthDegrees,
        double heightDegrees,
        int k,
        @Nullable Integer depth,
        @Nullable Double lossPercent)
        implements Operator {
    public Cells {
        depth = depth == null ? 8 : depth;
        lossPercent = lossPercent == null ? 5.0 : lossPercent;
        if (k < 2) {
            throw new IllegalArgumentException("k is " + k + "; it needs at least 2");
        }
        if (depth < 1 || depth > 10) {
            throw new IllegalArgumentException("depth " + depth + " is outside 1..10");
        }
        if (!(lossPercent >= 0 && lossPercent <= 100)) {
            throw new IllegalArgumentException(
                    "loss_percent " + lossPercent + " is outside 0..100");
        }
        if (!(Math.abs(west) <= 180
                && Math.abs(south) <= 90
                && widthDegrees > 0
                && west + widthDegrees <= 180
                && heightDegrees > 0
                && south + heightDegrees <= 90)) {
            throw new IllegalArgumentException("the map of cells is not on the Earth in degrees");
        }
    }

    @Override
    public String name() {
        return "cells/1";
    }

    @Override
    public List<String> order() {
        return List.of(identity);
    }

    @Override
    public Schema output(Schema input) {
        require(input, identity, ColumnType.STRING);
        require(input, longitude, ColumnType.DOUBLE);
        require(input, latitude, ColumnType.DOUBLE);
        CoordinateSystem datum = input.column(input.indexOf(longitude)).coordinateSystem();
        return Schema.of(
                corner("west", datum),
                corner("south", datum),
                corner("east", datum),
                corner("north", datum),
                count("vehicles"),
                count("rows"));
    }

    private static Column corner(String name, CoordinateSystem datum) {
        return new Column(name, ColumnType.DOUBLE, "deg", DataClass.POSITION, Grade.GENERAL, datum);
    }

    private static Column count(String name) {
        return Column.of(name, ColumnType.LONG, "", DataClass.ENVIRONMENT, Grade.GENERAL);
    }

    private static void require(Schema input, String name, ColumnType type) {
        ColumnType found = input.column(input.indexOf(name)).type();
        if (found != type) {
            throw new IllegalArgumentException(
                    "column '" + name + "' is " + found + "; cells takes " + type);
        }
    }

    @Override
    public Run start(Schema input, Setting setting) {
        return new Counting(input, output(input));
    }

    private final class Counting implements Run {
        private final Schema output;
        private final int identityAt;
        private final int longitudeAt;
        private final int latitudeAt;
        private final int cuts = depth == null ? 0 : depth;
        private final double share = lossPercent == null ? 0 : lossPercent / 100;

        // By depth: rows, different vehicles, and the vehicle counted last.
        private final long[][] rows = new long[cuts + 1][];
        private final int[][] vehicles = new int[cuts + 1][];
        private final int[][] last = new int[cuts + 1][];
        private byte[] identityNow = new byte[0];
        private int vehicle;
        private long rowsIn;
        private long outside;
        private long unknown;
        private long released;
        private long squares;
        private long achieved = Long.MAX_VALUE;

        Counting(Schema input, Schema output) {
            this.output = output;
            identityAt = input.indexOf(identity);
            longitudeAt = input.indexOf(longitude);
            latitudeAt = input.indexOf(latitude);
            for (int d = 0; d <= cuts; d++) {
                rows[d] = new long[1 << 2 * d];
                vehicles[d] = new int[1 << 2 * d];
                last[d] = new int[1 << 2 * d];
            }
        }

        @Override
        public void process(Batch in, Consumer<Batch> out) {
            rowsIn += in.rows();
            for (int row = 0; row < in.rows(); row++) {
                if (!in.isOk(identityAt, row)
                        || !in.isOk(longitudeAt, row)
                        || !in.isOk(latitudeAt, row)) {
                    unknown++;
                    continue;
                }
                turnTo(in, row);
                double x = (in.doubles(longitudeAt)[row] - west) / widthDegrees;
                double y = (in.doubles(latitudeAt)[row] - south) / heightDegrees;
                if (!(x >= 0 && x < 1 && y >= 0 && y < 1)) {
                    outside++;
                    continue;
                }
                count((int) (x * (1 << cuts)), (int) (y * (1 << cuts)));
            }
        }

        private void turnTo(Batch in, int row) {
            byte[] bytes = in.strings(identityAt).bytes();
            int from = in.strings(identityAt).offset(row);
            int to = from + in.strings(identityAt).length(row);
            int order = Arrays.compareUnsigned(identityNow, 0, identityNow.length, bytes, from, to);
            if (vehicle > 0 && order == 0) {
                return;
            }
            if (vehicle > 0 && order > 0) {
                throw new IllegalStateException(
                        "rows are not sorted by '" + identity + "'; cells reads them so");
            }
            identityNow = Arrays.copyOfRange(bytes, from, to);
            vehicle++;
        }

        private void count(int column, int row) {
            for (int d = 0; d <= cuts; d++) {
                int at = (row >> (cuts - d) << d) + (column >> (cuts - d));
                rows[d][at]++;
                if (last[d][at] != vehicle) {
                    last[d][at] = vehicle;
                    vehicles[d][at]++;
                }
            }
        }

        @Override
        public void finish(Consumer<Batch> out) {
            Writer writer = new Writer(out);
            if (vehicles[0][0] >= k) {
                cut(0, 0, 0, writer);
            }
            writer.end();
        }

        private void cut(int d, int column, int row, Writer writer) {
            int at = (row << d) + column;
            if (d < cuts && lost(d + 1, 2 * column, 2 * row) <= share * rows[d][at]) {
                for (int part = 0; part < 4; part++) {
                    int c = 2 * column + part % 2;
                    int r = 2 * row + part / 2;
                    if (vehicles[d + 1][(r << (d + 1)) + c] >= k) {
                        cut(d + 1, c, r, writer);
                    }
                }
                return;
            }
            writer.add(d, column, row);
            released += rows[d][at];
            achieved = Math.min(achieved, vehicles[d][at]);
            squares++;
        }

        /** Rows in parts with too few vehicles. */
        private long lost(int d, int column, int row) {
            long lost = 0;
            for (int part = 0; part < 4; part++) {
                int at = ((row + part / 2) << d) + column + part % 2;
                lost += vehicles[d][at] < k ? rows[d][at] : 0;
            }
            return lost;
        }

        @Override
        public OperatorReport report() {
            TreeMap<String, Long> dropped = new TreeMap<>();
            dropped.put("outside_map", outside);
            dropped.put("without_position", unknown);
            dropped.put("fewer_than_k", rowsIn - outside - unknown - released);
            TreeMap<String, Double> figures = new TreeMap<>();
            figures.put("achieved_k", squares == 0 ? 0.0 : achieved);
            figures.put("rows_released_percent", rowsIn == 0 ? 0 : 100.0 * released / rowsIn);
            return new OperatorReport(rowsIn, squares, dropped, new TreeMap<>(), figures);
        }

        private final class Writer {
            private final Consumer<Batch> out;
            private Batch batch = new Batch(output, 4096);

            Writer(Consumer<Batch> out) {
                this.out = out;
            }

            void add(int d, int column, int row) {
                if (batch.isFull()) {
                    out.accept(batch);
                    batch = new Batch(output, 4096);
                }
                int to = batch.addRow();
                double side = 1.0 / (1 << d);
                batch.set(0, to, west + column * side * widthDegrees);
                batch.set(1, to, south + row * side * heightDegrees);
                batch.set(2, to, west + (column + 1) * side * widthDegrees);
                batch.set(3, to, south + (row + 1) * side * heightDegrees);
                batch.set(4, to, (long) vehicles[d][(row << d) + column]);
                batch.set(5, to, rows[d][(row << d) + column]);
            }

            void end() {
                if (batch.rows() > 0) {
                    out.accept(batch);
                } else {
                    batch.close();
                }
            }
        }
    }
}
