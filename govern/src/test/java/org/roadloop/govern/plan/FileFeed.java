package org.roadloop.govern.plan;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.BatchFeed;
import org.roadloop.core.table.LogPosition;

/**
 * A frame log as a file of 16-byte records: kind (0 vehicle, 1 track), car, time, value. Chunks
 * have random borders, other ones in every process. What is told to be consumed is written down, so
 * that a test can see that nothing uncommitted was given up.
 */
final class FileFeed implements BatchFeed {
    static final int RECORD_BYTES = 16;
    private static final int SEGMENT_RECORDS = 1_000;

    private final RandomAccessFile file;
    private final Path consumedFile;
    private final Random random = new Random();
    private final int mostRecords;

    FileFeed(Path log, Path consumedFile, int mostRecords) throws IOException {
        this.file = new RandomAccessFile(log.toFile(), "r");
        this.consumedFile = consumedFile;
        this.mostRecords = mostRecords;
    }

    static LogPosition place(long record) {
        return new LogPosition(record / SEGMENT_RECORDS, record % SEGMENT_RECORDS * RECORD_BYTES);
    }

    static long record(LogPosition place) {
        return place.segment() * SEGMENT_RECORDS + place.offset() / RECORD_BYTES;
    }

    @Override
    public @Nullable Chunk next(LogPosition from, Duration wait) {
        try {
            long first = record(from);
            long end =
                    Math.min(file.length() / RECORD_BYTES, first + 1 + random.nextInt(mostRecords));
            if (first >= end) {
                LockSupport.parkNanos(Math.min(wait.toNanos(), 5_000_000));
                return null;
            }
            Batch vehicles = RawRows.vehicles((int) (end - first));
            Batch tracks = RawRows.tracks((int) (end - first));
            file.seek(first * RECORD_BYTES);
            for (long record = first; record < end; record++) {
                int kind = file.readInt();
                int car = file.readInt();
                int time = file.readInt();
                int value = file.readInt();
                LogPosition place = place(record);
                if (kind == 0) {
                    int row = RawRows.vehicle(vehicles, car, time, place.segment(), place.offset());
                    vehicles.set(vehicles.schema().indexOf("soc_percent"), row, value);
                } else {
                    int row = RawRows.track(tracks, car, time, place.segment(), place.offset());
                    tracks.set(tracks.schema().indexOf("length_m"), row, (double) value);
                }
            }
            return new Chunk(Map.of("vehicle_report", vehicles, "track_point", tracks), place(end));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void consumed(LogPosition upTo) {
        try {
            Files.writeString(consumedFile, upTo.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
