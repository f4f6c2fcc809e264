package org.roadloop.bench;

import java.util.Map;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.runner.RunnerException;
import org.roadloop.collect.v2x.RoadsideOrigin;
import org.roadloop.collect.v2x.SignalPhaseColumns;
import org.roadloop.collect.v2x.day1.IntersectionState;
import org.roadloop.collect.v2x.day1.MessageFrame;
import org.roadloop.collect.v2x.day1.NodeReference;
import org.roadloop.collect.v2x.day1.Phase;
import org.roadloop.collect.v2x.day1.PhaseTimes;
import org.roadloop.collect.v2x.day1.SignalPhaseAndTiming;
import org.roadloop.collect.v2x.uper.Fault;
import org.roadloop.collect.v2x.uper.UperReader;
import org.roadloop.collect.v2x.uper.UperWriter;
import org.roadloop.core.table.Batch;

/**
 * SPAT in UPER to the columns of {@code signal_phase}, one core: frames of 261 bytes in the shape
 * of a recorded one, one junction of eight phases of three lights with four times each, so 24 rows
 * a frame.
 */
public class V2xRates {
    private static final long SEED = 20_261_122;
    private static final int FRAMES = 256;
    private static final int FRAME_BYTES = 261;
    private static final int PHASES = 8;
    private static final int LIGHTS = 3;
    private static final int ROWS = 32 * PHASES * LIGHTS;

    /** The frames and the batch they are decoded into; one thread. */
    @State(Scope.Thread)
    public static class Work {
        final byte[] frames = frames();
        final Batch phases = new Batch(SignalPhaseColumns.SCHEMA, ROWS);
        private int turn;
        final SignalPhaseColumns columns = new SignalPhaseColumns(phases);
        final UperReader reader = new UperReader();
        final MessageFrame frame = new MessageFrame();
        final RoadsideOrigin origin = new RoadsideOrigin();

        /** Sets the roadside unit. */
        public Work() {
            origin.unit(0x755f_6964_5f31_3233L, null);
            origin.timeMillis = 1_605_336_902_333L;
        }

        long decode() {
            long sum = 0;
            for (int at = 0; at < frames.length; at += FRAME_BYTES) {
                if (phases.rows() == ROWS) {
                    sum += consume();
                }
                read(at);
                origin.frameOffset = at;
                columns.append(frame, origin);
            }
            return sum + consume();
        }

        int read(int at) {
            if (reader.read(frames, at, FRAME_BYTES, frame) != Fault.NONE) {
                throw new IllegalStateException("a frame of the bench is not right");
            }
            return frame.spat.msgCnt;
        }

        private long consume() {
            long sum = ColumnSum.of(phases, turn++);
            phases.clear();
            return sum;
        }
    }

    static double measure(Figures figures) throws RunnerException {
        return CodecRates.measure(
                V2xRates.class,
                figures,
                "frames/s",
                Map.of(
                        "spat", "v2x.spat_per_second",
                        "spatFields", "baseline.v2x.spat_without_columns_per_second"));
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public long spat(Work work) {
        return work.decode();
    }

    /** Only into the fields of the message: what the columns cost is the difference. */
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public int spatFields(Work work) {
        int sum = 0;
        for (int at = 0; at < work.frames.length; at += FRAME_BYTES) {
            sum += work.read(at);
        }
        return sum;
    }

    private static byte[] frames() {
        Random random = new Random(SEED);
        UperWriter writer = new UperWriter();
        byte[] frames = new byte[FRAMES * FRAME_BYTES];
        for (int i = 0; i < FRAMES; i++) {
            byte[] frame = writer.write(message(random, i));
            if (frame.length != FRAME_BYTES) {
                throw new IllegalStateException("a frame of the bench has " + frame.length);
            }
            System.arraycopy(frame, 0, frames, i * FRAME_BYTES, FRAME_BYTES);
        }
        return frames;
    }

    private static MessageFrame message(Random random, int number) {
        MessageFrame frame = new MessageFrame();
        frame.kind = MessageFrame.SPAT;
        SignalPhaseAndTiming spat = frame.spat;
        spat.presence = SignalPhaseAndTiming.MOY | SignalPhaseAndTiming.TIME_STAMP;
        spat.msgCnt = number & 0x7F;
        spat.moyMinutes = 458_335;
        spat.timeStampMillis = random.nextInt(60_000);
        IntersectionState junction = spat.intersections.add();
        junction.intersectionId.presence = NodeReference.REGION;
        junction.intersectionId.region = 255;
        junction.intersectionId.id = 9;
        junction.status = IntersectionState.STATUS.mask("fixedTimeOperation");
        for (int p = 0; p < PHASES; p++) {
            Phase phase = junction.phases.add();
            phase.id = 33 + p;
            for (int s = 0; s < LIGHTS; s++) {
                Phase.State state = phase.phaseStates.add();
                state.presence = Phase.State.TIMING;
                state.light = 3 + 2 * ((p + s) % LIGHTS);
                state.timingForm = Phase.State.COUNTING;
                PhaseTimes times = state.counting;
                times.presence = PhaseTimes.NEXT_START | PhaseTimes.NEXT_LAST;
                times.startDeciseconds = random.nextInt(600);
                times.likelyEndDeciseconds = random.nextInt(900);
                times.nextStartDeciseconds = random.nextInt(900);
                times.nextLastDeciseconds = random.nextInt(600);
            }
        }
        return frame;
    }
}
