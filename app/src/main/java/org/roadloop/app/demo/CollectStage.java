package org.roadloop.app.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.roadloop.app.cli.Progress;
import org.roadloop.apply.twin.Town;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.client.FleetClient;
import org.roadloop.collect.gateway.client.FleetSettings;
import org.roadloop.collect.gateway.client.Malformed;
import org.roadloop.collect.gateway.client.PlatformLink;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.RealTimeReport;
import org.roadloop.collect.gb32960.VehicleSample;
import org.roadloop.collect.recording.TwizyDrive;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The town and the recordings speak to the platform while it is killed and comes back (采集). One
 * thread drives; the answers arrive on the fleet's own.
 */
final class CollectStage implements AutoCloseable {
    private static final int SEGMENT_SAMPLES = 300;
    private static final int DROPPED_TERMINALS = 12;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final DemoOptions options;
    private final DemoHome home;
    private final Child provider;
    private final TownDrive drive;
    private final RoadsideUnit roadside;
    private final FleetClient fleet;
    private final PlatformLink townLink;
    private final Counters counters = new Counters();
    private final Reports acknowledged = new Reports();
    private final Reports sentByTerminals = new Reports();
    private final List<TwizyDrive.Segment> replay;
    private final Throughput throughput;
    private final List<Kill> kills = new ArrayList<>();
    private final Map<String, Long> gatewayCounters = new TreeMap<>();
    private final VehicleSample replaySample = new VehicleSample();
    private Api api;
    private long platformSent;
    private long replaySent;
    private int replayTurn;
    private volatile int townTick;

    /**
     * One {@code kill -9} in the middle of ingest.
     *
     * @param frame how many reports had been sent
     * @param acknowledged how many platform reports had their answer
     * @param restartSeconds until the platform answered again
     */
    record Kill(long frame, long acknowledged, double restartSeconds) {}

    CollectStage(
            DemoOptions options, DemoHome home, Child provider, Api api, Town town, Instant start)
            throws IOException {
        this.options = options;
        this.home = home;
        this.provider = provider;
        this.api = api;
        drive = new TownDrive(town, start);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        roadside = new RoadsideUnit(new InetSocketAddress(loopback, home.udpPort()));
        FleetSettings d = FleetSettings.DEFAULT;
        fleet =
                new FleetClient(
                        new FleetSettings(
                                d.threads(),
                                Duration.ofSeconds(5),
                                d.mostTries(),
                                Duration.ofMillis(300),
                                Duration.ofSeconds(2),
                                d.heartbeatPeriod(),
                                d.window(),
                                d.keptFrames()),
                        counters,
                        Clock.systemUTC());
        Path drives = options.data().map(data -> data.resolve("ev-twizy")).orElse(Path.of(""));
        replay =
                options.data().isPresent() && Files.isDirectory(drives)
                        ? TwizyDrive.readFolder(drives, SEGMENT_SAMPLES, counters)
                        : List.of();
        register(town);
        townLink =
                fleet.openPlatform(
                        () -> new InetSocketAddress(loopback, home.platformPort()),
                        DemoHome.PLATFORM_USER,
                        home.password());
        townLink.onAcknowledged(
                frame ->
                        acknowledged.add(
                                vin(frame),
                                RealTimeReport.collectedAtMicros(frame, Frame.HEADER_BYTES)));
        for (int car = 0; car < town.cars(); car++) {
            if (car < options.terminals()) {
                fleet.openTerminal(
                        town.vin(car), () -> new InetSocketAddress(loopback, home.terminalPort()));
            } else {
                fleet.assign(town.vin(car), townLink);
            }
        }
        replay.forEach(segment -> fleet.assign(segment.vin(), townLink));
        throughput = new Throughput(api);
    }

    private static String vin(byte[] frame) {
        return new String(frame, 4, Frame.ID_BYTES, java.nio.charset.StandardCharsets.US_ASCII);
    }

