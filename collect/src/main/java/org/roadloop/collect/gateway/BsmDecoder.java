package org.roadloop.collect.gateway;

import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.v2x.BasicSafetyMessage;
import org.roadloop.collect.v2x.Junction;
import org.roadloop.collect.v2x.JunctionRegister;
import org.roadloop.collect.v2x.TrackPointColumns;
import org.roadloop.collect.v2x.TrackPointTable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;

/** Basic safety messages to rows of {@code track_point} (轨迹解码). */
public final class BsmDecoder implements FrameDecoder {
    private final JunctionRegister junctions;
    private final Counters counters;
    private @Nullable TrackPointColumns columns;

    public BsmDecoder(JunctionRegister junctions, Counters counters) {
        this.junctions = junctions;
        this.counters = counters;
    }

    @Override
    public boolean accepts(Source source) {
        return source == Source.V2X_BSM;
    }

    @Override
    public String table() {
        return TrackPointTable.NAME;
    }

    @Override
    public Schema schema() {
        return TrackPointTable.SCHEMA;
    }

    @Override
    public void bind(Batch batch) {
        columns = new TrackPointColumns(batch);
    }

    @Override
    public void decode(FrameLogReader record) {
        TrackPointColumns bound = columns;
        if (bound == null) {
            throw new IllegalStateException("no batch is bound");
        }
        BasicSafetyMessage.Verdict verdict =
                BasicSafetyMessage.check(record.bytes(), record.offset(), record.length());
        counters.increment(verdict.counterName());
        if (verdict != BasicSafetyMessage.Verdict.OK) {
            return;
        }
        Junction junction =
                junctions.at(BasicSafetyMessage.junction(record.bytes(), record.offset()));
        if (junction == null) {
            counters.increment("bsm_unknown_junction");
            return;
        }
        bound.append(
                record.bytes(),
                record.offset(),
                junction,
                record.receivedAtMicros(),
                record.segment(),
                record.recordOffset());
    }
}
