package org.roadloop.collect.gateway;

import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.jt808.PositionWalk;
import org.roadloop.collect.jt808.SafetyAlarmColumns;
import org.roadloop.collect.jt808.SafetyAlarmTable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;

/**
 * The active-safety alarms of JT/T 808 positions to rows of {@code safety_alarms} (主动安全报警解码).
 * Faults of the messages are counted by {@link Jt808PositionDecoder}, which reads the same records.
 */
public final class Jt808SafetyAlarmDecoder implements FrameDecoder, PositionWalk.Visitor {
    private static final int MOST_ROWS = 2048;

    private final PositionWalk walk = new PositionWalk();
    private final Counters counters;
    private @Nullable SafetyAlarmColumns columns;
    private @Nullable FrameLogReader record;

    public Jt808SafetyAlarmDecoder(Counters counters) {
        this.counters = counters;
    }

    @Override
    public boolean accepts(Source source) {
        return source.isJt808();
    }

    @Override
    public String table() {
        return SafetyAlarmTable.NAME;
    }

    @Override
    public Schema schema() {
        return SafetyAlarmTable.SCHEMA;
    }

    @Override
    public void bind(Batch batch) {
        columns = new SafetyAlarmColumns(batch);
    }

    @Override
    public int mostRows() {
        return MOST_ROWS;
    }

    @Override
    public void decode(FrameLogReader reader) {
        if (columns == null) {
            throw new IllegalStateException("no batch is bound");
        }
        record = reader;
        walk.walk(reader.bytes(), reader.offset(), reader.length(), this);
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
            int left = columns.append(bytes, body, end, item);
            if (left > 0) {
                counters.add("jt808_safety_alarm_over", left);
            }
        }
    }
}
