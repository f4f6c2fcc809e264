package org.roadloop.app.clearing;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Page;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.clearing.Auction;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.dataspace.identity.CallerIdentity;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Auctions of a provider (拍卖): opened, bid by other participants, closed. A bid is a payload of the
 * ledger, so its entry shows no amount while the auction runs, and binds it; the close opens all
 * bids. Sealed from the other bidders, not from the provider. Any thread.
 */
public final class Auctions {
    /** {auction, asset, currency, reserveMilli}. */
    public static final String OPENED = "auction.opened";

    /** Payload: {bidder, milli, at}. */
    public static final String BID = "auction.bid";

    private final Ledger ledger;
    private final String did;
    private final CallerIdentity identity;
    private final Peers peers;
    private final AssetCatalog catalog;
    private final Clock clock;
    private final Map<String, State> states = new LinkedHashMap<>();
    private long next;

    /** One auction; {@code result} is the body of {@code auction.closed}, absent while it runs. */
    private record State(
            Auction auction, long version, List<Auction.Bid> bids, Optional<JsonNode> result) {}

    /**
     * @param catalog an auction is of an asset in it
     */
    public Auctions(
            Ledger ledger,
            String did,
            CallerIdentity identity,
            Peers peers,
            AssetCatalog catalog,
            Clock clock) {
        this.ledger = ledger;
        this.did = did;
        this.identity = identity;
        this.peers = peers;
        this.catalog = catalog;
        this.clock = clock;
    }

    public List<Route> routes() {
        return List.of(
                Route.post(
                                "/api/v1/auctions",
                                Role.PROVIDER,
                                "Open a sealed-bid second-price auction for a price of an asset",
                                this::open)
                        .schemas(
                                """
                                {"type":"object","required":["asset","currency","reserveMilli"],
                                 "properties":{"asset":{"type":"string"},
                                 "currency":{"type":"string","pattern":"^[A-Z]{3}$"},
                                 "reserveMilli":{"type":"integer","minimum":0}}}
                                """,
                                ""),
                Route.get(
                                "/api/v1/auctions",
                                Role.PROVIDER,
                                "Auctions; bids are shown once one is closed",
                                this::list)
                        .alsoFor(Role.AUDITOR),
                Route.post(
                        "/api/v1/auctions/{id}/close",
                        Role.PROVIDER,
                        "Close: all bids are opened, the winner pays the second price",
                        this::close),
                Route.post(
                                "/api/v1/bids",
                                Role.CONSUMER,
                                "Bid in a provider's auction, once",
                                this::bidAtPeer)
                        .schemas(
                                """
                                {"type":"object","required":["provider","auction","milli"],
                                 "properties":{"provider":{"type":"string","format":"uri"},
                                 "auction":{"type":"string"},
                                 "milli":{"type":"integer","minimum":0}}}
                                """,
                                ""));
    }

    /** For other participants. */
    public void mount(RoutesConfig routes) {
        routes.get(Peers.BASE + "/auctions/{id}", this::seen);
        routes.post(Peers.BASE + "/auctions/{id}/bids", this::bid);
    }

    // ---------------------------------------------------------------- our users

    private void open(Context c) {
        JsonNode body = Json.object(c);
        Auction auction =
                new Auction(
                        UUID.randomUUID().toString(),
                        body.required("asset").asString(),
                        body.required("currency").asString(),
                        body.required("reserveMilli").asLong());
        if (catalog.find(auction.asset()).isEmpty()) {
            throw Problem.badRequest(
                    "unknown_asset",
                    "no asset '"
                            + auction.asset()
                            + "' is offered here; POST /api/v1/assets offers one");
        }
        if (!auction.currency().matches("[A-Z]{3}")) {
            throw Problem.badRequest(
                    "invalid_currency", "'currency' is an ISO 4217 code, for example CNY");
        }
        ObjectNode evidence = Json.mapper().createObjectNode();
        evidence.put("auction", auction.id()).put("asset", auction.asset());
        evidence.put("currency", auction.currency());
        evidence.put("reserveMilli", auction.reserveMilli());
        long index =
                ledger.append(
                                Event.of(
                                        OPENED,
                                        clock.instant(),
                                        did,
                                        subject(auction.id()),
                                        evidence))
                        .firstIndex();
        c.status(201).json(Map.of("id", auction.id(), "ledgerIndex", index));
    }

    private void list(Context c) {
        List<ObjectNode> views = current().stream().map(Auctions::view).toList();
        c.json(Page.of(c).of(views, view -> view.required("id").asString()));
    }

    private static ObjectNode view(State state) {
        ObjectNode view = Json.mapper().createObjectNode();
        view.put("id", state.auction().id()).put("asset", state.auction().asset());
        view.put("currency", state.auction().currency());
        view.put("reserveMilli", state.auction().reserveMilli());
        view.put("state", state.result().isPresent() ? "closed" : "open");
        view.put("bids", state.bids().size());
        state.result().ifPresent(result -> view.set("result", result));
        return view;
    }

