package org.roadloop.compute.broker;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.site.Site;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.booking.Claim;
import org.roadloop.network.calendar.Estimate;

/** The quote of one site for one wish (询价): policy, offer, data, slot, price. Any thread. */
final class Quoting {
    /**
     * @param payers holds of placements whose transfers this one waits for
     */
    record Priced(Quote quote, Set<String> payers) {
        Priced(Quote.Infeasible no) {
            this(no, Set.of());
        }
    }

    private final Calendar calendar;
    private final Gravity gravity;
    private final Reservations reservations;
    private final SlotPrices prices;

    /** Sites that are lost, each with the reason. */
    private final Map<String, String> lost = new ConcurrentHashMap<>();

    Quoting(Calendar calendar, Gravity gravity, Reservations reservations, SlotPrices prices) {
        this.calendar = calendar;
        this.gravity = gravity;
        this.reservations = reservations;
        this.prices = prices;
    }

    void lose(String site, String reason) {
        lost.put(site, reason);
    }

    void recover(String site) {
        lost.remove(site);
    }

    Priced quote(Site site, Wish wish) {
        Site.Capabilities at = site.capabilities();
        Quote.Infeasible objection = objection(at, wish);
        if (objection != null) {
            return new Priced(objection);
        }
        return switch (site.offer(wish.work())) {
            case Site.Offer.Impossible no ->
                    new Priced(new Quote.Infeasible(at.id(), no.code(), no.reason()));
            case Site.Offer.Possible offer -> quote(site, offer, wish);
        };
    }

    private Quote.@Nullable Infeasible objection(Site.Capabilities at, Wish wish) {
        String gone = lost.get(at.id());
        if (gone != null) {
            return new Quote.Infeasible(at.id(), "site_lost", "is lost: " + gone);
        }
        if (!wish.onlySite().isEmpty() && !wish.onlySite().equals(at.id())) {
            return new Quote.Infeasible(
                    at.id(), "other_site", "the task asks for site " + wish.onlySite());
        }
        List<String> ranked = wish.terms().rankedSites();
        if (!ranked.isEmpty() && !ranked.contains(at.id())) {
            return new Quote.Infeasible(
                    at.id(),
                    "not_ranked",
                    "is not among the task's sites " + String.join(", ", ranked));
        }
        return wish.terms().policy().objection(at, wish.work()).orElse(null);
    }

    private Priced quote(Site site, Site.Offer.Possible offer, Wish wish) {
        Site.Capabilities at = site.capabilities();
        Optional<Gravity.Plan> earliest = gravity.plan(wish, site, Gravity.Best.EARLIEST);
        if (earliest.isEmpty()) {
            return new Priced(noPath(at, wish));
        }
        Priced fast = quote(at, offer, wish, earliest.get());
        if (wish.data().stream().allMatch(data -> data.nodes().size() == 1)) {
            return fast; // no choice of sources
        }
        Optional<Gravity.Plan> cheapest = gravity.plan(wish, site, Gravity.Best.CHEAPEST);
        if (cheapest.isEmpty()) {
            return fast;
        }
        Priced cheap = quote(at, offer, wish, cheapest.get());
        boolean better =
                cheap.quote() instanceof Quote.Feasible c
                        && !(fast.quote() instanceof Quote.Feasible f
                                && !Ranking.ahead(c, f, wish));
        return better ? cheap : fast;
    }

    private static Quote.Infeasible noPath(Site.Capabilities at, Wish wish) {
        List<String> sources =
                wish.data().stream().flatMap(data -> data.nodes().stream()).distinct().toList();
        return new Quote.Infeasible(
                at.id(),
                "no_path",
                "no free path for %d bytes from %s to %s"
                        .formatted(
                                wish.data().stream().mapToLong(Wish.Data::dataBytes).sum(),
                                String.join(", ", sources),
                                at.node()));
    }

