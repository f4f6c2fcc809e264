package org.roadloop.dataspace.access;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.dataspace.destination.CheckedExchange;

/**
 * Brings one file to an HTTP endpoint of the consumer (HTTP 推送): {@code PUT} with the endpoint's
 * token and the file's checksum. A receiver that answers {@code HEAD} with {@code Upload-Offset}
 * gets only the rest after a broken connection, by {@code PATCH} from that offset; any other gets
 * the file again, which is not metered again.
 */
final class HttpPush {
    static final String OFFSET = "Upload-Offset";
    static final String PART = "application/partial-upload";

    private final Destinations destinations;
    private final Pushes.Patience patience;

    HttpPush(Destinations destinations, Pushes.Patience patience) {
        this.destinations = destinations;
        this.patience = patience;
    }

    /**
     * Returns when the receiver has the whole file.
     *
     * @throws IOException if access ended meanwhile
     */
    void push(MeteredFile file, DataAddress to)
            throws IOException, PushFailedException, InterruptedException {
        String last = "";
        long had = -1;
        int failures = 0;
        CountDownLatch ended = new CountDownLatch(1);
        Runnable listening = file.onEnd(ended::countDown);
        try {
            while (failures <= patience.pauses().size()) {
                long offset = 0;
                try {
                    offset = had < 0 ? 0 : offset(file, to);
                    if (offset == file.export().dataBytes() || sent(file, to, offset)) {
                        return;
                    }
                    last = "the receiver had a fault";
                } catch (IOException e) {
                    last = String.valueOf(e.getMessage());
                }
                failures = offset > had ? 1 : failures + 1;
                had = offset;
                Duration pause =
                        failures <= patience.pauses().size()
                                ? patience.pauses().get(failures - 1)
                                : Duration.ZERO;
                if (ended.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new IOException("access ended");
                }
            }
        } finally {
            listening.run();
        }
        throw new PushFailedException(
                "receiver_unreachable", "the receiver did not take the data: " + last);
    }

    /** How much the receiver has of this file; 0 if it does not say. */
    private long offset(MeteredFile file, DataAddress to) throws IOException {
        try (CheckedExchange exchange = exchange(to)) {
            CheckedExchange.Answer answer =
                    exchange.send(new CheckedExchange.Request("HEAD", headers(file, to), null, 0));
            String offset = answer.header(OFFSET);
            if (answer.status() / 100 != 2 || !offset.matches("\\d{1,18}")) {
                return 0;
            }
            return Math.min(file.export().dataBytes(), Long.parseLong(offset));
        }
    }

    /**
     * @return whether it arrived; false if it is worth another try
     */
    private boolean sent(MeteredFile file, DataAddress to, long offset)
            throws IOException, PushFailedException {
        Map<String, List<String>> headers = headers(file, to);
        headers.put("Expect", List.of("100-continue"));
        headers.put("Content-Type", List.of(offset == 0 ? file.export().mediaType() : PART));
        if (offset > 0) {
            headers.put(OFFSET, List.of(Long.toString(offset)));
        }
        long size = file.export().dataBytes();
        try (CheckedExchange exchange = exchange(to)) {
            Runnable listening = file.onEnd(exchange::close);
            try (InputStream body = new Later(file, offset, size)) {
                CheckedExchange.Answer answer =
                        exchange.send(
                                new CheckedExchange.Request(
                                        offset == 0 ? "PUT" : "PATCH",
                                        headers,
                                        body,
                                        size - offset));
                return taken(answer);
            } finally {
                listening.run();
            }
        }
    }

    private static boolean taken(CheckedExchange.Answer answer) throws PushFailedException {
        int status = answer.status();
        if (status / 100 == 2) {
            if (answer.header("Content-Type").startsWith("text/html")) {
                throw new PushFailedException(
                        "receiver_answered_html",
                        "the receiver answered "
                                + status
                                + " with a page for people; is the address that of an upload?");
            }
            return true;
        }
        // 422: what arrived has another checksum; it is sent again
        if (status >= 500 || List.of(408, 409, 422, 425, 429).contains(status)) {
            return false;
        }
        throw new PushFailedException("receiver_refused", "the receiver answered " + status);
    }

    private CheckedExchange exchange(DataAddress to) throws IOException {
        try {
            return new CheckedExchange(
                    destinations.check(URI.create(to.endpoint())), patience.silence());
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Map<String, List<String>> headers(MeteredFile file, DataAddress to) {
        PinnedExport export = file.export();
        Map<String, List<String>> headers = new LinkedHashMap<>();
        to.findToken()
                .ifPresent(
                        token ->
                                headers.put(
                                        to.properties().getOrDefault("authKey", "Authorization"),
                                        List.of(authorization(to, token))));
        headers.put(Digests.WHOLE, List.of(export.digest()));
        headers.put("Upload-Length", List.of(Long.toString(export.dataBytes())));
        headers.put("Roadloop-Snapshot", List.of(Long.toString(export.snapshot())));
        headers.put("Roadloop-Rows", List.of(Long.toString(export.rows())));
        return headers;
    }

    private static String authorization(DataAddress to, String token) {
        boolean bearer = "bearer".equalsIgnoreCase(to.properties().get(DataAddress.AUTH_TYPE));
        return bearer && !token.startsWith("Bearer ") ? "Bearer " + token : token;
    }

    /** Opened, and so metered, when the receiver wants the body. */
    private static final class Later extends InputStream {
        private final MeteredFile file;
        private final long from;
        private final long until;
        private @org.jspecify.annotations.Nullable InputStream in;

        Later(MeteredFile file, long from, long until) {
            this.file = file;
            this.from = from;
            this.until = until;
        }

        private InputStream opened() throws IOException {
            InputStream open = in;
            if (open == null) {
                open = file.open(from, until);
                in = open;
            }
            return open;
        }

        @Override
        public int read() throws IOException {
            return opened().read();
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            return opened().read(to, offset, length);
        }

        @Override
        public void close() throws IOException {
            if (in != null) {
                in.close();
            }
        }
    }
}
