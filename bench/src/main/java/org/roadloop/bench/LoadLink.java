package org.roadloop.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.gb32960.PlatformLogin;
import org.roadloop.collect.gb32960.RealTimeReport;
import org.roadloop.collect.gb32960.ReissuedReport;

/**
 * One platform link of the load (平台链路): its vehicles report second by second, in one order, with at
 * most a window of reports unanswered. Answers must come in that order. After a lost connection it
 * goes on behind the last answer, and what had been sent before goes out as re-issued. One thread.
 */
final class LoadLink {
    private static final int OUT_BYTES = 256 * 1024;
    private static final byte[] PLATFORM = "LBENCHPLATFORM001".getBytes(StandardCharsets.US_ASCII);

    private final InetSocketAddress server;
    private final FleetFrames frames;
    private final int firstVehicle;
    private final int vehicles;
    private final long firstSecond;
    private final int window;
    private final ByteBuffer out = ByteBuffer.allocate(OUT_BYTES);
    private final ByteBuffer in = ByteBuffer.allocate(64 * 1024);
    private @Nullable SelectionKey key;

    /** Reports of this link's order: the first one that was not sent, not answered, never sent. */
    private long sent;

    private long answered;
    private long everSent;

    private FleetFrames.Stamp sendStamp;
    private long sendSecond;
    private FleetFrames.Stamp answerStamp;
    private long answerSecond;

    /** Report whose answer is timed, and since when. */
    private long probe = -1;

    private long probeNanos;
    private final Queue<Double> delaysMillis = new ConcurrentLinkedQueue<>();

    LoadLink(
            InetSocketAddress server,
            FleetFrames frames,
            int firstVehicle,
            int vehicles,
            long firstSecond,
            int window) {
        this.server = server;
        this.frames = frames;
        this.firstVehicle = firstVehicle;
        this.vehicles = vehicles;
        this.firstSecond = firstSecond;
        this.window = window;
        sendStamp = new FleetFrames.Stamp(firstSecond);
        answerStamp = sendStamp;
        sendSecond = firstSecond;
        answerSecond = firstSecond;
    }

    long answered() {
        return answered;
    }

    /** Index of the first report that no answer covers: all before have theirs. */
    int vehicleOf(long report) {
        return firstVehicle + (int) (report % vehicles);
    }

    long secondOf(long report) {
        return firstSecond + report / vehicles;
    }

    boolean isIdle() {
        return answered == sent;
    }

    /** Connects and logs in, waiting for both. */
    void connect(Selector selector, InetSocketAddress source, String user, String password)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.bind(source);
        channel.socket().connect(server, 5_000);
        byte[] login = new byte[256];
        long micros = System.currentTimeMillis() * 1_000;
        int length = PlatformLogin.write(login, 0, PLATFORM, micros, 1, user, password);
        channel.socket().getOutputStream().write(login, 0, length);
        channel.socket().setSoTimeout(10_000);
        byte[] answer = channel.socket().getInputStream().readNBytes(FleetFrames.ANSWER_BYTES);
        if (answer.length < 4 || answer[3] != 1) {
            throw new IOException("the platform login was refused");
        }
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ, this);
        out.clear();
        in.clear();
        sent = answered;
        probe = -1;
    }

    /** Sends up to so many reports; returns how many went into the buffer. */
    int send(long most) throws IOException {
        int written = 0;
        byte[] bytes = out.array();
        int at = out.position();
        while (written < most
                && sent - answered < window
                && at + FleetFrames.FRAME_BYTES <= OUT_BYTES) {
            long second = secondOf(sent);
            if (second != sendSecond) {
                sendStamp = new FleetFrames.Stamp(second);
                sendSecond = second;
            }
            int command = sent < everSent ? ReissuedReport.COMMAND : RealTimeReport.COMMAND;
            at += frames.write(vehicleOf(sent), sendStamp, command, bytes, at);
            if (probe < 0) {
                probe = sent;
                probeNanos = System.nanoTime();
            }
            sent++;
            written++;
        }
        everSent = Math.max(everSent, sent);
        out.position(at);
        flush();
        return written;
    }

    private void flush() throws IOException {
        SelectionKey key = key();
        if (out.position() > 0) {
            out.flip();
            ((SocketChannel) key.channel()).write(out);
            out.compact();
        }
        int interest =
                out.position() > 0
                        ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
                        : SelectionKey.OP_READ;
        if (key.interestOps() != interest) {
            key.interestOps(interest);
        }
    }

    /** Takes what the socket has, both ways. */
    void ready() throws IOException {
        SelectionKey key = key();
        if (key.isWritable()) {
            flush();
        }
        if (!key.isReadable()) {
            return;
        }
        if (((SocketChannel) key.channel()).read(in) < 0) {
            throw new IOException("the gateway closed a platform link");
        }
        byte[] bytes = in.array();
        int at = 0;
        for (; at + FleetFrames.ANSWER_BYTES <= in.position(); at += FleetFrames.ANSWER_BYTES) {
            long second = secondOf(answered);
            if (second != answerSecond) {
                answerStamp = new FleetFrames.Stamp(second);
                answerSecond = second;
            }
            if (answered >= sent
                    || !frames.isAnswered(vehicleOf(answered), answerStamp, bytes, at)) {
                throw new IllegalStateException(
                        "answer " + answered + " is not the success of its report");
            }
            if (answered++ == probe) {
                delaysMillis.add((System.nanoTime() - probeNanos) / 1e6);
                probe = -1;
            }
        }
        in.flip().position(at);
        in.compact();
    }

    /**
     * Moves the delays from a report's sending to its answer that were timed so far. Any thread.
     */
    void drainDelays(Collection<Double> into) {
        for (Double delay = delaysMillis.poll(); delay != null; delay = delaysMillis.poll()) {
            into.add(delay);
        }
    }

    void drop() throws IOException {
        SelectionKey open = key;
        key = null;
        if (open != null) {
            open.cancel();
            open.channel().close();
        }
    }

    private SelectionKey key() {
        return Objects.requireNonNull(key, "the link is not connected");
    }
}
