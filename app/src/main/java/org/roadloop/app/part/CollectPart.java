package org.roadloop.app.part;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.config.Config;
import org.roadloop.app.config.LinkRules;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.Descriptors;
import org.roadloop.collect.gateway.FrameDecoder;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.FrameSecurity;
import org.roadloop.collect.gateway.GatewaySettings;
import org.roadloop.collect.gateway.Gb32960Decoder;
import org.roadloop.collect.gateway.Jt808PositionDecoder;
import org.roadloop.collect.gateway.Jt808SafetyAlarmDecoder;
import org.roadloop.collect.gateway.Jt808Settings;
import org.roadloop.collect.gateway.LogFeed;
import org.roadloop.collect.gateway.Profile;
import org.roadloop.collect.gateway.RoadsideDecoder;
import org.roadloop.collect.gateway.SenderKeys;
import org.roadloop.collect.gateway.TcpGateway;
import org.roadloop.collect.gateway.TerminalOrder;
import org.roadloop.collect.gateway.UdpGateway;
import org.roadloop.collect.gb32960.cipher.CipherRule;
import org.roadloop.collect.gb32960.cipher.SignatureRule;
import org.roadloop.collect.recording.PilotEventDecoder;
import org.roadloop.collect.rows.RowDecoder;
import org.roadloop.collect.rows.RowTable;
import org.roadloop.collect.v2x.MapFile;
import org.roadloop.collect.v2x.MapRegister;
import org.roadloop.core.table.BatchFeed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sockets and recordings into the frame log (采集). */
public final class CollectPart implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(CollectPart.class);
    private static final int CHUNK_ROWS = 32_768;

    /**
     * Re-issued reports wait while governance has not been at the end of the log for so long, or
     * half of the log's buffer is not free.
     */
    private static final long REISSUE_LAG_NANOS = 15_000_000_000L;

    private static final String KERNEL_DROPS = "bsm_kernel_drops";
    private static final String JT808_KERNEL_DROPS = "jt808_kernel_drops";

    private final Counters counters = new Counters();

    /**
     * Of what is decoded from the frame log, after a restart once more: same names, other counts.
     */
    private final Counters decoded = new Counters();

    private @Nullable Running running;
    private final RawTables tables = new RawTables();
    private final Registrations registrations = new Registrations(tables);
    private final Recordings recordings = new Recordings(tables);
    private final TerminalCommands commands = new TerminalCommands();
    private final LiveVehicles live = new LiveVehicles();
    private final PartnerFrames partners = new PartnerFrames();

    /** What exists between start and close. */
    private record Running(
            PlatformContext context,
            Registers registers,
            FrameLog log,
            TcpGateway tcp,
            UdpGateway udp,
            MapRegister maps,
            MapFile mapFile,
            LogFeed feed,
            Map<String, Integer> ports) {}

    @Override
    public String name() {
        return "collect";
    }

    @Override
    public void start(PlatformContext context) throws Exception {
        Config.Collect settings = context.config().collect();
        Files.createDirectories(context.home().frameLog());
        Registers registers =
                new Registers(
                        context.home().root().resolve("registers.jsonl"),
                        new VehicleSubjects(context.keystore()),
                        context.keystore().mac("terminals"));
        FrameSecurity security = security(context);
        for (Config.RegisteredPlatform platform : settings.platforms()) {
            registers
                    .vehicles()
                    .registerPlatform(
                            platform.user(), context.home().secret(platform.passwordSecret()));
        }
        FrameLog log = FrameLogs.open(context, counters);
        TcpGateway tcp =
                new TcpGateway(
                        log,
                        registers.vehicles(),
                        counters,
                        context.clock(),
                        bounds(settings.links()),
                        security,
                        1);
        MapRegister maps = new MapRegister();
        MapFile mapFile =
                new MapFile(context.home().root().resolve("maps.hex"), maps, MapFile.USUAL_PERIOD);
        UdpGateway udp =
                new UdpGateway(
                        log,
                        registers.units(),
                        maps,
                        counters,
                        context.clock(),
                        new InetSocketAddress(settings.host(), settings.udpPort()));
        List<FrameDecoder> decoders =
                new ArrayList<>(
                        List.of(
                                new Gb32960Decoder(decoded, security),
                                new Jt808PositionDecoder(decoded),
                                new Jt808SafetyAlarmDecoder(decoded),
                                new PilotEventDecoder(decoded)));
        decoders.addAll(RoadsideDecoder.all(registers.units(), decoded));
        for (RowTable table : RowTable.values()) {
            decoders.add(new RowDecoder(table, decoded));
        }
        LogFeed feed = new LogFeed(log, decoded, CHUNK_ROWS, decoders);
        tcp.reissuesWhen(() -> feed.lagNanos() < REISSUE_LAG_NANOS && log.keepsPace());
        PortTls tls = PortTls.of(settings.links().tls(), context.home(), counters);
        Map<String, Integer> ports = new LinkedHashMap<>();
        ports.put(
                "platform",
                tcp.listen(
                                new InetSocketAddress(settings.host(), settings.platformPort()),
                                Profile.PLATFORM,
                                TerminalOrder.Rule.ANNEX_B,
                                tls.on("platform"))
                        .getPort());
        ports.put(
                "terminal",
                tcp.listen(
                                new InetSocketAddress(settings.host(), settings.terminalPort()),
                                Profile.TERMINAL,
                                TerminalOrder.Rule.ANNEX_B,
                                tls.on("terminal"))
                        .getPort());
        InetSocketAddress jt808 =
                tcp.listenJt808(
                        new InetSocketAddress(settings.host(), settings.jt808Port()),
                        registers.terminals(),
                        Jt808Settings.DEFAULT,
                        tls.on("jt808"));
        ports.put("jt808", jt808.getPort());
        if (tls.on("jt808") == null) {
            tcp.listenJt808Datagrams(jt808, registers.terminals(), Jt808Settings.UNORDERED);
        } else {
            LOG.info("no JT/T 808 datagrams: they would pass by the TLS of this port");
        }
        ports.put("udp", udp.address().getPort());
        running = new Running(context, registers, log, tcp, udp, maps, mapFile, feed, ports);
        registrations.start(registers, new VehicleSubjects(context.keystore()));
        recordings.start(log, maps, context.home().tmp(), counters);
        commands.start(context, registers, tcp);
        live.start(context, registers, log, tcp, security);
        partners.start(context, registers, log, security, counters);
        LOG.info(
                "collecting at {}: platforms {}, terminals {}, JT/T 808 {}, datagrams {}; {} vehicles,"
                        + " {} JT/T 808 terminals registered",
                settings.host(),
                ports.get("platform"),
                ports.get("terminal"),
                ports.get("jt808"),
                ports.get("udp"),
                registers.vehicles().size(),
                registers.terminals().size());
    }

    private static FrameSecurity security(PlatformContext context) {
        Optional<String> secret = context.config().collect().senderKeysSecret();
        if (secret.isEmpty()) {
            return FrameSecurity.NONE;
        }
        SenderKeys keys = new SenderKeys(context.home().secret(secret.get()).lines().toList());
        LOG.info("{} keys of GB/T 32960 senders", keys.size());
        return new FrameSecurity(keys, keys, CipherRule.USUAL, SignatureRule.USUAL);
    }

    private static GatewaySettings bounds(LinkRules links) {
        GatewaySettings d = GatewaySettings.DEFAULT;
        long limit = Descriptors.limit();
        int fits = Descriptors.connectionsBelow(limit);
        int most = links.mostConnections() == 0 ? fits : Math.min(links.mostConnections(), fits);
        if (most < links.mostConnections()) {
            LOG.warn(
                    "collect.mostConnections is {}, which {} file descriptors do not carry: raise the"
                            + " hard limit (ulimit -Hn)",
                    links.mostConnections(),
                    limit);
        }
        LOG.info(
                "descriptor limit {} (the JVM raises the soft limit to the hard one): {} vehicle"
                        + " connections are admitted, further ones refused",
                limit,
                most);
        return new GatewaySettings(
                d.loginTimeout(),
                d.frameTimeout(),
                Duration.ofSeconds(links.idleSeconds()),
                d.largestFrameBytes(),
                d.malformedLimit(),
                most);
    }

    /** Raw batches for governance. */
    BatchFeed feed() {
        return live.holding(running().feed());
    }

    /** Rows of files are taken from now on. */
    void governedBy(RawTables.Governor by) throws InterruptedException {
        tables.governedBy(by);
        registrations.governAll();
    }

    FrameLog log() {
        return running().log();
    }

    Registers registers() {
        return running().registers();
    }

    /** Bytes written to the frame log since the start. */
    long collectedBytes() {
        return counters.value("framelog_bytes");
    }

    /** Null while the part does not run. */
    @Nullable Registers findRegisters() {
        return running == null ? null : running.registers();
    }

    UdpGateway udp() {
        return running().udp();
    }

    private Running running() {
        if (running == null) {
            throw new IllegalStateException("the part 'collect' is not started");
        }
        return running;
    }

    @Override
    public List<Route> routes() {
        List<Route> routes = new ArrayList<>(registrations.routes());
        routes.addAll(recordings.routes());
        routes.add(
                Route.get(
                        "/api/v1/collect",
                        Role.OPERATOR,
                        "Ports, sessions and counters of the gateway",
                        this::status));
        routes.addAll(commands.routes());
        routes.addAll(live.routes());
        routes.addAll(partners.routes());
        return routes;
    }

    private void status(Context c) {
        Running on = running();
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("ports", on.ports());
        status.put("vehiclesRegistered", on.registers().vehicles().size());
        status.put("terminalsRegistered", on.registers().terminals().size());
        status.put("unitsRegistered", on.registers().units().size());
        status.put("junctionsMapped", on.maps().size());
        status.put("connections", on.tcp().connectionCount());
        status.put("connectionsAdmitted", on.tcp().mostConnections());
        status.put("descriptors", Map.of("open", Descriptors.open(), "limit", Descriptors.limit()));
        status.put("sessions", on.tcp().sessionCount());
        status.put("heldConnections", on.tcp().heldConnections());
        status.put("logEnd", on.log().durableEnd().toString());
        Map<String, Long> received = new TreeMap<>(counters.snapshot());
        received.put(KERNEL_DROPS, on.udp().kernelDrops());
        received.put(JT808_KERNEL_DROPS, on.tcp().kernelDrops());
        status.put("counters", received);
        status.put("decoded", decoded.snapshot());
        status.put("samples", on.tcp().samples());
        c.json(status);
    }

    @Override
    public Map<String, LongSupplier> metrics() {
        Map<String, LongSupplier> metrics = new TreeMap<>();
        counters.snapshot()
                .keySet()
                .forEach(name -> metrics.put(name + "_total", () -> counters.value(name)));
        decoded.snapshot()
                .keySet()
                .forEach(
                        name ->
                                metrics.put(
                                        "decoded_" + name + "_total", () -> decoded.value(name)));
        if (running != null) {
            metrics.put(KERNEL_DROPS + "_total", () -> running().udp().kernelDrops());
            live.metrics(metrics);
            metrics.put(JT808_KERNEL_DROPS + "_total", () -> running().tcp().kernelDrops());
            metrics.put("gateway_connections_admitted", () -> running().tcp().mostConnections());
            metrics.put("open_descriptors", Descriptors::open);
            metrics.put("gateway_connections", () -> running().tcp().connectionCount());
            metrics.put("gateway_held_connections", () -> running().tcp().heldConnections());
            metrics.put("gateway_sessions", () -> running().tcp().sessionCount());
        }
        return metrics;
    }

    @Override
    public void mount(RoutesConfig routes) {
        partners.mount(routes);
    }

    @Override
    public List<Route> described() {
        return partners.described();
    }

    @Override
    public void closing() {
        live.closing();
        partners.close();
    }

    @Override
    public boolean ready() {
        return running != null && !running.log().isFailing();
    }

    @Override
    public void close() throws Exception {
        if (running == null) {
            return;
        }
        Running on = running;
        on.tcp().close();
        on.udp().close();
        on.mapFile().close();
        on.feed().close();
        partners.close();
        live.close();
        on.log().close();
        on.registers().close();
        tables.governedBy(null);
        running = null;
    }
}
