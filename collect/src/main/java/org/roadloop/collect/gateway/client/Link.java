package org.roadloop.collect.gateway.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.gateway.Transport;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.FrameCutter;
import org.roadloop.collect.gb32960.Heartbeat;

/**
 * One connection that is kept up: connects, logs in, and starts anew when lost (链路). Its event loop
 * is the one thread of everything below but {@link #inLoop}.
 */
abstract sealed class Link permits TerminalLink, PlatformLink {
    private static final int LARGEST_ANSWER_BYTES = 4096;
    private static final byte[] NOTHING = new byte[0];

    final FleetClient client;
    final EventLoop loop;
    private final Supplier<InetSocketAddress> gateway;
    private final FrameCutter cutter = new FrameCutter(LARGEST_ANSWER_BYTES);

    private @Nullable Channel channel;
    private byte[] carry = NOTHING;
    private boolean loggedIn;
    private boolean closed;
    private boolean flushScheduled;
    private long loginSentNanos;

    Link(FleetClient client, EventLoop loop, Supplier<InetSocketAddress> gateway) {
        this.client = client;
        this.loop = loop;
        this.gateway = gateway;
    }

    /** Frame that logs this link in. */
    abstract byte[] loginFrame();

    /** Command of {@link #loginFrame}: 01 or 05. */
    abstract int loginCommand();

    /** Unique id of heartbeats. */
    abstract byte[] id();

    abstract void onLoggedIn();

    /** An answer to anything but login and heartbeat. */
    abstract void onAnswer(byte[] bytes, int frame);

    /** Once a second while logged in. */
    abstract void onTick();

    void start() {
        connect();
        long heartbeatMillis = client.settings.heartbeatPeriod().toMillis();
        var heartbeat =
                loop.scheduleAtFixedRate(
                        this::heartbeat, heartbeatMillis, heartbeatMillis, TimeUnit.MILLISECONDS);
        var tick = loop.scheduleAtFixedRate(this::tick, 500, 500, TimeUnit.MILLISECONDS);
        whenClosed =
                () -> {
                    heartbeat.cancel(false);
                    tick.cancel(false);
                };
    }

    private Runnable whenClosed = () -> {};

    boolean isLoggedIn() {
        return loggedIn;
    }

    /** Runs on the link's thread; from any thread. */
    void inLoop(Runnable action) {
        try {
            loop.execute(action);
        } catch (RejectedExecutionException e) {
            client.counters.increment("client_after_close");
        }
    }

    void send(byte[] frame) {
        Channel open = channel;
        if (open == null) {
            return;
        }
        var _ = open.write(open.alloc().buffer(frame.length).writeBytes(frame), open.voidPromise());
        if (!flushScheduled) {
            flushScheduled = true;
            loop.execute(this::flush);
        }
    }

    /** Cuts the connection without a word; it is opened anew. */
    void cut() {
        if (channel != null) {
            channel.close();
        }
    }

    /** Ends the link for good after what is written. */
    void shut() {
        closed = true;
        whenClosed.run();
        Channel open = channel;
        if (open != null) {
            open.flush();
            open.close();
        }
    }

    private void flush() {
        flushScheduled = false;
        if (channel != null) {
            channel.flush();
        }
    }

    private void heartbeat() {
        if (loggedIn) {
            byte[] frame = new byte[Frame.SMALLEST_BYTES];
            Heartbeat.write(frame, 0, id());
            send(frame);
        }
    }

    private void tick() {
        if (loggedIn) {
            onTick();
        } else if (channel != null
                && System.nanoTime() - loginSentNanos > client.settings.answerTimeout().toNanos()) {
            client.counters.increment("client_login_unanswered");
            cut();
        }
    }

    private void connect() {
        if (closed) {
            return;
        }
        loginSentNanos = System.nanoTime();
        var _ =
                new Bootstrap()
                        .group(loop)
                        .channel(Transport.best().channel())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 5000)
                        .handler(new Handler())
                        .connect(gateway.get())
                        .addListener(
                                connected -> {
                                    if (!connected.isSuccess()) {
                                        client.counters.increment("client_connect_failed");
                                        reconnectAfter(client.settings.reconnectDelay().toNanos());
                                    }
                                });
    }

    private void reconnectAfter(long delayNanos) {
        if (!closed && !loop.isShuttingDown()) {
            var _ = loop.schedule(this::connect, delayNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void onFrame(byte[] bytes, int frame) {
        int flag = Frame.flag(bytes, frame);
        if (flag == Frame.FLAG_COMMAND) {
            client.counters.increment("client_commands_ignored");
            return;
        }
        int command = Frame.command(bytes, frame);
        if (command == Heartbeat.COMMAND) {
            client.counters.increment("client_heartbeats_answered");
        } else if (command == loginCommand() && !loggedIn) {
            if (flag == Frame.FLAG_SUCCESS) {
                loggedIn = true;
                client.counters.increment("client_logins");
                onLoggedIn();
            } else {
                client.counters.increment("client_login_refused");
                refused = true;
                cut();
            }
        } else {
            onAnswer(bytes, frame);
        }
    }

    private boolean refused;

    private final class Handler extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (closed) {
                context.close();
                return;
            }
            channel = context.channel();
            carry = NOTHING;
            loginSentNanos = System.nanoTime();
            send(loginFrame());
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (context.channel() != channel) {
                return;
            }
            channel = null;
            loggedIn = false;
            if (!closed) {
                client.counters.increment("client_connections_lost");
                long delayNanos =
                        refused
                                ? client.settings.refusedDelay().toNanos()
                                : client.settings.reconnectDelay().toNanos();
                refused = false;
                reconnectAfter(delayNanos);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf received = (ByteBuf) message;
            byte[] bytes = Arrays.copyOf(carry, carry.length + received.readableBytes());
            received.readBytes(bytes, carry.length, received.readableBytes());
            received.release();
            cutter.over(bytes, 0, bytes.length);
            while (true) {
                switch (cutter.next()) {
                    case FRAME -> onFrame(bytes, cutter.start());
                    case MORE -> {
                        carry = Arrays.copyOfRange(bytes, cutter.start(), bytes.length);
                        return;
                    }
                    case GARBAGE, HEADER, LENGTH, BCC ->
                            client.counters.increment("client_bad_answers");
                }
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            client.counters.increment("client_connection_errors");
            context.close();
        }
    }
}
