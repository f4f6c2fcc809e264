package org.roadloop.core.booking;

import java.time.Instant;
import java.util.List;

/**
 * Resources kept for someone who has not decided yet (预留); gone by itself at {@code expires}.
 *
 * @param id stays the same when the hold becomes a booking
 */
public record Hold(String id, String owner, List<Claim> claims, Instant expires) {
    public Hold {
        claims = List.copyOf(claims);
        if (claims.isEmpty()) {
            throw new IllegalArgumentException("hold " + id + " claims nothing");
        }
    }
}
