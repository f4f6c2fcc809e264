package org.roadloop.collect.v2x;

import static org.roadloop.collect.v2x.RoadsideColumns.real;
import static org.roadloop.collect.v2x.RoadsideColumns.whole;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.roadloop.collect.v2x.day1.IntersectionState;
import org.roadloop.collect.v2x.day1.MessageFrame;
import org.roadloop.collect.v2x.day1.NodeReference;
import org.roadloop.collect.v2x.day1.Phase;
import org.roadloop.collect.v2x.day1.PhaseTimes;
import org.roadloop.collect.v2x.day1.SignalPhaseAndTiming;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.StringColumn;

/**
 * The raw table {@code signal_phase} (信号灯相位原始表): one row for each light a phase shows or will show,
 * {@code step} 0 being the present one. Times are seconds from {@code at} when {@code counting},
 * and seconds within the hour, UTC, when not. One thread.
 */
public final class SignalPhaseColumns implements RoadsideRows {
    public static final String NAME = "signal_phase";

    /** 32 junctions of 16 phases of 16 lights. */
    public static final int MOST_ROWS = 32 * 16 * 16;

    public static final int REGION = RoadsideColumns.COUNT;
    public static final int INTERSECTION = REGION + 1;
    public static final int STATUS = REGION + 2;
    public static final int PHASE = REGION + 3;
    public static final int STEP = REGION + 4;
    public static final int LIGHT = REGION + 5;
    public static final int COUNTING = REGION + 6;
    public static final int START_S = REGION + 7;
    public static final int MIN_END_S = REGION + 8;
    public static final int MAX_END_S = REGION + 9;
    public static final int LIKELY_END_S = REGION + 10;
    public static final int CONFIDENCE_PERCENT = REGION + 11;
    public static final int NEXT_START_S = REGION + 12;
    public static final int NEXT_DURATION_S = REGION + 13;
    public static final int NEXT_END_S = REGION + 14;

    public static final Schema SCHEMA =
            RoadsideColumns.schema(
                    whole("region", DataClass.ENVIRONMENT),
                    whole("intersection", DataClass.ENVIRONMENT),
                    whole("status", DataClass.ENVIRONMENT),
                    whole("phase", DataClass.ENVIRONMENT),
                    whole("step", DataClass.ENVIRONMENT),
                    RoadsideColumns.text("light", DataClass.ENVIRONMENT, Grade.GENERAL),
                    Column.of(
                            "counting", ColumnType.BOOL, "", DataClass.ENVIRONMENT, Grade.GENERAL),
                    real("start_s", "s", DataClass.ENVIRONMENT),
                    real("min_end_s", "s", DataClass.ENVIRONMENT),
                    real("max_end_s", "s", DataClass.ENVIRONMENT),
                    real("likely_end_s", "s", DataClass.ENVIRONMENT),
                    real("confidence_percent", "%", DataClass.ENVIRONMENT),
                    real("next_start_s", "s", DataClass.ENVIRONMENT),
                    real("next_duration_s", "s", DataClass.ENVIRONMENT),
                    real("next_end_s", "s", DataClass.ENVIRONMENT));

    private static final int NOT_KNOWN = 36_001;
    private static final byte[][] LIGHTS = new byte[10][];

    static {
        for (int light = 0; light < LIGHTS.length - 1; light++) {
            LIGHTS[light] = Phase.State.LIGHT.word(light).getBytes(StandardCharsets.UTF_8);
        }
        LIGHTS[LIGHTS.length - 1] = "later".getBytes(StandardCharsets.UTF_8);
    }

    private final RoadsideColumns common;
    private final int[] region;
    private final byte[] regionState;
    private final int[] intersection;
    private final int[] status;
    private final int[] phaseNumber;
    private final int[] step;
    private final StringColumn light;
    private final boolean[] counting;
    private final byte[] countingState;
    private final Times start;
    private final Times minEnd;
    private final Times maxEnd;
    private final Times likelyEnd;
    private final Times confidence;
    private final Times nextStart;
    private final Times nextDuration;
    private final Times nextEnd;

    /** Cells and states of one column. */
    private record Times(double[] cells, byte[] states) {
        static Times of(Batch batch, int column) {
            return new Times(batch.doubles(column), batch.states(column));
        }

        void seconds(int row, boolean present, int deciseconds) {
            if (present) {
                cells[row] = deciseconds / 10.0;
                states[row] = deciseconds == NOT_KNOWN ? CellState.INVALID : CellState.OK;
            } else {
                states[row] = CellState.ABSENT;
            }
        }

        void absent(int row) {
            states[row] = CellState.ABSENT;
        }
    }

