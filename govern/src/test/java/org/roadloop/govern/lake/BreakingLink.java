package org.roadloop.govern.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** TCP to a server on this machine, broken at a byte of one direction until it is mended. */
final class BreakingLink implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
    private volatile boolean countsAnswers;

    BreakingLink(int server) throws IOException {
        this.server = server;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /**
     * @param answers counts bytes of answers, else those of requests
     */
    void breakAfter(long bytes, boolean answers) {
        countsAnswers = answers;
        left.set(bytes);
    }

    boolean isBroken() {
        return left.get() <= 0;
    }

    void mend() {
        left.set(Long.MAX_VALUE);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                if (isBroken()) {
                    client.close();
                    continue;
                }
                Socket toServer = new Socket(InetAddress.getLoopbackAddress(), server);
                open.add(client);
                open.add(toServer);
                Thread.ofVirtual().start(() -> pump(client, toServer, false));
                Thread.ofVirtual().start(() -> pump(toServer, client, true));
            }
        } catch (IOException closed) {
            closeAll();
        }
    }

    private void pump(Socket from, Socket to, boolean answers) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                long after = answers == countsAnswers ? left.addAndGet(-n) : left.get();
                if (after <= 0) {
                    out.write(buffer, 0, (int) Math.clamp(n + after, 0, n));
                    closeAll();
                    return;
                }
                out.write(buffer, 0, n);
            }
        } catch (IOException broken) {
            // as it was told, or one side has ended
        }
    }

    private void closeAll() {
        for (Socket socket : open) {
            try {
                socket.close();
            } catch (IOException e) {
                // it is gone
            }
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
