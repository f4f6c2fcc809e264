package org.roadloop.dataspace;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A TCP line to a port of this machine that breaks after a given number of bytes, connection by
 * connection, and can change one byte of what is answered.
 */
final class BrokenLine implements AutoCloseable {
    static final long WHOLE = Long.MAX_VALUE;
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int to;
    private final Deque<Long> up = new ArrayDeque<>();
    private final Deque<Long> down = new ArrayDeque<>();
    final AtomicLong answeredBytes = new AtomicLong();

    /** Directions of connections that broke. */
    final AtomicLong broken = new AtomicLong();

    volatile long flipAt = -1;

    BrokenLine(int to) throws IOException {
        this.to = to;
        Thread.ofVirtual().start(this::accept);
    }

    URI of(URI endpoint) {
        return URI.create(
                endpoint.toString()
                        .replaceFirst("//localhost:\\d+", "//localhost:" + server.getLocalPort()));
    }

    /** The next connections break after so many bytes answered; those after them don't. */
    synchronized void breakAnswers(long... bytes) {
        for (long b : bytes) {
            down.add(b);
        }
    }

    /** The same for bytes sent. */
    synchronized void breakRequests(long... bytes) {
        for (long b : bytes) {
            up.add(b);
        }
    }

    private synchronized long next(Deque<Long> budgets) {
        Long budget = budgets.poll();
        return budget == null ? WHOLE : budget;
    }

    private void accept() {
        while (true) {
            try {
                Socket client = server.accept();
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), to);
                long sends = next(up);
                long answers = next(down);
                Thread.ofVirtual().start(() -> relay(client, behind, sends, false));
                Thread.ofVirtual().start(() -> relay(behind, client, answers, true));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void relay(Socket from, Socket into, long budget, boolean answer) {
        long left = budget;
        byte[] chunk = new byte[16 * 1024];
        try (from;
                into) {
            InputStream in = from.getInputStream();
            OutputStream out = into.getOutputStream();
            for (int n = in.read(chunk); n >= 0 && left > 0; n = in.read(chunk)) {
                int passed = (int) Math.min(n, left);
                if (answer) {
                    long before = answeredBytes.getAndAdd(passed);
                    if (flipAt >= before && flipAt < before + passed) {
                        chunk[(int) (flipAt - before)] ^= 1;
                    }
                }
                out.write(chunk, 0, passed);
                out.flush();
                left -= passed;
                if (left == 0) {
                    into.setSoLinger(true, 0);
                }
            }
        } catch (IOException e) {
            // the other half of the line broke
        }
        if (left == 0) {
            broken.incrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
