package org.roadloop.core.booking;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The resource has not so much free in that time. */
public final class BookingRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Claim claim;
    private final long free;
    private final @Nullable Instant earliest;

    /**
     * @param free minimum over the claim's time, in the resource's unit
     * @param earliest start from which the claim would fit; null if it never does
     */
    BookingRefusedException(Claim claim, long free, String unit, @Nullable Instant earliest) {
        super(
                "resource "
                        + claim.resource()
                        + " has "
                        + free
                        + " "
                        + unit
                        + " free from "
                        + claim.from()
                        + " to "
                        + claim.until()
                        + ", not "
                        + claim.amount()
                        + (earliest == null
                                ? "; it never has so much"
                                : "; it would fit from " + earliest));
        this.claim = claim;
        this.free = free;
        this.earliest = earliest;
    }

    public Claim claim() {
        return claim;
    }

    public long free() {
        return free;
    }

    /** For this claim alone. */
    public Optional<Instant> earliest() {
        return Optional.ofNullable(earliest);
    }
}
