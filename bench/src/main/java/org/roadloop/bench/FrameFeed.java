package org.roadloop.bench;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gb32960.FrameCutter;
import org.roadloop.collect.gb32960.VehicleReportColumns;
import org.roadloop.collect.gb32960.VehicleReportTable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.BatchFeed;
import org.roadloop.core.table.BatchPool;
import org.roadloop.core.table.LogPosition;

/**
 * Frame bytes as a feed (帧供给): each chunk is decoded by the platform's own codec out of rounds of
 * {@link FrameRound}, which are made as they are needed. A feed is read once, from its start. One
 * thread.
 */
final class FrameFeed implements BatchFeed {
    /** Rows of a raw batch, as the platform's feed makes them. */
    static final int BATCH_ROWS = 8_192;

    private static final int LARGEST_FRAME_BYTES = 4_096;

    private final FrameRound round;
    private final FrameCutter cutter = new FrameCutter(LARGEST_FRAME_BYTES);
    private final BatchPool pool = new BatchPool(VehicleReportTable.SCHEMA, BATCH_ROWS, 2);
    private int roundsLeft;
    private boolean inRound;
    private long offset;
    private long makingNanos;

    FrameFeed(long seed, int rounds) {
        round = new FrameRound(seed);
        roundsLeft = rounds;
    }

    /** More rounds to read. */
    void allow(int rounds) {
        roundsLeft += rounds;
    }

    /** Time that went into making frames, which is none of the platform's. */
    long makingNanos() {
        return makingNanos;
    }

    @Override
    public @Nullable Chunk next(LogPosition from, Duration wait) {
        if (from.offset() != offset) {
            throw new IllegalStateException("a feed of the bench is read once, in order");
        }
        Batch batch = pool.take();
        VehicleReportColumns columns = new VehicleReportColumns(batch);
        while (!batch.isFull()) {
            if (!inRound && !begin()) {
                break;
            }
            if (cutter.next() != FrameCutter.Verdict.FRAME) {
                inRound = false;
                continue;
            }
            boolean usable =
                    columns.append(
                                    round.bytes(),
                                    cutter.start(),
                                    round.receivedAtMicros(),
                                    Lineage.SIMULATED,
                                    0,
                                    offset)
                            .isUsable();
            if (!usable) {
                throw new IllegalStateException("a frame of the bench cannot be used");
            }
            offset += cutter.length();
        }
        if (batch.rows() == 0) {
            batch.close();
            return null;
        }
        return new Chunk(Map.of(VehicleReportTable.NAME, batch), new LogPosition(0, offset));
    }

    private boolean begin() {
        if (roundsLeft == 0) {
            return false;
        }
        long began = System.nanoTime();
        roundsLeft--;
        round.next();
        cutter.over(round.bytes(), 0, round.bytes().length);
        inRound = true;
        makingNanos += System.nanoTime() - began;
        return true;
    }

    @Override
    public void consumed(LogPosition upTo) {
        // Nothing is kept.
    }
}
