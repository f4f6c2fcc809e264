package org.roadloop.apply.scenario;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;

/**
 * Sorts rows of {@code track_point} by recording. All rows are held: about 40 bytes each. A row
 * without place, time, speed or heading is left out and counted. One thread.
 */
final class TrackTable {
    private final Names recordingNames = new Names();
    private final Names vehicleNames = new Names();
    private final List<Recording> recordings = new ArrayList<>();

    /** By recording: the number within it of each vehicle name, or −1. */
    private final List<int[]> localNumbers = new ArrayList<>();

    private final long[] rejected = new long[Reject.values().length];

    private enum Reject {
        MINE_NO_RECORDING,
        MINE_NO_VEHICLE,
        MINE_NO_TIME,
        MINE_NO_POSITION,
        MINE_NO_SPEED,
        MINE_NO_HEADING
    }

    List<Recording> recordings() {
        return recordings;
    }

    /** Rows left out, by short stable name. */
    Map<String, Long> rejects() {
        Map<String, Long> result = new TreeMap<>();
        for (Reject reject : Reject.values()) {
            if (rejected[reject.ordinal()] > 0) {
                result.put(
                        reject.name().toLowerCase(java.util.Locale.ROOT),
                        rejected[reject.ordinal()]);
            }
        }
        return result;
    }

    void add(Batch batch) {
        Schema schema = batch.schema();
        int recording = schema.indexOf("recording");
        int vehicle = schema.indexOf("vehicle");
        int at = schema.indexOf("at");
        int x = schema.indexOf("x_m");
        int y = schema.indexOf("y_m");
        int speed = schema.indexOf("speed_mps");
        int heading = schema.indexOf("heading_degrees");
        int acceleration =
                schema.has("acceleration_mps2") ? schema.indexOf("acceleration_mps2") : -1;
        int length = schema.has("length_m") ? schema.indexOf("length_m") : -1;
        int width = schema.has("width_m") ? schema.indexOf("width_m") : -1;
        for (int row = 0; row < batch.rows(); row++) {
            if (!batch.isOk(recording, row)) {
                rejected[Reject.MINE_NO_RECORDING.ordinal()]++;
            } else if (!batch.isOk(vehicle, row)) {
                rejected[Reject.MINE_NO_VEHICLE.ordinal()]++;
            } else if (!batch.isOk(at, row)) {
                rejected[Reject.MINE_NO_TIME.ordinal()]++;
            } else if (!finite(batch, x, row) || !finite(batch, y, row)) {
                rejected[Reject.MINE_NO_POSITION.ordinal()]++;
            } else if (!finite(batch, speed, row)) {
                rejected[Reject.MINE_NO_SPEED.ordinal()]++;
            } else if (!finite(batch, heading, row)) {
                rejected[Reject.MINE_NO_HEADING.ordinal()]++;
            } else {
                int number = recordingNames.number(batch.strings(recording), row);
                if (number == recordings.size()) {
                    String name = new String(recordingNames.bytes(number), StandardCharsets.UTF_8);
                    recordings.add(new Recording(name));
                    localNumbers.add(new int[0]);
                }
                Recording target = recordings.get(number);
                target.add(
                        local(number, target, vehicleNames.number(batch.strings(vehicle), row)),
                        batch.longs(at)[row],
                        batch.doubles(x)[row],
                        batch.doubles(y)[row],
                        (float) batch.doubles(speed)[row],
                        (float) batch.doubles(heading)[row],
                        (float) orElse(batch, acceleration, row, Double.NaN),
                        (float) positiveOr(batch, length, row, Recording.DEFAULT_LENGTH),
                        (float) positiveOr(batch, width, row, Recording.DEFAULT_WIDTH));
            }
        }
    }

    private int local(int recording, Recording target, int vehicle) {
        int[] numbers = localNumbers.get(recording);
        if (vehicle >= numbers.length) {
            int was = numbers.length;
            numbers = Arrays.copyOf(numbers, Math.max(vehicle + 1, was * 2));
            Arrays.fill(numbers, was, numbers.length, -1);
            localNumbers.set(recording, numbers);
        }
        if (numbers[vehicle] < 0) {
            numbers[vehicle] = target.vehicles;
        }
        return numbers[vehicle];
    }

    private static boolean finite(Batch batch, int column, int row) {
        return batch.isOk(column, row) && Double.isFinite(batch.doubles(column)[row]);
    }

    private static double orElse(Batch batch, int column, int row, double otherwise) {
        return column >= 0 && batch.isOk(column, row) ? batch.doubles(column)[row] : otherwise;
    }

    private static double positiveOr(Batch batch, int column, int row, double otherwise) {
        double value = orElse(batch, column, row, otherwise);
        return value > 0 && value < 60 ? value : otherwise;
    }
}
