package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code kill -9} at seeded moments under load (断电测试): every report that had its answer must stand
 * in the table once, whatever was sent again.
 */
final class GatewayCrash {
    private static final long SEED = 20_260_601;
    private static final int REPORTS_A_REQUEST = 200_000;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /**
     * How much is done.
     *
     * @param leastMillis between two kills, drawn between the two bounds
     */
    record Sizes(
            int kills, int vehicles, int links, int perSecond, int leastMillis, int mostMillis) {
        static final Sizes OF_RECORD = new Sizes(5, 10_000, 4, 20_000, 500, 3_500);
    }

    private GatewayCrash() {}

    static void measure(Path home, Figures figures, Sizes sizes)
            throws IOException, InterruptedException {
        SplittableRandom random = new SplittableRandom(SEED);
        try (GatewayServer server = new GatewayServer(home, List.of())) {
            server.register(sizes.vehicles());
            List<long[]> links = new ArrayList<>();
            try (LoadProcess load =
                    LoadProcess.start(
                            "crash",
                            server.platformPort(),
                            sizes.vehicles(),
                            sizes.links(),
                            2_000,
                            sizes.perSecond())) {
                load.await("ready");
                for (int i = 0; i < sizes.kills(); i++) {
                    Thread.sleep(random.nextInt(sizes.leastMillis(), sizes.mostMillis()));
                    server.killAndRestart();
                }
                Thread.sleep(sizes.leastMillis());
                load.proceed();
                for (int i = 0; i < sizes.links(); i++) {
                    links.add(load.await("link"));
                }
                load.await("settled");
            }
            awaitCaughtUp(server);
            compare(server, links, figures);
            figures.add("gateway.crash_kills", sizes.kills(), "kills");
        }
    }

    private static void awaitCaughtUp(GatewayServer server)
            throws IOException, InterruptedException {
        Instant end = Instant.now().plus(PATIENCE);
        while (!server.hasCaughtUp()) {
            if (Instant.now().isAfter(end)) {
                throw new IOException("governance has not caught up after the kills");
            }
            Thread.sleep(200);
        }
    }

    private static void compare(GatewayServer server, List<long[]> links, Figures figures)
            throws IOException {
        Comparison found = new Comparison(server);
        for (long[] link : links) {
            long vehicles = link[1];
            for (long report = 0; report < link[3]; report++) {
                found.add((int) (link[0] + report % vehicles), link[2] + report / vehicles);
            }
        }
        found.ask();
        figures.add("gateway.crash_acknowledged", found.asked, "frames");
        figures.add("gateway.crash_lost", found.missing, "frames");
        figures.add("gateway.crash_duplicated", found.storedTwice, "frames");
        if (found.asked == 0) {
            throw new IOException("no report was acknowledged between the kills");
        }
    }

    /** Asks the platform, a part of the list at a time. */
    private static final class Comparison {
        private final GatewayServer server;
        private ArrayNode reports = JsonMapper.shared().createArrayNode();
        private long asked;
        private long missing;

        /** Over the whole table, whatever was asked: the last answer counts. */
        private long storedTwice;

        Comparison(GatewayServer server) {
            this.server = server;
        }

        void add(int vehicle, long second) throws IOException {
            reports.addArray().add(FleetFrames.vin(vehicle)).add(second * 1_000_000);
            if (reports.size() == REPORTS_A_REQUEST) {
                ask();
            }
        }

        void ask() throws IOException {
            if (reports.isEmpty()) {
                return;
            }
            ObjectNode body = JsonMapper.shared().createObjectNode();
            body.set("reports", reports);
            JsonNode answer = server.api().post("/api/v1/ingest/reconcile", body);
            asked += answer.required("asked").asLong();
            missing += answer.required("missing").asLong();
            storedTwice = answer.required("storedTwice").asLong();
            reports = JsonMapper.shared().createArrayNode();
        }
    }
}
