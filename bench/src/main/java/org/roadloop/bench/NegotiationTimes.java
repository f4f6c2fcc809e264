package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.roadloop.app.home.ServerFile;
import org.roadloop.app.http.ApiClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Contract negotiations (合约协商) between two platform processes on the loopback, one after the other.
 *
 * @param own milliseconds from request to FINALIZED by the consumer's own clock
 * @param wall the same as seen by the caller of the consumer's API
 */
record NegotiationTimes(Percentiles own, Percentiles wall) {
    private static final int WARM_UPS = 20;
    private static final int NEGOTIATIONS = 60;
    private static final String ASSET =
            """
            {"kind":"dataset","id":"tracks","title":{"en":"Tracks","zh":"轨迹"},
             "properties":{},"table":"track_point","snapshot":"-1","columns":[],
             "formats":["compute-to-data"],
             "offers":[{"policy":{"@type":"Offer","@id":"urn:roadloop:offer:tracks",
               "permission":[{"action":"use"}]},
              "tariff":{"currency":"CNY","prices":[{"unit":"use","per":1,"milli":2000}]}}]}
            """;

    static NegotiationTimes measure(Path folder) throws IOException, InterruptedException {
        Path provider = folder.resolve("provider");
        Path consumer = folder.resolve("consumer");
        try (PlatformProcess offering = start(provider);
                PlatformProcess asking = start(consumer)) {
            ServerFile offers = offering.awaitServer(provider);
            ServerFile asks = asking.awaitServer(consumer);
            try (ApiClient city = PlatformProcess.operator(offers, provider);
                    ApiClient lab = PlatformProcess.operator(asks, consumer)) {
                city.post("/api/v1/assets", JsonMapper.shared().readTree(ASSET));
                ObjectNode ask =
                        JsonMapper.shared()
                                .createObjectNode()
                                .put("provider", offers.url().toString())
                                .put("dataset", "tracks")
                                .put("offer", "urn:roadloop:offer:tracks");
                return negotiate(lab, ask);
            }
        }
    }

    private static NegotiationTimes negotiate(ApiClient lab, ObjectNode ask) throws IOException {
        double[] own = new double[NEGOTIATIONS];
        double[] wall = new double[NEGOTIATIONS];
        for (int i = -WARM_UPS; i < NEGOTIATIONS; i++) {
            long began = System.nanoTime();
            JsonNode agreement = lab.post("/api/v1/negotiations", ask);
            double millis = (System.nanoTime() - began) / 1e6;
            if (!agreement.required("inForce").asBoolean()) {
                throw new IOException("a negotiation ended without a contract: " + agreement);
            }
            if (i >= 0) {
                own[i] = agreement.required("durationMicros").asLong() / 1e3;
                wall[i] = millis;
            }
        }
        return new NegotiationTimes(new Percentiles(own), new Percentiles(wall));
    }

    private static PlatformProcess start(Path home) throws IOException {
        Files.createDirectories(home.getParent());
        return PlatformProcess.start(
                home.resolveSibling(home.getFileName() + ".log"),
                List.of("up", "--home", home.toString(), "--only", "dataspace", "--port", "0"));
    }
}
