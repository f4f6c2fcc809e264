package org.roadloop.dataspace.access;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.dataspace.destination.CheckedExchange;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * Carries the requests of the S3 library to addresses that were checked (受检 S3 连接), and can end
 * them from another thread. Any thread.
 */
final class CheckedS3Http implements SdkHttpClient {
    private final Destinations destinations;
    private final Duration silence;
    private final Set<CheckedExchange> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    CheckedS3Http(Destinations destinations, Duration silence) {
        this.destinations = destinations;
        this.silence = silence;
    }

    /** Ends what is under way, and lets nothing new begin. */
    void cut() {
        cut = true;
        underWay.forEach(CheckedExchange::close);
    }

    /** Requests are taken again. */
    void mend() {
        cut = false;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new Prepared(request);
    }

    @Override
    public String clientName() {
        return "roadloop";
    }

    @Override
    public void close() {
        cut();
    }

    private final class Prepared implements ExecutableHttpRequest {
        private final HttpExecuteRequest request;
        private volatile @org.jspecify.annotations.Nullable CheckedExchange exchange;

        Prepared(HttpExecuteRequest request) {
            this.request = request;
        }

        @Override
        public HttpExecuteResponse call() throws IOException {
            SdkHttpRequest http = request.httpRequest();
            CheckedExchange line;
            try {
                line = new CheckedExchange(destinations.check(http.getUri()), silence);
            } catch (IllegalArgumentException e) {
                throw new IOException(e.getMessage(), e);
            }
            exchange = line;
            underWay.add(line);
            if (cut) {
                abort();
                throw new IOException("access was taken away");
            }
            try {
                return answer(line, line.send(asked(http)));
            } catch (IOException | RuntimeException e) {
                abort();
                throw e;
            }
        }

        private CheckedExchange.Request asked(SdkHttpRequest http) {
            long dataBytes =
                    http.firstMatchingHeader("Content-Length").map(Long::parseLong).orElse(0L);
            return new CheckedExchange.Request(
                    http.method().name(),
                    http.headers(),
                    request.contentStreamProvider()
                            .map(software.amazon.awssdk.http.ContentStreamProvider::newStream)
                            .orElse(null),
                    dataBytes);
        }

        private HttpExecuteResponse answer(CheckedExchange line, CheckedExchange.Answer answer) {
            return HttpExecuteResponse.builder()
                    .response(
                            SdkHttpResponse.builder()
                                    .statusCode(answer.status())
                                    .headers(answer.headers())
                                    .build())
                    .responseBody(
                            AbortableInputStream.create(
                                    new java.io.FilterInputStream(answer.body()) {
                                        @Override
                                        public void close() {
                                            abort();
                                        }
                                    },
                                    this::abort))
                    .build();
        }

        @Override
        public void abort() {
            CheckedExchange line = exchange;
            if (line != null) {
                line.close();
                underWay.remove(line);
            }
        }
    }
}
