package org.roadloop.core.booking;

import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one calendar of everything that is booked (预约日历): links and slots. Any thread.
 *
 * <p>{@link #hold} takes all claims or none; {@link #commit} makes them a booking; {@link #release}
 * gives them back. What an act takes is set aside at once, so that nobody else gets it, and becomes
 * true when its evidence is on disk; if that fails it is given back. A release only takes away: it
 * acts first, and evidence that could not be written is written with the next act.
 *
 * <p>A hold that expires is gone without a further event: its end stands in {@code booking.held}.
 */
public final class Calendar {
    public static final String HELD = "booking.held";
    public static final String COMMITTED = "booking.committed";
    public static final String EXTENDED = "booking.extended";
    public static final String RELEASED = "booking.released";

    /** Releases whose evidence may wait. */
    private static final int MAX_OWED = 1024;

    private enum State {
        /** Evidence of the act is being written. */
        PENDING,
        HELD,
        BOOKED
    }

    private static final class Item {
        private final String owner;
        private final Instant expires;
        private List<Claim> claims;
        private State state = State.PENDING;

        Item(String owner, List<Claim> claims, Instant expires) {
            this.owner = owner;
            this.claims = List.copyOf(claims);
            this.expires = expires;
        }
    }

    private record Expiry(Instant at, String id) {}

    private final Ledger ledger;
    private final Clock clock;
    private final Map<String, Resource> resources = new LinkedHashMap<>();
    private final Map<String, Timeline> timelines = new HashMap<>();
    private final Map<String, Item> items = new HashMap<>();
    private final PriorityQueue<Expiry> expiries =
            new PriorityQueue<>(Comparator.comparing(Expiry::at));
    private final ArrayDeque<Event> owed = new ArrayDeque<>();

    public Calendar(Ledger ledger, Clock clock) {
        this.ledger = ledger;
        this.clock = clock;
    }

    /** Makes a resource bookable; again: changes its capacity. What is booked stays booked. */
    public synchronized void define(Resource resource) {
        resources.put(resource.id(), resource);
    }

    /**
     * @throws IllegalArgumentException if it was never defined
     */
    public synchronized Resource get(String resourceId) {
        return resource(resourceId);
    }

    public synchronized List<Resource> list() {
        return List.copyOf(resources.values());
    }

    /**
     * Sets all claims aside, or none.
     *
     * @param owner DID of who holds; the actor of the evidence
     * @throws BookingRefusedException names the claim that does not fit
     */
    public Hold hold(String owner, List<Claim> claims, Instant expires) {
        String id = "booking-" + UUID.randomUUID();
        Hold hold = new Hold(id, owner, claims, expires);
        synchronized (this) {
            Instant now = clock.instant();
            expire(now);
            if (!expires.isAfter(now)) {
                throw new IllegalArgumentException(
                        "hold for " + owner + " expires at " + expires + ", it is " + now);
            }
            takeAll(claims);
            items.put(id, new Item(owner, claims, expires));
        }
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("owner", owner).put("expires", expires.toString());
        body.set("claims", toJson(claims));
        evidence(HELD, owner, id, body, () -> drop(id));
        become(id, State.HELD);
        return hold;
    }

    /**
     * Makes a hold a booking.
     *
     * @throws NoSuchElementException if the hold expired or was released
     */
    public Booking commit(String holdId) {
        Booking booking;
        synchronized (this) {
            expire(clock.instant());
            Item item = items.get(holdId);
            if (item == null || item.state != State.HELD) {
                throw new NoSuchElementException(
                        item == null
                                ? "hold " + holdId + " is unknown, expired or released; hold again"
                                : "hold " + holdId + " is committed already");
            }
            item.state = State.PENDING;
            booking = new Booking(holdId, item.owner, item.claims);
        }
        evidence(
                COMMITTED,
                booking.owner(),
                holdId,
                JsonMapper.shared().createObjectNode(),
                () -> become(holdId, State.HELD));
        become(holdId, State.BOOKED);
        return booking;
    }

    private synchronized void become(String id, State state) {
        Item item = items.get(id);
        if (item != null) {
            item.state = state;
            if (state == State.HELD) {
                expiries.add(new Expiry(item.expires, id));
            }
        }
    }

    /**
     * Moves the end of a booking: of those of its claims that end last.
     *
     * @param until after the present end
     * @throws BookingRefusedException if one can't be extended; then none is
     */
    public Booking extend(String bookingId, Instant until) {
        Booking before;
        Booking after;
        List<Claim> more = new ArrayList<>();
        synchronized (this) {
            expire(clock.instant());
            before = booked(bookingId);
            Instant end = before.until();
            if (!until.isAfter(end)) {
                throw new IllegalArgumentException(
                        "booking " + bookingId + " ends at " + end + ", not before " + until);
            }
            for (Claim claim : before.claims()) {
                if (claim.until().equals(end)) {
                    more.add(new Claim(claim.resource(), claim.amount(), end, until));
                }
            }
            takeAll(more);
            after = extended(before, until);
            Item item = items.get(bookingId);
            if (item != null) {
                item.claims = after.claims();
                item.state = State.PENDING;
            }
        }
        ObjectNode body = JsonMapper.shared().createObjectNode().put("until", until.toString());
        evidence(EXTENDED, before.owner(), bookingId, body, () -> shorten(before, more));
        become(bookingId, State.BOOKED);
        return after;
    }

    private synchronized void shorten(Booking before, List<Claim> more) {
        Item item = items.get(before.id());
        if (item != null) {
            give(more);
            item.claims = before.claims();
            item.state = State.BOOKED;
        }
    }

    private static Booking extended(Booking before, Instant until) {
        Instant end = before.until();
        List<Claim> claims = new ArrayList<>();
        for (Claim claim : before.claims()) {
            claims.add(
                    claim.until().equals(end)
                            ? new Claim(claim.resource(), claim.amount(), claim.from(), until)
                            : claim);
        }
        return new Booking(before.id(), before.owner(), claims);
    }

    /**
     * Gives back a hold or a booking. Acts first: the evidence may follow.
     *
     * @return false if there is nothing to give back
     */
    public boolean release(String id) {
        String owner;
        synchronized (this) {
            Item item = items.get(id);
            if (item == null) {
                return false;
            }
            owner = item.owner;
            drop(id);
        }
        Event event = event(RELEASED, owner, id, JsonMapper.shared().createObjectNode());
        try {
            append(event);
        } catch (UncheckedIOException e) {
            synchronized (this) {
                if (owed.size() >= MAX_OWED) {
                    throw e;
                }
                owed.add(event);
            }
        }
        return true;
    }

    /** Minimum free amount of a resource over a time, in its unit; never negative. */
    public synchronized long free(String resource, Instant from, Instant until) {
        expire(clock.instant());
        return freeOf(resource, from, until);
    }

    /** First start at which so much is free for so long; empty if the capacity is too small. */
    public synchronized Optional<Instant> earliest(
            String resource, long amount, Duration duration, Instant notBefore) {
        expire(clock.instant());
        return earliestOf(resource, amount, duration, notBefore);
    }

    public synchronized Optional<Booking> find(String bookingId) {
        Item item = items.get(bookingId);
        return item == null || item.state != State.BOOKED
                ? Optional.empty()
                : Optional.of(new Booking(bookingId, item.owner, item.claims));
    }

    /** All bookings, by id. */
    public synchronized List<Booking> bookings() {
        List<Booking> all = new ArrayList<>();
        items.forEach(
                (id, item) -> {
                    if (item.state == State.BOOKED) {
                        all.add(new Booking(id, item.owner, item.claims));
                    }
                });
        all.sort(Comparator.comparing(Booking::id));
        return all;
    }

    /** Restores the state from the ledger; call before the first act. */
    public void replay(Ledger from) {
        try (Stream<Entry> entries = from.read(0, Set.of(HELD, COMMITTED, EXTENDED, RELEASED))) {
            entries.forEach(this::apply);
        }
        synchronized (this) {
            expire(clock.instant());
        }
    }

    /** Takes any entry; what happened is not judged again. */
    public synchronized void apply(Entry entry) {
        Event event = entry.event();
        String id = event.subject();
        if (event.body() instanceof Event.Erased && !event.type().equals(RELEASED)) {
            return; // what it said is gone, and with it the claim
        }
        switch (event.type()) {
            case HELD -> {
                JsonNode body = event.json();
                List<Claim> claims = fromJson(body.required("claims"));
                Instant expires = Instant.parse(body.required("expires").asString());
                Item item = new Item(body.required("owner").asString(), claims, expires);
                item.state = State.HELD;
                items.put(id, item);
                claims.forEach(c -> timeline(c.resource()).add(c.amount(), c.from(), c.until()));
                expiries.add(new Expiry(expires, id));
            }
            case COMMITTED -> become(id, State.BOOKED);
            case EXTENDED -> {
                Item item = items.get(id);
                if (item != null) {
                    give(item.claims);
                    Instant until = Instant.parse(event.json().required("until").asString());
                    item.claims =
                            extended(new Booking(id, item.owner, item.claims), until).claims();
                    item.claims.forEach(
                            c -> timeline(c.resource()).add(c.amount(), c.from(), c.until()));
                }
            }
            case RELEASED -> drop(id);
            default -> {
                // an event of another package
            }
        }
    }

    private Booking booked(String id) {
        Item item = items.get(id);
        if (item == null || item.state != State.BOOKED) {
            throw new NoSuchElementException("booking " + id + " is unknown or released");
        }
        return new Booking(id, item.owner, item.claims);
    }

    private void takeAll(List<Claim> claims) {
        List<Claim> taken = new ArrayList<>();
        for (Claim claim : claims) {
            long free;
            try {
                free = freeOf(claim.resource(), claim.from(), claim.until());
            } catch (IllegalArgumentException unknown) {
                give(taken);
                throw unknown;
            }
            if (free < claim.amount()) {
                give(taken);
                Duration length = Duration.between(claim.from(), claim.until());
                throw new BookingRefusedException(
                        claim,
                        free,
                        resource(claim.resource()).unit(),
                        earliestOf(claim.resource(), claim.amount(), length, claim.from())
                                .orElse(null));
            }
            timeline(claim.resource()).add(claim.amount(), claim.from(), claim.until());
            taken.add(claim);
        }
    }

    private void give(List<Claim> claims) {
        for (Claim claim : claims) {
            timeline(claim.resource()).add(-claim.amount(), claim.from(), claim.until());
        }
    }

    private synchronized void drop(String id) {
        Item item = items.remove(id);
        if (item != null) {
            give(item.claims);
        }
    }

    private void expire(Instant now) {
        for (Expiry next = expiries.peek();
                next != null && !next.at().isAfter(now);
                next = expiries.peek()) {
            expiries.remove();
            Item item = items.get(next.id());
            if (item != null && item.state == State.HELD) {
                drop(next.id());
            }
        }
    }

    private long freeOf(String resource, Instant from, Instant until) {
        return Math.max(0, resource(resource).capacity() - timeline(resource).maximum(from, until));
    }

    private Optional<Instant> earliestOf(
            String resource, long amount, Duration duration, Instant notBefore) {
        long allowed = resource(resource).capacity() - amount;
        return allowed < 0
                ? Optional.empty()
                : Optional.of(timeline(resource).earliest(allowed, duration, notBefore));
    }

    private Resource resource(String id) {
        Resource resource = resources.get(id);
        if (resource == null) {
            throw new IllegalArgumentException(
                    "resource '" + id + "' is not in the calendar; it has " + resources.keySet());
        }
        return resource;
    }

    private Timeline timeline(String resource) {
        return timelines.computeIfAbsent(resource, id -> new Timeline());
    }

    /** Appends, or undoes what was set aside and throws. */
    private void evidence(String type, String actor, String id, JsonNode body, Runnable undo) {
        boolean written = false;
        try {
            append(event(type, actor, id, body));
            written = true;
        } finally {
            if (!written) {
                undo.run();
            }
        }
    }

    private Event event(String type, String actor, String id, JsonNode body) {
        return Event.of(type, clock.instant(), actor, id, body);
    }

    private void append(Event event) {
        List<Event> events = new ArrayList<>();
        synchronized (this) {
            events.addAll(owed);
            owed.clear();
        }
        int late = events.size();
        events.add(event);
        boolean written = false;
        try {
            ledger.append(events);
            written = true;
        } finally {
            if (!written) {
                synchronized (this) {
                    owed.addAll(events.subList(0, late));
                }
            }
        }
    }

    private static ArrayNode toJson(List<Claim> claims) {
        ArrayNode array = JsonMapper.shared().createArrayNode();
        for (Claim claim : claims) {
            array.addObject()
                    .put("resource", claim.resource())
                    .put("amount", claim.amount())
                    .put("from", claim.from().toString())
                    .put("until", claim.until().toString());
        }
        return array;
    }

    private static List<Claim> fromJson(JsonNode array) {
        List<Claim> claims = new ArrayList<>();
        for (JsonNode claim : array) {
            claims.add(
                    new Claim(
                            claim.required("resource").asString(),
                            claim.required("amount").asLong(),
                            Instant.parse(claim.required("from").asString()),
                            Instant.parse(claim.required("until").asString())));
        }
        return claims;
    }
}
