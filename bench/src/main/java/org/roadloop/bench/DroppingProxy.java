package org.roadloop.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before an HTTP/1.1 server and loses answers (丢包代理): a request is carried over whole, then,
 * by lot, the connection is cut when the first byte of its answer comes, so that the server has
 * acted and the client can't know. Any thread.
 */
final class DroppingProxy implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final ServerSocket door;
    private final SplittableRandom random;
    private final AtomicInteger dropped = new AtomicInteger();
    private volatile double share;
    private volatile URI server = URI.create("http://localhost:0");

    /**
     * @param share of answers that are lost, 0..1
     */
    DroppingProxy(double share, long seed) throws IOException {
        this.share = share;
        this.random = new SplittableRandom(seed);
        door = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("proxy").start(this::accept);
    }

    URI url() {
        return URI.create("http://localhost:" + door.getLocalPort());
    }

    /** Where requests go from now on. */
    void leadTo(URI server) {
        this.server = server;
    }

    /** From now on all answers arrive. */
    void heal() {
        share = 0;
    }

    int dropped() {
        return dropped.get();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket target = new Socket()) {
            target.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()));
            client.setTcpNoDelay(true);
            target.setTcpNoDelay(true);
            // Without pipelining, the first bytes after a request's are the answer's.
            AtomicBoolean asked = new AtomicBoolean();
            Thread requests =
                    Thread.ofVirtual().start(() -> carry(client, target, () -> asked.set(true)));
            carry(
                    target,
                    client,
                    () -> {
                        if (asked.getAndSet(false) && lost()) {
                            dropped.incrementAndGet();
                            throw new IOException("dropped");
                        }
                    });
            requests.join();
        } catch (IOException e) {
            // the server is not there: the client's connection ends
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Look {
        void before() throws IOException;
    }

    /** Until one side ends; then the other's end is closed too. */
    private static void carry(Socket from, Socket to, Look look) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                look.before();
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // both are closed above
        }
    }

    private boolean lost() {
        synchronized (random) {
            return random.nextDouble() < share;
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
