package org.roadloop.dataspace.dsp;

import java.net.URI;

/**
 * A catalogue of another participant that ours points to (下级目录).
 *
 * @param participantId DID
 * @param address of its connector, with the protocol's path
 */
public record NestedCatalog(String participantId, URI address) {}
