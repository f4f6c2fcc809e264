package org.roadloop.dataspace.identity;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One HTTP exchange with an end (限时收取): the answer is there whole, within a time and a size. The
 * timeout of {@link HttpRequest} ends with the headers, so a peer that drips its body would hold
 * the thread for ever. Any thread; blocks.
 */
public final class WholeAnswer {
    private WholeAnswer() {}

    /**
     * @throws HttpTimeoutException if the last byte is not there in time
     * @throws IOException also if the body has more than {@code maxBytes}
     */
    public static HttpResponse<byte[]> of(
            HttpClient http, HttpRequest request, Duration within, int maxBytes)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(
                        request,
                        HttpResponse.BodyHandlers.limiting(
                                HttpResponse.BodyHandlers.ofByteArray(), maxBytes));
        try {
            return answer.get(within.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new HttpTimeoutException("no whole answer within " + within);
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
    }
}
