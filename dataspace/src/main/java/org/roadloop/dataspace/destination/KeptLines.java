package org.roadloop.dataspace.destination;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 to peers that are spoken to again and again (长连接): a line is kept for the next message,
 * and the thread that asks writes and reads itself. The JDK's client hands an exchange over between
 * its selector, its workers and the one who waits; without that a negotiation takes a fifth less
 * CPU (bench {@code negotiation.cpu_ms}). Any thread; blocks, so called on virtual threads.
 *
 * <p>A kept line may have been closed by the peer meanwhile. What was sent on it without a byte of
 * an answer is sent once more, on a fresh one, so this is for messages that may come twice.
 */
public final class KeptLines implements AutoCloseable {
    private static final int CONNECT_MILLIS = 5_000;

    /** Shorter than servers keep a silent line: Jetty, and so Eclipse EDC, 30 s. */
    private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static final int KEPT_PER_PEER = 16;
    private static final int KEPT = 512;

    private final Duration within;
    private final Map<String, ArrayDeque<Line>> kept = new HashMap<>();
    private final Set<Line> underWay = new HashSet<>();
    private int keptCount;
    private boolean watched;
    private boolean closed;

    /**
     * @param headers name and value; length and host are added
     * @param body null for a GET
     */
    public record Request(URI url, Map<String, String> headers, byte @Nullable [] body) {
        String method() {
            return body == null ? "GET" : "POST";
        }
    }

    /**
     * @param body whole
     */
    public record Answer(int status, byte[] body) {}

    /** A connection, and until when it may be waited for or kept. */
    private static final class Line {
        final String peer;
        final Socket socket = new Socket();
        Socket secured = socket;
        @Nullable BufferedInputStream in;
        boolean used;
        volatile long endNanos;
        volatile boolean late;

