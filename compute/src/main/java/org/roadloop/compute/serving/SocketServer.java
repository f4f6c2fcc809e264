package org.roadloop.compute.serving;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The service's side of the socket (服务端): HTTP/1.1, one exchange a connection, each on a thread of
 * its own. For programs of this platform that run as services.
 */
public final class SocketServer implements AutoCloseable {
    private static final int HEAD_BYTES = 16 << 10;
    private static final int BODY_BYTES = 64 << 20;

    /**
     * @param path without the query
     * @param query as it came, empty for none
     */
    public record Asked(String method, String path, String query, byte[] body) {}

    /** What is answered. */
    public record Reply(int status, String contentType, byte[] body) {
        public static Reply json(int status, String body) {
            return new Reply(status, "application/json", body.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Answers; what it throws is a 500. Any thread. */
    @FunctionalInterface
    public interface Handler {
        Reply answer(Asked asked) throws Exception;
    }

    private final ServerSocketChannel server;
    private final Handler handler;

    /**
     * Listens from now on; what lay there is replaced.
     *
     * @param socket usually the value of {@link ServiceSpec#SOCKET_VARIABLE}
     */
    public SocketServer(Path socket, Handler handler) throws IOException {
        Files.deleteIfExists(socket);
        this.handler = handler;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
    }

    /** Answers until it is closed. */
    public void run() throws IOException {
        try {
            while (true) {
                SocketChannel channel = server.accept();
                Thread.ofVirtual().start(() -> exchange(channel));
            }
        } catch (ClosedChannelException e) {
            return; // as it was told to
        }
    }

    private void exchange(SocketChannel channel) {
        try (channel) {
            InputStream in = new BufferedInputStream(Channels.newInputStream(channel), 8192);
            int[] left = {HEAD_BYTES};
            String[] first = UnixHttp.line(in, left).split(" ", -1);
            Map<String, String> headers = UnixHttp.headers(in, left);
            String length = headers.getOrDefault("content-length", "0");
            if (first.length != 3 || !length.matches("\\d{1,8}")) {
                write(channel, Reply.json(400, "{\"error\":\"no request of HTTP/1.1\"}"));
                return;
            }
            if (Integer.parseInt(length) > BODY_BYTES) {
                write(channel, Reply.json(413, "{\"error\":\"too large\"}"));
                return;
            }
            byte[] body = UnixHttp.exactly(in, Integer.parseInt(length));
            int query = first[1].indexOf('?');
            write(
                    channel,
                    reply(
                            new Asked(
                                    first[0],
                                    query < 0 ? first[1] : first[1].substring(0, query),
                                    query < 0 ? "" : first[1].substring(query + 1),
                                    body)));
        } catch (IOException e) {
            System.err.println("an exchange was cut off: " + e.getMessage());
        }
    }

    private Reply reply(Asked asked) {
        try {
            return handler.answer(asked);
        } catch (Exception e) {
            System.err.println(asked.method() + " " + asked.path() + ": " + e);
            return Reply.json(500, "{\"error\":\"the service failed\"}");
        }
    }

    private static void write(SocketChannel channel, Reply reply) throws IOException {
        String head =
                "HTTP/1.1 %d -\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
                        .formatted(reply.status(), reply.contentType(), reply.body().length);
        ByteBuffer[] bytes = {
            ByteBuffer.wrap(head.getBytes(StandardCharsets.ISO_8859_1)),
            ByteBuffer.wrap(reply.body())
        };
        while (bytes[1].hasRemaining() || bytes[0].hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
