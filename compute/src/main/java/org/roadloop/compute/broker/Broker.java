package org.roadloop.compute.broker;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.site.Site;
import org.roadloop.core.booking.Booking;
import org.roadloop.core.booking.BookingRefusedException;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.booking.Claim;
import org.roadloop.core.booking.Hold;
import org.roadloop.network.calendar.BulkNetwork;
import org.roadloop.network.calendar.Estimate;

/**
 * Chooses a site for a task and books it (调度器): every site quotes, the quotes are ranked, and the
 * best is taken if its compute slot and transfers can be held <i>together</i>. Any thread.
 *
 * <p>The hold is the debit: it stands in the calendar before the next decision looks there, so that
 * a burst of tasks spreads instead of running to the site that was free a moment ago. Who loses a
 * slot between quote and hold asks again; each loss means that another task was placed.
 */
public final class Broker {
    /** How long a hold waits for its commit; what a killed broker held is free after it. */
    static final Duration HOLD = Duration.ofSeconds(30);

    /** Times that a slot may be lost to others before a task is told to come back. */
    private static final int ROUNDS = 100;

    private final Map<String, Site> sites = new LinkedHashMap<>();
    private final Calendar calendar;
    private final Clock clock;
    private final String actor;
    private final FairShare shares;
    private final Arrivals arrivals = new Arrivals();
    private final Reservations reservations;
    private final Quoting quoting;

    private record Placed(Wish wish, Quote.Feasible quote) {}

    private final Map<String, Placed> placed = new ConcurrentHashMap<>();

    /** Bookings of ended tasks on whose transfers others wait, with the end of the transfer. */
    private final Map<String, Instant> kept = new ConcurrentHashMap<>();

    private volatile @Nullable Preemption preemption;

    /**
     * Usual prices, all organisations with the same share.
     *
     * @param actor DID in whose name is booked
     */
    public Broker(
            List<Site> sites, BulkNetwork network, Calendar calendar, Clock clock, String actor) {
        this(
                sites,
                network,
                calendar,
                clock,
                actor,
                SlotPrices.USUAL,
                new FairShare(Duration.ofDays(7), Map.of()));
    }

    /**
     * Defines the slots of the sites in the calendar.
     *
     * @param actor DID in whose name is booked
     */
    public Broker(
            List<Site> sites,
            BulkNetwork network,
            Calendar calendar,
            Clock clock,
            String actor,
            SlotPrices prices,
            FairShare shares) {
        for (Site site : sites) {
            String id = site.capabilities().id();
            if (this.sites.put(id, site) != null) {
                throw new IllegalArgumentException("site '" + id + "' is named twice");
            }
            calendar.define(site.capabilities().slots());
        }
        this.calendar = calendar;
        this.clock = clock;
        this.actor = actor;
        this.shares = shares;
        this.reservations = new Reservations(calendar, clock);
        this.quoting =
                new Quoting(
                        calendar, new Gravity(network, calendar, arrivals), reservations, prices);
    }

    /** From now on a task with priority may take the slots of preemptible ones. */
    public void allow(Preemption allowed) {
        preemption = allowed;
    }

    /** Who has had how much of it; waiting tasks are taken in this order. */
    public FairShare shares() {
        return shares;
    }

    public Site site(String id) {
        Site site = sites.get(id);
        if (site == null) {
            throw new IllegalArgumentException(
                    "no site '" + id + "'; sites are " + String.join(", ", sites.keySet()));
        }
        return site;
    }

    public List<Site> sites() {
        return List.copyOf(sites.values());
    }

    /** A quote of every site; books nothing. */
    public List<Quote> quotes(Wish wish) {
        return priced(wish).stream().map(Quoting.Priced::quote).toList();
    }

    private List<Quoting.Priced> priced(Wish wish) {
        tidy(clock.instant());
        return sites.values().stream().map(site -> quoting.quote(site, wish)).toList();
    }

    /** Decides and books; a placement without a site says why each of them will not do. */
    public Placement place(Wish wish) {
        Set<String> before = new LinkedHashSet<>();
        boolean mayPreempt = true;
        for (int round = 0; round < ROUNDS; round++) {
            List<Quoting.Priced> priced = priced(wish);
            List<Quote> quotes = priced.stream().map(Quoting.Priced::quote).toList();
            List<Quote.Feasible> ranked = Ranking.ranked(quotes, wish);
            if (ranked.isEmpty()) {
                List<String> gone = mayPreempt ? makeRoom(wish) : List.of();
                mayPreempt = false;
                before.addAll(gone);
                if (gone.isEmpty()) {
                    return nowhere(wish, quotes, before);
                }
                continue;
            }
            Quote.Feasible best = ranked.getFirst();
            Set<String> payers =
                    priced.stream()
                            .filter(p -> p.quote().equals(best))
                            .flatMap(p -> p.payers().stream())
                            .collect(Collectors.toSet());
            Optional<String> hold = book(wish, best, payers);
            if (hold.isPresent()) {
                String reservation = wish.terms().reservation();
                if (!reservation.isEmpty()) {
                    before.add(
                            "%s: in the slots of reservation %s"
                                    .formatted(best.site(), reservation));
                }
                return new Placement(
                        wish.task(),
                        clock.instant(),
                        Optional.of(best),
                        hold.get(),
                        quotes,
                        Ranking.reasons(quotes, best, wish, List.copyOf(before)));
            }
            before.add(best.site() + ": was booked by another task between quote and hold");
        }
        return nowhere(wish, List.of(), before);
    }

