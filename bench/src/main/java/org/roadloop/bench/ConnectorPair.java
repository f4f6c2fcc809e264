package org.roadloop.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.roadloop.app.http.ApiClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A provider that offers one data set, and a consumer (连接器对).
 *
 * @param address where the consumer reaches the provider
 */
record ConnectorPair(Participant provider, Participant consumer, URI address)
        implements AutoCloseable {
    private static final String ASSET =
            """
            {"kind":"dataset","id":"tracks","title":{"en":"Tracks","zh":"轨迹"},
             "properties":{},"table":"track_point","snapshot":"-1","columns":[],
             "formats":["HttpData-PULL"],
             "offers":[{"policy":{"@type":"Offer","@id":"urn:roadloop:offer:tracks",
               "permission":[{"action":"use"}]},
              "tariff":{"currency":"CNY","prices":[{"unit":"use","per":1,"milli":2000}]}}]}
            """;

    static ConnectorPair start(Path folder) throws IOException, InterruptedException {
        Participant provider = Participant.start(folder.resolve("provider"));
        try {
            Participant consumer = Participant.start(folder.resolve("consumer"));
            return new ConnectorPair(provider, consumer, provider.url()).offering();
        } catch (IOException | InterruptedException e) {
            provider.close();
            throw e;
        }
    }

    /** The provider offers its data set. */
    ConnectorPair offering() throws IOException {
        provider.api().post("/api/v1/assets", JsonMapper.shared().readTree(ASSET));
        return this;
    }

    /** One negotiation on the offer, to FINALIZED; answers the consumer's view of the contract. */
    JsonNode negotiate() throws IOException {
        ObjectNode ask =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("provider", address.toString())
                        .put("dataset", "tracks")
                        .put("offer", "urn:roadloop:offer:tracks");
        JsonNode agreement = consumer.api().post("/api/v1/negotiations", ask);
        if (!agreement.required("inForce").asBoolean()) {
            throw new IOException("a negotiation ended without a contract: " + agreement);
        }
        return agreement;
    }

    /** One transfer under the contract, to STARTED. */
    void transfer(String agreement) throws IOException {
        ApiClient api = consumer.api();
        ObjectNode ask =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("agreement", agreement)
                        .put("format", "HttpData-PULL");
        JsonNode started = api.post("/api/v1/transfers", ask);
        if (started.required("token").asString("").isEmpty()) {
            throw new IOException("a transfer started without a token: " + started);
        }
    }

    /** Of both sides, since their start. */
    double cpuSeconds() throws IOException {
        return ProcessUse.cpuSeconds(provider.process())
                + ProcessUse.cpuSeconds(consumer.process());
    }

    @Override
    public void close() {
        consumer.close();
        provider.close();
    }
}
