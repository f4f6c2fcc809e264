package org.roadloop.compute.broker;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.roadloop.compute.site.Site;
import org.roadloop.core.booking.BookingRefusedException;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.booking.Claim;
import org.roadloop.core.booking.Hold;
import org.roadloop.network.calendar.BulkNetwork;
import org.roadloop.network.calendar.Estimate;

/**
 * Chooses a site for a task and books it (调度器): every site quotes, the quotes are ranked by
 * weighted finish and cost, and the first whose compute slot and transfers can be held
 * <i>together</i> is taken. Any thread.
 *
 * <p>Score of a quote: {@code w·finish/best finish + (1 − w)·cost/best cost}, both counted from the
 * request, so that 1 is a site that is best in both.
 */
public final class Broker {
    /** How long a hold waits for its commit. */
    private static final Duration HOLD = Duration.ofSeconds(30);

    /** Rounds of quotes when all holds were lost to others. */
    private static final int ROUNDS = 3;

    private final Map<String, Site> sites = new LinkedHashMap<>();
    private final BulkNetwork network;
    private final Calendar calendar;
    private final Clock clock;
    private final String actor;

    /**
     * Defines the slots of the sites in the calendar.
     *
     * @param actor DID in whose name is booked
     */
    public Broker(
            List<Site> sites, BulkNetwork network, Calendar calendar, Clock clock, String actor) {
        for (Site site : sites) {
            String id = site.capabilities().id();
            if (this.sites.put(id, site) != null) {
                throw new IllegalArgumentException("site '" + id + "' is named twice");
            }
            calendar.define(site.capabilities().slots());
        }
        this.network = network;
        this.calendar = calendar;
        this.clock = clock;
        this.actor = actor;
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
        return sites.values().stream().map(site -> quote(site, wish)).toList();
    }