    private void register(Town town) throws IOException {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        ArrayNode vehicles = body.putArray("vehicles");
        for (int car = 0; car < town.cars(); car++) {
            vehicles.addObject().put("vin", town.vin(car)).put("lineage", "simulated");
        }
        for (TwizyDrive.Segment segment : replay) {
            vehicles.addObject().put("vin", segment.vin()).put("lineage", "replay");
        }
        ObjectNode places = JsonMapper.shared().createObjectNode();
        ArrayNode junctions = places.putArray("junctions");
        for (int junction = 0; junction < town.junctions(); junction++) {
            if (town.equipped(junction)) {
                ObjectNode place = junctions.addObject();
                place.putArray("messages").add("bsm");
                place.put("junction", junction)
                        .put("name", "town-junction-" + junction)
                        .put("longitudeDegrees", town.junctionLonDegrees(junction))
                        .put("latitudeDegrees", town.junctionLatDegrees(junction))
                        .put("lineage", "simulated")
                        .put("unit", TownDrive.unit(junction))
                        .put("roadsideUnit", roadside.address());
            }
        }
        try {
            api.post("/api/v1/vehicles", body);
            api.post("/api/v1/junctions", places);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while registering", e);
        }
    }

    /** Drives the town through its time; the platform is killed and restarted on the way. */
    void run() throws Exception {
        awaitSessions();
        try (Progress progress =
                Progress.start(
                        "town", "s", options.seconds(), () -> townTick / 10, this::remarks)) {
            drive();
        }
    }

    private String remarks() {
        return String.format(
                Locale.ROOT,
                "%d reports, %d answered, %d waiting, %d datagrams, %d malformed",
                sent(),
                acknowledged.size(),
                townLink.unacknowledged(),
                roadside.sent(),
                counters.value("client_malformed_sent"));
    }

    private void drive() throws Exception {
        Town town = drive.town();
        SplittableRandom random = new SplittableRandom(options.seed());
        int ticks = options.seconds() * 10;
        long began = System.nanoTime();
        long paused = 0;
        int nextKill = 0;
        for (int tick = 1; tick <= ticks; tick++) {
            townTick = tick;
            drive.step(this::report, roadside::send);
            if (tick % 10 == 0) {
                replay(tick / 10);
            }
            if (tick == ticks / 5 || tick == ticks * 7 / 10) {
                misbehave(random);
            }
            if (nextKill < options.killShares().length
                    && tick >= ticks * options.killShares()[nextKill]) {
                long before = System.nanoTime();
                kill();
                nextKill++;
                paused += System.nanoTime() - before;
            }
            long dueNanos = began + paused + (long) (tick / 10.0 / options.pace() * 1e9);
            long early = dueNanos - System.nanoTime();
            if (early > 0) {
                Thread.sleep(Duration.ofNanos(early));
            }
        }
        replay(options.seconds());
    }

    private void report(int car, VehicleSample sample) throws InterruptedException {
        String vin = drive.town().vin(car);
        if (car < options.terminals()) {
            sentByTerminals.add(vin, sample.collectedAtMicros);
        } else {
            platformSent++;
        }
        fleet.report(vin, sample);
    }

    /** The recordings' share of one second, spread evenly over the town's time. */
    private void replay(int second) throws InterruptedException {
        int upTo = (int) ((long) SEGMENT_SAMPLES * second / options.seconds());
        for (; replayTurn < upTo; replayTurn++) {
            for (TwizyDrive.Segment segment : replay) {
                if (replayTurn < segment.samples().size()) {
                    segment.samples().get(replayTurn).fill(replaySample);
                    fleet.report(segment.vin(), replaySample);
                    replaySent++;
                }
            }
        }
    }

    /** Lost connections on both kinds of link, and a few frames that are not right. */
    private void misbehave(SplittableRandom random) {
        VehicleSample sample = new VehicleSample();
        sample.collectedAtMicros = 1_000_000L * 1_700_000_000L;
        for (Malformed fault : Malformed.values()) {
            fleet.sendMalformed(
                    drive.town().vin(random.nextInt(options.terminals())), fault, sample);
        }
        for (int i = 0; i < DROPPED_TERMINALS; i++) {
            fleet.drop(drive.town().vin(random.nextInt(options.terminals())));
        }
        townLink.drop();
    }

