package org.roadloop.apply.twin;

/**
 * Traffic lights (信号灯): every approach of a junction has its green alone, then yellow, then all
 * red; so no two streams cross while drivers obey. A pure function of the tick (0.1 s).
 */
final class Signals {
    static final int GREEN_TICKS = 140;
    static final int YELLOW_TICKS = 30;
    static final int RED_TICKS = 20;
    private static final int PHASE_TICKS = GREEN_TICKS + YELLOW_TICKS + RED_TICKS;

    enum Light {
        GREEN,
        YELLOW,
        RED
    }

    private final int[][] approaches;
    private final int[] offsetTicks;

    /**
     * @param offsetTicks of each junction's cycle
     */
    Signals(RoadGrid grid, int[] offsetTicks) {
        this.offsetTicks = offsetTicks;
        approaches = new int[grid.junctions()][];
        for (int j = 0; j < approaches.length; j++) {
            int[] found = new int[4];
            int count = 0;
            for (int dir = 0; dir < 4; dir++) {
                if (grid.approachExists(j, dir)) {
                    found[count++] = dir;
                }
            }
            approaches[j] = java.util.Arrays.copyOf(found, count);
        }
    }

    Light light(int junction, int dir, long tick) {
        int[] order = approaches[junction];
        long inCycle = (tick + offsetTicks[junction]) % ((long) order.length * PHASE_TICKS);
        int phase = (int) (inCycle / PHASE_TICKS);
        if (order[phase] != dir) {
            return Light.RED;
        }
        long inPhase = inCycle % PHASE_TICKS;
        if (inPhase < GREEN_TICKS) {
            return Light.GREEN;
        }
        return inPhase < GREEN_TICKS + YELLOW_TICKS ? Light.YELLOW : Light.RED;
    }
}
