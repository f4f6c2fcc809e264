package org.roadloop.govern.privacy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Setting;

/*
 * The idea. Time is cut into windows of 2^s slots, the same for all vehicles. In a window a vehicle
 * is a row of slots, each with the finest cell in which it was first seen there. Going from long to
 * short (2^s slots, half of them, …, one) and at each length from fine cells to coarse ones, the
 * pieces of that length that are not out yet are compared: those whose cells and slots are the same
 * for k vehicles or more come out, each piece with a random number of its own. A piece is the slots
 * in which the vehicle was seen, so a vehicle seen in two of four slots shares with others seen in
 * just these two.
 *
 * Bound. A vehicle has one piece per stretch of slots and pieces of different stretches, lengths or
 * cell sizes have different points, so k equal pieces are k vehicles: any subset of the points of
 * a released piece is contained in k pieces, and the piece of one vehicle is guessed with chance
 * 1/k at best from the release alone. Numbers of pieces are an HMAC of pseudonym, stretch and a key
 * of the run, so pieces of one vehicle don't join, and rows of a window come out sorted by number.
 *
 * The grid is the Earth in degrees, the same for every table and not set by the data: rows of cells
 * of equal height, columns of the width that fits the middle of the row of the largest cells.
 */

/** Compares the trajectories of one window of time after another (共享片段). One thread. */
final class SharedSegments {
    private static final double METERS_PER_DEGREE = 111_320.0;
    private static final int BATCH_ROWS = 4096;

    private final int k;
    private final int slots;
    private final int levels;
    private final double cellMeters;
    private final long slotMicros;
    private final int slotMinutes;
    private final Schema schema;
    private final Mac mac;
    private final byte[] hash = new byte[32];

    /** Of each vehicle of the window and slot: finest cell, or NONE. */
    private static final long NONE = Long.MIN_VALUE;

    private final Map<String, long[]> window = new HashMap<>();
    private long windowStart = NONE;

    private long passedOver;
    private long seenPoints;
    private long releasedPoints;
    private long releasedSegments;
    private long rowsOut;
    private double sumCellMeters;
    private long leastShared = Long.MAX_VALUE;

    SharedSegments(TrajectoryRelease operator, Schema schema, Setting setting) {
        this.schema = schema;
        k = given(operator.k());
        slots = given(operator.slots());
        levels = given(operator.levels());
        slotMinutes = given(operator.slotMinutes());
        Double cell = operator.cellMeters();
        cellMeters = cell == null ? 0 : cell;
        slotMicros = slotMinutes * 60_000_000L;
        mac = setting.keys().mac("trajectory-release/" + setting.seed());
    }

    private static int given(@Nullable Integer value) {
        if (value == null) {
            throw new IllegalArgumentException("the constructor left a parameter open");
        }
        return value;
    }

    void passOver() {
        passedOver++;
    }

    void see(String vehicle, long micros, double longitude, double latitude, Consumer<Batch> out) {
        long start = Math.floorDiv(micros, slotMicros * slots) * slotMicros * slots;
        if (start != windowStart) {
            if (start < windowStart) {
                throw new IllegalStateException(
                        "rows are not sorted by time; trajectory_release reads them so");
            }
            end(out);
            windowStart = start;
        }
        long[] cells = window.get(vehicle);
        if (cells == null) {
            cells = new long[slots];
            Arrays.fill(cells, NONE);
            window.put(vehicle, cells);
        }
        int slot = (int) ((micros - start) / slotMicros);
        if (cells[slot] == NONE) {
            cells[slot] = cell(longitude, latitude);
            seenPoints++;
        }
    }

    /** Row and column of the finest cell. */
    private long cell(double longitude, double latitude) {
        int row = (int) Math.floor((latitude + 90) * METERS_PER_DEGREE / cellMeters);
        int column = (int) Math.floor((longitude + 180) / width(row));
        return ((long) row << 32) | column;
    }

    /** Degrees of longitude of a finest cell in a row. */
    private double width(int row) {
        int band = row >> (levels - 1);
        double middle =
                ((band + 0.5) * (cellMeters * (1 << (levels - 1)))) / METERS_PER_DEGREE - 90;
        double scale = Math.max(0.01, Math.cos(Math.toRadians(middle)));
        return cellMeters / (METERS_PER_DEGREE * scale);
    }

    private static long coarse(long cell, int level) {
        return ((cell >> 32) >> level << 32) | ((cell & 0xFFFF_FFFFL) >> level);
    }

    private record Piece(String vehicle, int from) {}

    private record Point(String number, long slot, long cell, int level) {}

    /** Ends the present window. */
    void end(Consumer<Batch> out) {
        if (window.isEmpty()) {
            return;
        }
        List<Point> points = new ArrayList<>();
        Set<Piece> done = new HashSet<>();
        for (int length = slots; length >= 1; length /= 2) {
            for (int level = 0; level < levels; level++) {
                compare(length, level, done, points);
            }
        }
        window.clear();
        points.sort(Comparator.comparing(Point::number).thenComparingLong(Point::slot));
        write(points, out);
    }

