package org.roadloop.collect.gateway;

/** One live session of a terminal, for those who look on (链路会话). Any thread. */
public interface LinkSession {
    /** {@code tcp}, {@code tls} or {@code udp}. */
    String link();

    /** Year of the edition that it speaks. */
    int edition();

    /** When the connection was opened, milliseconds since 1970 UTC. */
    long connectedAtMillis();

    /** When bytes came last, milliseconds since 1970 UTC. */
    long lastReadAtMillis();
}
