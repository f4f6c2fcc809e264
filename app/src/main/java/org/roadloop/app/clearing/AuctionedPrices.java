package org.roadloop.app.clearing;

import java.util.Set;
import java.util.stream.Stream;
import org.roadloop.app.http.Problem;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.clearing.Auction;
import org.roadloop.core.clearing.Price;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import tools.jackson.databind.JsonNode;

/** An offer with a price of an auction names one that found this price (拍卖成交价核对). */
public final class AuctionedPrices {
    private AuctionedPrices() {}

    /**
     * @throws Problem 400 unless each auction was closed here, for this asset, at this price
     */
    public static void check(Asset asset, Ledger ledger) {
        for (Offer offer : asset.offers()) {
            for (Price price : offer.tariff().prices()) {
                if (price instanceof Price.Auctioned auctioned) {
                    check(asset, offer, auctioned, ledger);
                }
            }
        }
    }

    private static void check(Asset asset, Offer offer, Price.Auctioned price, Ledger ledger) {
        String named =
                "offer '" + offer.id() + "' has a price of auction '" + price.auction() + "'";
        JsonNode result = result(price.auction(), ledger, named);
        String about = result.required("asset").asString();
        if (!about.equals(asset.id())) {
            throw refused(named + ", which was of asset '" + about + "'");
        }
        JsonNode found = result.path("priceMilli");
        if (found.isMissingNode()) {
            throw refused(named + ", which nobody won");
        }
        String currency = result.required("currency").asString();
        if (found.asLong() != price.milli() || !currency.equals(offer.tariff().currency())) {
            throw refused(named + ", which found " + found.asLong() + " milli " + currency);
        }
    }

    private static JsonNode result(String auction, Ledger ledger, String named) {
        String subject = Auctions.subject(auction);
        if (ledger.version(subject) == 0) {
            throw refused(named + ", which is none of ours; GET /api/v1/auctions lists them");
        }
        try (Stream<Entry> entries = ledger.read(0, Set.of(Auction.CLOSED))) {
            return entries.map(Entry::event)
                    .filter(e -> e.subject().equals(subject))
                    .findFirst()
                    .map(Event::json)
                    .orElseThrow(() -> refused(named + ", which is not closed yet"));
        }
    }

    private static Problem refused(String why) {
        return Problem.badRequest("unknown_auction", why);
    }
}
