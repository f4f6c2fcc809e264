package org.roadloop.app.part;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.roadloop.app.config.Config;
import org.roadloop.app.config.UsageControl;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.app.operate.OperatePart;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.Platform;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.app.witness.WitnessPart;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.policy.Place;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import org.roadloop.dataspace.access.DataRoute;
import org.roadloop.govern.lake.Lake;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** A provider with rows in its lake and a consumer, two whole platforms with ports of their own. */
final class TwoPlatforms implements AutoCloseable {
    static final String ASSET = "tracks";
    static final int ROWS = 500;

    Side provider;
    Side consumer;

    /** One platform, as its operator has it. */
    static final class Side implements AutoCloseable {
        final Platform platform;
        final ApiClient api;
        final Seen seen = new Seen();
        final GovernPart govern;
        final SharePart share;
        private final Path home;
        private final Set<String> only;
        private final Duration deletionGrace;

        /**
         * @param port 0 = any free one
         */
        Side(Path home, int port, Set<String> only) throws Exception {
            this(home, port, only, UsageControl.DEFAULTS.deletionGrace());
        }

        Side(Path home, int port, Set<String> only, Duration deletionGrace) throws Exception {
            this(
                    home,
                    config(
                            port,
                            deletionGrace,
                            Config.DEFAULTS.compute(),
                            Config.DEFAULTS.network()),
                    only);
        }

        Side(Path home, Config config, Set<String> only) throws Exception {
            this.home = home;
            this.only = only;
            deletionGrace = config.dataspace().usageControl().deletionGrace();
            CollectPart collect = new CollectPart();
            govern = new GovernPart(collect);
            share = new SharePart(govern);
            NetworkPart network = new NetworkPart();
            WitnessPart witness = new WitnessPart(share::partners);
            ClearingPart clearing = new ClearingPart(share, witness::logKeysOf);
            List<Part> parts =
                    List.of(
                            seen,
                            new OperatePart(witness::shown),
                            witness,
                            collect,
                            new SubjectPart(collect, govern),
                            govern,
                            new ProductPart(govern),
                            new CostPart(collect, govern, clearing::revenue),
                            share,
                            new CatalogPart(share, govern),
                            clearing,
                            network,
                            new ComputePart(network, govern, share, "test"));
            platform = Platform.start(Home.open(home), config, parts, only, "test");
            api = new ApiClient(platform.url(), token());
        }

        /** With what a GiB costs that comes in; the rest is free. */
        private static Config config(
                int port, Duration deletionGrace, Config.Compute compute, Config.Network network) {
            Config free = Config.DEFAULTS.withFreePorts();
            Config.Dataspace space = free.dataspace();
            Place here = new Place("310115", null, Place.Basis.OWN);
            return new Config(
                    new Config.Http(
                            free.http().host(),
                            port,
                            free.http().publicUrl(),
                            free.http().maxRequestBytes()),
                    free.participant(),
                    free.collect(),
                    free.govern(),
                    new Config.Dataspace(
                            space.trustedParticipants(),
                            space.identity(),
                            space.federation(),
                            space.pushHosts(),
                            space.pushToPrivateAddresses(),
                            space.requireSignatures(),
                            new UsageControl(Optional.of(here), Map.of(), deletionGrace, 30),
                            space.unsignedPeers(),
                            space.registrationSheet()),
                    free.clearing(),
                    compute,
                    network,
                    free.retention(),
                    free.ledger(),
                    new Config.Costs(2_000, 0, 0));
        }

        /** At the same address. */
        Side again(Consumer<Keystore> whileDown) throws Exception {
            int port = platform.url().getPort();
            close();
            whileDown.accept(Keystore.open(home.resolve("keys")));
            return new Side(home, port, only, deletionGrace);
        }

        String token() throws IOException {
            return Files.readString(home.resolve("admin.token")).strip();
        }

        /** Any answer, errors too. */
        HttpResponse<String> get(String path, String token) throws Exception {
            return send(HttpRequest.newBuilder(URI.create(platform.url() + path)), token);
        }

        /** Any answer, errors too. */
        HttpResponse<String> post(String path, String token, JsonNode body) throws Exception {
            return send(
                    HttpRequest.newBuilder(URI.create(platform.url() + path))
                            .POST(HttpRequest.BodyPublishers.ofString(body.toString())),
                    token);
        }

        private static HttpResponse<String> send(HttpRequest.Builder request, String token)
                throws Exception {
            try (HttpClient http = HttpClient.newHttpClient()) {
                return http.send(
                        request.header("Authorization", "Bearer " + token).build(),
                        HttpResponse.BodyHandlers.ofString());
            }
        }

        /** What a verb of this home prints. */
        String verb(Object verb, String... words) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            List<String> all = new ArrayList<>(List.of(words));
            all.addAll(List.of("--home", home.toString()));
            int code =
                    new CommandLine(verb)
                            .setOut(new PrintWriter(out, true))
                            .setErr(new PrintWriter(err, true))
                            .execute(all.toArray(String[]::new));
            if (code != 0) {
                throw new AssertionError(String.join(" ", words) + ": " + code + " " + err);
            }
            return out.toString();
        }

