package org.roadloop.collect.gateway;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.FastThreadLocal;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.jt808.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes GB/T 32960 and JT/T 808 connections and puts every right frame into the frame log before it
 * is answered (车辆接入网关). Each listening port has a {@link Profile}. Any thread may call it.
 *
 * <p>Back-pressure: a connection whose frame the log refuses stops being read until the log has
 * room. One live session for each VIN and phone on terminal links: the new connection wins.
 */
public final class TcpGateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TcpGateway.class);
    private static final long SWEEP_MILLIS = 500;

    /** What the kernel keeps for a peer that does not read; answers are small. */
    private static final int SEND_BUFFER_BYTES = 128 * 1024;

    final FrameLog log;
    final VehicleRegister register;
    final Counters counters;
    final Clock clock;
    final GatewaySettings settings;
    final FrameSecurity security;
    final GatewayCounts counts;
    final ReissueAdmission reissues;

    private final Transport transport = Transport.best();
    private final EventLoopGroup loops;
    private final List<Channel> servers = new CopyOnWriteArrayList<>();
    private final Set<FramedConnection> connections = ConcurrentHashMap.newKeySet();
    private final Set<FramedConnection> paused = ConcurrentHashMap.newKeySet();
    private final Map<String, LiveLink> sessions = new ConcurrentHashMap<>();
    private final Map<String, String> samples = new ConcurrentHashMap<>();

    /** Work space of each event loop. */
    final FastThreadLocal<ReportCheck> checks =
            new FastThreadLocal<>() {
                @Override
                protected ReportCheck initialValue() {
                    return new ReportCheck(register, security);
                }
            };

    private final List<SessionListener> sessionListeners = new CopyOnWriteArrayList<>();
    private final List<Jt808Datagrams> datagrams = new CopyOnWriteArrayList<>();
    private final OneLine refusals = new OneLine();

    /** The same for senders without encryption and registered keys. */
    public TcpGateway(
            FrameLog log,
            VehicleRegister register,
            Counters counters,
            Clock clock,
            GatewaySettings settings,
            int threads) {
        this(log, register, counters, clock, settings, FrameSecurity.NONE, threads);
    }

    /**
     * @param threads event loops; 1 serves some 100,000 frames/s
     */
    public TcpGateway(
            FrameLog log,
            VehicleRegister register,
            Counters counters,
            Clock clock,
            GatewaySettings settings,
            FrameSecurity security,
            int threads) {
        this.log = log;
        this.register = register;
        this.counters = counters;
        this.clock = clock;
        this.settings = settings;
        this.security = security;
        this.counts = new GatewayCounts(counters);
        this.loops = transport.group(threads, "gateway");
        this.reissues = new ReissueAdmission(loops, counters);
        log.onSpace(this::resumePaused);
        var _ =
                loops.next()
                        .scheduleAtFixedRate(
                                this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Re-issued reports are let in only while there is idle capacity, see {@link ReissueAdmission}.
     */
    public void reissuesWhen(IdleCapacity capacity) {
        reissues.rule(capacity, ReissueAdmission.HOLD);
    }

    /** Opens a port; port 0 picks a free one. Returns the address bound. */
    public InetSocketAddress listen(InetSocketAddress address, Profile profile)
            throws InterruptedException {
        return listen(address, profile, TerminalOrder.Rule.ANNEX_B);
    }

    /** The same with another patience with terminals that do not answer orders. */
    public InetSocketAddress listen(
            InetSocketAddress address, Profile profile, TerminalOrder.Rule rule)
            throws InterruptedException {
        return listen(address, profile, rule, null);
    }

    /**
     * The same over TLS.
     *
     * @param tls null: plain
     */
    public InetSocketAddress listen(
            InetSocketAddress address,
            Profile profile,
            TerminalOrder.Rule rule,
            @Nullable TlsCredentials tls)
            throws InterruptedException {
        return listen(
                address,
                profile.toString(),
                tls,
                channel -> new TcpConnection(this, channel, profile, rule));
    }

    /** Sends an order to a GB/T 32960 terminal that is logged in, and repeats it. */
    public CompletableFuture<CommandResult> order(String vin, TerminalOrder order) {
        return sessions.get(vin) instanceof TcpConnection connection
                ? connection.send(order)
                : CompletableFuture.completedFuture(
                        CommandResult.without(CommandResult.Outcome.NOT_CONNECTED));
    }

    /** Opens a port for JT/T 808 terminals of 2013 and 2019; port 0 picks a free one. */
    public InetSocketAddress listenJt808(
            InetSocketAddress address, TerminalRegister terminals, Jt808Settings bounds)
            throws InterruptedException {
        return listenJt808(address, terminals, bounds, null);
    }

    /**
     * The same over TLS.
     *
     * @param tls null: plain
     */
    public InetSocketAddress listenJt808(
            InetSocketAddress address,
            TerminalRegister terminals,
            Jt808Settings bounds,
            @Nullable TlsCredentials tls)
            throws InterruptedException {
        return listen(
                address,
                "JT808",
                tls,
                channel -> new Jt808Connection(this, channel, terminals, bounds));
    }

    /** Opens a port for datagrams of JT/T 808 terminals; port 0 picks a free one. */
    public InetSocketAddress listenJt808Datagrams(
            InetSocketAddress address, TerminalRegister terminals, Jt808Settings bounds)
            throws InterruptedException {
        Jt808Datagrams port = new Jt808Datagrams(this, transport, address, terminals, bounds);
        datagrams.add(port);
        LOG.info("gateway listens on {} (JT808 datagrams, {})", port.address(), transport);
        return port.address();
    }

    /** Datagrams the kernel dropped at JT/T 808 ports for lack of room. */
    public long kernelDrops() {
        return datagrams.stream().mapToLong(Jt808Datagrams::kernelDrops).sum();
    }

    /**
     * Sends a command to a JT/T 808 terminal and repeats it as the standard says.
     *
     * @param phone without leading zeros
     * @return fails with {@link IllegalArgumentException} if the edition of the link has no such
     *     message
     */
    public CompletableFuture<CommandResult> send(String phone, Message command) {
        return sessions.get(Jt808Link.key(phone)) instanceof Jt808Link link
                ? link.send(command)
                : CompletableFuture.completedFuture(
                        CommandResult.without(CommandResult.Outcome.NOT_CONNECTED));
    }

    private InetSocketAddress listen(
            InetSocketAddress address,
            String kind,
            @Nullable TlsCredentials tls,
            Function<SocketChannel, FramedConnection> connect)
            throws InterruptedException {
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(loops)
                        .channel(transport.serverChannel())
                        .option(ChannelOption.SO_BACKLOG, 4096)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        // A turn each: a link that floods waits for the others.
                        .childOption(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(1))
                        .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(32 * 1024, 64 * 1024))
                        .handler(new AcceptFaults(counters, settings.mostConnections()))
                        .childHandler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel channel) {
                                        accept(channel, tls, connect);
                                    }
                                });
        Channel server = bootstrap.bind(address).sync().channel();
        servers.add(server);
        InetSocketAddress bound = (InetSocketAddress) server.localAddress();
        LOG.info(
                "gateway listens on {} ({}, {}{})",
                bound,
                kind,
                transport,
                tls == null ? "" : ", " + tls);
        return bound;
    }

    /** Tells of sessions that there are, and of those that begin and end. */
    public void onSession(SessionListener listener) {
        sessionListeners.add(listener);
        sessions.forEach(listener::began);
    }

    /** Connections that are held before a re-issued report. */
    public int heldConnections() {
        return reissues.heldNow();
    }

    /** Live sessions: vehicles on terminal links. */
    public int sessionCount() {
        return sessions.size();
    }

    public int connectionCount() {
        return connections.size();
    }

    /** Connections beyond are refused. */
    public int mostConnections() {
        return settings.mostConnections();
    }

    /** One sample for each kind of fault, without VIN and position: header in hex and length. */
    public Map<String, String> samples() {
        return new TreeMap<>(samples);
    }

    /** Closes the ports, then the connections. What was taken becomes durable with the log. */
    @Override
    public void close() {
        servers.forEach(server -> server.close().syncUninterruptibly());
        datagrams.forEach(Jt808Datagrams::close);
        connections.forEach(FramedConnection::close);
        loops.shutdownGracefully(50, 2000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    void opened(FramedConnection connection) {
        connections.add(connection);
        counts.opened.increment();
    }

    void closed(FramedConnection connection) {
        connections.remove(connection);
        paused.remove(connection);
        counts.closed.increment();
    }

    void pause(FramedConnection connection) {
        counts.paused.increment();
        paused.add(connection);
        // The log may have made room between its refusal and the line above.
        if (log.hasRoom(connection.wantedBytes()) && paused.remove(connection)) {
            connection.resumeSoon();
        }
    }

    /** Makes a link the one session of a VIN or phone; an older one is closed. */
    void claim(String identity, LiveLink link) {
        LiveLink old = sessions.put(identity, link);
        if (old != null && old != link) {
            counters.increment(
                    link instanceof Jt808Link
                            ? "jt808_session_replaced"
                            : "gb32960_session_replaced");
            old.close();
        }
        sessionListeners.forEach(listener -> listener.began(identity, link));
    }

    void release(String identity, LiveLink link) {
        sessions.remove(identity, link);
        sessionListeners.forEach(listener -> listener.ended(identity, link));
    }

    void sample(String counterName, String text) {
        samples.putIfAbsent(counterName, text);
    }

    private void accept(
            SocketChannel channel,
            @Nullable TlsCredentials tls,
            Function<SocketChannel, FramedConnection> connect) {
        if (connections.size() >= settings.mostConnections()) {
            counters.increment("gateway_refused_full");
            if (refusals.isDue()) {
                LOG.warn(
                        "all {} connections are in use: further ones are refused"
                                + " (gateway_refused_full {})",
                        settings.mostConnections(),
                        counters.value("gateway_refused_full"));
            }
            channel.close();
            return;
        }
        FramedConnection connection = connect.apply(channel);
        if (tls != null) {
            connection.handshakeBegins();
            channel.pipeline()
                    .addLast(tls.handler(channel.alloc()), new TlsHandshake(this, tls, connection));
        }
        channel.pipeline().addLast(connection);
    }

    private void resumePaused() {
        for (FramedConnection connection : paused) {
            if (paused.remove(connection)) {
                connection.resumeSoon();
            }
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        for (FramedConnection connection : connections) {
            connection.checkTimes(now);
        }
    }
}
