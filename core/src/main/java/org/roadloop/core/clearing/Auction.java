package org.roadloop.core.clearing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.roadloop.core.ledger.Event;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A sealed-bid second-price auction with reserve (密封第二价格拍卖): the highest bid of at least the
 * reserve wins, at the second highest bid or the reserve, whichever is more. So a bidder does best
 * by bidding what the thing is worth to it (Vickrey 1961). Equal bids: the earlier wins, then the
 * smaller DID.
 *
 * @param reserveMilli least price of one step, thousandths
 */
public record Auction(String id, String asset, String currency, long reserveMilli) {
    public static final String CLOSED = "auction.closed";

    private static final Comparator<Bid> BEST_FIRST =
            Comparator.comparingLong(Bid::milli)
                    .reversed()
                    .thenComparing(Bid::at)
                    .thenComparing(Bid::bidder);

    public Auction {
        if (reserveMilli < 0) {
            throw new IllegalArgumentException("auction " + id + " has a negative reserve");
        }
    }

    /**
     * @param bidder DID
     * @param milli for one step, thousandths
     */
    public record Bid(String bidder, long milli, Instant at) {
        public Bid {
            if (milli < 0) {
                throw new IllegalArgumentException("bid of " + milli + ": 0 or more");
            }
        }
    }

    /**
     * @param bids the best first
     * @param winner DID; empty if no bid reached the reserve
     * @param priceMilli what the winner pays for a step; 0 without one
     */
    public record Result(
            Auction auction, List<Bid> bids, Optional<String> winner, long priceMilli) {
        public Result {
            bids = List.copyOf(bids);
        }

        /** What stands in the tariff of the winner's agreement. */
        public Price.Auctioned price(String unit, String flavour, long per) {
            if (winner.isEmpty()) {
                throw new IllegalStateException("auction " + auction.id() + " has no winner");
            }
            return new Price.Auctioned(auction.id(), unit, flavour, per, priceMilli);
        }

        /** The evidence, {@code auction.closed}; all bids are opened, so that anyone can check. */
        public Event event(Instant at, String actor) {
            ObjectNode body = JsonMapper.shared().createObjectNode();
            body.put("auction", auction.id()).put("asset", auction.asset());
            body.put("currency", auction.currency());
            body.put("reserveMilli", auction.reserveMilli());
            ArrayNode array = body.putArray("bids");
            for (Bid bid : bids) {
                array.addObject()
                        .put("bidder", bid.bidder())
                        .put("milli", bid.milli())
                        .put("at", bid.at().toString());
            }
            winner.ifPresent(did -> body.put("winner", did).put("priceMilli", priceMilli));
            return Event.of(CLOSED, at, actor, "auction:" + auction.id(), body);
        }
    }

    /**
     * @param bids in any order, one a bidder
     * @throws IllegalArgumentException if a bidder bid twice
     */
    public Result close(List<Bid> bids) {
        List<Bid> sorted = new ArrayList<>(bids);
        sorted.sort(BEST_FIRST);
        if (bids.stream().map(Bid::bidder).distinct().count() != bids.size()) {
            throw new IllegalArgumentException("auction " + id + ": a bidder bid twice");
        }
        if (sorted.isEmpty() || sorted.getFirst().milli() < reserveMilli) {
            return new Result(this, sorted, Optional.empty(), 0);
        }
        long second = sorted.size() > 1 ? sorted.get(1).milli() : 0;
        return new Result(
                this,
                sorted,
                Optional.of(sorted.getFirst().bidder()),
                Math.max(second, reserveMilli));
    }
}
