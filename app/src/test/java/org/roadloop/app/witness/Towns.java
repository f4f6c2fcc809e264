package org.roadloop.app.witness;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.app.operate.OperatePart;
import org.roadloop.app.part.CatalogPart;
import org.roadloop.app.part.CollectPart;
import org.roadloop.app.part.GovernPart;
import org.roadloop.app.part.SharePart;
import org.roadloop.app.platform.Platform;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Platforms, small and real, for tests of what they witness. */
final class Towns {
    private static final String ASSET =
            """
            {"kind":"dataset","id":"tracks","title":{"en":"Tracks","zh":"轨迹"},
             "properties":{},"table":"track_point","snapshot":"-1","columns":[],
             "formats":["HttpData-PULL"],
             "offers":[{"policy":{"@type":"Offer","@id":"urn:roadloop:offer",
               "permission":[{"action":"use"}]},
              "tariff":{"currency":"CNY","prices":[{"unit":"use","per":1,"milli":1}]}}]}
            """;

    private Towns() {}

    /** A platform of contracts and witnessing, no data. */
    static Platform start(Path home, String yaml) throws Exception {
        Files.createDirectories(home);
        Path file = home.resolve("roadloop.yaml");
        Files.writeString(file, yaml);
        GovernPart govern = new GovernPart(new CollectPart());
        SharePart share = new SharePart(govern);
        WitnessPart witness = new WitnessPart(share::partners);
        return Platform.start(
                Home.open(home),
                Config.load(file),
                List.of(
                        new OperatePart(witness::shown),
                        witness,
                        share,
                        new CatalogPart(share, govern)),
                Set.of(),
                "test");
    }

    static ApiClient operator(Platform platform) {
        return new ApiClient(platform.url(), platform.home().adminToken());
    }

    /** A contract between two, from the offer to both signatures. */
    static void contract(ApiClient provider, URI providerUrl, ApiClient consumer)
            throws IOException {
        provider.post("/api/v1/assets", Json.mapper().readTree(ASSET));
        ObjectNode ask = Json.mapper().createObjectNode().put("provider", providerUrl.toString());
        JsonNode catalog = consumer.post("/api/v1/catalogs", ask);
        String offer = catalog.at("/datasets/0/offers/0/@id").asString();
        consumer.post(
                "/api/v1/negotiations",
                ask.deepCopy().put("dataset", "tracks").put("offer", offer));
    }

    /** One more entry in the ledger; the answer is the token. */
    static String token(ApiClient operator, String role) throws IOException {
        return operator.post("/api/v1/tokens", Json.mapper().createObjectNode().put("role", role))
                .get("token")
                .asString();
    }

    static String text(URI url) throws Exception {
        return get(url).body();
    }

    static HttpResponse<String> get(URI url) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    /** A condition that may throw while it is not there yet. */
    interface Condition {
        boolean holds() throws Exception;
    }

    static void await(String what, Supplier<String> seen, Condition condition) throws Exception {
        Instant end = Instant.now().plus(Duration.ofSeconds(40));
        while (!condition.holds()) {
            if (Instant.now().isAfter(end)) {
                throw new AssertionError("waited for: " + what + "; seen: " + seen.get());
            }
            LockSupport.parkNanos(30_000_000);
        }
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                    Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(file));
                } else {
                    Files.copy(file, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
