package org.roadloop.collect.gateway;

import java.util.concurrent.atomic.LongAdder;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gb32960.FrameCutter;
import org.roadloop.collect.gb32960.ReportVerdict;

/** The counters the hot path touches, looked up once (热路径计数). */
final class GatewayCounts {
    final LongAdder opened;
    final LongAdder closed;
    final LongAdder paused;
    final LongAdder bytes;
    final LongAdder taken;
    final LongAdder acknowledged;
    final LongAdder jt808Frames;
    private final LongAdder[] cuts = new LongAdder[FrameCutter.Verdict.values().length];
    private final LongAdder[] reports = new LongAdder[ReportVerdict.values().length];

    GatewayCounts(Counters counters) {
        opened = counters.counter("gateway_connections_opened");
        closed = counters.counter("gateway_connections_closed");
        paused = counters.counter("gateway_paused");
        bytes = counters.counter("gateway_received_bytes");
        taken = counters.counter("gateway_frames_taken");
        jt808Frames = counters.counter("jt808_frames");
        acknowledged = counters.counter("gateway_frames_acknowledged");
        for (FrameCutter.Verdict verdict : FrameCutter.Verdict.values()) {
            if (verdict != FrameCutter.Verdict.MORE) {
                cuts[verdict.ordinal()] = counters.counter(verdict.counterName());
            } else {
                cuts[verdict.ordinal()] = new LongAdder();
            }
        }
        for (ReportVerdict verdict : ReportVerdict.values()) {
            reports[verdict.ordinal()] = counters.counter(verdict.counterName());
        }
    }

    void count(FrameCutter.Verdict verdict) {
        cuts[verdict.ordinal()].increment();
    }

    void count(ReportVerdict verdict) {
        reports[verdict.ordinal()].increment();
    }
}
