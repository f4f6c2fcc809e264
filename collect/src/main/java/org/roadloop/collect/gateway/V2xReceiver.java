package org.roadloop.collect.gateway;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.v2x.MapRegister;
import org.roadloop.collect.v2x.RoadsideOrigin;
import org.roadloop.collect.v2x.UnitRegister;
import org.roadloop.collect.v2x.V2xUnit;
import org.roadloop.collect.v2x.day1.MessageFrame;
import org.roadloop.collect.v2x.day1.RoadsideEnvelope;
import org.roadloop.collect.v2x.uper.Fault;
import org.roadloop.collect.v2x.uper.UperReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges the envelopes of units (车路协同报文接收): listeners hear vehicles at once, safety does not wait
 * for the disk; maps are learnt; the envelope goes to the frame log as it came. What is wrong is
 * counted and not kept. One thread; listeners are added from any.
 */
final class V2xReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(V2xReceiver.class);
    private static final String[] TAKEN = {
        "bsm_messages", "map_messages", "rsm_messages", "spat_messages", "rsi_messages"
    };
    private static final String LATER_TAKEN = "v2x_later_messages";

    private final FrameLog log;
    private final UnitRegister units;
    private final MapRegister maps;
    private final Counters counters;
    private final Clock clock;
    private final LongAdder[] taken = new LongAdder[TAKEN.length];
    private final List<BsmListener> listeners = new CopyOnWriteArrayList<>();
    private final RoadsideEnvelope envelope = new RoadsideEnvelope();
    private final UperReader reader = new UperReader();
    private final MessageFrame frame = new MessageFrame();

    V2xReceiver(
            FrameLog log, UnitRegister units, MapRegister maps, Counters counters, Clock clock) {
        this.log = log;
        this.units = units;
        this.maps = maps;
        this.counters = counters;
        this.clock = clock;
        for (int kind = 0; kind < TAKEN.length; kind++) {
            taken[kind] = counters.counter(TAKEN[kind]);
        }
    }

    void addListener(BsmListener listener) {
        listeners.add(listener);
    }

    /** One datagram. */
    void take(byte[] bytes, int length) {
        long arrivalNanos = System.nanoTime();
        RoadsideEnvelope.Verdict verdict = envelope.read(bytes, 0, length);
        if (verdict != RoadsideEnvelope.Verdict.OK) {
            counters.increment(verdict.counterName());
            return;
        }
        @Nullable V2xUnit unit = units.at(envelope.roadsideUnit());
        if (unit == null) {
            counters.increment("v2x_unknown_unit");
            return;
        }
        int kind = -1;
        int right = 0;
        for (int i = 0; i < envelope.count(); i++) {
            Fault fault = envelope.frame(bytes, i, reader, frame);
            if (fault != Fault.NONE) {
                counters.increment(fault.counterName());
            } else if (!unit.maySend(frame.kind)) {
                counters.increment("v2x_not_allowed");
            } else {
                kind = frame.kind;
                right++;
                hear(unit, arrivalNanos);
            }
        }
        if (right > 0) {
            keep(unit, kind, right, bytes, length);
        }
    }

    private void hear(V2xUnit unit, long arrivalNanos) {
        if (frame.kind == MessageFrame.MAP) {
            maps.heard(frame);
        } else if (frame.kind == MessageFrame.BSM) {
            long atMicros =
                    RoadsideOrigin.nearestMicros(envelope.timeMillis(), frame.bsm.secMarkMillis);
            for (BsmListener listener : listeners) {
                try {
                    listener.arrived(frame.bsm, unit, atMicros, arrivalNanos);
                } catch (RuntimeException e) {
                    counters.increment("bsm_listener_failed");
                    LOG.error("a listener of safety messages failed", e);
                }
            }
        }
    }

    private void keep(V2xUnit unit, int kind, int messages, byte[] bytes, int length) {
        boolean kept =
                log.offer(
                        Source.ofMessage(kind),
                        unit.lineage(),
                        unit.id(),
                        clock.millis() * 1000,
                        bytes,
                        0,
                        length,
                        null);
        if (!kept) {
            counters.add("v2x_log_full", messages);
        } else if (kind < taken.length) {
            taken[kind].add(messages);
        } else {
            counters.add(LATER_TAKEN, messages);
        }
    }
}
