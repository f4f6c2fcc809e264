package org.roadloop.app.platform;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.ApiClient;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.client.FleetClient;
import org.roadloop.collect.gateway.client.FleetSettings;
import org.roadloop.collect.gb32960.VehicleSample;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code roadloop rehearse}: the launcher's, after a build. One platform with every part starts in
 * a folder of its own, takes one report, signs one contract with a second one and stops, so that
 * the JVM can note which classes a platform needs (JEP 514). With {@code --only dataspace} the same
 * without a gateway and its report. Nothing of it is kept.
 */
@Command(
        description =
                "Starts and stops a platform in a scratch folder; the launcher does this after a"
                        + " build, for the JVM's start-up cache.",
        mixinStandardHelpOptions = true)
public final class RehearseVerb implements Callable<Integer> {
    private static final String VIN = "L0000000X00000000";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String CONFIGURATION =
            """
            http: {port: 0}
            collect: {platformPort: 0, terminalPort: 0, jt808Port: 0, udpPort: 0}
            govern: {commitSeconds: 1}
            """;
    private static final String ASSET =
            """
            {"kind":"dataset","id":"rehearsal","title":{"en":"Rehearsal","zh":"预演"},
             "properties":{},"table":"vehicle_report","snapshot":"-1","columns":[],
             "formats":["HttpData-PULL"],
             "offers":[{"policy":{"@type":"Offer","@id":"urn:roadloop:rehearsal",
               "permission":[{"action":"use"}]},
              "tariff":{"currency":"CNY","prices":[{"unit":"use","per":1,"milli":1}]}}]}
            """;

    private final Supplier<List<Part>> parts;
    private final String version;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "PART",
            description = "Start just these parts and what they need.")
    Set<String> only = Set.of();

    @Option(names = "--home", required = true, paramLabel = "DIR", description = "Scratch folder.")
    @Nullable Path folder;

    public RehearseVerb(Supplier<List<Part>> parts, String version) {
        this.parts = parts;
        this.version = version;
    }

    @Override
    public Integer call() throws Exception {
        if (folder == null) {
            throw new IllegalStateException("picocli let a missing --home through");
        }
        Home home = home(folder);
        try (Platform platform = start(home, only);
                ApiClient api = new ApiClient(platform.url(), home.adminToken())) {
            look(api, only.isEmpty());
            if (only.isEmpty()) {
                report(api);
            }
            Home other = home(folder.resolve("provider"));
            try (Platform provider = start(other, Set.of("dataspace"));
                    ApiClient offering = new ApiClient(provider.url(), other.adminToken())) {
                negotiate(api, offering, provider.url());
            }
        }
        return ExitCode.OK;
    }

    private static Home home(Path folder) throws IOException {
        Home home = Home.open(folder.toAbsolutePath());
        Files.writeString(home.configFile(), CONFIGURATION);
        return home;
    }

    private Platform start(Home home, Set<String> named) throws Exception {
        return Platform.start(home, Config.load(home.configFile()), parts.get(), named, version);
    }

    private static void look(ApiClient api, boolean everything) throws IOException {
        for (String path : List.of("health", "openapi.json", "ledger/checkpoint")) {
            api.stream("/api/v1/" + path).close();
        }
        if (everything) {
            api.stream("/api/v1/ingest").close();
        }
        api.stream("/metrics").close();
    }

    /** One report of one vehicle, through to its Parquet file. */
    private static void report(ApiClient api) throws IOException, InterruptedException {
        ObjectNode vehicles = JsonMapper.shared().createObjectNode();
        vehicles.putArray("vehicles").addObject().put("vin", VIN).put("lineage", "simulated");
        api.post("/api/v1/vehicles", vehicles);
        int port = api.get("/api/v1/collect").required("ports").required("terminal").asInt();
        InetSocketAddress gateway = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        VehicleSample sample = new VehicleSample();
        sample.collectedAtMicros = Instant.now().getEpochSecond() * 1_000_000;
        sample.speedKmh = 50;
        try (FleetClient fleet =
                new FleetClient(FleetSettings.DEFAULT, new Counters(), Clock.systemUTC())) {
            fleet.openTerminal(VIN, () -> gateway);
            fleet.report(VIN, sample);
            Instant end = Instant.now().plus(PATIENCE);
            while (committedRows(api) == 0 && Instant.now().isBefore(end)) {
                Thread.sleep(50);
            }
        }
    }

    private static long committedRows(ApiClient api) throws IOException {
        long rows = 0;
        for (JsonNode table : api.get("/api/v1/ingest").findValues("committedRows")) {
            rows += table.asLong();
        }
        return rows;
    }

    private static void negotiate(ApiClient api, ApiClient offering, URI provider)
            throws IOException {
        JsonMapper json = JsonMapper.shared();
        offering.post("/api/v1/assets", json.readTree(ASSET));
        ObjectNode ask = json.createObjectNode().put("provider", provider.toString());
        JsonNode offer =
                api.post("/api/v1/catalogs", ask)
                        .required("datasets")
                        .required(0)
                        .required("offers")
                        .required(0)
                        .required("@id");
        JsonNode agreement =
                api.post(
                        "/api/v1/negotiations",
                        ask.deepCopy().put("dataset", "rehearsal").put("offer", offer.asString()));
        api.post(
                "/api/v1/transfers",
                json.createObjectNode()
                        .put("agreement", agreement.required("id").asString())
                        .put("format", "HttpData-PULL"));
    }
}
