package org.roadloop.collect.gateway;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.RealTimeReport;
import org.roadloop.collect.gb32960.ReissuedReport;
import org.roadloop.collect.gb32960.ReportVerdict;
import org.roadloop.collect.gb32960.VehicleReportColumns;
import org.roadloop.collect.gb32960.VehicleReportTable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;

/** Reports of both profiles to rows of {@code vehicle_report} (上报解码); other messages add none. */
public final class Gb32960Decoder implements FrameDecoder {
    private final LongAdder[] verdicts = new LongAdder[ReportVerdict.values().length];
    private final LongAdder otherMessages;
    private final Counters counters;
    private final FrameSecurity security;
    private @Nullable VehicleReportColumns columns;

    /**
     * @param counters of the decoding side, apart from those of the gateway, which counts the same
     *     names on arrival
     */
    public Gb32960Decoder(Counters counters) {
        this(counters, FrameSecurity.NONE);
    }

    /**
     * @param security opens what was taken encrypted; a key that was taken away since leaves the
     *     raw frame without a row, counted
     */
    public Gb32960Decoder(Counters counters, FrameSecurity security) {
        this.counters = counters;
        this.security = security;
        for (ReportVerdict verdict : ReportVerdict.values()) {
            verdicts[verdict.ordinal()] = counters.counter(verdict.counterName());
        }
        otherMessages = counters.counter("gb32960_other_messages");
    }

    @Override
    public boolean accepts(Source source) {
        return source == Source.GB32960_PLATFORM || source == Source.GB32960_TERMINAL;
    }

    @Override
    public String table() {
        return VehicleReportTable.NAME;
    }

    @Override
    public Schema schema() {
        return VehicleReportTable.SCHEMA;
    }

    @Override
    public void bind(Batch batch) {
        columns = new VehicleReportColumns(batch);
    }

    @Override
    public void decode(FrameLogReader record) {
        VehicleReportColumns bound = columns;
        if (bound == null) {
            throw new IllegalStateException("no batch is bound");
        }
        byte[] bytes = record.bytes();
        int frame = record.offset();
        int command = Frame.command(bytes, frame);
        if (command != RealTimeReport.COMMAND && command != ReissuedReport.COMMAND) {
            otherMessages.increment();
            return;
        }
        if (Frame.encryption(bytes, frame) != Frame.ENCRYPTION_NONE) {
            byte[] opened = security.open(bytes, frame, counters);
            if (opened == null) {
                return;
            }
            bytes = opened;
            frame = 0;
        }
        ReportVerdict verdict =
                bound.append(
                        bytes,
                        frame,
                        record.receivedAtMicros(),
                        record.lineage(),
                        record.segment(),
                        record.recordOffset());
        verdicts[verdict.ordinal()].increment();
    }
}
