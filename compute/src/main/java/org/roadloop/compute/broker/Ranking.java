package org.roadloop.compute.broker;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Which quote is the best for a wish (排序).
 *
 * <p>With {@link Wish.Worth}: the least of price + lateness + moved bytes + brown energy, all in
 * thousandths of the unit of money. Without: {@code w·finish/best finish + (1 − w)·cost/best cost},
 * both counted from the request, so that 1 is a site that is best in both. With ranked sites: their
 * order, where a site that starts too late is passed over.
 */
public final class Ranking {
    private Ranking() {}

    public static List<Quote.Feasible> ranked(List<Quote> quotes, Wish wish) {
        List<Quote.Feasible> feasible = new ArrayList<>();
        for (Quote quote : quotes) {
            if (quote instanceof Quote.Feasible f) {
                feasible.add(f);
            }
        }
        feasible.sort(order(feasible, wish));
        return feasible;
    }

    private static Comparator<Quote.Feasible> order(List<Quote.Feasible> feasible, Wish wish) {
        List<String> sites = wish.terms().rankedSites();
        if (!sites.isEmpty()) {
            Instant earliest =
                    feasible.stream()
                            .map(Quote.Feasible::start)
                            .min(Comparator.naturalOrder())
                            .orElse(wish.at());
            Instant overflow = earliest.plus(wish.terms().overflowAfter());
            return Comparator.<Quote.Feasible, Boolean>comparing(q -> q.start().isAfter(overflow))
                    .thenComparing(q -> sites.indexOf(q.site()));
        }
        double fastest = feasible.stream().mapToDouble(q -> seconds(q, wish)).min().orElse(1);
        double cheapest = feasible.stream().mapToDouble(Ranking::cost).min().orElse(1);
        ToDoubleFunction<Quote.Feasible> score =
                wish.terms().worth().isPresent()
                        ? q -> milliWorth(q, wish.terms().worth().get())
                        : q ->
                                wish.finishWeight() * seconds(q, wish) / fastest
                                        + (1 - wish.finishWeight()) * cost(q) / cheapest;
        return Comparator.comparingDouble(score);
    }

    /** Whether one plan of a site is better for the wish than another of the same site. */
    static boolean ahead(Quote.Feasible a, Quote.Feasible b, Wish wish) {
        return order(List.of(a, b), wish).compare(a, b) < 0;
    }

    /** Price, lateness, moved bytes and brown energy; less is better. */
    static double milliWorth(Quote.Feasible quote, Wish.Worth worth) {
        double late =
                Math.max(
                        0,
                        Duration.between(worth.due(), quote.expectedFinish()).toMillis() / 1000.0);
        double run = Duration.between(quote.start(), quote.expectedFinish()).toMillis() / 1000.0;
        return quote.milliCost()
                + late * worth.milliPerLateSecond()
                + quote.movedBytes() / 1e9 * worth.milliPerGigabyteMoved()
                + run
                        * quote.claims().getLast().amount()
                        * (1 - quote.greenShare())
                        * worth.milliPerBrownSecond();
    }

    /**
     * What is lost if the best site is taken by another: the second best's score less the best's;
     * infinite if there is only one.
     */
    static double regret(List<Quote> quotes, Wish wish) {
        List<Quote.Feasible> ranked = ranked(quotes, wish);
        if (ranked.size() < 2) {
            return Double.POSITIVE_INFINITY;
        }
        ToDoubleFunction<Quote.Feasible> score =
                q ->
                        wish.terms().worth().isPresent()
                                ? milliWorth(q, wish.terms().worth().get())
                                : wish.finishWeight() * seconds(q, wish)
                                        + (1 - wish.finishWeight()) * cost(q) / 1000;
        return score.applyAsDouble(ranked.get(1)) - score.applyAsDouble(ranked.get(0));
    }

    static List<String> reasons(
            List<Quote> quotes, Quote.Feasible chosen, Wish wish, List<String> before) {
        List<String> reasons = new ArrayList<>();
        reasons.add(
                "%s: chosen; done in about %.1f s, cost %d%s, with %s"
                        .formatted(
                                chosen.site(),
                                seconds(chosen, wish),
                                chosen.milliCost(),
                                moves(chosen),
                                wish.terms()
                                        .worth()
                                        .map(w -> "lateness and bytes weighed in money")
                                        .orElse(
                                                "weight %.2f on the finish"
                                                        .formatted(wish.finishWeight()))));
        reasons.addAll(before);
        for (Quote quote : quotes) {
            switch (quote) {
                case Quote.Infeasible no -> reasons.add(no.site() + ": " + no.reason());
                case Quote.Feasible other -> {
                    if (!other.site().equals(chosen.site())) {
                        reasons.add(
                                "%s: done in about %.1f s, cost %d%s"
                                        .formatted(
                                                other.site(),
                                                seconds(other, wish),
                                                other.milliCost(),
                                                moves(other)));
                    }
                }
            }
        }
        return reasons;
    }

    /** Of a reason; nothing where there are no inputs. */
    public static String moves(Quote.Feasible quote) {
        if (quote.transfers().isEmpty()) {
            return "";
        }
        return quote.movedBytes() == 0
                ? ", no data move"
                : ", %d bytes move".formatted(quote.movedBytes());
    }

    private static double seconds(Quote.Feasible quote, Wish wish) {
        return Math.max(
                1e-3, Duration.between(wish.at(), quote.expectedFinish()).toMillis() / 1000.0);
    }

    /** One thousandth more, so that what is free can still be compared. */
    private static double cost(Quote.Feasible quote) {
        return quote.milliCost() + 1.0;
    }
}
