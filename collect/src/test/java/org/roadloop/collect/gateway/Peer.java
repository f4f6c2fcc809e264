package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.roadloop.core.table.LogPosition;

/** Speaks in hex over a plain socket. */
final class Peer implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    Peer(InetSocketAddress address) throws IOException {
        this(new Socket(address.getAddress(), address.getPort()));
    }

    /** Over a socket that is connected, as one of TLS. */
    Peer(Socket connected) throws IOException {
        socket = connected;
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    void send(String hex) throws IOException {
        socket.getOutputStream().write(HexFormat.of().parseHex(hex));
    }

    String receive(int bytes) throws IOException {
        assertThat(bytes).isPositive();
        return HexFormat.of().formatHex(in.readNBytes(bytes));
    }

    boolean isClosed() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Reads until the other side ends it, whatever it says before. */
    boolean isEnded() throws IOException {
        try {
            in.transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** A GB/T 32960 frame with its checksum. */
    static String withBcc(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        int bcc = 0;
        for (int i = 2; i < bytes.length; i++) {
            bcc ^= bytes[i];
        }
        return hex + "%02x".formatted(bcc & 0xFF);
    }

    /** All raw frames in a log, in order. */
    static List<String> logged(FrameLog log) throws InterruptedException {
        log.flush();
        return FrameLogTest.read(log, LogPosition.START).stream()
                .map(raw -> HexFormat.of().formatHex(raw.getBytes(StandardCharsets.ISO_8859_1)))
                .toList();
    }
}