        Line(String peer, long endNanos) {
            this.peer = peer;
            this.endNanos = endNanos;
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                // the end of a connection that is given up
            }
        }
    }

    /**
     * @param within the last byte of an answer must be there
     */
    public KeptLines(Duration within) {
        this.within = within;
    }

    /**
     * One exchange; the answer may have any status, and redirects are not followed.
     *
     * @throws ConnectException or {@link HttpConnectTimeoutException}, if nobody answers there
     * @throws HttpTimeoutException if the last byte is not there in time
     * @throws IOException also if the body has more than {@code maxBytes}
     */
    public Answer exchange(Request request, int maxBytes) throws IOException {
        String peer = request.url().getScheme() + "://" + request.url().getRawAuthority();
        long end = System.nanoTime() + within.toNanos();
        Line line = take(peer, end);
        if (line.used) {
            try {
                return over(line, request, maxBytes);
            } catch (UnansweredException e) {
                forget(peer);
                line = fresh(peer, end);
            }
        }
        return over(line, request, maxBytes);
    }

    /** The line was closed before the first byte of an answer. */
    private static final class UnansweredException extends IOException {
        UnansweredException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private Answer over(Line line, Request request, int maxBytes) throws IOException {
        boolean keep = false;
        try {
            if (!line.used) {
                connect(line, request.url());
            }
            BufferedInputStream in = begin(line, request);
            AnswerReader.Head head = AnswerReader.last(in);
            InputStream body = head.body(in, request.method());
            byte[] bytes = body.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw new IOException("the answer is over its capacity of " + maxBytes + " bytes");
            }
            // a body that ends with the last byte allowed has not said yet that it ends
            keep = head.endsClearly(request.method()) && body.read() < 0 && in.available() == 0;
            return new Answer(head.status(), bytes);
        } catch (IOException e) {
            if (line.late) {
                throw new HttpTimeoutException("no whole answer within " + within);
            }
            throw e;
        } finally {
            line.used = true;
            release(line, keep);
        }
    }

    /** Sends, and waits for the first byte. */
    private static BufferedInputStream begin(Line line, Request request) throws IOException {
        BufferedInputStream in = Objects.requireNonNull(line.in);
        try {
            line.secured.getOutputStream().write(bytes(request));
            in.mark(1);
            if (in.read() < 0) {
                throw new EOFException("the peer closed the connection");
            }
            in.reset();
            return in;
        } catch (SocketException | EOFException e) {
            throw line.used && !line.late ? new UnansweredException(e) : e;
        }
    }

    private static byte[] bytes(Request request) {
        URI url = request.url();
        String path = url.getRawPath();
        StringBuilder head = new StringBuilder(512).append(request.method()).append(' ');
        head.append(path == null || path.isEmpty() ? "/" : path);
        if (url.getRawQuery() != null) {
            head.append('?').append(url.getRawQuery());
        }
        head.append(" HTTP/1.1\r\nHost: ").append(url.getRawAuthority()).append("\r\n");
        for (Map.Entry<String, String> header : request.headers().entrySet()) {
            String value = header.getValue();
            if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
                throw new IllegalArgumentException("a line break in header " + header.getKey());
            }
            head.append(header.getKey()).append(": ").append(value).append("\r\n");
        }
        byte[] body = request.body();
        if (body != null) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        byte[] first = head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
        if (body == null) {
            return first;
        }
        byte[] all = Arrays.copyOf(first, first.length + body.length);
        System.arraycopy(body, 0, all, first.length, body.length);
        return all;
    }

    private static void connect(Line line, URI url) throws IOException {
        boolean secure = "https".equalsIgnoreCase(url.getScheme());
        if (url.getHost() == null || !secure && !"http".equalsIgnoreCase(url.getScheme())) {
            throw new ConnectException("an address begins with http:// or https:// and a host");
        }
        int port = url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
        try {
            line.socket.connect(new InetSocketAddress(url.getHost(), port), CONNECT_MILLIS);
        } catch (SocketTimeoutException e) {
            throw new HttpConnectTimeoutException("no connection to " + line.peer);
        } catch (IOException e) {
            ConnectException told = new ConnectException(String.valueOf(e.getMessage()));
            told.initCause(e);
            throw told;
        }
        line.socket.setTcpNoDelay(true);
        if (secure) {
            line.secured = CheckedExchange.secured(line.socket, url.getHost(), port);
        }
        line.in = new BufferedInputStream(line.secured.getInputStream());
    }

    // ---------------------------------------------------------------- what is kept

    private synchronized Line take(String peer, long end) {
        ArrayDeque<Line> lines = kept.get(peer);
        long now = System.nanoTime();
        while (lines != null && !lines.isEmpty()) {
            Line line = lines.removeLast();
            keptCount--;
            if (line.endNanos - now > 0) {
                line.endNanos = end;
                underWay.add(line);
                return line;
            }
            line.close();
        }
        return fresh(peer, end);
    }

    private synchronized Line fresh(String peer, long end) {
        Line line = new Line(peer, end);
        if (closed) {
            line.close();
        }
        underWay.add(line);
        if (!watched) {
            watched = true;
            Thread.ofVirtual().name("line-ends").start(this::watch);
        }
        return line;
    }

    private synchronized void release(Line line, boolean keep) {
        underWay.remove(line);
        ArrayDeque<Line> lines = kept.computeIfAbsent(line.peer, p -> new ArrayDeque<>());
        if (keep && !closed && !line.late && lines.size() < KEPT_PER_PEER && keptCount < KEPT) {
            line.endNanos = System.nanoTime() + KEEP_NANOS;
            lines.addLast(line);
            keptCount++;
        } else {
            line.close();
        }
        if (lines.isEmpty()) {
            kept.remove(line.peer);
        }
    }

    /** A peer that closed one line has closed the others, as a rule: it was started anew. */
    private synchronized void forget(String peer) {
        ArrayDeque<Line> lines = kept.remove(peer);
        if (lines != null) {
            keptCount -= lines.size();
            lines.forEach(Line::close);
        }
    }

    /**
     * Ends what takes too long and what was kept for nothing. It never sleeps longer than an
     * exchange may take, so that one begun meanwhile is not over before it wakes.
     */
    private void watch() {
        try {
            for (long pause = sweep(); pause > 0; pause = sweep()) {
                TimeUnit.NANOSECONDS.sleep(pause);
            }
        } catch (InterruptedException e) {
            close();
        }
    }

    /** Until the next end; 0 if there is nothing to watch any more. */
    private synchronized long sweep() {
        long now = System.nanoTime();
        long pause = within.toNanos();
        for (Line line : underWay) {
            if (line.endNanos - now <= 0) {
                line.late = true;
                line.close();
            } else {
                pause = Math.min(pause, line.endNanos - now);
            }
        }
        for (Iterator<ArrayDeque<Line>> peers = kept.values().iterator(); peers.hasNext(); ) {
            ArrayDeque<Line> lines = peers.next();
            while (!lines.isEmpty() && lines.getFirst().endNanos - now <= 0) {
                lines.removeFirst().close();
                keptCount--;
            }
            if (lines.isEmpty()) {
                peers.remove();
            } else {
                pause = Math.min(pause, lines.getFirst().endNanos - now);
            }
        }
        watched = !(underWay.isEmpty() && kept.isEmpty());
        return watched ? pause : 0;
    }

    /** Ends what is under way, too. */
    @Override
    public synchronized void close() {
        closed = true;
        underWay.forEach(Line::close);
        kept.values().forEach(lines -> lines.forEach(Line::close));
        kept.clear();
        keptCount = 0;
    }
}