    private Priced quote(
            Site.Capabilities at, Site.Offer.Possible offer, Wish wish, Gravity.Plan plan) {
        Reservations.Slots slots;
        try {
            slots = reservations.slots(at, wish.terms());
        } catch (Reservations.ElsewhereException e) {
            return new Priced(new Quote.Infeasible(at.id(), "reservation", e.reason()));
        }
        Instant ready = plan.ready().isAfter(slots.from()) ? plan.ready() : slots.from();
        Optional<Instant> free =
                calendar.earliest(slots.resource(), offer.slots(), offer.occupies(), ready);
        if (free.isEmpty()) {
            return new Priced(
                    new Quote.Infeasible(
                            at.id(),
                            "no_slot",
                            "%d slots are never free for that long".formatted(offer.slots())));
        }
        Instant start = free.get();
        Instant finish = start.plus(offer.occupies());
        if (finish.isAfter(slots.until())) {
            return new Priced(
                    new Quote.Infeasible(
                            at.id(),
                            "reservation",
                            "finishes by %s, after the reservation's end %s"
                                    .formatted(finish, slots.until())));
        }
        if (wish.deadline().isPresent() && finish.isAfter(wish.deadline().get())) {
            return new Priced(
                    new Quote.Infeasible(
                            at.id(),
                            "deadline",
                            "finishes by %s, after the deadline %s"
                                    .formatted(finish, wish.deadline().get())));
        }
        Claim slot = new Claim(slots.resource(), offer.slots(), start, finish);
        long scarcity = scarcity(offer, plan, slot);
        long milliCost = offer.milliCost() + plan.milliCost() + scarcity;
        if (milliCost > wish.maxMilliCost()) {
            return new Priced(
                    new Quote.Infeasible(
                            at.id(),
                            "cost",
                            "costs %d, at most %d is allowed"
                                    .formatted(milliCost, wish.maxMilliCost())));
        }
        List<Claim> claims = new ArrayList<>(plan.claims());
        claims.add(slot);
        return new Priced(
                new Quote.Feasible(
                        at.id(),
                        plan.transfers(),
                        start,
                        start.plus(offer.expected()),
                        finish,
                        milliCost,
                        scarcity,
                        plan.movedBytes(),
                        at.profile().greenShare(),
                        claims),
                plan.payers());
    }

    private long scarcity(Site.Offer.Possible offer, Gravity.Plan plan, Claim slot) {
        double milli = prices.scarcity(calendar, slot, offer.milliCost());
        for (Estimate transfer : plan.transfers()) {
            for (Claim line : transfer.claims()) {
                milli +=
                        prices.scarcity(
                                calendar,
                                line,
                                (double) transfer.milliCost() / transfer.path().size());
            }
        }
        return (long) Math.ceil(milli);
    }

    /**
     * A slot right after the data, as if nothing were booked at the site; for pre-emption. Empty if
     * the wish could not be met even so.
     */
    Optional<Claim> wanted(Site site, Wish wish) {
        Site.Capabilities at = site.capabilities();
        if (objection(at, wish) != null
                || !wish.terms().reservation().isEmpty()
                || !(site.offer(wish.work()) instanceof Site.Offer.Possible offer)
                || offer.slots() > at.slots().capacity()) {
            return Optional.empty();
        }
        Optional<Gravity.Plan> plan = gravity.plan(wish, site, Gravity.Best.EARLIEST);
        if (plan.isEmpty()) {
            return Optional.empty();
        }
        Instant start = plan.get().ready();
        Claim slot = new Claim(at.slots().id(), offer.slots(), start, start.plus(offer.occupies()));
        // with the victims gone, no more than the rest of the site is booked
        double load = 1 - (double) offer.slots() / at.slots().capacity();
        double milliCost =
                offer.milliCost() * (1 + prices.factor(load))
                        + plan.get().milliCost() * (1 + prices.factor(1));
        boolean inTime = wish.deadline().isEmpty() || !slot.until().isAfter(wish.deadline().get());
        return inTime && milliCost <= wish.maxMilliCost() ? Optional.of(slot) : Optional.empty();
    }
}
