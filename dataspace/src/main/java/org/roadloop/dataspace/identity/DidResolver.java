package org.roadloop.dataspace.identity;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.core.identity.Did;
import org.roadloop.core.identity.DidDocument;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads did:web documents over HTTP and keeps them for a while (身份解析). Any thread.
 *
 * <p>did:web asks for https. Plain http is used only for a host of this machine, and only if the
 * configuration allows it.
 */
public final class DidResolver {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration KEEP = Duration.ofMinutes(5);

    /** A document may be asked for again this soon, for a key it did not have. */
    private static final Duration REFRESH_AFTER = Duration.ofSeconds(2);

    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_KEPT = 10_000;

    private final HttpClient http;
    private final Clock clock;
    private final boolean allowHttpLoopback;
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();

    private record Kept(DidDocument document, Instant at) {}

    public DidResolver(HttpClient http, Clock clock, boolean allowHttpLoopback) {
        this.http = http;
        this.clock = clock;
        this.allowHttpLoopback = allowHttpLoopback;
    }

    /** Throws {@link CallerIdentity.UnauthorizedException} if there is no usable document. */
    public DidDocument resolve(String did) {
        Kept known = kept.get(did);
        if (known != null && known.at().plus(KEEP).isAfter(clock.instant())) {
            return known.document();
        }
        return fetch(did);
    }

    /**
     * A key that counts now, by its DID URL; the document is read again once if it is new to us.
     */
    public Optional<PublicKey> findKey(String did, String keyId) {
        Optional<PublicKey> key = resolve(did).findKey(keyId, clock.instant());
        Kept known = kept.get(did);
        if (key.isEmpty()
                && known != null
                && known.at().plus(REFRESH_AFTER).isBefore(clock.instant())) {
            return fetch(did).findKey(keyId, clock.instant());
        }
        return key;
    }

    private DidDocument fetch(String did) {
        Did parsed;
        URI url;
        try {
            parsed = new Did(did);
            url = address(parsed);
        } catch (IllegalArgumentException e) {
            throw new CallerIdentity.UnauthorizedException(String.valueOf(e.getMessage()));
        }
        HttpRequest request =
                HttpRequest.newBuilder(url)
                        .header("Accept", "application/did+json, application/json")
                        .build();
        try {
            HttpResponse<byte[]> response = WholeAnswer.of(http, request, TIMEOUT, MAX_BYTES);
            if (response.statusCode() != 200) {
                throw new CallerIdentity.UnauthorizedException(
                        "DID document " + url + " answered " + response.statusCode());
            }
            DidDocument document =
                    DidDocument.fromJson(JsonMapper.shared().readTree(response.body()));
            if (!document.id().value().equals(did)) {
                throw new CallerIdentity.UnauthorizedException(
                        "DID document " + url + " is of " + document.id() + ", not of " + did);
            }
            if (kept.size() >= MAX_KEPT) {
                kept.clear();
            }
            kept.put(did, new Kept(document, clock.instant()));
            return document;
        } catch (IOException e) {
            throw new CallerIdentity.UnauthorizedException(
                    "DID document " + url + " can't be read: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallerIdentity.UnauthorizedException("interrupted while reading " + url);
        } catch (CallerIdentity.UnauthorizedException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new CallerIdentity.UnauthorizedException("DID document " + url + " is malformed");
        }
    }

    private URI address(Did did) {
        URI url = did.documentUrl();
        boolean loopback = isLoopback(url.getHost());
        if (url.getScheme().equals("http") && !(loopback && allowHttpLoopback)) {
            throw new IllegalArgumentException(
                    "DID '"
                            + did
                            + "' would be read over plain http, which is allowed for hosts of this"
                            + " machine only, and only with allowHttpLoopback");
        }
        return url;
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
