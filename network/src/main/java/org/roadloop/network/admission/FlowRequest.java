package org.roadloop.network.admission;

import java.time.Duration;

/**
 * A stream that asks for a bounded delay (确定性流).
 *
 * @param id subject of its evidence, unique
 * @param trafficClass 0 (served first) to 6; 7 and what is not admitted is bulk
 * @param rateBitsPerSecond sustained, frame overhead included
 * @param burstBits at most this much at once, at least one packet
 * @param maxPacketBits longest frame of the flow on the line
 * @param deadline of the last bit, end to end
 */
public record FlowRequest(
        String id,
        int trafficClass,
        long rateBitsPerSecond,
        long burstBits,
        long maxPacketBits,
        String source,
        String target,
        Duration deadline) {
    public FlowRequest {
        if (trafficClass < 0 || trafficClass > 6) {
            throw new IllegalArgumentException(
                    "flow %s: class %d is not 0 to 6".formatted(id, trafficClass));
        }
        if (rateBitsPerSecond <= 0 || maxPacketBits <= 0 || burstBits < maxPacketBits) {
            throw new IllegalArgumentException(
                    "flow %s: rate and packet > 0, burst at least one packet".formatted(id));
        }
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("flow " + id + ": deadline must be above 0");
        }
        if (source.equals(target)) {
            throw new IllegalArgumentException("flow " + id + " ends where it starts: " + source);
        }
    }
}
