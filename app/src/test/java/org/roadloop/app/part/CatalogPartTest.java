package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.http.Json;
import org.roadloop.dataspace.access.DataRoute;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Publish the four kinds, search, subscribe, withdraw, and what a contract keeps. */
@Tag("slow")
class CatalogPartTest {
    @TempDir Path folder;

    private static JsonNode asset(String kind, String id, String chinese, String members) {
        return Json.mapper()
                .readTree(
                        """
                        {"kind":"%s","id":"%s","title":{"en":"%s of the city","zh":"%s"},%s,
                         "description":{"keywords":["road"],"spatial":["CN-31-0115"],
                           "mobility":{"transportMode":["bus"]}},
                         "formats":["HttpData-PULL"],
                         "offers":[{"policy":{"@type":"Offer","@id":"offer-%s",
                           "permission":[{"action":"use"}]},
                          "tariff":{"currency":"CNY","prices":[]}}]}
                        """
                                .formatted(kind, id, kind, chinese, members, id));
    }

    private static List<String> ids(JsonNode answer) {
        List<String> ids = new ArrayList<>();
        answer.path("items").forEach(item -> ids.add(item.path("id").asString()));
        return ids;
    }

    @Test
    void aCatalogueFromPublishingToWithdrawal() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            var api = two.provider.api;
            api.post("/api/v1/assets", asset("model", "m", "驾驶模型", "\"sha256\":\"ab\""));
            api.post("/api/v1/assets", asset("application", "a", "挖掘应用", "\"image\":\"x:1\""));
            api.post(
                    "/api/v1/assets",
                    asset("compute-offer", "c", "图形算力", "\"site\":\"s\",\"flavour\":\"gpu\""));
            assertThat(ids(api.get("/api/v1/catalog/search?q=city&limit=2")))
                    .containsExactly("a", "c");
            JsonNode found = api.get("/api/v1/catalog/search?region=CN-31-0115&kind=model");
            assertThat(ids(found)).containsExactly("m");
            assertThat(found.path("facets").path("kind").toString()).isEqualTo("{\"model\":1}");
            assertThat(ids(api.get("/api/v1/catalog/search?q=%E7%AE%97%E5%8A%9B")))
                    .as("算力")
                    .containsExactly("c");
            JsonNode first = api.get("/api/v1/catalog/search?limit=3");
            assertThat(first.path("total").asInt()).isEqualTo(4);
            assertThat(
                            ids(
                                    api.get(
                                            "/api/v1/catalog/search?limit=3&cursor="
                                                    + first.required("next").asString())))
                    .containsExactly(TwoPlatforms.ASSET);
            HttpResponse<String> unknown =
                    two.provider.get("/api/v1/catalog/search?colour=red", two.provider.token());
            assertThat(unknown.statusCode()).isEqualTo(400);
            assertThat(unknown.headers().firstValue("content-type").orElse(""))
                    .startsWith("application/problem+json");
            assertThat(unknown.body()).contains("unknown_parameter", "colour", "priceModel");

            contractsKeepTheirVersion(two);
        }
    }

    /** The rows of version 1 are to be had under its contract, whatever comes after. */
    private void contractsKeepTheirVersion(TwoPlatforms two) throws Exception {
        var api = two.provider.api;
        String cursor = api.get("/api/v1/catalog/changes").required("cursor").asString();
        String agreement = two.agree();
        ObjectNode next = (ObjectNode) api.get("/api/v1/assets").path("items").path(3);
        assertThat(next.path("id").asString()).isEqualTo(TwoPlatforms.ASSET);
        next.remove(List.of("version", "state", "issuedAt", "publishedAt", "ledgerIndex"));
        next.put("snapshot", "current");
        next.putArray("formats").add("compute-to-data");
        JsonNode answer = api.post("/api/v1/assets", next);
        assertThat(answer.path("version").asInt()).isEqualTo(2);
        assertThat(api.get("/api/v1/assets/tracks/versions").path("items").path(1).toString())
                .contains("\"state\":\"current\"")
                .doesNotContain("\"snapshot\":\"current\"")
                .doesNotContain("\"snapshot\":\"-1\"");
        api.post(
                "/api/v1/assets/tracks/withdraw",
                Json.mapper().createObjectNode().put("reason", "sold"));
        assertThat(ids(api.get("/api/v1/catalog/search?q=tracks"))).isEmpty();
        assertThat(two.transfer(agreement, DataRoute.FORMAT).path("endpoint").asString())
                .as("pull is of version 1 only")
                .isNotEmpty();

        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(
                                    URI.create(
                                            two.provider.platform.url()
                                                    + "/api/v1/catalog/changes"))
                            .header("Accept", "text/event-stream")
                            .header("Authorization", "Bearer " + two.provider.token())
                            .header("Last-Event-ID", cursor)
                            .build();
            var stream = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (BufferedReader lines =
                    new BufferedReader(
                            new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
                assertThat(event(lines)).contains("\"change\":\"replaced\"", "\"version\":2");
                assertThat(event(lines)).contains("\"change\":\"withdrawn\"", "sold");
                api.post("/api/v1/assets", asset("model", "m", "驾驶模型", "\"sha256\":\"cd\""));
                assertThat(event(lines)).contains("\"id\":\"m\"", "\"version\":2");
            }
        }
    }

    private static String event(BufferedReader lines) throws Exception {
        String line = lines.readLine();
        while (line != null && !line.startsWith("data: ")) {
            line = lines.readLine();
        }
        return String.valueOf(line);
    }
}
