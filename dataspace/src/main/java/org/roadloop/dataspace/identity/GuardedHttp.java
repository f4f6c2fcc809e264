package org.roadloop.dataspace.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.roadloop.dataspace.destination.CheckedAddress;
import org.roadloop.dataspace.destination.CheckedExchange;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON and tokens from addresses that others gave us (受限出站访问): hosts by policy, no redirects,
 * bounded in time, size and number. The connection goes to the address that the policy looked at: a
 * name that turns into another address in between gains nothing. Any thread; blocks.
 */
public final class GuardedHttp {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** So many strangers may keep us waiting at a time; further ones are told to come back. */
    private static final int AT_A_TIME = 64;

    private final HostPolicy hosts;
    private final Semaphore turns = new Semaphore(AT_A_TIME);

    public GuardedHttp(HostPolicy hosts) {
        this.hosts = hosts;
    }

    /**
     * An answer, whatever its status.
     *
     * @param etag empty if it has none
     */
    public record Answer(
            URI url,
            int status,
            String contentType,
            Optional<URI> location,
            String etag,
            byte[] body) {
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
        return good(HttpRequest.newBuilder(url).header("Accept", accept), maxBytes);
    }

    /**
     * As {@link #get}; empty if it is still what it was (304).
     *
     * @param etag of what is known
     */
    public Optional<Answer> getIfChanged(URI url, String accept, String etag, int maxBytes) {
        Answer answer =
                good(
                        HttpRequest.newBuilder(url)
                                .header("Accept", accept)
                                .header("If-None-Match", etag),
                        maxBytes);
        return answer.status() == 304 ? Optional.empty() : Optional.of(answer);
    }

    private Answer good(HttpRequest.Builder builder, int maxBytes) {
        HttpRequest request = builder.build();
        Answer answer = exchange(request, maxBytes);
        boolean known =
                answer.status() == 304 && request.headers().map().containsKey("If-None-Match");
        if (!answer.good() && !known) {
            throw new CallerIdentity.UnauthorizedException(
                    "answer_refused", request.uri() + " answered " + answer.status());
        }
        return answer;
    }

    /** One exchange; the answer may have any status. */
    public Answer exchange(HttpRequest request, int maxBytes) {
        URI url = request.uri();
        CheckedAddress to = hosts.check(url);
        try {
            if (!turns.tryAcquire(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new CallerIdentity.UnauthorizedException(
                        "busy", "too many slow hosts are being asked; try again later");
            }
            try (CheckedExchange line = new CheckedExchange(to, TIMEOUT)) {
                Thread end = endAfterTimeout(line);
                try {
                    return answer(url, line.send(asked(request)), maxBytes);
                } finally {
                    end.interrupt();
                }
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

    /** A host that drips its answer makes progress for ever. */
    private static Thread endAfterTimeout(CheckedExchange line) {
        return Thread.ofVirtual()
                .name("line-end")
                .start(
                        () -> {
                            try {
                                Thread.sleep(TIMEOUT);
                                line.close();
                            } catch (InterruptedException e) {
                                // it is over
                            }
                        });
    }

    private static CheckedExchange.Request asked(HttpRequest request) {
        byte[] body = request.bodyPublisher().map(GuardedHttp::bytes).orElse(null);
        return new CheckedExchange.Request(
                request.method(),
                request.headers().map(),
                body == null ? null : new ByteArrayInputStream(body),
                body == null ? 0 : body.length);
    }

    private static Answer answer(URI url, CheckedExchange.Answer answer, int maxBytes)
            throws IOException {
        byte[] body = answer.body().readNBytes(maxBytes + 1);
        if (body.length > maxBytes) {
            throw new IOException("the answer has more than " + maxBytes + " bytes");
        }
        return new Answer(
                url,
                answer.status(),
                answer.header("Content-Type"),
                uri(answer.header("Location")),
                answer.header("ETag"),
                body);
    }

    private static byte[] bytes(HttpRequest.BodyPublisher publisher) {
        HttpResponse.BodySubscriber<byte[]> bytes = HttpResponse.BodySubscribers.ofByteArray();
        publisher.subscribe(
                new Flow.Subscriber<>() {
                    @Override
                    public void onSubscribe(Flow.Subscription subscription) {
                        bytes.onSubscribe(subscription);
                    }

                    @Override
                    public void onNext(ByteBuffer part) {
                        bytes.onNext(List.of(part));
                    }

                    @Override
                    public void onError(Throwable problem) {
                        bytes.onError(problem);
                    }

                    @Override
                    public void onComplete() {
                        bytes.onComplete();
                    }
                });
        return bytes.getBody().toCompletableFuture().join();
    }

    private static Optional<URI> uri(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(URI.create(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
