package org.roadloop.compute.broker;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.roadloop.compute.site.Site;
import org.roadloop.core.booking.Booking;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.booking.Claim;
import org.roadloop.core.booking.Hold;
import org.roadloop.core.booking.Resource;

/**
 * Slots that an organisation keeps for itself for a time (算力预留). Any thread.
 *
 * <p>A reservation is a booking of the site's slots, and at the same time a resource of its own, in
 * which the organisation's tasks are booked: one calendar, and after a restart the same
 * reservations.
 */
final class Reservations {
    /** Marks a booking as a reservation; has room for any number of them. */
    private static final Resource MARK =
            new Resource("reservations", Long.MAX_VALUE, "reservation");

    /**
     * Where the slots of a wish are booked.
     *
     * @param resource of the calendar
     */
    record Slots(String resource, Instant from, Instant until) {}

    /** The reservation is not one of this site's, or not for this wish. */
    static final class ElsewhereException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String reason;

        ElsewhereException(String reason) {
            super(reason);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    private final Calendar calendar;
    private final Clock clock;

    Reservations(Calendar calendar, Clock clock) {
        this.calendar = calendar;
        this.clock = clock;
        calendar.define(MARK);
    }

    Booking reserve(
            String organisation, Site.Capabilities at, long slots, Instant from, Instant until) {
        List<Claim> claims =
                List.of(
                        new Claim(at.slots().id(), slots, from, until),
                        new Claim(MARK.id(), 1, from, until));
        Hold hold = calendar.hold(organisation, claims, clock.instant().plus(Broker.HOLD));
        return calendar.commit(hold.id());
    }

    /** The slots of the site that a claim is about, also if they are those of a reservation. */
    static String site(String resource) {
        int inside = resource.indexOf('#');
        return inside < 0 ? resource : resource.substring(0, inside);
    }

    static boolean is(Booking booking) {
        return booking.claims().stream().anyMatch(c -> c.resource().equals(MARK.id()));
    }

    List<Booking> list() {
        Instant now = clock.instant();
        return calendar.bookings().stream()
                .filter(Reservations::is)
                .filter(booking -> booking.until().isAfter(now))
                .toList();
    }

    Slots slots(Site.Capabilities at, Wish.Terms terms) throws ElsewhereException {
        String id = terms.reservation();
        if (id.isEmpty()) {
            return new Slots(at.slots().id(), Instant.MIN, Instant.MAX);
        }
        Booking booking = calendar.find(id).filter(Reservations::is).orElse(null);
        if (booking == null) {
            throw new ElsewhereException("there is no reservation '" + id + "'; reserve again");
        }
        Claim kept = booking.claims().getFirst();
        if (!booking.owner().equals(terms.organisation())) {
            throw new ElsewhereException("reservation " + id + " is another organisation's");
        }
        if (!kept.resource().equals(at.slots().id())) {
            throw new ElsewhereException("reservation " + id + " is for " + kept.resource());
        }
        String inside = at.slots().id() + "#" + id;
        calendar.define(new Resource(inside, kept.amount(), at.slots().unit()));
        return new Slots(inside, kept.from(), kept.until());
    }
}
