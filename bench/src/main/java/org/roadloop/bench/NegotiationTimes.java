package org.roadloop.bench;

import java.io.IOException;
import tools.jackson.databind.JsonNode;

/**
 * Contract negotiations (合约协商) between two platform processes on the loopback, one after the other.
 *
 * @param own milliseconds from request to FINALIZED by the consumer's own clock
 * @param wall the same as seen by the caller of the consumer's API, with the look-up of the offer
 */
record NegotiationTimes(Percentiles own, Percentiles wall) {
    /**
     * @param warmUps negotiations before, which are not counted
     */
    static NegotiationTimes measure(ConnectorPair pair, int warmUps, int negotiations)
            throws IOException {
        double[] own = new double[negotiations];
        double[] wall = new double[negotiations];
        for (int i = -warmUps; i < negotiations; i++) {
            long began = System.nanoTime();
            JsonNode agreement = pair.negotiate();
            double millis = (System.nanoTime() - began) / 1e6;
            if (i >= 0) {
                own[i] = agreement.required("durationMicros").asLong() / 1e3;
                wall[i] = millis;
            }
        }
        return new NegotiationTimes(new Percentiles(own), new Percentiles(wall));
    }
}
