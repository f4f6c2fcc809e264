package org.roadloop.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.RealTimeReport;
import org.roadloop.collect.gb32960.VehicleLogin;
import org.roadloop.collect.gb32960.VehicleLogout;

/**
 * Terminals that connect from many source addresses and log in (登录风暴); then each reports, logs out
 * and closes, or stays. So many are on their way at a time. One thread.
 */
final class TerminalStorm implements AutoCloseable {
    private static final byte[] ICCID = "89860000000000000000".getBytes(StandardCharsets.US_ASCII);
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final InetSocketAddress server;
    private final FleetFrames frames;
    private final boolean stay;
    private final Selector selector = Selector.open();
    private final List<SocketChannel> staying = new ArrayList<>();
    private final ByteBuffer out = ByteBuffer.allocate(512);
    private final ByteBuffer in = ByteBuffer.allocate(512);
    private int completed;
    private int failed;
    private int open;

    /**
     * @param stay whether terminals stay logged in
     */
    TerminalStorm(InetSocketAddress server, FleetFrames frames, boolean stay) throws IOException {
        this.server = server;
        this.frames = frames;
        this.stay = stay;
    }

    /** What one terminal waits for. */
    private static final class Visit {
        private final int vehicle;
        private int answerBytes;
        private boolean loggedIn;

        Visit(int vehicle) {
            this.vehicle = vehicle;
        }
    }

    int completed() {
        return completed;
    }

    /** Connections that were refused, closed or answered otherwise than by success. */
    int failed() {
        return failed;
    }

    /** Vehicles {@code first .. first + count} come, so many at a time. */
    void run(int first, int count, int atATime) throws IOException {
        long second = System.currentTimeMillis() / 1000;
        FleetFrames.Stamp stamp = new FleetFrames.Stamp(second);
        int begun = 0;
        int ended = completed + failed;
        long last = System.nanoTime();
        while (completed + failed - ended < count) {
            while (begun < count && open < atATime) {
                begin(first + begun++);
            }
            if (selector.select(1_000) > 0) {
                last = System.nanoTime();
            } else if (System.nanoTime() - last > PATIENCE_NANOS) {
                throw new IOException(open + " terminals have had no answer for a minute");
            }
            for (SelectionKey key : selector.selectedKeys()) {
                try {
                    advance(key, stamp, second);
                } catch (IOException e) {
                    fail(key);
                }
            }
            selector.selectedKeys().clear();
        }
    }

    private void begin(int vehicle) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.bind(PlatformLoad.source(vehicle));
        open++;
        Visit visit = new Visit(vehicle);
        SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, visit);
        try {
            channel.connect(server);
        } catch (IOException e) {
            fail(key);
        }
    }

    private void advance(SelectionKey key, FleetFrames.Stamp stamp, long second)
            throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        Visit visit = (Visit) key.attachment();
        if (key.isConnectable()) {
            channel.finishConnect();
            key.interestOps(SelectionKey.OP_READ);
            byte[] vin = FleetFrames.vinBytes(visit.vehicle);
            int length = VehicleLogin.write(out.array(), 0, vin, second * 1_000_000, 1, ICCID);
            send(channel, length);
            return;
        }
        in.clear();
        int n = channel.read(in);
        if (n < 0) {
            throw new IOException("closed by the gateway");
        }
        // The flag is all that is looked at: answers are short and rarely torn.
        if (visit.answerBytes <= 3
                && visit.answerBytes + n > 3
                && in.get(3 - visit.answerBytes) != Frame.FLAG_SUCCESS) {
            throw new IOException("not success");
        }
        visit.answerBytes += n;
        if (visit.answerBytes < FleetFrames.ANSWER_BYTES) {
            return;
        }
        visit.answerBytes = 0;
        if (!visit.loggedIn) {
            visit.loggedIn = true;
            if (stay) {
                key.cancel();
                staying.add(channel);
                open--;
                completed++;
            } else {
                reportAndLogOut(channel, visit.vehicle, stamp, second);
            }
            return;
        }
        channel.close();
        open--;
        completed++;
    }

    private void reportAndLogOut(
            SocketChannel channel, int vehicle, FleetFrames.Stamp stamp, long second)
            throws IOException {
        byte[] bytes = out.array();
        int at = frames.write(vehicle, stamp, RealTimeReport.COMMAND, bytes, 0);
        byte[] vin = FleetFrames.vinBytes(vehicle);
        at += VehicleLogout.write(bytes, at, vin, second * 1_000_000, 1);
        send(channel, at);
    }

    private void send(SocketChannel channel, int length) throws IOException {
        out.clear().limit(length);
        if (channel.write(out) != length) {
            throw new IOException("an empty socket buffer took less than a frame");
        }
    }

    private void fail(SelectionKey key) throws IOException {
        key.channel().close();
        open--;
        failed++;
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : staying) {
            channel.close();
        }
        selector.close();
    }
}
