package org.roadloop.apply.scenario;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A recording on a common 10 Hz clock (对齐帧): every vehicle is interpolated to the full tenths of a
 * second, across holes of at most half a second. An entry is one vehicle in one frame; entries lie
 * frame by frame ({@code frameStart}), and {@link #entry} finds the one of a vehicle at a tick.
 * Directions are unit vectors (east, north).
 */
final class Frames {
    static final long TICK_MICROS = 100_000;
    private static final long LONGEST_HOLE_MICROS = 500_000;

    final int vehicles;
    final int ticks;
    final int entries;

    /** Tick 0 in microseconds since the epoch. */
    final long startMicros;

    final int[] frameStart;
    final int[] vehicle;
    final int[] tickOf;
    final double[] x;
    final double[] y;
    final double[] east;
    final double[] north;
    final double[] speed;
    final double[] acceleration;
    final float[] length;
    final float[] width;
    private final int[] firstTick;
    private final int[] firstIndex;
    private final int[] entryAt;

    private Frames(Recording r, int[] order, int[] from) {
        vehicles = r.vehicles;
        length = r.length;
        width = r.width;
        firstTick = new int[vehicles];
        firstIndex = new int[vehicles + 1];
        long least = Long.MAX_VALUE;
        long most = Long.MIN_VALUE;
        for (int i = 0; i < r.samples; i++) {
            least = Math.min(least, r.atMicros[i]);
            most = Math.max(most, r.atMicros[i]);
        }
        long baseTick = Math.floorDiv(least, TICK_MICROS);
        startMicros = baseTick * TICK_MICROS;
        ticks = Math.toIntExact(Math.floorDiv(most, TICK_MICROS) - baseTick + 1);
        for (int v = 0; v < vehicles; v++) {
            long first = r.atMicros[order[from[v]]];
            long last = r.atMicros[order[from[v + 1] - 1]];
            firstTick[v] = (int) (-Math.floorDiv(-first, TICK_MICROS) - baseTick);
            int lastTick = (int) (Math.floorDiv(last, TICK_MICROS) - baseTick);
            firstIndex[v + 1] = firstIndex[v] + Math.max(0, lastTick - firstTick[v] + 1);
        }
        // First the sample before each tick, or −1 in a hole; then the frames are laid out.
        int[] sampleBefore = new int[firstIndex[vehicles]];
        frameStart = new int[ticks + 1];
        for (int v = 0; v < vehicles; v++) {
            int k = from[v];
            for (int slot = firstIndex[v]; slot < firstIndex[v + 1]; slot++) {
                int tick = firstTick[v] + slot - firstIndex[v];
                long at = startMicros + tick * TICK_MICROS;
                while (k + 1 < from[v + 1] && r.atMicros[order[k + 1]] <= at) {
                    k++;
                }
                long before = r.atMicros[order[k]];
                boolean known =
                        before == at
                                || (k + 1 < from[v + 1]
                                        && r.atMicros[order[k + 1]] - before
                                                <= LONGEST_HOLE_MICROS);
                sampleBefore[slot] = known ? k : -1;
                frameStart[tick + 1] += known ? 1 : 0;
            }
        }
        for (int t = 0; t < ticks; t++) {
            frameStart[t + 1] += frameStart[t];
        }
        entries = frameStart[ticks];
        vehicle = new int[entries];
        tickOf = new int[entries];
        x = new double[entries];
        y = new double[entries];
        east = new double[entries];
        north = new double[entries];
        speed = new double[entries];
        acceleration = new double[entries];
        entryAt = new int[firstIndex[vehicles]];
        fill(r, order, from, sampleBefore);
        deriveMissingAccelerations();
    }

    /** Tick by tick over the vehicles present, so that memory is written in its order. */
    private void fill(Recording r, int[] order, int[] from, int[] sampleBefore) {
        int[] startsAt = new int[ticks + 2];
        for (int v = 0; v < vehicles; v++) {
            startsAt[Math.min(firstTick[v], ticks) + 1]++;
        }
        for (int t = 0; t <= ticks; t++) {
            startsAt[t + 1] += startsAt[t];
        }
        int[] byStart = new int[vehicles];
        int[] next = startsAt.clone();
        for (int v = 0; v < vehicles; v++) {
            byStart[next[Math.min(firstTick[v], ticks)]++] = v;
        }
        int[] present = new int[vehicles];
        int count = 0;
        int e = 0;
        for (int tick = 0; tick < ticks; tick++) {
            for (int i = startsAt[tick]; i < startsAt[tick + 1]; i++) {
                present[count++] = byStart[i];
            }
            int staying = 0;
            for (int i = 0; i < count; i++) {
                int v = present[i];
                int slot = firstIndex[v] + tick - firstTick[v];
                if (slot >= firstIndex[v + 1]) {
                    continue;
                }
                present[staying++] = v;
                int k = sampleBefore[slot];
                if (k < 0) {
                    entryAt[slot] = -1;
                    continue;
                }
                entryAt[slot] = e;
                vehicle[e] = v;
                tickOf[e] = tick;
                int a = order[k];
                int b = order[Math.min(k + 1, from[v + 1] - 1)];
                interpolate(r, a, b, startMicros + tick * TICK_MICROS, e);
                e++;
            }
            count = staying;
        }
    }

    static Frames of(Recording recording) {
        int[] from = new int[recording.vehicles + 1];
        for (int i = 0; i < recording.samples; i++) {
            from[recording.vehicle[i] + 1]++;
        }
        for (int v = 0; v < recording.vehicles; v++) {
            from[v + 1] += from[v];
        }
        int[] order = new int[recording.samples];
        int[] next = from.clone();
        for (int i = 0; i < recording.samples; i++) {
            order[next[recording.vehicle[i]]++] = i;
        }
        for (int v = 0; v < recording.vehicles; v++) {
            sortByTime(recording, order, from[v], from[v + 1]);
        }
        return new Frames(recording, order, from);
    }

    /** Rows usually come in time order already. */
    private static void sortByTime(Recording r, int[] order, int from, int to) {
        boolean sorted = true;
        for (int k = from + 1; k < to && sorted; k++) {
            sorted = r.atMicros[order[k - 1]] <= r.atMicros[order[k]];
        }
        if (!sorted) {
            int[] byTime =
                    IntStream.range(from, to)
                            .map(k -> order[k])
                            .boxed()
                            .sorted(Comparator.comparingLong(i -> r.atMicros[i]))
                            .mapToInt(Integer::intValue)
                            .toArray();
            System.arraycopy(byTime, 0, order, from, byTime.length);
        }
    }

    private void interpolate(Recording r, int a, int b, long at, int e) {
        long span = r.atMicros[b] - r.atMicros[a];
        double share = span > 0 ? (double) (at - r.atMicros[a]) / span : 0;
        x[e] = r.x[a] + share * (r.x[b] - r.x[a]);
        y[e] = r.y[a] + share * (r.y[b] - r.y[a]);
        speed[e] = r.speed[a] + share * (r.speed[b] - r.speed[a]);
        acceleration[e] = r.acceleration[a] + share * (r.acceleration[b] - r.acceleration[a]);
        double turn = r.heading[b] - r.heading[a];
        turn -= 360 * Math.rint(turn / 360);
        double angle = Math.toRadians(r.heading[a] + share * turn);
        east[e] = Math.sin(angle);
        north[e] = Math.cos(angle);
    }

    /** Where the recording has no acceleration: from the speeds 0.1 s before and after. */
    private void deriveMissingAccelerations() {
        for (int e = 0; e < entries; e++) {
            if (Double.isNaN(acceleration[e])) {
                int before = entry(vehicle[e], tickOf[e] - 1);
                int after = entry(vehicle[e], tickOf[e] + 1);
                double dt = (before >= 0 ? 0.1 : 0) + (after >= 0 ? 0.1 : 0);
                double from = speed[before >= 0 ? before : e];
                double to = speed[after >= 0 ? after : e];
                acceleration[e] = dt > 0 ? (to - from) / dt : 0;
            }
        }
    }

    int firstTick(int v) {
        return firstTick[v];
    }

    /** Exclusive. */
    int endTick(int v) {
        return firstTick[v] + firstIndex[v + 1] - firstIndex[v];
    }

    /** Entry of a vehicle at a tick, or −1. */
    int entry(int v, int tick) {
        int slot = tick - firstTick[v];
        return slot < 0 || slot >= firstIndex[v + 1] - firstIndex[v]
                ? -1
                : entryAt[firstIndex[v] + slot];
    }

    /** Metres ahead of entry {@code ego}, in its heading frame, centre to centre. */
    double ahead(int ego, int other) {
        return (x[other] - x[ego]) * east[ego] + (y[other] - y[ego]) * north[ego];
    }

    /** Metres to the right of entry {@code ego}, in its heading frame. */
    double aside(int ego, int other) {
        return (x[other] - x[ego]) * north[ego] - (y[other] - y[ego]) * east[ego];
    }
}
