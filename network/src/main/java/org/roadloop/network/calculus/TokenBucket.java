package org.roadloop.network.calculus;

/**
 * The arrival curve {@code burst + rate · t} of a flow (到达曲线).
 *
 * @param burstBits how much may come at once
 * @param rateBitsPerSecond sustained
 */
public record TokenBucket(double burstBits, double rateBitsPerSecond) {
    public TokenBucket {
        if (!(burstBits >= 0) || !(rateBitsPerSecond >= 0)) {
            throw new IllegalArgumentException(
                    "token bucket of %s bit and %s bit/s: both must be ≥ 0"
                            .formatted(burstBits, rateBitsPerSecond));
        }
    }
}
