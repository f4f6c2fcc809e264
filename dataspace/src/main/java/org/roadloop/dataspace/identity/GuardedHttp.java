package org.roadloop.dataspace.identity;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON and tokens from addresses that others gave us (受限出站访问): hosts by policy, no redirects,
 * bounded in time, size and number. Any thread; blocks.
 */
public final class GuardedHttp {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** So many strangers may keep us waiting at a time; further ones are told to come back. */
    private static final int AT_A_TIME = 64;

    private final HttpClient http;
    private final HostPolicy hosts;
    private final Semaphore turns = new Semaphore(AT_A_TIME);

    /**
     * @param http must not follow redirects: they would lead around the policy
     */
    public GuardedHttp(HttpClient http, HostPolicy hosts) {
        if (http.followRedirects() != HttpClient.Redirect.NEVER) {
            throw new IllegalArgumentException("the HTTP client must not follow redirects");
        }
        this.http = http;
        this.hosts = hosts;
    }

    /** An answer, whatever its status. */
    public record Answer(
            URI url, int status, String contentType, Optional<URI> location, byte[] body) {
        public boolean good() {
            return status / 100 == 2;
        }

        /**
         * @throws CallerIdentity.UnauthorizedException {@code answer_no_json}
         */
        public JsonNode json() {
            try {
                return JsonMapper.shared().readTree(body);
            } catch (JacksonException e) {
                throw new CallerIdentity.UnauthorizedException(
                        "answer_no_json",
                        url + " answered " + status + " with " + kind() + " that is not JSON");
            }
        }

        private String kind() {
            return contentType.isEmpty()
                    ? "something"
                    : contentType.replaceAll("[^\\w/+.;= -]", "?");
        }
    }

    /**
     * Gets what must be there.
     *
     * @throws CallerIdentity.UnauthorizedException {@code host_refused}, {@code host_unreachable},
     *     {@code answer_refused} for a status other than 2xx
     */
    public Answer get(URI url, String accept, int maxBytes) {
        Answer answer =
                exchange(HttpRequest.newBuilder(url).header("Accept", accept).build(), maxBytes);
        if (!answer.good()) {
            throw new CallerIdentity.UnauthorizedException(
                    "answer_refused", url + " answered " + answer.status());
        }
        return answer;
    }

    /** One exchange; the answer may have any status. */
    public Answer exchange(HttpRequest request, int maxBytes) {
        URI url = request.uri();
        hosts.check(url);
        try {
            if (!turns.tryAcquire(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new CallerIdentity.UnauthorizedException(
                        "busy", "too many slow hosts are being asked; try again later");
            }
            try {
                HttpResponse<byte[]> response = WholeAnswer.of(http, request, TIMEOUT, maxBytes);
                return new Answer(
                        url,
                        response.statusCode(),
                        response.headers().firstValue("Content-Type").orElse(""),
                        response.headers().firstValue("Location").flatMap(GuardedHttp::uri),
                        response.body());
            } finally {
                turns.release();
            }
        } catch (IOException e) {
            throw new CallerIdentity.UnauthorizedException(
                    "host_unreachable", url + " can't be read: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallerIdentity.UnauthorizedException(
                    "host_unreachable", "interrupted while reading " + url);
        }
    }

    private static Optional<URI> uri(String text) {
        try {
            return Optional.of(URI.create(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
