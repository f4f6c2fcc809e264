package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.http.Json;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.plan.Passport;
import tools.jackson.databind.JsonNode;

/** One product of a running platform in each of its views, with the passport of its rows. */
@Tag("slow")
class DescriptorOnPlatformTest {
    @TempDir Path folder;

    private static HttpResponse<String> get(TwoPlatforms two, String path, String accept)
            throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(
                                    URI.create(
                                            two.provider.platform.url() + "/api/v1/assets/" + path))
                            .header("Authorization", "Bearer " + two.provider.token())
                            .header("Accept", accept)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static JsonNode json(TwoPlatforms two, String path) throws Exception {
        HttpResponse<String> answer = get(two, path, "*/*");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.mapper().readTree(answer.body());
    }

    /** A further file of the table, with its passport in the ledger; the file. */
    private static Lake.Written govern(TwoPlatforms two) {
        Lake lake = two.provider.govern.lake();
        Batch batch = new Batch(lake.schema("track_point"), 1);
        batch.addRow();
        Lake.Written written = lake.write("track_point", List.of(batch));
        Passport passport =
                Passport.read(
                        Json.mapper()
                                .readTree(
                                        """
                                        {"format": 2, "table": "track_point", "at": "2026-11-22T08:00:00Z",
                                         "plan": {"name": "town", "version": 3, "sha256": "%s"},
                                         "outputs": [{"file": "%s", "sha256": "%s", "rows": 1, "dataBytes": %d}],
                                         "anonymity": {"k": 12},
                                         "qualityPartsPerMillion": {"completeness": 980000},
                                         "signer": "did:web:x", "signature": "x"}
                                        """
                                                .formatted(
                                                        "71".repeat(32),
                                                        written.file().getFileName(),
                                                        written.sha256(),
                                                        written.dataBytes())));
        two.provider.seen.context.ledger().append(passport.event());
        lake.commit(
                "track_point",
                List.of(written),
                lake.committedPosition("track_point"),
                Map.of(Passport.SUMMARY_KEY, passport.sha256()));
        return written;
    }

    @Test
    void aProductInAllItsViews() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            Lake.Written written = govern(two);
            two.provider.api.post(
                    "/api/v1/assets",
                    Json.mapper()
                            .readTree(
                                    """
                                    {"kind":"dataset","id":"urn:city:t","title":{"en":"T","zh":"轨迹"},
                                     "description":{"texts":{"en":"Tracks"},"spatial":["CN-31"],
                                      "license":"https://example.org/l",
                                      "registration":{"rightsBasis":"自主采集"}},
                                     "table":"track_point","snapshot":"current","columns":[],
                                     "formats":["HttpData-PULL"],
                                     "offers":[{"policy":{"@type":"Offer","@id":"o",
                                       "permission":[{"action":"use"}]},
                                      "tariff":{"currency":"CNY","prices":[]}}]}
                                    """));
            String path = "urn:city:t/descriptor?view=";
            List<String> released =
                    two.provider.govern.released("track_point").columns().stream()
                            .map(Column::name)
                            .toList();

            HttpResponse<String> turtle = get(two, path + "dcat", "text/turtle");
            assertThat(turtle.headers().firstValue("content-type").orElse(""))
                    .startsWith("text/turtle");
            assertThat(turtle.headers().firstValue("roadloop-missing").orElse(""))
                    .isEqualTo(
                            "dct:accrualPeriodicity, mobilitydcatap:mobilityTheme,"
                                    + " mobilitydcatap:mobilityDataStandard");
            assertThat(turtle.body())
                    .contains("a dcat:Dataset", written.sha256(), "\"12\"^^xsd:integer");
            JsonNode dataset = json(two, path + "dcat").at("/@graph/0");
            assertThat(dataset.path("@id").asString()).isEqualTo("urn:city:t");
            assertThat(dataset.path("roadloop:column")).hasSize(released.size());

            JsonNode croissant = json(two, path + "croissant");
            assertThat(croissant.at("/distribution/0/sha256").asString())
                    .isEqualTo(
                            HexFormat.of()
                                    .formatHex(
                                            MessageDigest.getInstance("SHA-256")
                                                    .digest(Files.readAllBytes(written.file()))));
            assertThat(names(croissant.at("/recordSet/0/field"))).isEqualTo(released);
            assertThat(names(json(two, path + "csvw").at("/tableSchema/columns")))
                    .isEqualTo(released);
            assertThat(json(two, path + "registration").path("missing").toString())
                    .contains("scenes")
                    .doesNotContain("rightsBasis", "priceMode");
            assertThat(get(two, path + "registration", "text/html").body())
                    .startsWith("<!doctype html>")
                    .contains("自主采集", "k = 12");
            refusals(two);
        }
    }

    private static List<String> names(JsonNode list) {
        return list.valueStream().map(one -> one.path("name").asString()).toList();
    }

    private static void refusals(TwoPlatforms two) throws Exception {
        String path = "urn:city:t/descriptor";
        assertThat(get(two, path, "*/*").body()).contains("unknown_view", "no view", "croissant");
        assertThat(get(two, path + "?view=dcta", "*/*").statusCode()).isEqualTo(400);
        assertThat(get(two, path + "?view=dcat&version=2", "*/*").body())
                .contains("asset_unknown", "has no version 2");
        assertThat(get(two, path + "?view=dcat&version=0", "*/*").statusCode()).isEqualTo(400);
        assertThat(get(two, "none/descriptor?view=dcat", "*/*").statusCode()).isEqualTo(404);
        HttpResponse<String> html = get(two, path + "?view=dcat", "text/html");
        assertThat(html.statusCode()).isEqualTo(406);
        assertThat(html.body()).contains("text/turtle");
        HttpResponse<String> consumer =
                two.provider.get("/api/v1/assets/" + path + "?view=dcat", "no-token");
        assertThat(consumer.statusCode()).isEqualTo(401);
    }
}
