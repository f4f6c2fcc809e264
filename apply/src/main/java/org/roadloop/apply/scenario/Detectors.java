package org.roadloop.apply.scenario;

import java.util.ArrayList;
import java.util.List;

/**
 * Predicates over time (场景判据) on the pair features of one recording: a hit is a stretch of frames
 * of one ego for which a condition holds, holes of up to 0.2 s bridged, at least as long as asked.
 */
final class Detectors {
    private static final int BRIDGED_TICKS = 2;
    private static final int CONTEXT_TICKS = 20;
    private static final int CUT_IN_WINDOW = 15;
    private static final int CUT_IN_AFTERMATH = 20;
    private static final double CUT_IN_SIDEWAYS = 1.0;

    private final String recording;
    private final Frames f;
    private final PairKernel pairs;
    private final MiningConfig config;
    private final String queryHash;

    /** By entry: bit {@code type.ordinal()}; of CUT_IN only "a new leader, close". */
    private final byte[] holds;

    private final List<Scenario> found = new ArrayList<>();

    Detectors(String recording, Frames frames, PairKernel pairs, MiningConfig config) {
        this.recording = recording;
        this.f = frames;
        this.pairs = pairs;
        this.config = config;
        this.queryHash = config.queryHash();
        holds = new byte[frames.entries];
    }

    List<Scenario> find() {
        for (int e = 0; e < f.entries; e++) {
            holds[e] = conditions(e);
        }
        for (int v = 0; v < f.vehicles; v++) {
            for (ScenarioType type : ScenarioType.values()) {
                if (type == ScenarioType.CUT_IN) {
                    cutIns(v);
                } else {
                    stretches(type, v);
                }
            }
        }
        return found;
    }

    /** In the order of memory, so that the passes by vehicle read one byte per frame. */
    private byte conditions(int e) {
        int mask = 0;
        if (f.acceleration[e] <= config.hardBrakingMps2()) {
            mask |= 1 << ScenarioType.HARD_BRAKING.ordinal();
        }
        if (pairs.leader[e] >= 0) {
            if (f.speed[e] >= config.closeSpeedMps()
                    && pairs.gap[e] < f.speed[e] * config.closeThwSeconds()) {
                mask |= 1 << ScenarioType.CLOSE_FOLLOWING.ordinal();
            }
            if (critical(e, config.lowTtcSeconds())) {
                mask |= 1 << ScenarioType.LOW_TTC.ordinal();
            }
            if (critical(e, config.forwardTtcSeconds())) {
                mask |= 1 << ScenarioType.FORWARD_COLLISION.ordinal();
            }
            if (pairs.gap[e] < config.cutInGapMetres()
                    && f.speed[e] >= config.leastSpeedMps()
                    && !isLeader(f.vehicle[e], f.vehicle[pairs.leader[e]], f.tickOf[e] - 1)) {
                mask |= 1 << ScenarioType.CUT_IN.ordinal();
            }
        }
        if (firstOfCrossing(e)) {
            mask |= 1 << ScenarioType.CROSSING.ordinal();
        }
        return (byte) mask;
    }

    private boolean critical(int e, double ttcSeconds) {
        return f.speed[e] >= config.leastSpeedMps()
                && Criticality.ttc(pairs.gap[e], pairs.closing[e]) < ttcSeconds
                && Criticality.drac(pairs.gap[e], pairs.closing[e]) >= config.criticalDracMps2();
    }

    /** A crossing is told once, by the vehicle with the lower number. */
    private boolean firstOfCrossing(int e) {
        int other = pairs.crosser[e];
        return other >= 0
                && pairs.pet[e] < config.petSeconds()
                && Math.max(f.speed[e], f.speed[other]) >= config.leastSpeedMps()
                && (pairs.crosser[other] != e || f.vehicle[e] < f.vehicle[other]);
    }

    private void stretches(ScenarioType type, int v) {
        double seconds =
                type == ScenarioType.CLOSE_FOLLOWING
                        ? config.closeSeconds()
                        : config.leastSeconds();
        int needed = (int) Math.ceil(seconds * 10 - 1e-9);
        int bit = 1 << type.ordinal();
        int start = -1;
        int last = -1;
        int end = f.endTick(v);
        for (int tick = f.firstTick(v); tick < end; tick++) {
            int e = f.entry(v, tick);
            if (e >= 0 && (holds[e] & bit) != 0) {
                start = start < 0 ? tick : start;
                last = tick;
            } else if (start >= 0 && tick - last > BRIDGED_TICKS) {
                report(type, v, start, last, needed);
                start = -1;
            }
        }
        if (start >= 0) {
            report(type, v, start, last, needed);
        }
    }

    private void report(ScenarioType type, int v, int start, int last, int needed) {
        if (last - start + 1 >= needed) {
            found.add(scenario(type, v, start, last, otherOf(type, v, start, last)));
        }
    }

    /** The other at the most critical frame, or −1. */
    private int otherOf(ScenarioType type, int v, int start, int last) {
        int best = -1;
        double worst = Double.POSITIVE_INFINITY;
        for (int tick = start; tick <= last; tick++) {
            int e = f.entry(v, tick);
            if (e < 0) {
                continue;
            }
            boolean crossing = type == ScenarioType.CROSSING;
            int other = crossing ? pairs.crosser[e] : pairs.leader[e];
            double measure = crossing ? pairs.pet[e] : pairs.gap[e];
            if (other >= 0 && measure < worst) {
                worst = measure;
                best = f.vehicle[other];
            }
        }
        return best;
    }

