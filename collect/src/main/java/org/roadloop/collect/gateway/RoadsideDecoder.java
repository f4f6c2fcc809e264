package org.roadloop.collect.gateway;

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
    private final Source source;
    private final int kind;
    private final String table;
    private final Schema schema;
    private final int mostRows;
    private final Function<Batch, RoadsideRows> columns;
    private final Counters counters;
    private final RoadsideEnvelope envelope = new RoadsideEnvelope();
    private final UperReader reader = new UperReader();
    private final MessageFrame frame = new MessageFrame();
    private final RoadsideOrigin origin = new RoadsideOrigin();
    private @Nullable RoadsideRows rows;

    private RoadsideDecoder(
            Source source,
            int kind,
            String table,
            Schema schema,
            int mostRows,
            Function<Batch, RoadsideRows> columns,
            Counters counters) {
        this.source = source;
        this.kind = kind;
        this.table = table;
        this.schema = schema;
        this.mostRows = mostRows;
        this.columns = columns;
        this.counters = counters;
    }

    /** SPAT to {@code signal_phase}. */
    public static RoadsideDecoder signals(Counters counters) {
        return new RoadsideDecoder(
                Source.ROADSIDE_SPAT,
                MessageFrame.SPAT,
                SignalPhaseColumns.NAME,
                SignalPhaseColumns.SCHEMA,
                SignalPhaseColumns.MOST_ROWS,
                SignalPhaseColumns::new,
                counters);
    }

    /** RSM to {@code road_participant}. */
    public static RoadsideDecoder participants(Counters counters) {
        return new RoadsideDecoder(
                Source.ROADSIDE_RSM,
                MessageFrame.RSM,
                ParticipantColumns.NAME,
                ParticipantColumns.SCHEMA,
                ParticipantColumns.MOST_ROWS,
                ParticipantColumns::new,
                counters);
    }

    /** RSI to {@code road_event}. */
    public static RoadsideDecoder events(Counters counters) {
        return new RoadsideDecoder(
                Source.ROADSIDE_RSI,
                MessageFrame.RSI,
                RoadEventColumns.NAME,
                RoadEventColumns.SCHEMA,
                RoadEventColumns.MOST_ROWS,
                RoadEventColumns::new,
                counters);
    }

    /** BSM to {@code track_point}. */
    public static RoadsideDecoder vehicles(Counters counters) {
        return new RoadsideDecoder(
                Source.ROADSIDE_BSM,
                MessageFrame.BSM,
                TrackPointTable.NAME,
                TrackPointTable.SCHEMA,
                RoadsideEnvelope.MOST_FRAMES,
                TrackPointColumns::new,
                counters);
    }

    @Override
    public boolean accepts(Source offered) {
        return offered == source;
    }

    @Override
    public String table() {
        return table;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public int mostRows() {
        return mostRows;
    }

    @Override
    public void bind(Batch batch) {
        rows = columns.apply(batch);
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
        origin.unit(envelope.roadsideUnit());
        origin.timeMillis = envelope.timeMillis();
        origin.lineage = record.lineage();
        origin.receivedAtMicros = record.receivedAtMicros();
        origin.segment = record.segment();
        origin.frameOffset = record.recordOffset();
        for (int i = 0; i < envelope.count(); i++) {
            Fault fault = envelope.frame(bytes, i, reader, frame);
            if (fault != Fault.NONE) {
                counters.increment(fault.counterName());
            } else if (frame.kind != kind) {
                counters.increment("v2x_other_message");
            } else {
                counters.increment(fault.counterName());
                bound.append(frame, origin);
            }
        }
    }
}
