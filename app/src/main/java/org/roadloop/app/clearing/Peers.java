package org.roadloop.app.clearing;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.Dialogue;
import org.roadloop.dataspace.identity.CallerIdentity;
import org.roadloop.dataspace.identity.WholeAnswer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The other party of a contract, as we call it about clearing (合约对方). Its address is that of its
 * connector, and its DID is proven there before anything is sent. Any thread; blocks.
 */
public final class Peers {
    /** Routes of a participant for others; not of its own users. */
    public static final String BASE = "/clearing";

    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final int STATEMENT_BYTES = 16 << 20;

    private final ContractBook book;
    private final CallerIdentity identity;
    private final HttpClient http;

    public Peers(ContractBook book, CallerIdentity identity, HttpClient http) {
        this.book = book;
        this.identity = identity;
        this.http = http;
    }

    /**
     * Who and where.
     *
     * @param origin scheme, host and port
     */
    record Peer(String did, URI origin) {}

    /** The other party of a contract. */
    Peer of(ContractBook.Contract contract) {
        Dialogue dialogue = book.getNegotiation(contract.negotiationPid()).dialogue();
        URI address = URI.create(dialogue.peerAddress());
        URI origin = URI.create(address.getScheme() + "://" + address.getAuthority());
        String proven = identity.didOf(origin);
        if (!proven.equals(dialogue.peer())) {
            throw new Problem(
                    502,
                    "peer_moved",
                    "at " + origin + " is now " + proven + ", not " + dialogue.peer());
        }
        return new Peer(dialogue.peer(), origin);
    }

    /** The peer's signed statement, as it came. */
    String statement(Peer peer, String agreement, Instant from, Instant until) {
        return text(
                send(
                        peer,
                        request(
                                        peer,
                                        "/agreements/"
                                                + URLEncoder.encode(
                                                        agreement, StandardCharsets.UTF_8)
                                                + "/statement?from="
                                                + from
                                                + "&to="
                                                + until)
                                .GET()));
    }

    JsonNode post(Peer peer, String path, JsonNode body) {
        return Json.mapper()
                .readTree(
                        send(
                                peer,
                                request(peer, path)
                                        .header("Content-Type", "application/json")
                                        .POST(
                                                HttpRequest.BodyPublishers.ofString(
                                                        body.toString()))));
    }

    private HttpRequest.Builder request(Peer peer, String path) {
        try {
            return HttpRequest.newBuilder(URI.create(peer.origin() + BASE + path))
                    .header("Authorization", identity.authorization(peer.did()));
        } catch (CallerIdentity.UnauthorizedException e) {
            throw new Problem(
                    504, "peer_silent", "no token for " + peer.did() + ": " + e.getMessage());
        }
    }

    private byte[] send(Peer peer, HttpRequest.Builder request) {
        try {
            HttpResponse<byte[]> answer =
                    WholeAnswer.of(http, request.build(), WITHIN, STATEMENT_BYTES);
            if (answer.statusCode() == 200) {
                return answer.body();
            }
            throw new Problem(
                    answer.statusCode() >= 500 ? 502 : 409,
                    "peer_refused",
                    peer.did() + " answered " + answer.statusCode() + ": " + detail(answer.body()));
        } catch (IOException e) {
            throw new Problem(
                    504, "peer_silent", peer.did() + " can't be reached: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem(503, "stopping", "the platform is stopping");
        }
    }

    private static String detail(byte[] body) {
        try {
            return Json.mapper().readTree(body).path("detail").asString("");
        } catch (JacksonException e) {
            return "";
        }
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.US_ASCII);
    }
}
