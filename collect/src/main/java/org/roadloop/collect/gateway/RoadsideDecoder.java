package org.roadloop.collect.gateway;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.v2x.ParticipantColumns;
import org.roadloop.collect.v2x.RoadEventColumns;
import org.roadloop.collect.v2x.RoadsideOrigin;
import org.roadloop.collect.v2x.RoadsideRows;
import org.roadloop.collect.v2x.SignalPhaseColumns;
import org.roadloop.collect.v2x.TrackPointColumns;
import org.roadloop.collect.v2x.TrackPointTable;
import org.roadloop.collect.v2x.UnitRegister;
import org.roadloop.collect.v2x.V2xUnit;
import org.roadloop.collect.v2x.day1.MessageFrame;
import org.roadloop.collect.v2x.day1.RoadsideEnvelope;
import org.roadloop.collect.v2x.uper.Fault;
import org.roadloop.collect.v2x.uper.UperReader;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;

/**
 * Envelopes of roadside units to rows (路侧报文解码): signal phases, road users, events and signs, track
 * points. A frame that is faulty or of another kind than its topic is counted and adds no row.
 */
public final class RoadsideDecoder implements FrameDecoder {
    private static final List<Target> TARGETS =
            List.of(
                    new Target(
                            MessageFrame.SPAT,
                            SignalPhaseColumns.NAME,
                            SignalPhaseColumns.SCHEMA,
                            SignalPhaseColumns.MOST_ROWS,
                            SignalPhaseColumns::new),
                    new Target(
                            MessageFrame.RSM,
                            ParticipantColumns.NAME,
                            ParticipantColumns.SCHEMA,
                            ParticipantColumns.MOST_ROWS,
                            ParticipantColumns::new),
                    new Target(
                            MessageFrame.RSI,
                            RoadEventColumns.NAME,
                            RoadEventColumns.SCHEMA,
                            RoadEventColumns.MOST_ROWS,
                            RoadEventColumns::new),
                    new Target(
                            MessageFrame.BSM,
                            TrackPointTable.NAME,
                            TrackPointTable.SCHEMA,
                            RoadsideEnvelope.MOST_FRAMES,
                            TrackPointColumns::new));

    private final Target target;
    private final UnitRegister units;
    private final Counters counters;
    private final RoadsideEnvelope envelope = new RoadsideEnvelope();
    private final UperReader reader = new UperReader();
    private final MessageFrame frame = new MessageFrame();
    private final RoadsideOrigin origin = new RoadsideOrigin();
    private @Nullable RoadsideRows rows;

    /** One kind of message and the table that it goes to. */
    private record Target(
            int kind,
            String table,
            Schema schema,
            int mostRows,
            Function<Batch, RoadsideRows> columns) {}

    private RoadsideDecoder(Target target, UnitRegister units, Counters counters) {
        this.target = target;
        this.units = units;
        this.counters = counters;
    }

    /**
     * A decoder for each table of road messages: {@code signal_phase}, {@code road_participant},
     * {@code road_event}, {@code track_point}.
     */
    public static List<FrameDecoder> all(UnitRegister units, Counters counters) {
        return TARGETS.stream()
                .<FrameDecoder>map(target -> new RoadsideDecoder(target, units, counters))
                .toList();
    }

    /** The raw tables that messages of a unit go to. */
    public static List<String> tables(V2xUnit unit) {
        return TARGETS.stream()
                .filter(target -> unit.maySend(target.kind()))
                .map(Target::table)
                .toList();
    }

    @Override
    public boolean accepts(Source offered) {
        return offered == Source.ofMessage(target.kind());
    }

    @Override
    public String table() {
        return target.table();
    }

    @Override
    public Schema schema() {
        return target.schema();
    }

    @Override
    public int mostRows() {
        return target.mostRows();
    }

    @Override
    public void bind(Batch batch) {
        rows = target.columns().apply(batch);
    }

    @Override
    public void decode(FrameLogReader record) {
        RoadsideRows bound = rows;
        if (bound == null) {
            throw new IllegalStateException("no batch is bound");
        }
        byte[] bytes = record.bytes();
        RoadsideEnvelope.Verdict verdict = envelope.read(bytes, record.offset(), record.length());
        counters.increment(verdict.counterName());
        if (verdict != RoadsideEnvelope.Verdict.OK) {
            return;
        }
        origin.unit(envelope.roadsideUnit(), units.at(envelope.roadsideUnit()));
        origin.timeMillis = envelope.timeMillis();
        origin.lineage = record.lineage();
        origin.receivedAtMicros = record.receivedAtMicros();
        origin.segment = record.segment();
        origin.frameOffset = record.recordOffset();
        for (int i = 0; i < envelope.count(); i++) {
            Fault fault = envelope.frame(bytes, i, reader, frame);
            if (fault != Fault.NONE) {
                counters.increment(fault.counterName());
            } else if (frame.kind != target.kind()) {
                counters.increment("v2x_other_message");
            } else {
                counters.increment(fault.counterName());
                bound.append(frame, origin);
            }
        }
    }
}
