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
 * Sends protocol messages and waits for the answer (发件), once, or, for somebody who waits, with
 * growing pauses while the peer can't be reached or fails on its side. The answer is bounded in
 * time and size. Any thread; blocks, so called on virtual threads.
 */
final class Outbox {
    private static final Logger log = LoggerFactory.getLogger(Outbox.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int MAX_BYTES = 4 * 1024 * 1024;

    private final HttpClient http;
    private final CallerIdentity identity;
    private final ConnectorConfig config;

    /**
     * @param status HTTP status, or 0 if the peer was never reached or answered no protocol message
     * @param body missing node if there is none
     */
    record Answer(int status, JsonNode body) {
        boolean ok() {
            return status >= 200 && status < 300;
        }

        /** Nothing of the peer's own answered. */
        boolean unreached() {
            return status == 0 || status >= 502 && status <= 504;
        }

        /** It says nothing about the message: the same one may be taken later. */
        boolean failedThere() {
            return status == 0
                    || status >= 500
                    || status == 408
                    || status == 425
                    || status == 429
                    || status >= 300 && status < 400;
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
        return send(URI.create(address + path), peer, body(message));
    }

    Answer postOnce(String address, String path, JsonNode message, String peer) {
        return once(URI.create(address + path), peer, body(message));
    }

    Answer getOnce(String address, String path, String peer) {
        return once(URI.create(address + path), peer, null);
    }

    private static HttpRequest.BodyPublisher body(JsonNode message) {
        return HttpRequest.BodyPublishers.ofByteArray(
                JsonMapper.shared().writeValueAsBytes(message));
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
            boolean peerFailed = answer.failedThere();
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
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(url)
                            .header("Authorization", identity.authorization(peer))
                            .header("Accept", "application/json");
            if (body != null) {
                request.header("Content-Type", "application/json").POST(body);
            }
            HttpResponse<byte[]> response =
                    WholeAnswer.of(http, request.build(), TIMEOUT, MAX_BYTES);
            return answer(response.statusCode(), response.body());
        } catch (CallerIdentity.UnauthorizedException e) {
            return new Answer(0, reason("no token for the peer now: " + e.getMessage()));
        } catch (IOException e) {
            return new Answer(0, reason(e.getClass().getSimpleName() + " " + e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(0, reason("interrupted"));
        }
    }

    private static Answer answer(int status, byte[] bytes) {
        if (bytes.length == 0) {
            return new Answer(status, tools.jackson.databind.node.MissingNode.getInstance());
        }
        try {
            return new Answer(status, JsonMapper.shared().readTree(bytes));
        } catch (JacksonException e) {
            // a page of something in between is no consent of the peer
            boolean consent = status >= 200 && status < 300;
            return new Answer(
                    consent ? 0 : status, reason("HTTP " + status + " with no JSON in it"));
        }
    }

    private static JsonNode reason(String text) {
        return JsonMapper.shared().createObjectNode().put("reason", text);
    }
}
