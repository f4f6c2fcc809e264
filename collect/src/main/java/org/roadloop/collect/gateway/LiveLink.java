package org.roadloop.collect.gateway;

/** What a logged-in vehicle or terminal is reached by (在线链路); ended when a newer one takes over. */
interface LiveLink extends LinkSession {
    /** Any thread. */
    void close();
}
