package org.roadloop.apply.scenario;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.TableSource;

/**
 * Mines tracks for scenarios (场景挖掘). Columns used: recording, vehicle, at, x_m, y_m, speed_mps,
 * heading_degrees and, where present, acceleration_mps2, length_m, width_m. Rows may come in any
 * order. One thread per call.
 */
public final class Miner {
    /** Columns a scan should be opened with. */
    public static final List<String> COLUMNS =
            List.of(
                    "recording",
                    "vehicle",
                    "at",
                    "x_m",
                    "y_m",
                    "speed_mps",
                    "heading_degrees",
                    "acceleration_mps2",
                    "length_m",
                    "width_m");

    private Miner() {}

    /** The batches stay the caller's. */
    public static MiningResult mine(Iterable<Batch> batches, MiningConfig config) {
        TrackTable table = new TrackTable();
        long rows = 0;
        for (Batch batch : batches) {
            table.add(batch);
            rows += batch.rows();
        }
        return mine(table, rows, config);
    }

    /** Reads the scan to its end and gives its batches back; the scan is not closed. */
    public static MiningResult mine(TableSource.Scan scan, MiningConfig config) {
        TrackTable table = new TrackTable();
        long rows = 0;
        for (@Nullable Batch batch = scan.next(); batch != null; batch = scan.next()) {
            try (Batch owned = batch) {
                table.add(owned);
                rows += owned.rows();
            }
        }
        return mine(table, rows, config);
    }

    private static MiningResult mine(TrackTable table, long rows, MiningConfig config) {
        List<Scenario> scenarios = new ArrayList<>();
        long vehicleFrames = 0;
        double seconds = 0;
        List<Recording> recordings = new ArrayList<>(table.recordings());
        recordings.sort(Comparator.comparing(r -> r.name));
        for (Recording recording : recordings) {
            Frames frames = Frames.of(recording);
            PairKernel pairs = new PairKernel(frames, config);
            pairs.run();
            scenarios.addAll(new Detectors(recording.name, frames, pairs, config).find());
            vehicleFrames += frames.entries;
            seconds += (frames.ticks - 1) / 10.0;
        }
        scenarios.sort(
                Comparator.comparing(Scenario::recording)
                        .thenComparingDouble(Scenario::startSeconds)
                        .thenComparing(Scenario::type));
        return new MiningResult(
                scenarios,
                vehicleFrames,
                recordings.size(),
                seconds,
                rows,
                table.rejects(),
                config.queryHash());
    }
}
