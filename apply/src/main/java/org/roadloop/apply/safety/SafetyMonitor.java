package org.roadloop.apply.safety;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.roadloop.apply.scenario.Criticality;

/**
 * Warns vehicles from their basic safety messages (安全监测). Each message updates its sender and is
 * then judged with the sender as ego: neighbours are taken to the time of the message at constant
 * speed, a condition that held in two of the last three messages raises one alarm, and it is ready
 * again after three messages without it. No garbage but the alarms; memory is set aside at the
 * start. One thread.
 */
public final class SafetyMonitor {
    private static final long FORGET_NANOS = 3_000_000_000L;
    private static final long STALE_MICROS = 500_000;
    private static final Alarm.Kind[] KINDS = Alarm.Kind.values();
    private static final double COS_SAME_WAY = 0.5;
    private static final double SIN_CROSSING = 0.5;
    private static final double CROSSING_SPEED_MPS = 2;

    private final MonitorConfig config;
    private final AlarmListener listener;
    private final LongSupplier nanoClock;
    private final Vehicles vehicles;

    /** Bit k: the condition held k messages ago; {@code [slot·kinds + kind]}. */
    private final byte[] history;

    private final boolean[] warned;
    private final LatencyHistogram latency = new LatencyHistogram();
    private final LatencyHistogram alarmLatency = new LatencyHistogram();
    private final long[] alarms = new long[KINDS.length];
    private long messages;
    private long late;
    private long invalid;
    private long full;
    private int sweep;

    // What the search around the ego found; fields, so that nothing is allocated.
    private int leader;
    private double leaderAhead;
    private int crosser;
    private double crosserPet;

    public SafetyMonitor(MonitorConfig config, AlarmListener listener) {
        this(config, listener, System::nanoTime);
    }

    /**
     * @param nanoClock the clock of {@code arrivalNanos}
     */
    public SafetyMonitor(MonitorConfig config, AlarmListener listener, LongSupplier nanoClock) {
        this.config = config;
        this.listener = listener;
        this.nanoClock = nanoClock;
        vehicles = new Vehicles(config.mostVehicles(), config.rangeMetres());
        history = new byte[config.mostVehicles() * KINDS.length];
        warned = new boolean[config.mostVehicles() * KINDS.length];
    }

    /**
     * One message.
     *
     * @param vehicle the short-lived id of the message
     * @param junction vehicles of different junctions never meet
     * @param timeMicros when the state was true
     * @param x metres east in the junction's frame, centre of the vehicle
     * @param y metres north
     * @param headingDegrees clockwise from north
     * @param arrivalNanos when the message came in, by the clock of this monitor
     */
    public void on(
            long vehicle,
            int junction,
            long timeMicros,
            double x,
            double y,
            double speedMps,
            double headingDegrees,
            double accelerationMps2,
            double lengthMetres,
            double widthMetres,
            long arrivalNanos) {
        messages++;
        forget(arrivalNanos);
        if (!Double.isFinite(x + y + speedMps + headingDegrees + accelerationMps2)
                || !(lengthMetres > 0 && widthMetres > 0)) {
            invalid++;
            return;
        }
        int slot = vehicles.find(vehicle);
        if (slot == Vehicles.NONE) {
            slot = vehicles.add(vehicle);
            if (slot == Vehicles.NONE) {
                full++;
                return;
            }
            for (int k = 0; k < KINDS.length; k++) {
                history[slot * KINDS.length + k] = 0;
                warned[slot * KINDS.length + k] = false;
            }
        } else if (timeMicros <= vehicles.timeMicros[slot]) {
            late++;
            return;
        }
        double angle = Math.toRadians(headingDegrees);
        vehicles.junction[slot] = junction;
        vehicles.timeMicros[slot] = timeMicros;
        vehicles.x[slot] = x;
        vehicles.y[slot] = y;
        vehicles.east[slot] = Math.sin(angle);
        vehicles.north[slot] = Math.cos(angle);
        vehicles.speed[slot] = speedMps;
        vehicles.acceleration[slot] = accelerationMps2;
        vehicles.length[slot] = lengthMetres;
        vehicles.width[slot] = widthMetres;
        vehicles.arrivalNanos[slot] = arrivalNanos;
        vehicles.settle(slot);
        search(slot);
        judge(slot, arrivalNanos);
        latency.record(nanoClock.getAsLong() - arrivalNanos);
    }

    /** Looks at two slots per message and frees who was silent for 3 s. */
    private void forget(long nowNanos) {
        for (int k = 0; k < 2; k++) {
            sweep = sweep + 1 == vehicles.capacity() ? 0 : sweep + 1;
            if (vehicles.used(sweep) && nowNanos - vehicles.arrivalNanos[sweep] > FORGET_NANOS) {
                vehicles.remove(sweep);
            }
        }
    }

    private void search(int ego) {
        leader = Vehicles.NONE;
        leaderAhead = config.rangeMetres();
        crosser = Vehicles.NONE;
        crosserPet = Double.POSITIVE_INFINITY;
        int cellX = vehicles.cell(vehicles.x[ego]);
        int cellY = vehicles.cell(vehicles.y[ego]);
        for (int row = -1; row <= 1; row++) {
            for (int column = -1; column <= 1; column++) {
                int bucket = vehicles.bucket(vehicles.junction[ego], cellX + column, cellY + row);
                for (int other = vehicles.head(bucket);
                        other != Vehicles.NONE;
                        other = vehicles.next(other)) {
                    if (other != ego && vehicles.junction[other] == vehicles.junction[ego]) {
                        compare(ego, other);
                    }
                }
            }
        }
    }