    /**
     * Decides on tasks that wait together: the organisation that had least of its share first, of
     * its tasks those of the highest priority, of those the ones that can start first, and of those
     * the one that would lose most if another took its best site.
     *
     * @return in the order of the wishes
     */
    public List<Placement> placeAll(List<Wish> wishes) {
        Map<Wish, Placement> done = new HashMap<>();
        List<Wish> waiting = new ArrayList<>(wishes);
        while (!waiting.isEmpty()) {
            Wish next = next(waiting);
            waiting.remove(next);
            done.put(next, place(next));
        }
        return wishes.stream().map(done::get).toList();
    }

    private Wish next(List<Wish> waiting) {
        Set<String> among =
                waiting.stream().map(w -> w.terms().organisation()).collect(Collectors.toSet());
        Instant now = clock.instant();
        String organisation =
                among.stream()
                        .sorted()
                        .max(Comparator.comparingDouble(o -> shares.factor(o, among, now)))
                        .orElseThrow();
        List<Wish> own =
                waiting.stream()
                        .filter(w -> w.terms().organisation().equals(organisation))
                        .toList();
        int priority = own.stream().mapToInt(w -> w.terms().priority()).max().orElseThrow();
        Instant first =
                own.stream()
                        .filter(w -> w.terms().priority() == priority)
                        .map(w -> w.at().isAfter(now) ? w.at() : now)
                        .min(Comparator.naturalOrder())
                        .orElseThrow();
        return own.stream()
                .filter(w -> w.terms().priority() == priority && !w.at().isAfter(first))
                .max(Comparator.comparingDouble(w -> Ranking.regret(quotes(w), w)))
                .orElseThrow();
    }

    private Placement nowhere(Wish wish, List<Quote> quotes, Set<String> before) {
        List<String> reasons = new ArrayList<>(before);
        for (Quote quote : quotes) {
            if (quote instanceof Quote.Infeasible no) {
                reasons.add(no.site() + ": " + no.reason());
            }
        }
        return new Placement(wish.task(), clock.instant(), Optional.empty(), "", quotes, reasons);
    }

    /** Slot and transfers in one hold, committed; empty if something of it is gone meanwhile. */
    private Optional<String> book(Wish wish, Quote.Feasible quote, Set<String> payers) {
        Hold hold;
        try {
            hold = calendar.hold(actor, quote.claims(), clock.instant().plus(HOLD));
        } catch (BookingRefusedException e) {
            return Optional.empty();
        }
        boolean booked = false;
        try {
            if (payers.stream().allMatch(payer -> arrivals.share(payer, hold.id()))) {
                calendar.commit(hold.id());
                booked = true;
            }
        } catch (NoSuchElementException e) {
            // the hold expired while its evidence was written
        } finally {
            if (!booked) {
                arrivals.end(hold.id(), clock.instant());
                calendar.release(hold.id());
            }
        }
        if (!booked) {
            return Optional.empty();
        }
        placed.put(hold.id(), new Placed(wish, quote));
        for (int i = 0; i < quote.transfers().size(); i++) {
            Estimate transfer = quote.transfers().get(i);
            String content = wish.data().get(i).content();
            if (!transfer.claims().isEmpty() && !content.isEmpty()) {
                arrivals.note(quote.site(), content, new Arrivals.Arrival(hold.id(), transfer));
            }
        }
        shares.charge(
                wish.terms().organisation(),
                quote.milliCost() - quote.scarcityMilliCost(),
                clock.instant());
        return Optional.of(hold.id());
    }

