package org.roadloop.core.booking;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** Resources that are someone's until they are released (预约). */
public record Booking(String id, String owner, List<Claim> claims) {
    public Booking {
        claims = List.copyOf(claims);
        if (claims.isEmpty()) {
            throw new IllegalArgumentException("booking " + id + " claims nothing");
        }
    }

    /** When the last claim ends. */
    public Instant until() {
        return claims.stream().map(Claim::until).max(Comparator.naturalOrder()).orElseThrow();
    }
}