    private void compare(int ego, int other) {
        Vehicles v = vehicles;
        long age = v.timeMicros[ego] - v.timeMicros[other];
        if (Math.abs(age) > STALE_MICROS) {
            return;
        }
        double on = v.speed[other] * age * 1e-6;
        double dx = v.x[other] + v.east[other] * on - v.x[ego];
        double dy = v.y[other] + v.north[other] * on - v.y[ego];
        double east = v.east[ego];
        double north = v.north[ego];
        double ahead = dx * east + dy * north;
        double aside = dx * north - dy * east;
        double cos = east * v.east[other] + north * v.north[other];
        if (ahead > 0
                && ahead < leaderAhead
                && cos > COS_SAME_WAY
                && Math.abs(aside) < 0.5 * (v.width[ego] + v.width[other])) {
            leader = other;
            leaderAhead = ahead;
        }
        double sin = east * v.north[other] - north * v.east[other];
        if (Math.abs(sin) > SIN_CROSSING
                && v.speed[ego] >= CROSSING_SPEED_MPS
                && v.speed[other] >= CROSSING_SPEED_MPS
                && dx * dx + dy * dy < config.rangeMetres() * config.rangeMetres()) {
            double pet =
                    Criticality.predictedPet(
                            dx,
                            dy,
                            east,
                            north,
                            v.speed[ego],
                            v.acceleration[ego],
                            v.length[ego],
                            v.width[ego],
                            v.east[other],
                            v.north[other],
                            v.speed[other],
                            v.acceleration[other],
                            v.length[other],
                            v.width[other],
                            config.icwWithinSeconds());
            if (pet < crosserPet) {
                crosserPet = pet;
                crosser = other;
            }
        }
    }

    private void judge(int ego, long arrivalNanos) {
        Vehicles v = vehicles;
        boolean fast = v.speed[ego] >= config.leastSpeedMps();
        double gap = Double.POSITIVE_INFINITY;
        double closing = 0;
        double ttc = Double.POSITIVE_INFINITY;
        boolean collision = false;
        boolean braking = false;
        if (leader != Vehicles.NONE) {
            double cos = v.east[ego] * v.east[leader] + v.north[ego] * v.north[leader];
            gap = Math.max(0, leaderAhead - 0.5 * (v.length[ego] + v.length[leader]));
            closing = v.speed[ego] - v.speed[leader] * cos;
            ttc = Criticality.ttc(gap, closing);
            collision =
                    ttc < config.fcwTtcSeconds()
                            && Criticality.drac(gap, closing) >= config.fcwDracMps2();
            braking =
                    v.acceleration[leader] <= config.ebwBrakingMps2()
                            && Criticality.thw(gap, v.speed[ego]) < config.ebwThwSeconds();
        }
        settle(Alarm.Kind.FCW, ego, leader, fast && collision, ttc, gap, closing, arrivalNanos);
        settle(
                Alarm.Kind.ICW,
                ego,
                crosser,
                fast && crosserPet < config.icwPetSeconds(),
                Double.POSITIVE_INFINITY,
                Double.POSITIVE_INFINITY,
                0,
                arrivalNanos);
        settle(Alarm.Kind.EBW, ego, leader, fast && braking, ttc, gap, closing, arrivalNanos);
    }

    /** Two of three raise an alarm, three without it make ready again. */
    private void settle(
            Alarm.Kind kind,
            int ego,
            int other,
            boolean holds,
            double ttc,
            double gap,
            double closing,
            long arrivalNanos) {
        int at = ego * KINDS.length + kind.ordinal();
        history[at] = (byte) ((history[at] << 1 | (holds ? 1 : 0)) & 0b111);
        if (history[at] == 0) {
            warned[at] = false;
        }
        if (!holds || warned[at] || Integer.bitCount(history[at]) < 2) {
            return;
        }
        warned[at] = true;
        alarms[kind.ordinal()]++;
        long nanos = nanoClock.getAsLong() - arrivalNanos;
        alarmLatency.record(nanos);
        listener.onAlarm(
                new Alarm(
                        kind,
                        vehicles.id[ego],
                        vehicles.id[other],
                        vehicles.junction[ego],
                        vehicles.timeMicros[ego],
                        ttc,
                        gap,
                        closing,
                        kind == Alarm.Kind.ICW ? crosserPet : Double.POSITIVE_INFINITY,
                        nanos));
    }

    public long messages() {
        return messages;
    }

    /** Vehicles tracked now. */
    public int trackedVehicles() {
        return vehicles.count();
    }

    /** Every kind is a key. */
    public Map<Alarm.Kind, Long> alarmsByKind() {
        Map<Alarm.Kind, Long> result = new EnumMap<>(Alarm.Kind.class);
        for (Alarm.Kind kind : KINDS) {
            result.put(kind, alarms[kind.ordinal()]);
        }
        return result;
    }

    /** Messages not judged, by short stable name. */
    public Map<String, Long> rejects() {
        Map<String, Long> result = new TreeMap<>();
        result.put("monitor_full", full);
        result.put("monitor_invalid", invalid);
        result.put("monitor_late", late);
        return result;
    }

    /** From arrival to judged, all messages. */
    public LatencyHistogram latency() {
        return latency;
    }

    /** From arrival to alarm, only messages that completed one. */
    public LatencyHistogram alarmLatency() {
        return alarmLatency;
    }
}