    /**
     * Gives back what a placement or a reservation booked; nothing happens the second time. If
     * another task waits for data that this one's booking brings, it stays until the data is there.
     */
    public void release(String hold) {
        if (hold.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        Placed was = placed.remove(hold);
        if (was != null) {
            refund(was, now);
        }
        Optional<Instant> until = arrivals.end(hold, now);
        if (until.isPresent()) {
            kept.put(hold, until.get());
        } else {
            calendar.release(hold);
        }
    }

    /** Time of the slot that is given back counts for nobody's share. */
    private void refund(Placed was, Instant now) {
        Claim slot = was.quote().claims().getLast();
        double length = Duration.between(slot.from(), slot.until()).toMillis();
        Instant from = now.isAfter(slot.from()) ? now : slot.from();
        double left = Math.max(0, Duration.between(from, slot.until()).toMillis());
        double milliCost = was.quote().milliCost() - was.quote().scarcityMilliCost();
        double transfers = was.quote().transfers().stream().mapToLong(Estimate::milliCost).sum();
        shares.charge(
                was.wish().terms().organisation(),
                -(milliCost - transfers) * (length > 0 ? left / length : 0),
                now);
    }

    /** Ends what was kept for others and has arrived. */
    private void tidy(Instant now) {
        kept.forEach(
                (hold, until) -> {
                    if (!until.isAfter(now) && kept.remove(hold) != null) {
                        calendar.release(hold);
                    }
                });
        arrivals.arrive(now);
    }

    /**
     * Keeps slots of a site for an organisation; its wishes name the booking's id.
     *
     * @throws BookingRefusedException if so many are not free
     */
    public Booking reserve(
            String organisation, String site, long slots, Instant from, Instant until) {
        return reservations.reserve(organisation, site(site).capabilities(), slots, from, until);
    }

    /**
     * Slots of a site that an organisation keeps for itself.
     *
     * @param id that its tasks name
     */
    public record Reservation(
            String id, String organisation, String site, long slots, Instant from, Instant until) {}

    /** Those that are not over, by id. */
    public List<Reservation> reservations() {
        Map<String, String> siteOf = new HashMap<>();
        sites.forEach((id, site) -> siteOf.put(site.capabilities().slots().id(), id));
        return reservations.list().stream()
                .map(
                        booking -> {
                            Claim kept = booking.claims().getFirst();
                            return new Reservation(
                                    booking.id(),
                                    booking.owner(),
                                    siteOf.getOrDefault(kept.resource(), kept.resource()),
                                    kept.amount(),
                                    kept.from(),
                                    kept.until());
                        })
                .toList();
    }

    /** Gives a reservation back; false if there is none with this id. */
    public boolean cancelReservation(String id) {
        return calendar.find(id).filter(Reservations::is).isPresent() && calendar.release(id);
    }

    /**
     * A site is gone: it quotes no more, and its bookings from now on are given back.
     *
     * @param reason for people, in later quotes
     * @return the holds that ended; their tasks are to be placed again
     */
    public List<String> lose(String site, String reason) {
        quoting.lose(site(site).capabilities().id(), reason);
        return endBookings(slots -> slots.equals(site(site).capabilities().slots().id()), Set.of());
    }

    /** A lost site is back. */
    public void recover(String site) {
        quoting.recover(site(site).capabilities().id());
    }

    /**
     * After a restart: gives back bookings of slots that no task knows of, because the broker was
     * killed after the booking and before its answer.
     *
     * @param known holds of tasks that go on
     * @return the holds that ended
     */
    public List<String> releaseOrphans(Set<String> known) {
        Set<String> ours =
                sites.values().stream()
                        .map(site -> site.capabilities().slots().id())
                        .collect(Collectors.toSet());
        return endBookings(ours::contains, known);
    }

    /** Ends this broker's bookings of some slots; never a reservation. */
    private List<String> endBookings(Predicate<String> slots, Set<String> except) {
        List<String> ended = new ArrayList<>();
        for (Booking booking : calendar.bookings()) {
            boolean theirs =
                    booking.owner().equals(actor)
                            && !Reservations.is(booking)
                            && !except.contains(booking.id())
                            && booking.claims().stream()
                                    .map(Claim::resource)
                                    .map(Reservations::site)
                                    .anyMatch(slots);
            if (theirs) {
                Placed was = placed.remove(booking.id());
                if (was != null) {
                    refund(was, clock.instant());
                }
                kept.remove(booking.id());
                arrivals.forget(booking.id());
                calendar.release(booking.id());
                ended.add(booking.id());
            }
        }
        return ended;
    }

    /**
     * Interrupts preemptible tasks where that gives the wish its slot; what was done, for people.
     */
    private synchronized List<String> makeRoom(Wish wish) {
        Preemption allowed = preemption;
        if (allowed == null || wish.terms().priority() == 0 || wish.work().preemptible()) {
            return List.of();
        }
        Instant now = clock.instant();
        String at = "";
        List<RunningTasks.Candidate> victims = List.of();
        for (Site site : sites.values()) {
            Optional<Claim> wanted = quoting.wanted(site, wish);
            if (wanted.isPresent()) {
                String id = site.capabilities().id();
                List<RunningTasks.Candidate> chosen =
                        allowed.choose(
                                calendar,
                                id,
                                wanted.get(),
                                wish.terms().priority(),
                                hold -> arrivals.isAwaited(hold, now),
                                now);
                if (!chosen.isEmpty() && (victims.isEmpty() || chosen.size() < victims.size())) {
                    at = id;
                    victims = chosen;
                }
            }
        }
        List<String> gone = new ArrayList<>();
        for (RunningTasks.Candidate victim : victims) {
            release(victim.hold());
            gone.add("%s: task %s was interrupted for this one".formatted(at, victim.task()));
        }
        allowed.preempt(at, victims, "interrupted for a task of higher priority", now);
        return gone;
    }
}
