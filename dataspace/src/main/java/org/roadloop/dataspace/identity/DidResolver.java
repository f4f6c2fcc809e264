package org.roadloop.dataspace.identity;

import java.net.URI;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.identity.Did;
import org.roadloop.core.identity.DidDocument;
import org.roadloop.dataspace.identity.CallerIdentity.UnauthorizedException;

/**
 * Reads did:web documents over HTTP and keeps them for a while (身份解析). Any thread.
 *
 * <p>Only hosts of the {@link HostPolicy} are visited. One document is read once at a time, however
 * many callers name it; that there is none is remembered for a moment too, so that a stranger who
 * names a slow host costs one thread and not a thousand.
 */
public final class DidResolver {
    private static final Duration KEEP = Duration.ofMinutes(5);

    /** A document that was asked for again, for a key it did not have, may be so this soon. */
    private static final Duration REFRESH_AFTER = Duration.ofSeconds(2);

    /** What could not be read is not tried again before. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_KEPT = 10_000;

    private final GuardedHttp http;
    private final Clock clock;
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<DidDocument>> reading = new ConcurrentHashMap<>();

    /**
     * Exactly one of both is there.
     *
     * @param again read once more for a key that the former document did not have
     */
    private record Kept(
            @Nullable DidDocument document,
            @Nullable UnauthorizedException failure,
            Instant at,
            boolean again) {}

    public DidResolver(Clock clock, boolean allowHttpLoopback) {
        this(new GuardedHttp(new HostPolicy(allowHttpLoopback, List.of())), clock);
    }

    public DidResolver(GuardedHttp http, Clock clock) {
        this.http = http;
        this.clock = clock;
    }

    /** Throws {@link UnauthorizedException} if there is no usable document. */
    public DidDocument resolve(String did) {
        Kept known = kept.get(did);
        if (known != null) {
            DidDocument document = known.document();
            UnauthorizedException failure = known.failure();
            if (document != null && isWithin(known, KEEP)) {
                return document;
            }
            if (failure != null && isWithin(known, RETRY_AFTER)) {
                throw failure;
            }
        }
        return fetch(did, false);
    }

    private boolean isWithin(Kept known, Duration duration) {
        return known.at().plus(duration).isAfter(clock.instant());
    }

    /**
     * A key that counts now, by its DID URL; the document is read again once if it is new to us.
     */
    public Optional<PublicKey> findKey(String did, String keyId) {
        return find(did, document -> document.findKey(keyId, clock.instant()));
    }

    /** As {@link #findKey(String, String)}, of whatever the document holds. */
    public <T> Optional<T> find(String did, Function<DidDocument, Optional<T>> what) {
        Optional<T> found = what.apply(resolve(did));
        Kept known = kept.get(did);
        if (found.isEmpty()
                && known != null
                && (!known.again() || !isWithin(known, REFRESH_AFTER))) {
            return what.apply(fetch(did, true));
        }
        return found;
    }

    /** The first caller reads, the others wait for what it finds. */
    private DidDocument fetch(String did, boolean again) {
        CompletableFuture<DidDocument> mine = new CompletableFuture<>();
        CompletableFuture<DidDocument> others = reading.putIfAbsent(did, mine);
        if (others != null) {
            try {
                return others.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof UnauthorizedException known
                        ? known
                        : new UnauthorizedException("did_unreachable", "DID can't be read: " + did);
            }
        }
        try {
            DidDocument document = read(did);
            keep(did, new Kept(document, null, clock.instant(), again));
            mine.complete(document);
            return document;
        } catch (UnauthorizedException e) {
            keep(did, new Kept(null, e, clock.instant(), again));
            mine.completeExceptionally(e);
            throw e;
        } catch (RuntimeException e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            reading.remove(did, mine);
        }
    }

    private void keep(String did, Kept what) {
        if (kept.size() >= MAX_KEPT) {
            kept.clear();
        }
        kept.put(did, what);
    }

    private DidDocument read(String did) {
        URI url;
        try {
            url = new Did(did).documentUrl();
        } catch (IllegalArgumentException e) {
            throw new UnauthorizedException("did_malformed", String.valueOf(e.getMessage()));
        }
        GuardedHttp.Answer answer =
                http.get(url, "application/did+json, application/json", MAX_BYTES);
        DidDocument document;
        try {
            document = DidDocument.fromJson(answer.json());
        } catch (UnauthorizedException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new UnauthorizedException(
                    "did_malformed", "DID document " + url + " is malformed");
        }
        if (!document.id().value().equals(did)) {
            throw new UnauthorizedException(
                    "did_malformed",
                    "DID document " + url + " is of " + document.id() + ", not of " + did);
        }
        return document;
    }
}
