package org.roadloop.collect.gateway;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;

/**
 * Takes frames that a partner's platform brings by other ways than the protocol's own link (报文接入),
 * with the checks of that link. It is fed pieces of whole frames; {@link #next} walks through a
 * piece. One thread.
 *
 * <p>Counts refusals under the names that the gateway has for them.
 */
public abstract class FrameIntake {
    /** What became of the next stretch of a piece. */
    public enum Step {
        /** A record of {@link #frames} frames is on its way to the disk; its listener will hear. */
        TAKEN,
        /** A package, which waits for the others of its message. */
        KEPT,
        /** Something at {@link #offset} was refused for {@link #reason}. */
        REFUSED,
        /** The log has no room: nothing was taken, the next call tries again. */
        FULL,
        /** The piece is over. */
        END
    }

    /** What the log had no room for. */
    private record Waiting(
            Source source, Lineage lineage, long identityHash, byte[] record, int frames) {}

    final Counters counters;
    private final FrameLog log;
    private final InstantSource clock;
    private @Nullable Waiting waiting;
    private int frames;
    private String reason = "";

    FrameIntake(FrameLog log, Counters counters, InstantSource clock) {
        this.log = log;
        this.counters = counters;
        this.clock = clock;
    }

    /** The next steps are about this piece; the one before is at its end. */
    public abstract void over(byte[] piece);

    /** Of what the last step was about, in its piece. */
    public abstract int offset();

    abstract Step step(CommitListener listener);

    /**
     * Goes one step on.
     *
     * @param listener told when the record of {@link Step#TAKEN} is durable; its {@code durable} is
     *     called once a record
     */
    public Step next(CommitListener listener) {
        Waiting left = waiting;
        if (left == null) {
            return step(listener);
        }
        waiting = null;
        return offer(left, listener);
    }

    /** Frames in the record that was taken last. */
    public int frames() {
        return frames;
    }

    /** Short stable name of why something was refused. */
    public String reason() {
        return reason;
    }

    /** Forgets messages in packages that are not whole; returns how many frames that is. */
    public int giveUpPackages() {
        return 0;
    }

    final Step offer(
            Source source,
            Lineage lineage,
            long identityHash,
            byte[] record,
            int ofFrames,
            CommitListener listener) {
        return offer(new Waiting(source, lineage, identityHash, record, ofFrames), listener);
    }

    private Step offer(Waiting what, CommitListener listener) {
        boolean taken =
                log.offer(
                        what.source,
                        what.lineage,
                        what.identityHash,
                        clock.millis() * 1000,
                        what.record,
                        0,
                        what.record.length,
                        listener);
        if (!taken) {
            waiting = what;
            return Step.FULL;
        }
        frames = what.frames;
        counters.increment("gateway_frames_taken");
        return Step.TAKEN;
    }

    final Step refuse(String counterName) {
        counters.increment(counterName);
        reason = counterName;
        return Step.REFUSED;
    }
}