    public SignalPhaseColumns(Batch batch) {
        common = new RoadsideColumns(batch, SCHEMA);
        common.alwaysOk(INTERSECTION, COUNTING);
        region = batch.ints(REGION);
        regionState = batch.states(REGION);
        intersection = batch.ints(INTERSECTION);
        status = batch.ints(STATUS);
        phaseNumber = batch.ints(PHASE);
        step = batch.ints(STEP);
        light = batch.strings(LIGHT);
        counting = batch.booleans(COUNTING);
        countingState = batch.states(COUNTING);
        start = Times.of(batch, START_S);
        minEnd = Times.of(batch, MIN_END_S);
        maxEnd = Times.of(batch, MAX_END_S);
        likelyEnd = Times.of(batch, LIKELY_END_S);
        confidence = Times.of(batch, CONFIDENCE_PERCENT);
        nextStart = Times.of(batch, NEXT_START_S);
        nextDuration = Times.of(batch, NEXT_DURATION_S);
        nextEnd = Times.of(batch, NEXT_END_S);
    }

    @Override
    public void append(MessageFrame frame, RoadsideOrigin origin) {
        SignalPhaseAndTiming spat = frame.spat;
        for (int i = 0; i < spat.intersections.size(); i++) {
            IntersectionState junction = spat.intersections.get(i);
            long at = origin.timeMillis * 1000;
            if ((junction.presence & IntersectionState.TIME_STAMP) != 0) {
                at = origin.atMicros(junction.timeStampMillis);
            } else if ((spat.presence & SignalPhaseAndTiming.TIME_STAMP) != 0) {
                at = origin.atMicros(spat.timeStampMillis);
            }
            junction(junction, origin, at);
        }
    }

    private void junction(IntersectionState junction, RoadsideOrigin origin, long at) {
        int count = 0;
        for (int p = 0; p < junction.phases.size(); p++) {
            count += junction.phases.get(p).phaseStates.size();
        }
        int row = common.addRows(origin, at, count);
        int end = row + count;
        NodeReference id = junction.intersectionId;
        boolean hasRegion = (id.presence & NodeReference.REGION) != 0;
        Arrays.fill(region, row, end, id.region);
        Arrays.fill(regionState, row, end, hasRegion ? CellState.OK : CellState.ABSENT);
        Arrays.fill(intersection, row, end, id.id);
        Arrays.fill(status, row, end, (int) junction.status);
        for (int p = 0; p < junction.phases.size(); p++) {
            Phase phase = junction.phases.get(p);
            for (int s = 0; s < phase.phaseStates.size(); s++) {
                phaseNumber[row] = phase.id;
                step[row] = s;
                state(row++, phase.phaseStates.get(s));
            }
        }
    }

    private void state(int row, Phase.State state) {
        byte[] word = LIGHTS[Math.min(state.light, LIGHTS.length - 1)];
        light.set(row, word, 0, word.length);
        boolean timed =
                (state.presence & Phase.State.TIMING) != 0 && state.timingForm <= Phase.State.UTC;
        countingState[row] = timed ? CellState.OK : CellState.ABSENT;
        if (!timed) {
            start.absent(row);
            minEnd.absent(row);
            maxEnd.absent(row);
            likelyEnd.absent(row);
            confidence.absent(row);
            nextStart.absent(row);
            nextDuration.absent(row);
            nextEnd.absent(row);
            return;
        }
        boolean down = state.timingForm == Phase.State.COUNTING;
        counting[row] = down;
        PhaseTimes t = down ? state.counting : state.utcTiming;
        int presence = t.presence;
        start.seconds(row, true, t.startDeciseconds);
        minEnd.seconds(row, (presence & PhaseTimes.MIN_END) != 0, t.minEndDeciseconds);
        maxEnd.seconds(row, (presence & PhaseTimes.MAX_END) != 0, t.maxEndDeciseconds);
        likelyEnd.seconds(row, true, t.likelyEndDeciseconds);
        boolean confident = (presence & PhaseTimes.TIME_CONFIDENCE) != 0;
        confidence.cells[row] = t.timeConfidenceHalfPercent * 0.5;
        confidence.states[row] = confident ? CellState.OK : CellState.ABSENT;
        boolean next = (presence & PhaseTimes.NEXT_LAST) != 0;
        nextStart.seconds(row, (presence & PhaseTimes.NEXT_START) != 0, t.nextStartDeciseconds);
        nextDuration.seconds(row, next && down, t.nextLastDeciseconds);
        nextEnd.seconds(row, next && !down, t.nextLastDeciseconds);
    }
}
