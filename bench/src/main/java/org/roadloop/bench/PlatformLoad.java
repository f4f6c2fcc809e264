package org.roadloop.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/**
 * Platform links that report as fast as they are answered, or at a rate (平台负载). One thread, but
 * {@link #answered}, {@link #drainDelays} and {@link #stop}.
 */
final class PlatformLoad implements AutoCloseable {
    static final String USER = "bench";
    private static final long NO_RATE = Long.MAX_VALUE;

    private final List<LoadLink> links = new ArrayList<>();
    private final Selector selector = Selector.open();
    private final String password;
    private volatile long answered;
    private volatile boolean stopping;

    PlatformLoad(
            InetSocketAddress server,
            FleetFrames frames,
            int links,
            int window,
            long firstSecond,
            String password)
            throws IOException {
        this.password = password;
        int share = frames.vehicles() / links;
        for (int i = 0; i < links; i++) {
            this.links.add(new LoadLink(server, frames, i * share, share, firstSecond, window));
        }
    }

    List<LoadLink> links() {
        return links;
    }

    /** Answers so far. Any thread. */
    long answered() {
        return answered;
    }

    void connect() throws IOException {
        for (int i = 0; i < links.size(); i++) {
            links.get(i).connect(selector, source(i), USER, password);
        }
    }

    /** Addresses of the loopback network in turn, from 127.1.0.1 on, each with any port. */
    static InetSocketAddress source(int i) throws IOException {
        byte[] address = {127, 1, (byte) (i / 250 % 250), (byte) (1 + i % 250)};
        return new InetSocketAddress(InetAddress.getByAddress(address), 0);
    }

    /** Reports for a time, as fast as answers allow. */
    void run(long nanos) throws IOException {
        run(nanos, NO_RATE);
    }

    /** Reports for a time, at most so many each second. */
    void run(long nanos, long perSecond) throws IOException {
        long began = System.nanoTime();
        long handedOut = 0;
        int turn = 0;
        while (System.nanoTime() - began < nanos && !stopping) {
            long due =
                    perSecond == NO_RATE
                            ? NO_RATE
                            : (System.nanoTime() - began) * perSecond / 1_000_000_000 + 1;
            for (int i = 0; i < links.size() && handedOut < due; i++) {
                handedOut += links.get(turn++ % links.size()).send(due - handedOut);
            }
            exchange(perSecond == NO_RATE ? 100 : 2);
        }
    }

    /** Ends {@link #run} soon. Any thread. */
    void stop() {
        stopping = true;
    }

    /** Takes answers until every report has its own. */
    void settle(long mostNanos) throws IOException {
        long end = System.nanoTime() + mostNanos;
        while (!links.stream().allMatch(LoadLink::isIdle)) {
            if (System.nanoTime() > end) {
                throw new IOException("reports were not answered in time");
            }
            exchange(20);
        }
    }

    private void exchange(long millis) throws IOException {
        selector.select(millis);
        for (SelectionKey key : selector.selectedKeys()) {
            ((LoadLink) key.attachment()).ready();
        }
        selector.selectedKeys().clear();
        long all = 0;
        for (LoadLink link : links) {
            all += link.answered();
        }
        answered = all;
    }

    /** Delays that were timed so far, in milliseconds. Any thread. */
    double[] drainDelays() {
        List<Double> delays = new ArrayList<>();
        links.forEach(link -> link.drainDelays(delays));
        return delays.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Closes the connections; they can be opened again. */
    void drop() throws IOException {
        for (LoadLink link : links) {
            link.drop();
        }
        selector.selectNow();
    }

    @Override
    public void close() throws IOException {
        drop();
        selector.close();
    }
}
