package org.roadloop.apply.certify;

/**
 * What the ego meets (对手车轨迹): samples at 10 Hz, centre of the body, x along the ego's lane, y to
 * its side (the ego is at y = 0).
 *
 * @param lateralMps negative towards the ego
 */
record OtherVehicle(
        double[] x, double[] y, double[] speedMps, double[] lateralMps, double lengthMetres) {}
