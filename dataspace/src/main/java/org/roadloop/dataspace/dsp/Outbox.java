package org.roadloop.dataspace.dsp;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Iterator;
import org.roadloop.dataspace.identity.CallerIdentity;
import org.roadloop.dataspace.identity.WholeAnswer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends protocol messages and waits for the answer (发件). A peer that can't be reached or fails on
 * its side (5xx, 429) is tried again with growing pauses, with a new token each time. Any thread;
 * blocks, so called on virtual threads.
 */
final class Outbox {
    private static final Logger log = LoggerFactory.getLogger(Outbox.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int MAX_BYTES = 4 * 1024 * 1024;

    private final HttpClient http;
    private final CallerIdentity identity;
    private final ConnectorConfig config;

    /**
     * @param status HTTP status, or 0 if the peer was never reached
     * @param body missing node if there is none
     */
    record Answer(int status, JsonNode body) {
        boolean ok() {
            return status >= 200 && status < 300;
        }

        /** Code and reasons of an error object, shortened. */
        String error() {
            String text =
                    body.path("code").asString("")
                            + " "
                            + (body.path("reason").isMissingNode() ? "" : body.path("reason"));
            return text.isBlank()
                    ? "HTTP " + status
                    : text.substring(0, Math.min(300, text.length())).trim();
        }
    }

    Outbox(HttpClient http, CallerIdentity identity, ConnectorConfig config) {
        this.http = http;
        this.identity = identity;
        this.config = config;
    }

    Answer post(String address, String path, JsonNode message, String peer) {
        byte[] body = JsonMapper.shared().writeValueAsBytes(message);
        return send(URI.create(address + path), peer, HttpRequest.BodyPublishers.ofByteArray(body));
    }

    Answer get(String address, String path, String peer) {
        return send(URI.create(address + path), peer, null);
    }

    private Answer send(
            URI url,
            String peer,
            HttpRequest.@org.jspecify.annotations.Nullable BodyPublisher body) {
        Iterator<Duration> pauses = config.retryDelays().iterator();
        while (true) {
            Answer answer = once(url, peer, body);
            boolean peerFailed =
                    answer.status() == 0 || answer.status() >= 500 || answer.status() == 429;
            if (!peerFailed || !pauses.hasNext()) {
                if (peerFailed) {
                    log.warn("gave up sending to {}: {}", url, answer.error());
                }
                return answer;
            }
            try {
                Thread.sleep(pauses.next());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return answer;
            }
        }
    }

    private Answer once(
            URI url,
            String peer,
            HttpRequest.@org.jspecify.annotations.Nullable BodyPublisher body) {
        String authorization;
        try {
            authorization = identity.authorization(peer);
        } catch (CallerIdentity.UnauthorizedException e) {
            // who vouches for us is away: as if the peer were
            return new Answer(0, reason(String.valueOf(e.getMessage())));
        }
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url)
                        .header("Authorization", authorization)
                        .header("Accept", "application/json");
        if (body != null) {
            request.header("Content-Type", "application/json").POST(body);
        }
        try {
            HttpResponse<byte[]> response =
                    WholeAnswer.of(http, request.build(), TIMEOUT, MAX_BYTES);
            return new Answer(response.statusCode(), parse(response.body()));
        } catch (IOException e) {
            return new Answer(0, reason(e.getClass().getSimpleName() + " " + e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(0, reason("interrupted"));
        }
    }

    private static JsonNode parse(byte[] bytes) {
        if (bytes.length == 0) {
            return tools.jackson.databind.node.MissingNode.getInstance();
        }
        try {
            return JsonMapper.shared().readTree(bytes);
        } catch (JacksonException e) {
            return reason("the answer is no JSON");
        }
    }

    private static JsonNode reason(String text) {
        return JsonMapper.shared().createObjectNode().put("reason", text);
    }
}
