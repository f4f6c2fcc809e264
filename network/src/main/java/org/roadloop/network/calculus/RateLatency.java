package org.roadloop.network.calculus;

/**
 * The service curve {@code rate · (t − latency)⁺} of a port (服务曲线).
 *
 * @param latencySeconds longest time without any service
 */
public record RateLatency(double rateBitsPerSecond, double latencySeconds) {
    public RateLatency {
        if (!(rateBitsPerSecond > 0) || !(latencySeconds >= 0)) {
            throw new IllegalArgumentException(
                    "server of %s bit/s and %s s: rate > 0 and latency ≥ 0"
                            .formatted(rateBitsPerSecond, latencySeconds));
        }
    }

    /** Le Boudec &amp; Thiran, theorem 1.4.2: the horizontal distance of the two curves. */
    public double delaySeconds(TokenBucket arrival) {
        return arrival.rateBitsPerSecond() > rateBitsPerSecond
                ? Double.POSITIVE_INFINITY
                : latencySeconds + arrival.burstBits() / rateBitsPerSecond;
    }

    /** Le Boudec &amp; Thiran, theorem 1.4.1: the vertical distance of the two curves. */
    public double backlogBits(TokenBucket arrival) {
        return arrival.rateBitsPerSecond() > rateBitsPerSecond
                ? Double.POSITIVE_INFINITY
                : arrival.burstBits() + arrival.rateBitsPerSecond() * latencySeconds;
    }

    /**
     * What non-preemptive strict priority leaves to a class when this is the strict service of the
     * whole port.
     *
     * @param higherBurstBits sum over all flows of higher classes, at this port
     * @param higherRateBitsPerSecond sum over the same flows
     * @param lowerFrameBits longest frame of a lower class, which may just have begun
     */
    public RateLatency leftOver(
            double higherBurstBits, double higherRateBitsPerSecond, double lowerFrameBits) {
        double left = rateBitsPerSecond - higherRateBitsPerSecond;
        return new RateLatency(
                left,
                (rateBitsPerSecond * latencySeconds + higherBurstBits + lowerFrameBits) / left);
    }
}
