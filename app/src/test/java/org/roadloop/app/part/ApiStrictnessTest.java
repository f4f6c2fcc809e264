package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Role;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What an outsider may send to a whole platform, and what it says of itself. */
@Tag("slow")
class ApiStrictnessTest {
    @TempDir Path folder;
    private TwoPlatforms two;

    @BeforeEach
    void open() throws Exception {
        two = new TwoPlatforms(folder);
    }

    @AfterEach
    void close() throws Exception {
        two.close();
    }

    private static void refused(TwoPlatforms.Side by, String path, String body, String says) {
        assertThatThrownBy(() -> by.api.post(path, Json.mapper().readTree(body)))
                .isInstanceOfSatisfying(
                        ApiClient.Refused.class, e -> assertThat(e.status()).isEqualTo(400))
                .hasMessageContaining(says);
    }

    /** The first example of a whole asset in docs/billing.md, as it is pasted. */
    private static String exampleOfAnAsset() throws Exception {
        Path root = Path.of(System.getProperty("roadloop.root", "."));
        String text = Files.readString(root.resolve("docs/billing.md"));
        int from = text.indexOf("<<'EOF'\n") + "<<'EOF'\n".length();
        return text.substring(from, text.indexOf("EOF\n", from));
    }

    @Test
    void theExampleInTheDocumentsIsOfferedAndAgreed() throws Exception {
        two.provider.api.post("/api/v1/assets", Json.mapper().readTree(exampleOfAnAsset()));
        ObjectNode asked = Json.mapper().createObjectNode();
        asked.put("provider", two.provider.platform.url().toString());
        asked.put("dataset", "tracks-of-the-town").put("offer", "tracks-2026");
        String agreement =
                two.consumer.api.post("/api/v1/negotiations", asked).required("id").asString();
        assertThat(two.pull(agreement)).startsWith('P', 'A', 'R', '1');
        JsonNode bill = two.provider.api.get("/api/v1/agreements/" + agreement + "/bill");
        // a use at 2.000 and one started thousand of rows at 0.005
        assertThat(bill.required("totalMilli").asLong()).isEqualTo(2_005);
    }

    @Test
    void whatNamesNothingIsRefused() throws Exception {
        refused(
                two.provider,
                "/api/v1/auctions",
                "{\"asset\":\"none\",\"currency\":\"CNY\",\"reserveMilli\":1}",
                "no asset 'none' is offered here");
        ObjectNode terms = Json.mapper().createObjectNode();
        terms.put("asset", TwoPlatforms.ASSET).put("currency", "CNY").put("reserveMilli", 1_500);
        String id = two.provider.api.post("/api/v1/auctions", terms).required("id").asString();
        String auctioned =
                exampleOfAnAsset()
                        .replace("tracks-of-the-town", TwoPlatforms.ASSET)
                        .replace(
                                "{\"unit\": \"use\", \"per\": 1, \"milli\": 2000}",
                                "{\"model\":\"auction\",\"auction\":\"ID\",\"unit\":\"use\",\"per\":1,"
                                        + "\"milli\":1500}");
        refused(two.provider, "/api/v1/assets", auctioned, "which is none of ours");
        String named = auctioned.replace("\"ID\"", "\"" + id + "\"");
        refused(two.provider, "/api/v1/assets", named, "which is not closed yet");
        ObjectNode bid = Json.mapper().createObjectNode();
        bid.put("provider", two.provider.platform.url().toString());
        two.consumer.api.post("/api/v1/bids", bid.put("auction", id).put("milli", 2_000));
        two.provider.api.post(
                "/api/v1/auctions/" + id + "/close", Json.mapper().createObjectNode());
        refused(
                two.provider,
                "/api/v1/assets",
                named.replace("1500", "1400"),
                "which found 1500 milli CNY");
        refused(
                two.provider,
                "/api/v1/assets",
                named.replace("\"id\": \"tracks\"", "\"id\": \"other\""),
                "which was of asset 'tracks'");
        two.provider.api.post("/api/v1/assets", Json.mapper().readTree(named));
    }

    /** Entry 0 is about a token or a key; the contract's entry is for those who work with it. */
    @Test
    void whoWorksWithContractsProvesWhatIsAboutThem() throws Exception {
        two.agree();
        String consumer =
                two.provider
                        .seen
                        .context
                        .tokens()
                        .create(Role.CONSUMER, "", Duration.ofDays(1))
                        .token();
        List<String> types = new ArrayList<>();
        try (var entries = two.provider.seen.context.ledger().read(0)) {
            entries.forEach(e -> types.add(e.event().type()));
        }
        Map<String, Integer> answers = new TreeMap<>();
        for (int i = 0; i < types.size(); i++) {
            String path = "/api/v1/ledger/entries/" + i + "/proof";
            answers.put(types.get(i), two.provider.get(path, consumer).statusCode());
            assertThat(two.provider.get(path, two.provider.token()).statusCode()).isEqualTo(200);
        }
        assertThat(answers)
                .containsEntry("access.token-created", 403)
                .containsEntry("contract.agreed", 200)
                .containsEntry("asset.offered", 200);
    }

    /** Every list and every index, with values that no server gave. */
    @Test
    void oddLimitsCursorsAndIndexesAreNoErrorsOfOurs() throws Exception {
        JsonNode api = two.provider.api.get("/api/v1/openapi.json");
        assertThat(api.required("paths").propertyNames())
                .contains("/log/checkpoint", "/log/tile/{path}", "/witness/add-checkpoint");
        for (String path : List.of("assets", "transfers", "catalogs", "junctions", "auctions")) {
            assertThat(api.at("/paths/~1api~1v1~1" + path + "/post/requestBody").isMissingNode())
                    .as(path)
                    .isFalse();
        }
        String agreement = two.agree();
        List<String> ours = new ArrayList<>();
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (String path : api.required("paths").propertyNames()) {
                boolean read = api.required("paths").required(path).has("get");
                if (!read || path.endsWith("/backup") || path.endsWith("/data")) {
                    continue;
                }
                String named = path.replace("agreements/{id}", "agreements/" + agreement);
                for (String value : List.of("0", "99999999999999999")) {
                    String filled = named.replaceAll("\\{[^}]+}", value);
                    for (String query : odd()) {
                        if (status(http, filled + query) == 500) {
                            ours.add(filled + query);
                        }
                    }
                    if (!named.contains("{")) {
                        break;
                    }
                }
            }
        }
        assertThat(ours).isEmpty();
    }

    private static List<String> odd() {
        List<String> odd = new ArrayList<>(List.of("?limit=0", "?limit=-1", "?limit=9999999999"));
        for (String key : List.of("x", "-7", "9223372036854775807", "99999999999999999", "")) {
            String cursor =
                    Base64.getUrlEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
            odd.add("?limit=1&cursor=" + cursor);
            odd.add(
                    Stream.of("after", "size", "old", "new", "width", "from", "to", "day", "month")
                            .map(name -> name + "=" + key)
                            .collect(Collectors.joining("&", "?", "")));
        }
        return odd;
    }

    private int status(HttpClient http, String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(two.provider.platform.url() + path))
                        .header("Authorization", "Bearer " + two.provider.token())
                        .build();
        // A stream of events has no end: its head is enough.
        HttpResponse<InputStream> answer =
                http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        answer.body().close();
        return answer.statusCode();
    }
}
