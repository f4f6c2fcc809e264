package org.roadloop.core.ledger;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A log behind HTTP (远程日志): any C2SP tlog-tiles server that has entry bundles too. Any thread.
 *
 * <p>What fails is tried again a few times; 404 alone means that a file is not there.
 */
public final class HttpLog implements LogSource, AutoCloseable {
    private static final int PARALLEL_READS = 6;
    private static final int ATTEMPTS = 4;

    /** 256 entries of 65,535 bytes, each with its length. */
    private static final int MAX_BYTES = TilePath.WIDTH * (2 + 0xFFFF);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);

    private final URI prefix;
    private final @Nullable String token;
    private final Duration firstPause;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(CONNECT_TIMEOUT)
                    .build();

    /**
     * @param prefix of the log, {@code https://example.com/log}
     * @param token bearer token for logs that are not public; never logged, and sent over https or
     *     within this machine only
     */
    public HttpLog(URI prefix, @Nullable String token) {
        this(prefix, token, Duration.ofMillis(250));
    }

    /**
     * @param firstPause before the second attempt; each further one is four times as long
     */
    HttpLog(URI prefix, @Nullable String token, Duration firstPause) {
        String scheme = prefix.getScheme();
        if (prefix.getHost() == null
                || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
                || prefix.getQuery() != null
                || prefix.getRawUserInfo() != null
                || prefix.getFragment() != null) {
            throw new IllegalArgumentException(
                    "that is no prefix of a log; write http(s)://HOST[:PORT][/PATH]");
        }
        if (token != null && "http".equalsIgnoreCase(scheme) && !isLoopback(prefix.getHost())) {
            throw new IllegalArgumentException(
                    "over http:// everyone on the way could read the token; give the https address"
                            + " of "
                            + prefix.getHost()
                            + ", or one of this machine that a tunnel leads from");
        }
        this.prefix = URI.create(prefix.toString().replaceAll("/+$", ""));
        this.token = token;
        this.firstPause = firstPause;
    }

    /** By its name: to ask the network who that is would leave it to the network. */
    private static boolean isLoopback(String host) {
        return host.equalsIgnoreCase("localhost")
                || host.equals("[::1]")
                || host.matches("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");
    }

    @Override
    public int parallelReads() {
        return PARALLEL_READS;
    }

    @Override
    public List<String> partials(String fullPath) {
        return List.of();
    }

    @Override
    public Optional<Path> directory() {
        return Optional.empty();
    }

    @Override
    public Optional<byte[]> find(String path) throws IOException {
        Duration pause = firstPause;
        for (int attempt = 1; ; attempt++) {
            IOException why;
            try {
                HttpResponse<byte[]> answer = get(path);
                int status = answer.statusCode();
                if (status == 200) {
                    return Optional.of(decoded(answer, path));
                }
                if (status == 404) {
                    return Optional.empty();
                }
                why = refusal(path, status);
                if (status != 429 && status < 500) {
                    throw why;
                }
            } catch (Unanswered e) {
                why = e;
            }
            if (attempt == ATTEMPTS) {
                throw why;
            }
            sleep(pause);
            pause = pause.multipliedBy(4);
        }
    }

    /** No answer, or half of one: worth another attempt. */
    private static final class Unanswered extends IOException {
        private static final long serialVersionUID = 1L;

        Unanswered(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private HttpResponse<byte[]> get(String path) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(prefix + "/" + path))
                        .header("Accept-Encoding", "gzip, identity")
                        .GET();
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        CompletableFuture<HttpResponse<byte[]>> answer =
                client.sendAsync(
                        request.build(),
                        HttpResponse.BodyHandlers.limiting(
                                HttpResponse.BodyHandlers.ofByteArray(), MAX_BYTES));
        try {
            return answer.get(ANSWER_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + this);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new Unanswered(
                    this + " did not answer for " + ANSWER_TIMEOUT.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new Unanswered(
                    this
                            + " can't be reached for "
                            + path
                            + " ("
                            + e.getCause()
                            + "); check the address and the network",
                    e.getCause());
        }
    }

    private byte[] decoded(HttpResponse<byte[]> answer, String path) throws IOException {
        String encoding = answer.headers().firstValue("Content-Encoding").orElse("identity");
        if (encoding.equalsIgnoreCase("identity")) {
            return answer.body();
        }
        if (!encoding.equalsIgnoreCase("gzip")) {
            throw new IOException(this + " sends " + path + " in encoding " + encoding);
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException(this + " sends " + path + " larger than a bundle can be");
            }
            return bytes;
        }
    }

    private IOException refusal(String path, int status) {
        return new IOException(
                this
                        + " answers "
                        + status
                        + " for "
                        + path
                        + switch (status) {
                            case 401, 403 ->
                                    token == null
                                            ? "; it wants a token, of role auditor if it is a"
                                                    + " Roadloop"
                                            : "; the token is unknown, expired or not of role"
                                                    + " auditor";
                            case 301, 302, 303, 307, 308 -> "; give the address it moved to";
                            case 429 -> "; it wants fewer requests, try again later";
                            default -> "";
                        });
    }

    private void sleep(Duration pause) throws InterruptedIOException {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + this);
        }
    }

    @Override
    public String toString() {
        return prefix.toString();
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