    /** Decides and books; a placement without a site says why each of them will not do. */
    public Placement place(Wish wish) {
        List<Quote> quotes = quotes(wish);
        List<String> lost = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (Quote.Feasible quote : ranked(quotes, wish)) {
                Optional<String> hold = book(quote);
                if (hold.isPresent()) {
                    return new Placement(
                            wish.task(),
                            clock.instant(),
                            Optional.of(quote),
                            hold.get(),
                            quotes,
                            reasons(quotes, quote, wish, lost));
                }
                lost.add(quote.site() + ": was booked by another task between quote and hold");
            }
            quotes = quotes(wish);
        }
        List<String> reasons = new ArrayList<>(lost);
        for (Quote quote : quotes) {
            if (quote instanceof Quote.Infeasible no) {
                reasons.add(no.site() + ": " + no.reason());
            }
        }
        return new Placement(wish.task(), clock.instant(), Optional.empty(), "", quotes, reasons);
    }

    /** Slot and transfers in one hold, committed; empty if something of it is gone meanwhile. */
    private Optional<String> book(Quote.Feasible quote) {
        try {
            Hold hold = calendar.hold(actor, quote.claims(), clock.instant().plus(HOLD));
            return Optional.of(calendar.commit(hold.id()).id());
        } catch (BookingRefusedException e) {
            return Optional.empty();
        }
    }

    /** Gives back what a placement booked; nothing happens the second time. */
    public void release(String hold) {
        if (!hold.isEmpty()) {
            calendar.release(hold);
        }
    }

    private Quote quote(Site site, Wish wish) {
        Site.Capabilities at = site.capabilities();
        if (!wish.onlySite().isEmpty() && !wish.onlySite().equals(at.id())) {
            return new Quote.Infeasible(
                    at.id(), "other_site", "the task asks for site " + wish.onlySite());
        }
        return switch (site.offer(wish.work())) {
            case Site.Offer.Impossible no -> new Quote.Infeasible(at.id(), no.code(), no.reason());
            case Site.Offer.Possible offer -> quote(at, offer, wish);
        };
    }

    private Quote quote(Site.Capabilities at, Site.Offer.Possible offer, Wish wish) {
        List<Estimate> transfers = new ArrayList<>();
        List<Claim> claims = new ArrayList<>();
        Instant ready = wish.at();
        long milliCost = offer.milliCost();
        for (Wish.Data data : wish.data()) {
            Optional<Estimate> found =
                    network.estimate(data.dataBytes(), data.node(), at.node(), ready);
            if (found.isEmpty()) {
                return new Quote.Infeasible(
                        at.id(),
                        "no_path",
                        "no free path for %d bytes from %s to %s"
                                .formatted(data.dataBytes(), data.node(), at.node()));
            }
            Estimate transfer = found.get();
            transfers.add(transfer);
            claims.addAll(transfer.claims());
            milliCost += transfer.milliCost();
            ready = transfer.finish();
        }
        Optional<Instant> free = calendar.earliest(at.slots().id(), 1, offer.occupies(), ready);
        if (free.isEmpty()) {
            return new Quote.Infeasible(at.id(), "no_slot", "no slot is ever free for that long");
        }
        Instant start = free.get();
        Instant finish = start.plus(offer.occupies());
        claims.add(new Claim(at.slots().id(), 1, start, finish));
        if (wish.deadline().isPresent() && finish.isAfter(wish.deadline().get())) {
            return new Quote.Infeasible(
                    at.id(),
                    "deadline",
                    "finishes by %s, after the deadline %s"
                            .formatted(finish, wish.deadline().get()));
        }
        if (milliCost > wish.maxMilliCost()) {
            return new Quote.Infeasible(
                    at.id(),
                    "cost",
                    "costs %d, at most %d is allowed".formatted(milliCost, wish.maxMilliCost()));
        }
        return new Quote.Feasible(
                at.id(), transfers, start, start.plus(offer.expected()), finish, milliCost, claims);
    }

    private static List<Quote.Feasible> ranked(List<Quote> quotes, Wish wish) {
        List<Quote.Feasible> feasible = new ArrayList<>();
        for (Quote quote : quotes) {
            if (quote instanceof Quote.Feasible f) {
                feasible.add(f);
            }
        }
        double fastest = feasible.stream().mapToDouble(q -> seconds(q, wish)).min().orElse(1);
        double cheapest = feasible.stream().mapToDouble(Broker::cost).min().orElse(1);
        feasible.sort(
                Comparator.comparingDouble(
                        q ->
                                wish.finishWeight() * seconds(q, wish) / fastest
                                        + (1 - wish.finishWeight()) * cost(q) / cheapest));
        return feasible;
    }

    private static double seconds(Quote.Feasible quote, Wish wish) {
        return Math.max(
                1e-3, Duration.between(wish.at(), quote.expectedFinish()).toMillis() / 1000.0);
    }

    /** One thousandth more, so that what is free can still be compared. */
    private static double cost(Quote.Feasible quote) {
        return quote.milliCost() + 1.0;
    }

    private static List<String> reasons(
            List<Quote> quotes, Quote.Feasible chosen, Wish wish, List<String> lost) {
        List<String> reasons = new ArrayList<>();
        reasons.add(
                "%s: chosen; done in about %.1f s, cost %d, with weight %.2f on the finish"
                        .formatted(
                                chosen.site(),
                                seconds(chosen, wish),
                                chosen.milliCost(),
                                wish.finishWeight()));
        reasons.addAll(lost);
        for (Quote quote : quotes) {
            switch (quote) {
                case Quote.Infeasible no -> reasons.add(no.site() + ": " + no.reason());
                case Quote.Feasible other -> {
                    if (!other.site().equals(chosen.site())) {
                        reasons.add(
                                "%s: done in about %.1f s, cost %d"
                                        .formatted(
                                                other.site(),
                                                seconds(other, wish),
                                                other.milliCost()));
                    }
                }
            }
        }
        return reasons;
    }
}
