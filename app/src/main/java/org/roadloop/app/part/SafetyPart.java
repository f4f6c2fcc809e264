package org.roadloop.app.part;

import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.apply.safety.Alarm;
import org.roadloop.apply.safety.LatencyHistogram;
import org.roadloop.apply.safety.MonitorConfig;
import org.roadloop.apply.safety.SafetyMonitor;
import org.roadloop.collect.gateway.UdpGateway;
import org.roadloop.collect.v2x.Junction;
import org.roadloop.collect.v2x.RoadsideAlarm;
import org.roadloop.collect.v2x.day1.Elements;
import org.roadloop.core.evidence.EvidenceQueue;

/**
 * The safety monitor on the live messages (安全监测). An alarm goes out first, on the receiving thread;
 * its evidence follows from a bounded queue on disk.
 */
public final class SafetyPart implements Part {
    private static final int MOST_VEHICLES = 20_000;
    private static final int MOST_WAITING_ALARMS = 10_000;
    private static final long MOST_WAITING_BYTES = 8 << 20;

    private final CollectPart collect;
    private final LongAdder sent = new LongAdder();
    private final LatencyHistogram outLatency = new LatencyHistogram();
    private volatile long firstArrivalNanos;
    private volatile long lastArrivalNanos;
    private @Nullable SafetyMonitor monitor;
    private @Nullable EvidenceQueue evidence;

    public SafetyPart(CollectPart collect) {
        this.collect = collect;
    }

    @Override
    public String name() {
        return "safety";
    }

    @Override
    public Set<String> needs() {
        return Set.of("collect");
    }

    @Override
    public void start(PlatformContext context) {
        EvidenceQueue queue =
                new EvidenceQueue(
                        context.home().root().resolve("alarms.queue"),
                        context.ledger(),
                        context.participant().did(),
                        MOST_WAITING_ALARMS,
                        MOST_WAITING_BYTES);
        evidence = queue;
        Registers registers = collect.registers();
        UdpGateway udp = collect.udp();
        MonitorConfig d = MonitorConfig.DEFAULTS;
        MonitorConfig config =
                new MonitorConfig(
                        MOST_VEHICLES,
                        d.rangeMetres(),
                        d.fcwTtcSeconds(),
                        d.fcwDracMps2(),
                        d.icwPetSeconds(),
                        d.icwWithinSeconds(),
                        d.ebwBrakingMps2(),
                        d.ebwThwSeconds(),
                        d.leastSpeedMps());
        Outlet outlet = new Outlet(registers, udp, context, queue);
        SafetyMonitor started = new SafetyMonitor(config, outlet::alarm);
        monitor = started;
        udp.addListener(
                (bsm, unit, atMicros, arrivalNanos) -> {
                    Junction junction = unit.junction();
                    double longitude = Elements.LONGITUDE.value(bsm.pos.longE7Degrees);
                    double latitude = Elements.LATITUDE.value(bsm.pos.latE7Degrees);
                    if (junction == null || Double.isNaN(longitude) || Double.isNaN(latitude)) {
                        return;
                    }
                    if (firstArrivalNanos == 0) {
                        firstArrivalNanos = arrivalNanos;
                    }
                    lastArrivalNanos = arrivalNanos;
                    outlet.junction = junction;
                    outlet.x = junction.xMetres(longitude);
                    outlet.y = junction.yMetres(latitude);
                    outlet.arrivalNanos = arrivalNanos;
                    started.on(
                            bsm.id,
                            junction.number(),
                            atMicros,
                            outlet.x,
                            outlet.y,
                            Elements.SPEED.value(bsm.speedFiftiethsMps),
                            Elements.HEADING.value(bsm.headingEightiethsDegree),
                            Elements.ACCELERATION.value(bsm.accelSet.longCmps2),
                            bsm.size.lengthCm / 100.0,
                            bsm.size.widthCm / 100.0,
                            arrivalNanos);
                });
    }

    /** From the monitor to the roadside unit of the junction; one thread, the receiving one. */
    private final class Outlet {
        private final Registers registers;
        private final UdpGateway udp;
        private final PlatformContext context;
        private final EvidenceQueue queue;
        private @Nullable Junction junction;
        private double x;
        private double y;
        private long arrivalNanos;
        private long number;

        Outlet(Registers registers, UdpGateway udp, PlatformContext context, EvidenceQueue queue) {
            this.registers = registers;
            this.udp = udp;
            this.context = context;
            this.queue = queue;
        }

        void alarm(Alarm alarm) {
            Junction at = junction;
            if (at == null) {
                throw new IllegalStateException("an alarm without a message");
            }
            InetSocketAddress unit = registers.roadsideUnit(at.number());
            number++;
            if (unit != null) {
                udp.send(
                        new RoadsideAlarm(
                                type(alarm.kind()),
                                number & 0xFFFF_FFFFL,
                                at.number(),
                                alarm.ego(),
                                alarm.other(),
                                alarm.timeMicros(),
                                x,
                                y,
                                Double.isInfinite(alarm.ttcSeconds())
                                        ? Double.NaN
                                        : Math.min(655, alarm.ttcSeconds())),
                        unit);
                sent.increment();
            }
            outLatency.record(System.nanoTime() - arrivalNanos);
            queue.add(alarm.event(context.clock().instant(), context.participant().did()));
        }
    }

    private static RoadsideAlarm.Type type(Alarm.Kind kind) {
        return switch (kind) {
            case FCW -> RoadsideAlarm.Type.FCW;
            case ICW -> RoadsideAlarm.Type.ICW;
            case EBW -> RoadsideAlarm.Type.EBW;
        };
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(
                        "/api/v1/safety",
                        Role.AUDITOR,
                        "Messages watched, alarms by kind, latency from arrival to alarm out",
                        c -> c.json(status())));
    }

    private Map<String, Object> status() {
        SafetyMonitor on = monitor();
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("messages", on.messages());
        long watchedNanos = lastArrivalNanos - firstArrivalNanos;
        status.put(
                "messagesPerSecond", watchedNanos > 0 ? on.messages() * 1e9 / watchedNanos : 0.0);
        status.put("trackedVehicles", on.trackedVehicles());
        Map<Alarm.Kind, Long> alarms = new EnumMap<>(Alarm.Kind.class);
        alarms.putAll(on.alarmsByKind());
        status.put("alarms", alarms);
        status.put("alarmsSent", sent.sum());
        status.put("rejects", on.rejects());
        status.put("latencyP50Micros", outLatency.percentileNanos(0.5) / 1e3);
        status.put("latencyP99Micros", outLatency.percentileNanos(0.99) / 1e3);
        status.put("messageP99Micros", on.latency().percentileNanos(0.99) / 1e3);
        return status;
    }

    private long waitingEvidence() {
        EvidenceQueue queue = evidence;
        return queue == null ? 0 : queue.waiting();
    }

    private SafetyMonitor monitor() {
        if (monitor == null) {
            throw new IllegalStateException("the part 'safety' is not started");
        }
        return monitor;
    }

    @Override
    public Map<String, LongSupplier> metrics() {
        Map<String, LongSupplier> metrics = new TreeMap<>();
        if (monitor != null) {
            metrics.put("safety_messages_total", () -> monitor().messages());
            metrics.put("safety_alarms_sent_total", sent::sum);
            metrics.put("safety_evidence_waiting", this::waitingEvidence);
        }
        return metrics;
    }

    @Override
    public void close() {
        if (evidence != null) {
            evidence.close();
            evidence = null;
        }
        monitor = null;
    }
}
