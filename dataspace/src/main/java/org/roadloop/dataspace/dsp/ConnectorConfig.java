package org.roadloop.dataspace.dsp;

import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Settings of a connector (连接器配置).
 *
 * @param origin scheme, host and port others reach us at, without a path: {@code
 *     http://localhost:7080}
 * @param basePath of the protocol, {@code /dsp/2025-1}
 * @param tesUrl where tasks under a compute-to-data transfer go; without it none is started
 * @param requireSignatures whether a peer must sign agreements; false to talk to connectors that
 *     don't know {@code roadloop:signature}
 * @param retryDelays pauses before each further attempt to send a message
 * @param unsignedPeers DIDs of those who need not, though others must
 */
public record ConnectorConfig(
        URI origin,
        String basePath,
        Optional<URI> tesUrl,
        boolean requireSignatures,
        List<Duration> retryDelays,
        Set<String> unsignedPeers) {
    public static final String BASE_PATH = "/dsp/2025-1";

    /** About a minute in all, so that a peer that restarts is waited for. */
    private static final List<Duration> RETRY_DELAYS =
            List.of(
                    Duration.ofMillis(50),
                    Duration.ofMillis(150),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(4),
                    Duration.ofSeconds(8),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10));

    public ConnectorConfig {
        retryDelays = List.copyOf(retryDelays);
        unsignedPeers = Set.copyOf(unsignedPeers);
    }

    /** Without exceptions. */
    public ConnectorConfig(
            URI origin,
            String basePath,
            Optional<URI> tesUrl,
            boolean requireSignatures,
            List<Duration> retryDelays) {
        this(origin, basePath, tesUrl, requireSignatures, retryDelays, Set.of());
    }

    public static ConnectorConfig of(URI origin, Optional<URI> tesUrl) {
        return new ConnectorConfig(origin, BASE_PATH, tesUrl, true, RETRY_DELAYS);
    }

    /**
     * @param required whether a peer must sign agreements
     * @param unsigned DIDs of those who need not all the same
     */
    public ConnectorConfig withSignatures(boolean required, Collection<String> unsigned) {
        return new ConnectorConfig(
                origin, basePath, tesUrl, required, retryDelays, Set.copyOf(unsigned));
    }

    boolean requiresSignatureOf(String peer) {
        return requireSignatures && !unsignedPeers.contains(peer);
    }

    /**
     * Where a peer takes messages.
     *
     * @param peer its address, with or without the protocol's path
     */
    public String addressOf(URI peer) {
        String path = peer.getPath();
        return path == null || path.isEmpty() || path.equals("/")
                ? peer.getScheme() + "://" + peer.getAuthority() + basePath
                : peer.toString().replaceAll("/$", "");
    }

    /** Where peers send messages: origin and base path. */
    public URI address() {
        return URI.create(origin + basePath);
    }
}
