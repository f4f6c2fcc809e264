package org.roadloop.dataspace.dsp;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.dataspace.destination.KeptLines;
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
final class Outbox implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Outbox.class);

    /** Of a data set, for somebody who waits for it. */
    private static final int MAX_BYTES = 4 * 1024 * 1024;

    /** Of an answer to a word of ours: a few members. */
    static final int MAX_STATE_BYTES = 32 * 1024;

    private static final int MAX_WORD_CHARS = 256;

    private final HttpClient http;
    private final CallerIdentity identity;
    private final ConnectorConfig config;
    private final Duration within;
    private final KeptLines lines;
    private final PeerFaults faults = new PeerFaults();

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
            return text.isBlank() ? "HTTP " + status : QuietLog.clean(text.trim());
        }

        /**
         * A pid or a state: what is longer than one, or no text, is as good as missing, because it
         * would go into the ledger and the log.
         */
        String word(String member) {
            String text = body.path(member).asString("");
            return text.length() <= MAX_WORD_CHARS && text.equals(QuietLog.clean(text)) ? text : "";
        }
    }

    /**
     * @param http where a proxy stands between; otherwise {@link KeptLines} serve
     * @param within the last byte of an answer must be there
     */
    Outbox(HttpClient http, CallerIdentity identity, ConnectorConfig config, Duration within) {
        this.http = http;
        this.identity = identity;
        this.config = config;
        this.within = within;
        lines = new KeptLines(within);
    }

    PeerFaults faults() {
        return faults;
    }

    /** The peer took a first message, yet says under no id that it can be found by. */
    void withoutPid(String address, String peer) {
        faults.note(PeerFaults.Fault.NO_PID, URI.create(address), peer, "no pid in its answer");
    }

    Answer post(String address, String path, JsonNode message, String peer) {
        return send(URI.create(address + path), peer, body(message));
    }

    Answer postOnce(String address, String path, JsonNode message, String peer) {
        return once(URI.create(address + path), peer, body(message), MAX_STATE_BYTES);
    }

    Answer getOnce(String address, String path, String peer) {
        return once(URI.create(address + path), peer, null, MAX_STATE_BYTES);
    }

    private static byte[] body(JsonNode message) {
        return JsonMapper.shared().writeValueAsBytes(message);
    }

    Answer get(String address, String path, String peer) {
        return send(URI.create(address + path), peer, null);
    }

    private Answer send(URI url, String peer, byte @Nullable [] body) {
        Iterator<Duration> pauses = config.retryDelays().iterator();
        while (true) {
            Answer answer = once(url, peer, body, MAX_BYTES);
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

    private Answer once(URI url, String peer, byte @Nullable [] body, int maxBytes) {
        try {
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("Authorization", identity.authorization(peer));
            headers.put("Accept", "application/json");
            if (body != null) {
                headers.put("Content-Type", "application/json");
            }
            KeptLines.Answer response =
                    direct(url)
                            ? lines.exchange(new KeptLines.Request(url, headers, body), maxBytes)
                            : throughProxy(url, headers, body, maxBytes);
            Answer answer = answer(response.status(), response.body());
            flaw(answer, response.status())
                    .ifPresent(fault -> faults.note(fault, url, peer, answer.error()));
            return answer;
        } catch (CallerIdentity.UnauthorizedException e) {
            String what = "no token for the peer now: " + e.getMessage();
            faults.note(PeerFaults.Fault.NO_TOKEN, url, peer, what);
            return new Answer(0, reason(what));
        } catch (IOException e) {
            String what = e.getClass().getSimpleName() + " " + e.getMessage();
            faults.note(PeerFaults.Fault.of(e), url, peer, what);
            return new Answer(0, reason(what));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(0, reason("interrupted"));
        }
    }

    private static boolean direct(URI url) {
        ProxySelector proxies = ProxySelector.getDefault();
        return proxies == null
                || proxies.select(url).stream().allMatch(p -> p.type() == Proxy.Type.DIRECT);
    }

    private KeptLines.Answer throughProxy(
            URI url, Map<String, String> headers, byte @Nullable [] body, int maxBytes)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url);
        headers.forEach(request::header);
        if (body != null) {
            request.POST(HttpRequest.BodyPublishers.ofByteArray(body));
        }
        HttpResponse<byte[]> answer = WholeAnswer.of(http, request.build(), within, maxBytes);
        return new KeptLines.Answer(answer.statusCode(), answer.body());
    }

    @Override
    public void close() {
        lines.close();
    }

    private static Optional<PeerFaults.Fault> flaw(Answer answer, int status) {
        return status >= 300 && status < 400
                ? Optional.of(PeerFaults.Fault.REDIRECT)
                : answer.status() == 0
                        ? Optional.of(PeerFaults.Fault.NO_JSON)
                        : answer.failedThere()
                                ? Optional.of(PeerFaults.Fault.FAILED)
                                : Optional.empty();
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
