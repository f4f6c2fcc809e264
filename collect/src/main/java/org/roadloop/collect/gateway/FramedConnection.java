package org.roadloop.collect.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;
import java.util.Arrays;
import org.roadloop.collect.gb32960.Frame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What connections of all protocols have in common (成帧连接): bytes become frames, a frame the log has
 * no room for stops the reading, faults and silence are paid by who causes them. Its event loop is
 * the one thread, but {@link #checkTimes}, {@link #close} and {@link #resumeSoon}.
 */
abstract class FramedConnection extends ChannelInboundHandlerAdapter implements LinkSession {
    private static final Logger LOG = LoggerFactory.getLogger(FramedConnection.class);
    private static final int READ_BYTES = 64 * 1024;
    private static final int GOOD_FRAMES_FORGIVE = 1000;
    private static final byte[] NOTHING = new byte[0];

    /** Work space shared by all connections of one event loop. */
    private static final FastThreadLocal<byte[]> SCRATCH =
            new FastThreadLocal<>() {
                @Override
                protected byte[] initialValue() {
                    return new byte[READ_BYTES + Frame.LARGEST_BYTES];
                }
            };

    /** What a connection did with the next stretch of its bytes. */
    enum Step {
        /** A good frame was handled. */
        TAKEN,
        /** Something wrong was counted. */
        FAULT,
        /** The log has no room; what lies at {@link #start} comes again. */
        FULL,
        /** What lies at {@link #start} is no whole frame yet. */
        MORE
    }

    final TcpGateway gateway;
    final SocketChannel channel;
    final AnswerBuffer answers;

    /** Since when nobody is logged in here. */
    private volatile long sessionlessSinceNanos = System.nanoTime();

    private volatile long lastReadNanos = sessionlessSinceNanos;
    private final long connectedAtMillis;
    private volatile long partialSinceNanos;
    private volatile boolean loggedIn;

    /** Received, not yet cut: an incomplete frame, or what waits while paused. */
    private byte[] carry = NOTHING;

    private boolean paused;
    private boolean closing;
    private int malformed;
    private int goodFrames;

    FramedConnection(TcpGateway gateway, SocketChannel channel) {
        this.gateway = gateway;
        this.channel = channel;
        this.answers = new AnswerBuffer(channel);
        this.connectedAtMillis = gateway.clock.millis();
    }

    /** The next {@link #step} begins at the start of {@code bytes[0 .. length)}. */
    abstract void over(byte[] bytes, int length);

    abstract Step step(byte[] bytes);

    abstract int start();

    /** The connection has ended. */
    abstract void ended();

    /**
     * Takes up what {@link Step#FULL} left undone, before further frames.
     *
     * @return false if there is still no room
     */
    boolean takeUp() {
        return true;
    }

    /** Room in the log that lets a paused connection go on. */
    int wantedBytes() {
        return gateway.settings.largestFrameBytes();
    }

    /** How many of the bytes of a frame whose rest does not come are given up, counted. */
    abstract int giveUpPartial(byte[] waiting);

    /** Called each half second by another thread. */
    void tick(long nowNanos) {}

    @Override
    public String link() {
        return channel.pipeline().get(SslHandler.class) == null ? "tcp" : "tls";
    }

    @Override
    public long connectedAtMillis() {
        return connectedAtMillis;
    }

    @Override
    public long lastReadAtMillis() {
        return gateway.clock.millis() - (System.nanoTime() - lastReadNanos) / 1_000_000;
    }

    boolean isLoggedIn() {
        return loggedIn;
    }

    void loggedIn(boolean now) {
        if (loggedIn && !now) {
            // Before loggedIn turns: another login may follow, and has its time.
            sessionlessSinceNanos = System.nanoTime();
        }
        loggedIn = now;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        gateway.opened(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ended();
        carry = NOTHING;
        gateway.closed(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf received = (ByteBuf) message;
        try {
            lastReadNanos = System.nanoTime();
            gateway.counts.bytes.add(received.readableBytes());
            while (received.isReadable() && !closing) {
                int n = Math.min(received.readableBytes(), READ_BYTES);
                if (paused) {
                    n = received.readableBytes();
                    int kept = carry.length;
                    carry = Arrays.copyOf(carry, kept + n);
                    received.readBytes(carry, kept, n);
                } else {
                    byte[] bytes = SCRATCH.get();
                    int kept = carry.length;
                    System.arraycopy(carry, 0, bytes, 0, kept);
                    received.readBytes(bytes, kept, n);
                    cut(bytes, kept + n);
                }
            }
        } finally {
            received.release();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        channel.config().setAutoRead(channel.isWritable() && !paused);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            gateway.counters.increment("gateway_connection_reset");
        } else {
            gateway.counters.increment("gateway_internal_error");
            LOG.warn("a connection was closed by an error of the gateway", cause);
        }
        context.close();
    }

    void close() {
        channel.close();
    }

    void resumeSoon() {
        channel.eventLoop().execute(this::resume);
    }

    void checkTimes(long nowNanos) {
        long partialSince = partialSinceNanos;
        if (!loggedIn
                && nowNanos - sessionlessSinceNanos > gateway.settings.loginTimeout().toNanos()) {
            gateway.counters.increment("gateway_login_timeout");
            close();
        } else if (nowNanos - lastReadNanos > gateway.settings.idleTimeout().toNanos()) {
            gateway.counters.increment("gateway_idle_timeout");
            close();
        } else if (partialSince != 0
                && nowNanos - partialSince > gateway.settings.frameTimeout().toNanos()) {
            channel.eventLoop().execute(this::onPartialTimeout);
        }
        tick(nowNanos);
    }

    /** One sample of a fault is kept; too many faults end the connection. */
    void noteFault(String counterName, String sample) {
        gateway.sample(counterName, sample);
        if (++malformed >= gateway.settings.malformedLimit() && !closing) {
            gateway.counters.increment("gateway_cut_malformed");
            closeAfterAnswer();
        }
    }

    void write(byte[] out, int length) {
        channel.writeAndFlush(
                channel.alloc().buffer(length).writeBytes(out, 0, length), channel.voidPromise());
    }

    void closeAfterAnswer() {
        closing = true;
        channel.config().setAutoRead(false);
        var _ =
                channel.writeAndFlush(channel.alloc().buffer(0))
                        .addListener(ChannelFutureListener.CLOSE);
    }

    private void resume() {
        if (!paused || closing) {
            return;
        }
        if (!takeUp()) {
            gateway.pause(this);
            return;
        }
        paused = false;
        byte[] waiting = carry;
        carry = NOTHING;
        cut(waiting, waiting.length);
        if (!paused) {
            channel.config().setAutoRead(channel.isWritable());
        }
    }

    private void onPartialTimeout() {
        if (paused || closing || carry.length == 0) {
            return;
        }
        byte[] waiting = carry;
        partialSinceNanos = 0;
        int dropped = giveUpPartial(waiting);
        if (!closing) {
            carry = NOTHING;
            byte[] rest = Arrays.copyOfRange(waiting, dropped, waiting.length);
            cut(rest, rest.length);
        }
    }

    /** Cuts {@code bytes[0 .. length)} into frames; what is left becomes the carry. */
    private void cut(byte[] bytes, int length) {
        boolean progressed = false;
        over(bytes, length);
        while (!closing) {
            switch (step(bytes)) {
                case TAKEN -> {
                    progressed = true;
                    if (++goodFrames % GOOD_FRAMES_FORGIVE == 0) {
                        malformed = 0;
                    }
                }
                case FAULT -> {}
                case FULL -> {
                    keep(bytes, start(), length);
                    partialSinceNanos = 0;
                    paused = true;
                    channel.config().setAutoRead(false);
                    gateway.pause(this);
                    return;
                }
                case MORE -> {
                    keep(bytes, start(), length);
                    if (carry.length == 0) {
                        partialSinceNanos = 0;
                    } else if (progressed || partialSinceNanos == 0) {
                        partialSinceNanos = System.nanoTime();
                    }
                    return;
                }
            }
        }
        carry = NOTHING;
    }

    private void keep(byte[] bytes, int from, int to) {
        carry = from == to ? NOTHING : Arrays.copyOfRange(bytes, from, to);
    }
}
