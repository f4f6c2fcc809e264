package org.roadloop.collect.v2x;

/** Positions in the steps of T/CSAE 53, 1e-7 degree (位置). */
final class RoadPlace {
    private RoadPlace() {}

    /** Whether both are on the earth; an offset may lead beyond, and "not known" is beyond too. */
    static boolean isKnown(int longitudeE7Degrees, int latitudeE7Degrees) {
        return Math.abs((long) longitudeE7Degrees) <= 1_800_000_000L
                && Math.abs((long) latitudeE7Degrees) <= 900_000_000L;
    }
}