    private void compare(int length, int level, Set<Piece> done, List<Point> points) {
        Map<List<Long>, List<String>> same = new HashMap<>();
        for (int from = 0; from < slots; from += length) {
            same.clear();
            for (Map.Entry<String, long[]> vehicle : window.entrySet()) {
                if (isOut(vehicle.getKey(), from, length, done)) {
                    continue;
                }
                List<Long> shape = shape(vehicle.getValue(), from, length, level);
                if (!shape.isEmpty()) {
                    same.computeIfAbsent(shape, _ -> new ArrayList<>()).add(vehicle.getKey());
                }
            }
            for (List<String> vehicles : same.values()) {
                if (vehicles.size() < k) {
                    continue;
                }
                leastShared = Math.min(leastShared, vehicles.size());
                for (String vehicle : vehicles) {
                    release(vehicle, from, length, level, points);
                    for (int slot = from; slot < from + length; slot++) {
                        done.add(new Piece(vehicle, slot));
                    }
                }
            }
        }
    }

    private static boolean isOut(String vehicle, int from, int length, Set<Piece> done) {
        for (int slot = from; slot < from + length; slot++) {
            if (done.contains(new Piece(vehicle, slot))) {
                return true;
            }
        }
        return false;
    }

    /** Slot and cell of each point, in turn. */
    private static List<Long> shape(long[] cells, int from, int length, int level) {
        List<Long> shape = new ArrayList<>(2 * length);
        for (int slot = from; slot < from + length; slot++) {
            if (cells[slot] != NONE) {
                shape.add((long) slot);
                shape.add(coarse(cells[slot], level));
            }
        }
        return shape;
    }

    private void release(String vehicle, int from, int length, int level, List<Point> points) {
        String number = number(vehicle, windowStart + from * slotMicros, length);
        long[] cells = window.getOrDefault(vehicle, new long[0]);
        releasedSegments++;
        for (int slot = from; slot < from + length; slot++) {
            if (cells[slot] != NONE) {
                points.add(
                        new Point(
                                number,
                                windowStart + slot * slotMicros,
                                coarse(cells[slot], level),
                                level));
                sumCellMeters += cellMeters * (1 << level);
                releasedPoints++;
            }
        }
    }

    private String number(String vehicle, long from, int length) {
        mac.update((from + "/" + length + "/" + vehicle).getBytes(StandardCharsets.UTF_8));
        try {
            mac.doFinal(hash, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC output does not fit 32 bytes", e);
        }
        byte[] text = new byte[Pseudonym.TOKEN_LENGTH];
        Pseudonym.encode(hash, 0, text);
        return new String(text, StandardCharsets.US_ASCII);
    }

    private void write(List<Point> points, Consumer<Batch> out) {
        Batch batch = null;
        for (Point point : points) {
            if (batch == null) {
                batch = new Batch(schema, BATCH_ROWS);
            }
            int finest = (int) (point.cell >> 32) << point.level;
            double side = cellMeters * (1 << point.level);
            int row = batch.addRow();
            batch.set(0, row, point.number);
            batch.set(1, row, point.slot);
            batch.set(2, row, slotMinutes);
            batch.set(
                    3,
                    row,
                    ((point.cell & 0xFFFF_FFFFL) + 0.5) * (1 << point.level) * width(finest) - 180);
            batch.set(4, row, ((point.cell >> 32) + 0.5) * side / METERS_PER_DEGREE - 90);
            batch.set(5, row, side);
            rowsOut++;
            if (batch.isFull()) {
                out.accept(batch);
                batch = null;
            }
        }
        if (batch != null) {
            out.accept(batch);
        }
    }

    OperatorReport report(long rowsIn) {
        TreeMap<String, Long> dropped = new TreeMap<>();
        dropped.put("merged_into_slots", rowsIn - passedOver - seenPoints);
        dropped.put("not_shared_by_k", seenPoints - releasedPoints);
        dropped.put("without_position", passedOver);
        TreeMap<String, Double> figures = new TreeMap<>();
        figures.put("achieved_k", releasedSegments == 0 ? 0.0 : leastShared);
        figures.put(
                "points_kept_percent", seenPoints == 0 ? 0 : 100.0 * releasedPoints / seenPoints);
        figures.put("mean_cell_m", releasedPoints == 0 ? 0 : sumCellMeters / releasedPoints);
        figures.put(
                "points_per_segment",
                releasedSegments == 0 ? 0 : (double) releasedPoints / releasedSegments);
        return new OperatorReport(rowsIn, rowsOut, dropped, new TreeMap<>(), figures);
    }
}
