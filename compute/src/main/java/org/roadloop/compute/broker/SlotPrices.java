package org.roadloop.compute.broker;

import java.time.Duration;
import java.time.Instant;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.booking.Claim;

/**
 * What it costs that others can't have it (稀缺价格): the price of booked capacity, by how much of it
 * is booked already.
 *
 * <pre>
 * Idea   A claim of r units over a time pays, for each unit and moment,
 *            base · p · (μ^load − 1)        load = booked / capacity, 0 to 1
 *        where p is what the unit costs when nothing is booked. An idle resource adds nothing, one
 *        that is nearly full adds base·(μ − 1) times its own price: the last slots go to those to
 *        whom they are worth it. A claim is priced in eight equal pieces, each at its highest load.
 * Bound  With values, demands and μ as docs/compute.md (Broker) says, what is admitted is worth at
 *        least the (1 + 2·log2 μ)th part of what the best plan with hindsight would admit.
 * Paper  Awerbuch, Azar, Plotkin: Throughput-competitive on-line routing, FOCS 1993.
 * </pre>
 *
 * @param mu growth, at least 2
 * @param base share of the idle price, above 0
 */
public record SlotPrices(double mu, double base) {
    /** A full resource costs twenty times more than an idle one, a half full one 1.6 times. */
    public static final SlotPrices USUAL = new SlotPrices(1_000, 0.02);

    private static final int PIECES = 8;

    public SlotPrices {
        if (!(mu >= 2) || !(base > 0)) {
            throw new IllegalArgumentException(
                    "prices with growth %s and base %s: growth at least 2, base above 0"
                            .formatted(mu, base));
        }
    }

    /** Of one unit for one moment, as a multiple of the idle price; 0 when nothing is booked. */
    public double factor(double load) {
        return base * Math.expm1(load * Math.log(mu));
    }

    /**
     * What a claim pays on top, before it is booked itself.
     *
     * @param idleMilliCost of the claim on an idle resource
     */
    double scarcity(Calendar calendar, Claim claim, double idleMilliCost) {
        double capacity = calendar.get(claim.resource()).capacity();
        if (calendar.free(claim.resource(), claim.from(), claim.until()) >= capacity) {
            return 0;
        }
        Duration piece = Duration.between(claim.from(), claim.until()).dividedBy(PIECES);
        double sum = 0;
        Instant from = claim.from();
        for (int i = 0; i < PIECES; i++) {
            Instant until = i == PIECES - 1 ? claim.until() : from.plus(piece);
            if (from.isBefore(until)) {
                sum += factor(1 - calendar.free(claim.resource(), from, until) / capacity);
            }
            from = until;
        }
        return idleMilliCost * sum / PIECES;
    }
}
