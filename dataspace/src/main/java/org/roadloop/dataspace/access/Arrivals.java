package org.roadloop.dataspace.access;

import java.nio.file.Path;

/** Hears of data that providers push to us (到达), before they get their answer. */
public interface Arrivals {
    /**
     * A whole file whose checksum is right; its place is the listener's from now on.
     *
     * @param transferPid our pid as consumer
     * @param purpose what was asked for it
     */
    void arrived(String transferPid, String purpose, Path file, String mediaType);

    /**
     * Bytes that came and will not be part of a whole file: the transfer ended, or the provider
     * began with another one.
     */
    void broke(String transferPid, String purpose, long dataBytes);
}
