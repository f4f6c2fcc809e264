package org.roadloop.dataspace.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.roadloop.core.identity.SecurityProviders;

/**
 * Remembers which tokens came by, until they expire (防重放). Any thread.
 *
 * <p>Bounded: it never forgets a token that could come again. When one issuer has used up its share
 * or all together theirs, further tokens are refused until old ones have expired. A token is kept
 * as 128 bits of the SHA-256 of issuer and {@code jti}, so that a long {@code jti} costs nothing;
 * about 100 bytes each.
 */
public final class ReplayGuard {
    private record Mark(long high, long low) {}

    private record Seen(String issuer, long expiresSeconds) {}

    private final Clock clock;
    private final int most;
    private final int mostOfOne;
    private final Map<Mark, Seen> seen = new HashMap<>();
    private final Map<String, Integer> ofIssuer = new HashMap<>();
    private long sweptSeconds;

    /**
     * @param most tokens remembered at a time, of all issuers
     * @param mostOfOne of one issuer
     */
    public ReplayGuard(Clock clock, int most, int mostOfOne) {
        this.clock = clock;
        this.most = most;
        this.mostOfOne = mostOfOne;
    }

    /** What became of a token. */
    public enum Verdict {
        NEW,
        REPLAYED,
        /** Too many unexpired tokens: try again when some have expired. */
        FULL
    }

    /** Call only with a token whose signature is good: else anybody could use up another's. */
    public synchronized Verdict firstUse(String issuer, String jti, Instant expires) {
        long now = clock.instant().getEpochSecond();
        Mark mark = mark(issuer, jti);
        Seen before = seen.get(mark);
        if (before != null && before.expiresSeconds() >= now) {
            return Verdict.REPLAYED;
        }
        boolean crowded = seen.size() >= most || ofIssuer.getOrDefault(issuer, 0) >= mostOfOne;
        // A sweep costs all that is in here: not more than once a second.
        if ((crowded && sweptSeconds != now) || now - sweptSeconds >= 60) {
            sweep(now);
            crowded = seen.size() >= most || ofIssuer.getOrDefault(issuer, 0) >= mostOfOne;
        }
        if (crowded) {
            return Verdict.FULL;
        }
        if (seen.put(mark, new Seen(issuer, expires.getEpochSecond())) == null) {
            ofIssuer.merge(issuer, 1, Integer::sum);
        }
        return Verdict.NEW;
    }

    synchronized int size() {
        return seen.size();
    }

    private void sweep(long now) {
        sweptSeconds = now;
        for (Iterator<Seen> all = seen.values().iterator(); all.hasNext(); ) {
            Seen old = all.next();
            if (old.expiresSeconds() < now) {
                all.remove();
                ofIssuer.computeIfPresent(old.issuer(), (i, n) -> n == 1 ? null : n - 1);
            }
        }
    }

    private static Mark mark(String issuer, String jti) {
        MessageDigest sha256 = SecurityProviders.digest("SHA-256");
        sha256.update(issuer.getBytes(StandardCharsets.UTF_8));
        sha256.update((byte) 0);
        ByteBuffer hash = ByteBuffer.wrap(sha256.digest(jti.getBytes(StandardCharsets.UTF_8)));
        return new Mark(hash.getLong(), hash.getLong());
    }
}
