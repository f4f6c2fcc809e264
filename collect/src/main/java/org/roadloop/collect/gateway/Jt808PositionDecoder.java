package org.roadloop.collect.gateway;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.jt808.PositionBatch;
import org.roadloop.collect.jt808.PositionColumns;
import org.roadloop.collect.jt808.PositionTable;
import org.roadloop.collect.jt808.PositionVerdict;
import org.roadloop.collect.jt808.PositionWalk;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;

/**
 * JT/T 808 messages to rows of {@code positions} (位置解码). A record is one frame, or all frames of a
 * message in packages; messages without positions add no row.
 */
public final class Jt808PositionDecoder implements FrameDecoder, PositionWalk.Visitor {
    private final PositionWalk walk = new PositionWalk();
    private final LongAdder[] records = new LongAdder[PositionWalk.Verdict.values().length];
    private final LongAdder[] positions = new LongAdder[PositionVerdict.values().length];
    private @Nullable PositionColumns columns;
    private @Nullable FrameLogReader record;

    /**
     * @param counters of the decoding side, apart from those of the gateway
     */
    public Jt808PositionDecoder(Counters counters) {
        for (PositionWalk.Verdict verdict : PositionWalk.Verdict.values()) {
            records[verdict.ordinal()] = counters.counter(verdict.counterName());
        }
        for (PositionVerdict verdict : PositionVerdict.values()) {
            positions[verdict.ordinal()] = counters.counter(verdict.counterName());
        }
    }

    @Override
    public boolean accepts(Source source) {
        return source.isJt808();
    }

    @Override
    public String table() {
        return PositionTable.NAME;
    }

    @Override
    public Schema schema() {
        return PositionTable.SCHEMA;
    }

    @Override
    public void bind(Batch batch) {
        columns = new PositionColumns(batch);
    }

    @Override
    public int mostRows() {
        return PositionBatch.MOST_POSITIONS;
    }

    @Override
    public void decode(FrameLogReader reader) {
        if (columns == null) {
            throw new IllegalStateException("no batch is bound");
        }
        record = reader;
        PositionWalk.Verdict verdict =
                walk.walk(reader.bytes(), reader.offset(), reader.length(), this);
        records[verdict.ordinal()].increment();
    }

    @Override
    public void message(byte[] bytes, int message) {
        if (columns != null && record != null) {
            columns.message(
                    bytes,
                    message,
                    record.receivedAtMicros(),
                    record.lineage(),
                    record.segment(),
                    record.recordOffset());
        }
    }

    @Override
    public void position(byte[] bytes, int body, int end, int item, boolean reissued) {
        if (columns != null) {
            PositionVerdict verdict = columns.append(bytes, body, end, item, reissued);
            positions[verdict.ordinal()].increment();
        }
    }
}
