package org.roadloop.collect.live;

import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Which vehicles somebody asks for (筛选), judged in the slot. Any thread.
 *
 * @param box null: anywhere, also without a position
 * @param isJt808 null: of any protocol
 * @param changedFromMicros state changed at that moment or after, by arrival
 * @param online null: whether or not; else as {@link LiveSessions#isOnline} says now
 * @param chosen whether a vehicle passes by the first 64 bits of its subject id; null: all do
 */
public record LiveFilter(
        @Nullable Box box,
        @Nullable Boolean isJt808,
        long changedFromMicros,
        @Nullable Boolean online,
        LiveSessions sessions,
        @Nullable LongPredicate chosen) {

    /**
     * A rectangle of coordinates as they were sent, whatever their datum (经纬度范围).
     *
     * @param westDegrees larger than {@code eastDegrees} for a box over 180°
     */
    public record Box(
            double westDegrees, double southDegrees, double eastDegrees, double northDegrees) {
        public Box {
            if (!(Math.abs(westDegrees) <= 180
                    && Math.abs(eastDegrees) <= 180
                    && southDegrees >= -90
                    && northDegrees <= 90
                    && southDegrees <= northDegrees)) {
                throw new IllegalArgumentException(
                        "a box is west,south,east,north in degrees, for example"
                                + " 121.0,31.0,122.0,31.5");
            }
        }

        private boolean holds(double lonDegrees, double latDegrees) {
            boolean isBetween =
                    westDegrees <= eastDegrees
                            ? lonDegrees >= westDegrees && lonDegrees <= eastDegrees
                            : lonDegrees >= westDegrees || lonDegrees <= eastDegrees;
            return isBetween && latDegrees >= southDegrees && latDegrees <= northDegrees;
        }
    }

    boolean matches(Slab slab, int slot) {
        if (slab.changedAtMicros(slot) < changedFromMicros
                || (chosen != null && !chosen.test(slab.subjectHigh(slot)))) {
            return false;
        }
        if (box != null && !isInside(slab, slot, box)) {
            return false;
        }
        if (isJt808 != null && isJt808 != VehicleState.sourceOf(slab, slot).isJt808()) {
            return false;
        }
        return online == null
                || online
                        == sessions.isOnline(
                                slab.key(slot),
                                VehicleState.sourceOf(slab, slot),
                                slab.seenAtMicros(slot));
    }

    private static boolean isInside(Slab slab, int slot, Box box) {
        int longitude = slab.value(slot, LiveField.LONGITUDE.ordinal());
        int latitude = slab.value(slot, LiveField.LATITUDE.ordinal());
        return longitude > LiveReport.ABNORMAL
                && latitude > LiveReport.ABNORMAL
                && box.holds(longitude / 1e6, latitude / 1e6);
    }
}
