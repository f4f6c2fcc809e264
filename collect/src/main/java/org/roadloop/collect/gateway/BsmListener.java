package org.roadloop.collect.gateway;

import org.roadloop.collect.v2x.V2xUnit;
import org.roadloop.collect.v2x.day1.BasicSafetyMessage;

/**
 * Hears basic safety messages the moment they arrive, before they are durable (报文监听). Must not
 * block.
 */
public interface BsmListener {
    /**
     * One message of a registered unit.
     *
     * @param message valid during the call only
     * @param atMicros when it was made, since 1970 UTC
     * @param arrivalNanos {@link System#nanoTime} when the datagram was read
     */
    void arrived(BasicSafetyMessage message, V2xUnit unit, long atMicros, long arrivalNanos);
}
