package org.roadloop.app.part;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.config.Config;
import org.roadloop.app.config.LinkRules;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
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
import org.roadloop.collect.gateway.TerminalRegister;
import org.roadloop.collect.gateway.UdpGateway;
import org.roadloop.collect.gb32960.cipher.CipherRule;
import org.roadloop.collect.gb32960.cipher.SignatureRule;
import org.roadloop.collect.jt808.PositionTable;
import org.roadloop.collect.jt808.SafetyAlarmTable;
import org.roadloop.collect.recording.PilotEventDecoder;
import org.roadloop.collect.recording.PilotEvents;
import org.roadloop.collect.recording.PilotMessages;
import org.roadloop.collect.rows.RowDecoder;
import org.roadloop.collect.rows.RowLog;
import org.roadloop.collect.rows.RowTable;
import org.roadloop.collect.v2x.MapFile;
import org.roadloop.collect.v2x.MapRegister;
import org.roadloop.collect.v2x.SignalPhaseColumns;
import org.roadloop.collect.v2x.V2xUnit;
import org.roadloop.core.table.BatchFeed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

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
    private volatile @Nullable TableGovernor governor;
    private final TerminalCommands commands = new TerminalCommands();
    private final LiveVehicles live = new LiveVehicles();
    private final PartnerFrames partners = new PartnerFrames();

    /** Sees that the rows of a raw table are governed from now on. */
    interface TableGovernor {
        void govern(String rawTable) throws InterruptedException;
    }

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
    void governedBy(TableGovernor by) throws InterruptedException {
        governor = by;
        if (running().registers().terminals().size() > 0) {
            by.govern(PositionTable.NAME);
            by.govern(SafetyAlarmTable.NAME);
        }
        for (V2xUnit unit : running().registers().units().list()) {
            governRowsOf(unit);
        }
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
        List<Route> routes = new ArrayList<>(ownRoutes());
        routes.addAll(commands.routes());
        routes.addAll(live.routes());
        routes.addAll(partners.routes());
        return routes;
    }

    private List<Route> ownRoutes() {
        return List.of(
                Route.post(
                                "/api/v1/vehicles",
                                Role.OPERATOR,
                                "Register vehicles: VIN and lineage",
                                c -> register(c, "vehicles"))
                        .schemas(
                                """
                                {"type":"object","required":["vehicles"],"properties":{"vehicles":
                                 {"type":"array","items":{"type":"object","required":["vin"],
                                 "properties":{"vin":{"type":"string"},
                                 "lineage":{"enum":["simulated","replay","vehicle"]}}}}}}
                                """,
                                ""),
                Route.post(
                                "/api/v1/terminals",
                                Role.OPERATOR,
                                "Register JT/T 808 terminals: phone, lineage, plate; answers their ids",
                                this::registerTerminals)
                        .schemas(
                                """
                                {"type":"object","required":["terminals"],"properties":{"terminals":
                                 {"type":"array","items":{"type":"object","required":["terminal"],
                                 "properties":{"terminal":{"type":"string",
                                  "description":"the phone, 1 to 20 digits"},
                                 "plate":{"type":"string"},
                                 "lineage":{"enum":["simulated","replay","vehicle"]}}}}}}
                                """,
                                """
                                {"type":"object","properties":{"ids":{"type":"array",
                                 "items":{"type":"string"}}}}
                                """),
                Route.post(
                                "/api/v1/junctions",
                                Role.OPERATOR,
                                "Register equipped junctions: number, name, origin, roadside unit",
                                c -> register(c, "junctions"))
                        .schemas(
                                """
                                {"type":"object","required":["junctions"],"properties":{"junctions":
                                 {"type":"array","items":{"type":"object",
                                 "required":["junction","name","longitudeDegrees",
                                  "latitudeDegrees"],
                                 "properties":{"junction":{"type":"integer"},
                                 "name":{"type":"string"},
                                 "longitudeDegrees":{"type":"number"},
                                 "latitudeDegrees":{"type":"number"},
                                 "lineage":{"enum":["simulated","replay","vehicle"]},
                                 "unit":{"type":"string",
                                  "description":"id of its roadside unit's envelopes"},
                                 "messages":{"type":"array","items":
                                  {"enum":["bsm","map","rsm","spat","rsi","later"]}},
                                 "roadsideUnit":{"type":"string",
                                  "description":"HOST:PORT for alarms, UDP"}}}}}}
                                """,
                                ""),
                Route.post(
                                "/api/v1/units",
                                Role.OPERATOR,
                                "Register roadside and on-board units by the id of their envelopes",
                                c -> register(c, "units"))
                        .schemas(
                                """
                                {"type":"object","required":["units"],"properties":{"units":
                                 {"type":"array","items":{"type":"object",
                                 "required":["unit","kind"],
                                 "properties":{"unit":{"type":"string",
                                  "description":"eight printable ASCII characters or 16 hex digits"},
                                 "kind":{"enum":["roadside","on-board"]},
                                 "messages":{"type":"array","items":
                                  {"enum":["bsm","map","rsm","spat","rsi","later"]}},
                                 "lineage":{"enum":["simulated","replay","vehicle"]}}}}}}
                                """,
                                ""),
                Route.post(
                        "/api/v1/recordings",
                        Role.OPERATOR,
                        "Import a recording; ?format=nyc-cv-pilot, ode or obu-log, ?name= of the file",
                        this::importRecording),
                Route.post(
                        "/api/v1/recordings/rows",
                        Role.OPERATOR,
                        "Import rows, one JSON object a line, into the raw table of ?table=",
                        this::importRows),
                Route.get(
                        "/api/v1/collect",
                        Role.OPERATOR,
                        "Ports, sessions and counters of the gateway",
                        this::status));
    }

    private void registerTerminals(Context c) throws InterruptedException {
        TableGovernor by = governor;
        if (by == null) {
            throw notGoverned();
        }
        List<JsonNode> items = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        VehicleSubjects subjects = new VehicleSubjects(running().context().keystore());
        try {
            for (JsonNode item : Json.object(c).required("terminals").values()) {
                String phone = TerminalRegister.checked(item.required("terminal").asString());
                // What a terminal has left is told by itself.
                ((ObjectNode) item).remove("left");
                items.add(item);
                ids.add(subjects.ofPhone(phone));
            }
            by.govern(PositionTable.NAME);
            by.govern(SafetyAlarmTable.NAME);
            running().registers().register(items);
        } catch (IllegalArgumentException | JacksonException | ClassCastException e) {
            throw Problem.badRequest(
                    "invalid_registration",
                    "the body needs an array 'terminals' of objects with 'terminal', a phone of 1"
                            + " to 20 digits, and a known lineage");
        }
        c.status(201).json(Map.of("ids", ids));
    }

    private static Problem notGoverned() {
        return new Problem(
                503, "not_governed", "the part 'govern' does not run: rows have no way in");
    }

    /** A unit is taken in when the tables of all that it may send are governed. */
    private void governRowsOf(V2xUnit unit) throws InterruptedException {
        TableGovernor by = governor;
        if (by == null) {
            throw notGoverned();
        }
        for (String table : RoadsideDecoder.tables(unit)) {
            by.govern(table);
        }
    }

    private void register(Context c, String field) throws InterruptedException {
        JsonNode items = Json.object(c).path(field);
        if (!items.isArray()) {
            throw Problem.badRequest("invalid_body", "the body needs an array '" + field + "'");
        }
        try {
            for (JsonNode item : items.values()) {
                Optional<V2xUnit> unit = Registers.findUnit(item);
                if (unit.isPresent()) {
                    governRowsOf(unit.get());
                }
            }
            running().registers().register(items.values());
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid_registration", String.valueOf(e.getMessage()));
        }
        c.status(201).json(Map.of("registered", items.size()));
    }

    private void importRecording(Context c) throws Exception {
        String format = String.valueOf(c.queryParam("format"));
        Object answer =
                switch (format) {
                    case "nyc-cv-pilot" -> Map.of("recordings", importPilotEvents(c));
                    case "ode", "obu-log" -> importPilotMessages(c, format.equals("obu-log"));
                    default ->
                            throw Problem.badRequest(
                                    "unknown_format",
                                    "no recording format '"
                                            + format
                                            + "'; formats are nyc-cv-pilot, ode, obu-log");
                };
        c.status(201).json(answer);
    }

    private List<PilotEvents.Recording> importPilotEvents(Context c) throws Exception {
        Running on = running();
        Path file = on.context().home().tmp().resolve("recording-" + UUID.randomUUID() + ".json");
        try {
            keep(c.bodyAsBytes(), file);
            return new PilotEvents(on.log(), counters).importFile(file);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private PilotMessages.Imported importPilotMessages(Context c, boolean obuLog) throws Exception {
        TableGovernor by = governor;
        if (by == null) {
            throw notGoverned();
        }
        by.govern(SignalPhaseColumns.NAME);
        PilotMessages messages = new PilotMessages(running().log(), running().maps(), counters);
        String name = Optional.ofNullable(c.queryParam("name")).orElse("recorded");
        return obuLog
                ? messages.importLog(c.bodyAsBytes(), name)
                : messages.importOde(new BufferedReader(new StringReader(c.body())), name);
    }

    private void importRows(Context c) throws Exception {
        String name = String.valueOf(c.queryParam("table"));
        RowTable table =
                RowTable.find(name)
                        .orElseThrow(
                                () ->
                                        Problem.badRequest(
                                                "unknown_table",
                                                "no table '%s' takes rows; tables are %s"
                                                        .formatted(name, RowTable.names())));
        TableGovernor by = governor;
        if (by == null) {
            throw notGoverned();
        }
        by.govern(table.table());
        RowLog rows = new RowLog(running().log(), counters);
        c.status(201).json(rows.append(table, new ByteArrayInputStream(c.bodyAsBytes())));
    }

    private static void keep(byte[] recording, Path file) {
        try {
            Files.write(file, recording);
        } catch (IOException e) {
            throw new UncheckedIOException("the recording can't be kept in " + file, e);
        }
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
        governor = null;
        running = null;
    }
}
