package org.roadloop.collect.gateway;

import java.time.Duration;
import org.roadloop.collect.gb32960.Frame;

/**
 * Bounds of a {@link TcpGateway} (网关设定).
 *
 * @param loginTimeout from connection to an accepted login
 * @param frameTimeout how long a frame may stay incomplete
 * @param idleTimeout silence after which a connection is closed; heartbeats come each 1..240 s
 * @param largestFrameBytes 25..65556
 * @param malformedLimit faults after which a connection is cut; 1,000 good frames forgive them
 * @param mostConnections further ones are refused and counted
 */
public record GatewaySettings(
        Duration loginTimeout,
        Duration frameTimeout,
        Duration idleTimeout,
        int largestFrameBytes,
        int malformedLimit,
        int mostConnections) {
    public static final GatewaySettings DEFAULT =
            new GatewaySettings(
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(300),
                    Frame.LARGEST_BYTES,
                    20,
                    100_000);

    public GatewaySettings {
        if (loginTimeout.isNegative() || frameTimeout.isNegative() || idleTimeout.isNegative()) {
            throw new IllegalArgumentException("gateway time-outs must not be negative");
        }
        if (malformedLimit < 1 || mostConnections < 1) {
            throw new IllegalArgumentException(
                    "malformedLimit %d and mostConnections %d must be at least 1"
                            .formatted(malformedLimit, mostConnections));
        }
    }
}
