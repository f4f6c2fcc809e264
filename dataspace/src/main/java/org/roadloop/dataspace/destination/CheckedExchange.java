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
import java.util.List;
import java.util.Map;
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
    private static final int CONNECT_MILLIS = 5_000;
    private static final int CONTINUE_MILLIS = 1_000;

    private final CheckedAddress to;
    private final Duration patience;
    private final Socket socket = new Socket();
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
        Socket line = to.secure() ? secured(socket, to.uri().getHost(), to.port()) : socket;
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

    /** TLS that proves the host's name, over a line that stands. */
    static Socket secured(Socket line, String host, int port) throws IOException {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket tls = (SSLSocket) factory.createSocket(line, host, port, true);
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
        AnswerReader.Head head = AnswerReader.head(in);
        return head.status() == 100
                ? null
                : new Answer(head.status(), head.headers(), InputStream.nullInputStream());
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
        AnswerReader.Head head = AnswerReader.last(in);
        progressed();
        return new Answer(head.status(), head.headers(), head.body(in, method));
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
}
