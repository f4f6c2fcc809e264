package org.roadloop.core.booking;

import java.time.Instant;

/**
 * So much of a resource for a while.
 *
 * @param amount in the resource's unit
 * @param from inclusive
 * @param until exclusive
 */
public record Claim(String resource, long amount, Instant from, Instant until) {
    public Claim {
        if (amount <= 0) {
            throw new IllegalArgumentException(
                    "claim of " + amount + " on " + resource + " is not positive");
        }
        if (!from.isBefore(until)) {
            throw new IllegalArgumentException(
                    "claim on " + resource + " ends at " + until + ", not after its start " + from);
        }
    }
}
