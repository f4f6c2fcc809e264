package org.roadloop.collect.gateway;

/** Hears datagrams the moment they arrive, before they are durable (报文监听). Must not block. */
public interface DatagramListener {
    /**
     * One datagram that passed its checks, of a registered junction.
     *
     * @param bytes valid during the call only
     * @param arrivalNanos {@link System#nanoTime} when the datagram was read
     */
    void arrived(byte[] bytes, int offset, int length, long arrivalNanos);
}