    private void kill() throws Exception {
        throughput.pause();
        // What the process counted dies with it.
        addGatewayCounters(api.get("/api/v1/collect"));
        long frame = sent();
        long answered = acknowledged.size();
        long began = System.nanoTime();
        provider.kill();
        api = provider.start(PATIENCE);
        double seconds = (System.nanoTime() - began) / 1e9;
        throughput.resume(api);
        awaitSessions();
        kills.add(new Kill(frame, answered, seconds));
    }

    private void addGatewayCounters(JsonNode status) {
        status.required("counters")
                .properties()
                .forEach(e -> gatewayCounters.merge(e.getKey(), e.getValue().asLong(), Long::sum));
    }

    /** The gateway's counters over all its processes. Once, at the end. */
    Map<String, Long> gatewayCounters() throws Exception {
        addGatewayCounters(api.get("/api/v1/collect"));
        return Map.copyOf(gatewayCounters);
    }

    int sessions() throws Exception {
        return api.get("/api/v1/collect").required("sessions").asInt();
    }

    private void awaitSessions() throws Exception {
        Instant end = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(end)) {
            if (sessions() >= options.terminals()) {
                return;
            }
            Thread.sleep(50);
        }
        throw new IOException(
                "not all terminals logged in within "
                        + PATIENCE.toSeconds()
                        + " s: "
                        + api.get("/api/v1/collect"));
    }

    /**
     * Waits until the platform link has every answer and every table has caught up with the log.
     */
    void settle() throws Exception {
        if (!townLink.awaitAcknowledged(PATIENCE)) {
            throw new IOException(
                    townLink.unacknowledged()
                            + " reports of the platform link have no answer after "
                            + PATIENCE.toSeconds()
                            + " s");
        }
        Instant end = Instant.now().plus(PATIENCE);
        while (!api.get("/api/v1/ingest").required("caughtUp").asBoolean()) {
            if (Instant.now().isAfter(end)) {
                throw new IOException("governance has not caught up: " + api.get("/api/v1/ingest"));
            }
            Thread.sleep(200);
        }
        throughput.pause();
    }

    /** The New York pilot's events as recordings; empty without recordings. */
    Map<String, JsonNode> importPilotEvents() throws Exception {
        Map<String, JsonNode> imported = new TreeMap<>();
        if (options.data().isEmpty()) {
            return imported;
        }
        Path folder = options.data().get().resolve("nyc-cv-pilot");
        for (String kind : new String[] {"fcw", "ima"}) {
            Path file = folder.resolve("nycdot-" + kind + "-event.json");
            if (Files.exists(file)) {
                imported.put(
                        kind,
                        api.post(
                                "/api/v1/recordings?format=nyc-cv-pilot",
                                "application/x-ndjson",
                                Files.readAllBytes(file)));
            }
        }
        return imported;
    }

    Reports.Outcome reconcilePlatform() throws Exception {
        return acknowledged.reconcile(api);
    }

    Reports.Outcome reconcileTerminals() throws Exception {
        return sentByTerminals.reconcile(api);
    }

    long sent() {
        return platformSent + replaySent + sentByTerminals.size();
    }

    Api api() {
        return api;
    }

    Counters counters() {
        return counters;
    }

    int acknowledgedReports() {
        return acknowledged.size();
    }

    long replaySent() {
        return replaySent;
    }

    int replayVehicles() {
        return replay.size();
    }

    List<Kill> kills() {
        return List.copyOf(kills);
    }

    RoadsideUnit roadside() {
        return roadside;
    }

    Throughput throughput() {
        return throughput;
    }

    Town town() {
        return drive.town();
    }

    @Override
    public void close() {
        throughput.close();
        fleet.close();
        roadside.close();
    }
}
