package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import tools.jackson.databind.JsonNode;

/** National identifiers of data and of who publishes it, from the declaration to the search. */
@Tag("slow")
class RegisteredDataTest {
    private static final String CODE = "91350100M000100Y43";

    @TempDir Path folder;

    private static JsonNode asset(String identifiers) {
        return Json.mapper()
                .readTree(
                        """
                        {"kind":"model","id":"net","title":{"en":"Network","zh":"网络"},
                         "description":{"identifiers":IDENTIFIERS},
                         "sha256":"DIGEST","formats":["compute-to-data"],
                         "offers":[{"policy":{"@type":"Offer","@id":"o",
                          "permission":[{"action":"use"}]},
                          "tariff":{"currency":"CNY","prices":[]}}]}
                        """
                                .replace("DIGEST", "0".repeat(64))
                                .replace("IDENTIFIERS", identifiers));
    }

    @Test
    void anIdentifierIsDeclaredShownAndSearchedFor() throws Exception {
        Path file = folder.resolve("roadloop.yaml");
        Files.writeString(
                file, "http: {port: 0}\nparticipant: {unifiedSocialCreditCode: " + CODE + "}\n");
        try (TwoPlatforms.Side side =
                new TwoPlatforms.Side(folder, Config.load(file), Set.of("dataspace"))) {
            side.api.post(
                    "/api/v1/assets",
                    asset(
                            """
                            [{"scheme":"dataIdentifier","authority":"ids.example","value":"86.1/2"},
                             {"scheme":"registrationNumber","authority":"上海数据交易所",
                              "value":"沪数登字2026-001"}]
                            """));
            for (String one : new String[] {"ids.example/86.1/2", "上海数据交易所/沪数登字2026-001"}) {
                String query =
                        "/api/v1/catalog/search?identifier="
                                + URLEncoder.encode(one, StandardCharsets.UTF_8);
                JsonNode found = side.api.get(query);
                assertThat(found.required("total").asInt()).as(one).isEqualTo(1);
                assertThat(found.required("items").get(0).required("identifier").toString())
                        .contains(one);
                assertThat(found.required("facets").has("identifier")).isFalse();
            }
            assertThat(
                            side.api
                                    .get("/api/v1/catalog/search?identifier=other")
                                    .required("total")
                                    .asInt())
                    .isZero();

            JsonNode body =
                    Json.mapper()
                            .createObjectNode()
                            .put("provider", side.platform.url().toString());
            assertThat(side.api.post("/api/v1/catalogs", body).required("datasets")).hasSize(1);
            String shown =
                    BadInputOnPlatformTest.catalog(
                                    side,
                                    side.share
                                            .identity()
                                            .authorization(side.seen.context.participant().did()))
                            .body();
            assertThat(shown)
                    .contains("http://www.w3.org/ns/adms#identifier", "86.1/2", "沪数登字2026-001")
                    .contains("urn:roadloop:cn:dataIdentifier:", CODE);

            for (String wrong :
                    new String[] {
                        "{}",
                        "[7]",
                        "[{\"scheme\":\"isbn\",\"value\":\"1\"}]",
                        "[{\"scheme\":\"dataIdentifier\",\"authority\":\"a\",\"value\":\"b c\"}]",
                        "[{\"scheme\":\"unifiedSocialCreditCode\",\"value\":\"" + CODE + "\"}]"
                    }) {
                assertThatThrownBy(() -> side.api.post("/api/v1/assets", asset(wrong)))
                        .as(wrong)
                        .isInstanceOf(ApiClient.Refused.class)
                        .hasMessageContaining("identifiers");
            }
        }
    }
}
