package org.roadloop.dataspace.destination;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 request to an address that was checked (受检请求). The JDK's clients resolve the host
 * themselves, so a name that was harmless when it was looked at may be this machine when they
 * connect; here the connection goes to the address of the check, and TLS still proves the host's
 * name. One thread; {@link #close} from any thread ends it at once.
 */
public final class CheckedExchange implements AutoCloseable {
    private static final int MOST_HEAD_BYTES = 32 * 1024;
    private static final int CONNECT_MILLIS = 5_000;
    private static final int CONTINUE_MILLIS = 1_000;

    private final CheckedAddress to;
    private final Duration patience;
    private final Socket socket = new Socket();
    private @Nullable Socket secured;
    private volatile long progressNanos = System.nanoTime();
    private volatile boolean closed;

    /**
     * @param headers by name, any case
     * @param body null for none
     * @param dataBytes of the body
     */
    public record Request(
            String method,
            Map<String, List<String>> headers,
            @Nullable InputStream body,
            long dataBytes) {}

    /**
     * @param headers names in any case
     * @param body ends with the message
     */
    public record Answer(int status, Map<String, List<String>> headers, InputStream body) {
        public String header(String name) {
            return headers.getOrDefault(name, List.of("")).getFirst();
        }
    }

    /**
     * @param patience how long without any progress, before it is given up
     */
    public CheckedExchange(CheckedAddress to, Duration patience) {
        this.to = to;
        this.patience = patience;
    }

    /**
     * Sends and waits for the head of the answer. A body is not begun if the receiver refuses it
     * within a second of the head, where the request {@code Expect}s so.
     */
    public Answer send(Request request) throws IOException {
        Thread.ofVirtual().name("line-patience").start(this::watch);
        socket.connect(new InetSocketAddress(to.address(), to.port()), CONNECT_MILLIS);
        Socket line = to.secure() ? secure() : socket;
        line.setSoTimeout(Math.toIntExact(patience.toMillis()));
        OutputStream out = line.getOutputStream();
        BufferedInputStream in = new BufferedInputStream(line.getInputStream());
        out.write(head(request));
        out.flush();
        progressed();
        InputStream body = request.body();
        if (body != null) {
            if (request.headers().keySet().stream().anyMatch("Expect"::equalsIgnoreCase)) {
                Answer early = early(line, in);
                if (early != null) {
                    return early;
                }
            }
            try {
                write(body, out);
            } catch (java.net.SocketException e) {
                return refusal(in, request, e);
            }
        }
        return answer(in, request.method());
    }

    private Socket secure() throws IOException {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket tls =
                (SSLSocket) factory.createSocket(socket, to.uri().getHost(), to.port(), true);
        secured = tls;
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return tls;
    }

    private byte[] head(Request request) {
        String path = to.uri().getRawPath();
        String query = to.uri().getRawQuery();
        StringBuilder head = new StringBuilder(request.method()).append(' ');
        head.append(path == null || path.isEmpty() ? "/" : path);
        head.append(query == null ? "" : "?" + query).append(" HTTP/1.1\r\n");
        boolean hostGiven = false;
        for (Map.Entry<String, List<String>> header : request.headers().entrySet()) {
            String name = header.getKey();
            if (name.equalsIgnoreCase("Content-Length") || name.equalsIgnoreCase("Connection")) {
                continue;
            }
            hostGiven |= name.equalsIgnoreCase("Host");
            for (String value : header.getValue()) {
                if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
                    throw new IllegalArgumentException("a line break in header " + name);
                }
                head.append(name).append(": ").append(value).append("\r\n");
            }
        }
        if (!hostGiven) {
            head.append("Host: ").append(to.uri().getRawAuthority()).append("\r\n");
        }
        if (request.body() != null || request.method().startsWith("P")) {
            head.append("Content-Length: ").append(request.dataBytes()).append("\r\n");
        }
        return head.append("Connection: close\r\n\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    /** What the receiver says to the head alone; null if the body may follow. */
    private @Nullable Answer early(Socket line, BufferedInputStream in) throws IOException {
        line.setSoTimeout(CONTINUE_MILLIS);
        try {
            in.mark(1);
            if (in.read() < 0) {
                throw new IOException("the receiver closed the connection");
            }
            in.reset();
        } catch (SocketTimeoutException e) {
            return null;
        } finally {
            line.setSoTimeout(Math.toIntExact(patience.toMillis()));
        }
        Answer answer = head(in);
        return answer.status() == 100 ? null : answer;
    }

    private void write(InputStream body, OutputStream out) throws IOException {
        byte[] chunk = new byte[64 * 1024];
        for (int n = body.read(chunk); n >= 0; n = body.read(chunk)) {
            out.write(chunk, 0, n);
            progressed();
        }
        out.flush();
    }

    /** A receiver that stops reading has often said why. */
    private Answer refusal(BufferedInputStream in, Request request, IOException broken)
            throws IOException {
        try {
            Answer answer = answer(in, request.method());
            if (answer.status() >= 400) {
                return answer;
            }
        } catch (IOException e) {
            broken.addSuppressed(e);
        }
        throw broken;
    }

    private Answer answer(BufferedInputStream in, String method) throws IOException {
        Answer answer = head(in);
        while (answer.status() / 100 == 1) {
            answer = head(in);
        }
        progressed();
        boolean none = method.equals("HEAD") || answer.status() == 204 || answer.status() == 304;
        if (none) {
            return new Answer(answer.status(), answer.headers(), InputStream.nullInputStream());
        }
        if (answer.header("Transfer-Encoding").equalsIgnoreCase("chunked")) {
            return new Answer(answer.status(), answer.headers(), new ChunkedBody(in));
        }
        String length = answer.header("Content-Length");
        InputStream body =
                length.matches("\\d{1,18}") ? new Limited(in, Long.parseLong(length)) : in;
        return new Answer(answer.status(), answer.headers(), body);
    }

    private static Answer head(BufferedInputStream in) throws IOException {
        int[] budget = {MOST_HEAD_BYTES};
        String status = line(in, budget);
        if (!status.matches("HTTP/1\\.[01] \\d{3}( .*)?")) {
            throw new IOException("the receiver does not speak HTTP/1.1");
        }
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(in, budget); !line.isEmpty(); line = line(in, budget)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.computeIfAbsent(line.substring(0, colon), n -> new ArrayList<>())
                        .add(line.substring(colon + 1).strip());
            }
        }
        return new Answer(
                Integer.parseInt(status.substring(9, 12)), headers, InputStream.nullInputStream());
    }

    static String line(InputStream in, int[] budget) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the receiver closed the connection");
            }
            if (--budget[0] < 0) {
                throw new IOException("the head of the answer is too long");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    private void progressed() {
        progressNanos = System.nanoTime();
    }

    /** A write to a receiver that does not read knows no timeout. */
    private void watch() {
        while (!closed) {
            if (System.nanoTime() - progressNanos > patience.toNanos()) {
                close();
                return;
            }
            try {
                Thread.sleep(Math.min(1_000, patience.toMillis()));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            socket.close();
        } catch (IOException e) {
            // the end of a connection that is given up
        }
    }

    /** A body of known length. */
    private static final class Limited extends InputStream {
        private final InputStream in;
        private long left;

        Limited(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int n = in.read(to, offset, (int) Math.min(left, length));
            if (n < 0) {
                throw new IOException("the answer ended " + left + " bytes early");
            }
            left -= n;
            return n;
        }
    }

    /** A body in chunks, RFC 9112 §7.1. */
    private static final class ChunkedBody extends InputStream {
        private final InputStream in;
        private long left;
        private boolean first = true;
        private boolean ended;

        ChunkedBody(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (left == 0 && !ended) {
                next();
            }
            if (ended) {
                return -1;
            }
            int n = in.read(to, offset, (int) Math.min(left, length));
            if (n < 0) {
                throw new IOException("the answer ended in the middle of a chunk");
            }
            left -= n;
            return n;
        }

        private void next() throws IOException {
            int[] budget = {MOST_HEAD_BYTES};
            if (!first) {
                line(in, budget);
            }
            first = false;
            String size = line(in, budget).replaceFirst(";.*", "").strip();
            if (!size.matches("[0-9A-Fa-f]{1,15}")) {
                throw new IOException("the answer has a chunk without a size");
            }
            left = Long.parseLong(size, 16);
            if (left == 0) {
                ended = true;
                while (!line(in, budget).isEmpty()) {
                    // trailers say nothing that is asked here
                }
            }
        }
    }
}
