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
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.gb32960.Frame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What connections of all protocols have in common (成帧连接): bytes become frames, a frame the log has
 * no room for stops the reading, faults and silence are paid by who causes them. Its event loop is
 * the one thread, but {@link #checkTimes}, {@link #close} and {@link #resumeSoon}.
 */
abstract class FramedConnection extends ChannelInboundHandlerAdapter implements LiveLink {
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
        /** What lies at {@link #start} is re-issued and waits for idle capacity. */
        LATER,
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

    /** Whether a whole frame has come. */
    private volatile boolean framed;

    /** Not read for lack of room in the log: its silence is ours. */
    private volatile boolean paused;

    /** A TLS handshake runs, and has its own time-out. */
    private volatile boolean handshaking;

    /** Who the peer's certificate says it is; null where that does not bind it. */
    private volatile @Nullable Set<String> certified;

    /** Received, not yet cut: an incomplete frame, or what waits while paused. */
    private byte[] carry = NOTHING;

    private boolean closing;
    private boolean reading;

    /** Paused before a re-issued report, not for room in the log. */
    private boolean held;

    /** Re-issued bytes that go on without idle capacity, after a hold. */
    private int runBytes;

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

    void handshakeBegins() {
        handshaking = true;
    }

    /**
     * The times of a link begin.
     *
     * @param names in upper case, of whom alone may log in here; null: the certificate binds nobody
     */
    void handshakeEnds(@Nullable Set<String> names) {
        certified = names;
        sessionlessSinceNanos = System.nanoTime();
        lastReadNanos = sessionlessSinceNanos;
        handshaking = false;
    }

    /** Whether a VIN, phone or platform user may log in here as far as the certificate is asked. */
    boolean isCertified(String identity) {
        Set<String> names = certified;
        if (names == null || names.contains(identity.toUpperCase(Locale.ROOT))) {
            return true;
        }
        gateway.counters.increment("gateway_tls_identity");
        return false;
    }

    public void loggedIn(boolean now) {
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
        if (paused && held) {
            goOn(Integer.MAX_VALUE);
        }
        ended();
        carry = NOTHING;
        gateway.closed(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf received = (ByteBuf) message;
        try {
            lastReadNanos = System.nanoTime();
            reading = true;
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
    public void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        channel.flush();
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

    @Override
    public void close() {
        channel.close();
    }

    void resumeSoon() {
        channel.eventLoop().execute(this::resume);
    }

    /**
     * Ends a hold. Any thread.
     *
     * @param bytes so much of what is re-issued goes on even without idle capacity
     */
    void goOnSoon(int bytes) {
        channel.eventLoop().execute(() -> goOn(bytes));
    }

    private void goOn(int bytes) {
        runBytes = bytes;
        resume();
    }

    /** Whether a re-issued report may go on now. */
    boolean mayReissue(int bytes) {
        if (gateway.reissues.isIdle()) {
            return true;
        }
        if (runBytes <= 0) {
            return false;
        }
        runBytes -= bytes;
        return true;
    }

    void checkTimes(long nowNanos) {
        tick(nowNanos);
        if (paused || handshaking) {
            return;
        }
        long partialSince = partialSinceNanos;
        if (!framed
                && nowNanos - sessionlessSinceNanos > gateway.settings.frameTimeout().toNanos()) {
            gateway.counters.increment("gateway_first_frame_timeout");
            close();
        } else if (!loggedIn
                && nowNanos - sessionlessSinceNanos > gateway.settings.loginTimeout().toNanos()) {
            gateway.counters.increment("gateway_login_timeout");
            close();
        } else if (nowNanos - lastReadNanos > gateway.settings.idleTimeout().toNanos()) {
            // Who does not take its answers is not read either.
            gateway.counters.increment(
                    channel.isWritable() ? "gateway_idle_timeout" : "gateway_slow_reader");
            close();
        } else if (partialSince != 0
                && nowNanos - partialSince > gateway.settings.frameTimeout().toNanos()) {
            channel.eventLoop().execute(this::onPartialTimeout);
        }
    }

    /** One sample of a fault is kept; too many faults end the connection. */
    public void noteFault(String counterName, String sample) {
        gateway.sample(counterName, sample);
        if (++malformed >= gateway.settings.malformedLimit() && !closing) {
            gateway.counters.increment("gateway_cut_malformed");
            closeAfterAnswer();
        }
    }

    /** Answers to what one read brought are sent together: a flood of small frames costs less. */
    void write(byte[] out, int length) {
        channel.write(
                channel.alloc().buffer(length).writeBytes(out, 0, length), channel.voidPromise());
        if (!reading || !channel.isWritable()) {
            channel.flush();
        }
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
            park();
            return;
        }
        lastReadNanos = System.nanoTime();
        if (!loggedIn) {
            sessionlessSinceNanos = lastReadNanos;
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
                    stopReading(bytes, length, false);
                    return;
                }
                case LATER -> {
                    stopReading(bytes, length, true);
                    return;
                }
                case MORE -> {
                    keep(bytes, start(), length);
                    if (progressed) {
                        framed = true;
                    }
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

    private void stopReading(byte[] bytes, int length, boolean reissued) {
        keep(bytes, start(), length);
        partialSinceNanos = 0;
        paused = true;
        held = reissued;
        channel.config().setAutoRead(false);
        park();
    }

    private void park() {
        if (held) {
            gateway.reissues.hold(this);
        } else {
            gateway.pause(this);
        }
    }

    private void keep(byte[] bytes, int from, int to) {
        carry = from == to ? NOTHING : Arrays.copyOfRange(bytes, from, to);
    }
}