        @Override
        public void close() throws Exception {
            api.close();
            platform.close();
        }
    }

    /** Keeps what parts share, for the test to look into. */
    static final class Seen implements Part {
        PlatformContext context;

        @Override
        public String name() {
            return "seen";
        }

        @Override
        public boolean always() {
            return true;
        }

        @Override
        public void start(PlatformContext given) {
            context = given;
        }

        @Override
        public void close() {}
    }

    TwoPlatforms(Path folder) throws Exception {
        this(folder, UsageControl.DEFAULTS.deletionGrace());
    }

    /**
     * @param deletionGrace of the provider
     */
    TwoPlatforms(Path folder, Duration deletionGrace) throws Exception {
        this(folder, deletionGrace, Config.DEFAULTS.compute(), Config.DEFAULTS.network());
    }

    /**
     * @param compute of the provider, as is the network
     */
    TwoPlatforms(
            Path folder, Duration deletionGrace, Config.Compute compute, Config.Network network)
            throws Exception {
        provider =
                new Side(
                        folder.resolve("provider"),
                        Side.config(0, deletionGrace, compute, network),
                        Set.of("compute", "costs"));
        consumer = new Side(folder.resolve("consumer"), 0, Set.of("dataspace"));
        writeRows(provider.govern.lake());
        offer();
    }

    static void writeRows(Lake lake) {
        Schema schema = lake.schema("track_point");
        Batch batch = new Batch(schema, ROWS);
        for (int i = 0; i < ROWS; i++) {
            int row = batch.addRow();
            for (int column = 0; column < schema.size(); column++) {
                switch (schema.column(column).type()) {
                    case STRING -> batch.set(column, row, "car-" + i % 7);
                    case TIMESTAMP_MICROS_UTC ->
                            batch.set(column, row, 1_790_000_000_000_000L + i * 100_000L);
                    case LONG -> batch.set(column, row, (long) i);
                    case DOUBLE -> batch.set(column, row, i * 0.1);
                    case FLOAT -> batch.set(column, row, i * 0.1f);
                    case INT -> batch.set(column, row, i);
                    case BOOL -> batch.set(column, row, i % 2 == 0);
                }
            }
        }
        lake.commit(
                "track_point",
                List.of(lake.write("track_point", List.of(batch))),
                lake.committedPosition("track_point"),
                Map.of());
    }

    /** Offers the rows for pull and task at 2 CNY a use and 0.010 CNY per 100 rows. */
    private void offer() throws Exception {
        provider.api.post(
                "/api/v1/assets",
                Json.mapper()
                        .readTree(
                                """
                                {"kind":"dataset","id":"tracks",
                                 "title":{"en":"Tracks","zh":"轨迹"},
                                 "properties":{"dct:license":"roadloop:contract"},
                                 "table":"track_point","snapshot":"-1","columns":[],
                                 "formats":["HttpData-PULL","HttpData-PUSH","LiveStream-PULL",
                                  "compute-to-data"],
                                 "offers":[{"policy":{"@type":"Offer","@id":"offer-1",
                                   "permission":[{"action":"use"}]},
                                  "tariff":{"currency":"CNY","prices":[
                                   {"unit":"use","per":1,"milli":2000},
                                   {"unit":"row","per":100,"milli":10}]}}]}
                                """));
    }

    /**
     * A new contract over the rows by a policy of its own.
     *
     * @param rules members of the policy, with single quotes
     */
    String agree(String asset, String rules) throws Exception {
        provider.api.post(
                "/api/v1/assets",
                Json.mapper()
                        .readTree(
                                """
                                {"kind":"dataset","id":"%s",
                                 "title":{"en":"Tracks","zh":"轨迹"},
                                 "properties":{"dct:license":"roadloop:contract"},
                                 "table":"track_point","snapshot":"-1","columns":[],
                                 "formats":["HttpData-PULL","HttpData-PUSH","LiveStream-PULL",
                                  "compute-to-data"],
                                 "offers":[{"policy":{"@type":"Offer","@id":"offer-%s",%s},
                                  "tariff":{"currency":"CNY","prices":[]}}]}
                                """
                                        .formatted(asset, asset, rules.replace('\'', '"'))));
        return consumer.api
                .post(
                        "/api/v1/negotiations",
                        Json.mapper()
                                .createObjectNode()
                                .put("provider", provider.platform.url().toString())
                                .put("dataset", asset)
                                .put("offer", "offer-" + asset))
                .required("id")
                .asString();
    }

    /** A new contract. */
    String agree() throws Exception {
        JsonNode agreement =
                consumer.api.post(
                        "/api/v1/negotiations",
                        Json.mapper()
                                .createObjectNode()
                                .put("provider", provider.platform.url().toString())
                                .put("dataset", ASSET)
                                .put("offer", "offer-1"));
        return agreement.required("id").asString();
    }

    JsonNode transfer(String agreement, String format) throws Exception {
        return consumer.api.post(
                "/api/v1/transfers",
                Json.mapper().createObjectNode().put("agreement", agreement).put("format", format));
    }

    /** Bytes the consumer's user gets through the consumer's own meter. */
    byte[] pull(String agreement) throws Exception {
        String id = transfer(agreement, DataRoute.FORMAT).required("id").asString();
        try (var in = consumer.api.stream("/api/v1/transfers/" + id + "/data?purpose=research")) {
            return in.readAllBytes();
        }
    }

    @Override
    public void close() throws Exception {
        try (Side last = provider) {
            consumer.close();
        }
    }
}
