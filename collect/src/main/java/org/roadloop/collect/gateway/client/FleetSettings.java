package org.roadloop.collect.gateway.client;

import java.time.Duration;

/**
 * How the clients behave (客户端设定).
 *
 * @param threads event loops for all connections
 * @param answerTimeout a login or a platform report not answered within it is repeated
 * @param mostTries repeats before the link is given up and opened anew
 * @param reconnectDelay before a lost connection is tried again
 * @param refusedDelay after a refused login
 * @param heartbeatPeriod 1..240 s
 * @param window reports of one platform link that may wait for their answer
 * @param keptFrames last reports of a terminal that are re-issued after a broken connection
 */
public record FleetSettings(
        int threads,
        Duration answerTimeout,
        int mostTries,
        Duration reconnectDelay,
        Duration refusedDelay,
        Duration heartbeatPeriod,
        int window,
        int keptFrames) {
    public static final FleetSettings DEFAULT =
            new FleetSettings(
                    1,
                    Duration.ofSeconds(10),
                    3,
                    Duration.ofMillis(500),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(30),
                    4096,
                    30);

    public FleetSettings {
        if (threads < 1 || mostTries < 1 || window < 1 || keptFrames < 1) {
            throw new IllegalArgumentException(
                    "threads, mostTries, window and keptFrames must be at least 1");
        }
    }
}
