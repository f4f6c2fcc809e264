package org.roadloop.compute.serving;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One HTTP/1.1 exchange over a Unix domain socket (RFC 9112; 本机套接字上的 HTTP). Whoever answers is not
 * trusted: head, body and time are bounded, and one connection carries one exchange.
 */
final class UnixHttp {
    private static final int HEAD_BYTES = 16 << 10;

    /**
     * @param target path and query as they stand in the request line
     */
    record Request(String method, String target, Map<String, String> headers, byte[] body) {
        Request {
            if (!method.matches("[A-Z]{1,10}") || !target.matches("/[!-~]*")) {
                throw new IllegalArgumentException("request '" + method + " " + target + "'");
            }
        }

        static Request get(String target) {
            return new Request("GET", target, Map.of(), new byte[0]);
        }
    }

    /**
     * @param headers by lower-case name, the last of each
     */
    record Answer(int status, Map<String, String> headers, byte[] body) {}

    /** The answer did not come in time. */
    static final class SlowException extends IOException {
        private static final long serialVersionUID = 1L;

        SlowException(Duration limit) {
            super("no whole answer within " + limit.toMillis() + " ms");
        }
    }

    /** What came is no answer of HTTP/1.1, or more than allowed. */
    static final class BadAnswerException extends IOException {
        private static final long serialVersionUID = 1L;

        BadAnswerException(String message) {
            super(message);
        }
    }

    private UnixHttp() {}

    /**
     * @param socket that is no link
     * @throws SlowException after the limit
     * @throws BadAnswerException of more than so many bytes, or that is no HTTP
     */
    static Answer exchange(Path socket, Request request, Duration limit, int answerBytes)
            throws IOException {
        AtomicBoolean late = new AtomicBoolean();
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            Thread watch = Thread.ofVirtual().start(() -> closeAfter(limit, channel, late));
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                write(channel, request);
                return read(Channels.newInputStream(channel), answerBytes, request.method());
            } catch (ClosedChannelException e) {
                if (late.get()) {
                    throw new SlowException(limit);
                }
                throw e;
            } finally {
                watch.interrupt();
            }
        }
    }

    private static void closeAfter(Duration limit, SocketChannel channel, AtomicBoolean late) {
        try {
            Thread.sleep(limit);
            late.set(true);
            channel.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void write(SocketChannel channel, Request request) throws IOException {
        StringBuilder head = new StringBuilder();
        head.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.1\r\n");
        head.append("Host: service\r\nConnection: close\r\n");
        head.append("Content-Length: ").append(request.body().length).append("\r\n");
        request.headers()
                .forEach(
                        (name, value) ->
                                head.append(name)
                                        .append(": ")
                                        .append(value.replaceAll("[^ -~]", " "))
                                        .append("\r\n"));
        head.append("\r\n");
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        all.write(request.body());
        ByteBuffer bytes = ByteBuffer.wrap(all.toByteArray());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static Answer read(InputStream in, int answerBytes, String method) throws IOException {
        InputStream buffered = new java.io.BufferedInputStream(in, 8192);
        int[] left = {HEAD_BYTES};
        String status = line(buffered, left);
        while (status.matches("HTTP/1\\.1 1\\d\\d( .*)?")) {
            headers(buffered, left);
            status = line(buffered, left);
        }
        if (!status.matches("HTTP/1\\.[01] [2-5]\\d\\d( .*)?")) {
            throw new BadAnswerException("the service does not answer in HTTP/1.1");
        }
        int code = Integer.parseInt(status.substring(9, 12));
        Map<String, String> headers = headers(buffered, left);
        boolean empty = code == 204 || code == 304 || method.equals("HEAD");
        return new Answer(
                code, headers, empty ? new byte[0] : body(buffered, headers, answerBytes));
    }

    static Map<String, String> headers(InputStream in, int[] left) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(in, left); !line.isEmpty(); line = line(in, left)) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new BadAnswerException("a header line of the answer has no name");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static byte[] body(InputStream in, Map<String, String> headers, int most)
            throws IOException {
        if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
            return chunks(in, most);
        }
        String length = headers.getOrDefault("content-length", "");
        if (length.isEmpty()) {
            byte[] all = in.readNBytes(most + 1);
            if (all.length > most) {
                throw tooLarge(most);
            }
            return all;
        }
        if (!length.matches("\\d{1,18}")) {
            throw new BadAnswerException("the answer's Content-Length is no number");
        }
        if (Long.parseLong(length) > most) {
            throw tooLarge(most);
        }
        return exactly(in, Integer.parseInt(length));
    }

    private static byte[] chunks(InputStream in, int most) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (true) {
            String size = line(in, new int[] {256}).replaceAll(";.*", "").strip();
            if (!size.matches("[0-9a-fA-F]{1,8}")) {
                throw new BadAnswerException("a chunk of the answer has no size");
            }
            long bytes = Long.parseLong(size, 16);
            if (bytes == 0) {
                return all.toByteArray();
            }
            if (all.size() + bytes > most) {
                throw tooLarge(most);
            }
            all.write(exactly(in, (int) bytes));
            line(in, new int[] {2});
        }
    }

    static byte[] exactly(InputStream in, int bytes) throws IOException {
        byte[] read = in.readNBytes(bytes);
        if (read.length < bytes) {
            throw new EOFException("the service closed the connection within its answer");
        }
        return read;
    }

    private static BadAnswerException tooLarge(int most) {
        return new BadAnswerException("the answer is larger than " + most + " bytes");
    }

    /** Up to the line's end, which is taken off; of at most so many bytes. */
    static String line(InputStream in, int[] left) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the service closed the connection before its answer");
            }
            if (--left[0] < 0) {
                throw new BadAnswerException("the head of the answer is longer than allowed");
            }
            line.append((char) c);
        }
        int last = line.length() - 1;
        return last >= 0 && line.charAt(last) == '\r' ? line.substring(0, last) : line.toString();
    }
}