    /**
     * The leader is new, a moment ago it was beside the path, and it moved over more than the ego
     * did; within 2 s it is close in headway or time to collision.
     */
    private void cutIns(int v) {
        int end = f.endTick(v);
        int quietUntil = -1;
        for (int tick = f.firstTick(v) + 1; tick < end; tick++) {
            int e = f.entry(v, tick);
            if (e < 0
                    || (holds[e] & 1 << ScenarioType.CUT_IN.ordinal()) == 0
                    || tick < quietUntil) {
                continue;
            }
            int other = f.vehicle[pairs.leader[e]];
            if (cameFromTheSide(v, other, tick)) {
                int close = firstClose(v, other, tick);
                if (close >= 0) {
                    found.add(scenario(ScenarioType.CUT_IN, v, tick, close, other));
                    quietUntil = tick + CUT_IN_AFTERMATH;
                }
            }
        }
    }

    private boolean isLeader(int v, int other, int tick) {
        int e = f.entry(v, tick);
        return e >= 0 && pairs.leader[e] >= 0 && f.vehicle[pairs.leader[e]] == other;
    }

    private boolean cameFromTheSide(int v, int other, int tick) {
        int egoThen = f.entry(v, tick - CUT_IN_WINDOW);
        int otherThen = f.entry(other, tick - CUT_IN_WINDOW);
        int egoNow = f.entry(v, tick);
        int otherNow = f.entry(other, tick);
        if (egoThen < 0 || otherThen < 0 || egoNow < 0 || otherNow < 0) {
            return false;
        }
        double sameWay =
                f.east[egoThen] * f.east[otherThen] + f.north[egoThen] * f.north[otherThen];
        double aside = f.aside(egoThen, otherThen);
        double otherMoved = f.aside(egoThen, otherNow) - aside;
        double egoMoved = f.aside(egoThen, egoNow);
        double bodies = 0.5 * (f.width[v] + f.width[other]);
        return sameWay > 0.9
                && f.ahead(egoThen, otherThen) > 0
                && Math.abs(aside) > bodies
                && otherMoved * aside < 0
                && Math.abs(otherMoved) >= CUT_IN_SIDEWAYS
                && Math.abs(egoMoved) < 0.5 * Math.abs(otherMoved);
    }

    /** First tick from {@code tick} on at which the newcomer is close, or −1. */
    private int firstClose(int v, int other, int tick) {
        for (int t = tick; t < tick + CUT_IN_AFTERMATH; t++) {
            int e = f.entry(v, t);
            if (e < 0 || !isLeader(v, other, t)) {
                continue;
            }
            double ttc = Criticality.ttc(pairs.gap[e], pairs.closing[e]);
            double thw = Criticality.thw(pairs.gap[e], f.speed[e]);
            if (ttc < config.cutInTtcSeconds() || thw < config.cutInThwSeconds()) {
                return t;
            }
        }
        return -1;
    }

    private Scenario scenario(ScenarioType type, int v, int start, int last, int other) {
        double minTtc = Double.POSITIVE_INFINITY;
        double minGap = Double.POSITIVE_INFINITY;
        double minThw = Double.POSITIVE_INFINITY;
        double minPet = Double.POSITIVE_INFINITY;
        double least = Double.POSITIVE_INFINITY;
        for (int tick = start; tick <= last; tick++) {
            int e = f.entry(v, tick);
            if (e < 0) {
                continue;
            }
            minTtc = Math.min(minTtc, Criticality.ttc(pairs.gap[e], pairs.closing[e]));
            minGap = Math.min(minGap, pairs.gap[e]);
            minThw = Math.min(minThw, Criticality.thw(pairs.gap[e], f.speed[e]));
            least = Math.min(least, f.acceleration[e]);
            if (type == ScenarioType.CROSSING) {
                minPet = Math.min(minPet, pairs.pet[e]);
            }
        }
        return new Scenario(
                type,
                recording,
                start / 10.0,
                last / 10.0,
                other >= 0,
                minTtc,
                minGap,
                minThw,
                minPet,
                least,
                disputed(v, other, start, last),
                queryHash,
                trace(v, other, start, last));
    }

    /** Compares how the gap changed with how the speeds say it should have. */
    private boolean disputed(int v, int other, int start, int last) {
        int first = -1;
        double reported = 0;
        int count = 0;
        int end = -1;
        for (int tick = start; tick <= last; tick++) {
            int e = f.entry(v, tick);
            if (e >= 0 && isLeader(v, other, tick)) {
                first = first < 0 ? tick : first;
                end = tick;
                reported += pairs.closing[e];
                count++;
            }
        }
        if (count < 5) {
            return false;
        }
        double mean = reported / count;
        double from = pairs.gap[f.entry(v, first)];
        double to = pairs.gap[f.entry(v, end)];
        double measured = (from - to) / ((end - first) / 10.0);
        return Math.abs(measured - mean) > Math.max(3, 0.5 * Math.abs(mean));
    }

    private List<Scenario.Point> trace(int v, int other, int start, int last) {
        List<Scenario.Point> points = new ArrayList<>();
        for (int tick = start - CONTEXT_TICKS; tick <= last + CONTEXT_TICKS; tick++) {
            int e = f.entry(v, tick);
            if (e < 0) {
                continue;
            }
            int o = other < 0 ? -1 : f.entry(other, tick);
            boolean leads = o >= 0 && pairs.leader[e] == o;
            points.add(
                    new Scenario.Point(
                            (tick - start) / 10.0,
                            leads
                                    ? Criticality.ttc(pairs.gap[e], pairs.closing[e])
                                    : Double.POSITIVE_INFINITY,
                            leads ? pairs.gap[e] : Double.POSITIVE_INFINITY,
                            f.speed[e],
                            o >= 0 ? f.speed[o] : Double.NaN,
                            f.acceleration[e],
                            o >= 0 ? f.aside(e, o) : Double.NaN));
        }
        return points;
    }
}