    private void close(Context c) {
        State state = get(c.pathParam("id"));
        if (state.result().isEmpty()) {
            Auction.Result result = state.auction().close(state.bids());
            // a bid that comes meanwhile is a conflict, and the caller closes again
            ledger.append(
                    List.of(result.event(clock.instant(), did)),
                    Map.of(subject(state.auction().id()), state.version()));
        }
        c.json(view(get(state.auction().id())));
    }

    private void bidAtPeer(Context c) {
        JsonNode body = Json.object(c);
        URI provider = URI.create(body.required("provider").asString());
        URI origin = URI.create(provider.getScheme() + "://" + provider.getAuthority());
        String auction = body.required("auction").asString();
        if (!auction.matches("[A-Za-z0-9-]{1,64}")) {
            throw Problem.badRequest("invalid_auction", "'auction' is no id of an auction");
        }
        ObjectNode bid =
                Json.mapper().createObjectNode().put("milli", body.required("milli").asLong());
        Peers.Peer peer = new Peers.Peer(identity.didOf(origin), origin);
        c.json(peers.post(peer, "/auctions/" + auction + "/bids", bid));
    }

    // ---------------------------------------------------------------- other participants

    private String caller(Context c) {
        try {
            String header = c.header("Authorization");
            return identity.verify(header == null ? "" : header);
        } catch (CallerIdentity.UnauthorizedException e) {
            throw new Problem(401, "unauthorized", String.valueOf(e.getMessage()));
        }
    }

    private void seen(Context c) {
        caller(c);
        c.json(view(get(c.pathParam("id"))));
    }

    private void bid(Context c) {
        String bidder = caller(c);
        Instant now = clock.instant();
        Auction.Bid bid = new Auction.Bid(bidder, Json.object(c).required("milli").asLong(), now);
        State state = get(c.pathParam("id"));
        if (bidder.equals(did)) {
            throw new Problem(409, "bid_in_own_auction", "a provider's own bid raises the price");
        }
        if (state.result().isPresent()) {
            throw new Problem(409, "auction_closed", "the auction is closed");
        }
        if (state.bids().stream().anyMatch(other -> other.bidder().equals(bidder))) {
            throw new Problem(409, "bid_twice", "you have bid; a bid stands");
        }
        ObjectNode payload = Json.mapper().createObjectNode();
        payload.put("bidder", bidder).put("milli", bid.milli()).put("at", now.toString());
        long index =
                ledger.append(
                                List.of(
                                        Event.withPayload(
                                                BID,
                                                now,
                                                did,
                                                subject(state.auction().id()),
                                                Json.mapper().writeValueAsBytes(payload))),
                                Map.of(subject(state.auction().id()), state.version()))
                        .firstIndex();
        c.json(Map.of("auction", state.auction().id(), "ledgerIndex", index));
    }

    // ---------------------------------------------------------------- fold

    static String subject(String id) {
        return "auction:" + id;
    }

    private synchronized List<State> current() {
        if (next < ledger.size()) {
            try (Stream<Entry> entries = ledger.read(next)) {
                entries.forEach(this::take);
            }
        }
        return new ArrayList<>(states.values());
    }

    private State get(String id) {
        return current().stream()
                .filter(state -> state.auction().id().equals(id))
                .findFirst()
                .orElseThrow(
                        () -> Problem.notFound("auction_not_found", "no auction '" + id + "'"));
    }

    private void take(Entry entry) {
        next = entry.index() + 1;
        Event event = entry.event();
        if (event.type().equals(OPENED)) {
            JsonNode body = event.json();
            Auction auction =
                    new Auction(
                            body.required("auction").asString(),
                            body.required("asset").asString(),
                            body.required("currency").asString(),
                            body.required("reserveMilli").asLong());
            states.put(event.subject(), new State(auction, 1, List.of(), Optional.empty()));
            return;
        }
        states.computeIfPresent(event.subject(), (subject, state) -> moved(state, event));
    }

    private static State moved(State state, Event event) {
        List<Auction.Bid> bids = new ArrayList<>(state.bids());
        if (event.type().equals(BID) && event.body() instanceof Event.Payload payload) {
            JsonNode bid = Json.mapper().readTree(payload.bytes());
            bids.add(
                    new Auction.Bid(
                            bid.required("bidder").asString(),
                            bid.required("milli").asLong(),
                            Instant.parse(bid.required("at").asString())));
        }
        Optional<JsonNode> result =
                event.type().equals(Auction.CLOSED) ? Optional.of(event.json()) : state.result();
        return new State(state.auction(), state.version() + 1, List.copyOf(bids), result);
    }
}
