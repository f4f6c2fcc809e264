package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import org.roadloop.app.config.SiteKind;
import org.roadloop.app.config.UsageControl;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.compute.site.SiteDeclaration;
import org.roadloop.core.clearing.UsageRecord;
import tools.jackson.databind.JsonNode;

/**
 * A contract names the sites at which code may meet its data, and the region where they must be.
 */
@Tag("slow")
class ContractSitesTest {
    private static final String TASK =
            """
            {"inputs": [{"url": "asset:ASSET", "path": "/in", "type": "DIRECTORY"}],
             "resources": {"backend_parameters": {"roadloop.agreement": "AGREEMENT",
               "roadloop.purpose": "research", "roadloop.site": "SITE",
               "roadloop.cpuSeconds": "1"}},
             "executors": [{"image": "alpine", "command": ["ls", "/in"]}]}
            """;

    @TempDir Path folder;

    private static Config.Site site(String name, long price, String location, String region) {
        return new Config.Site(
                name, 1.0, price, 2, location, SiteDeclaration.in(region, 3), new SiteKind.Local());
    }

    @Test
    void aTaskRunsWhereItsContractAllows() throws Exception {
        assumeTrue(
                Sandbox.strongest().kind().equals("bubblewrap"),
                "bubblewrap is missing: no task runs");
        Config defaults = Config.DEFAULTS;
        Config.Compute compute =
                new Config.Compute(
                        List.of(
                                site("local", 1, "local", ""), // in 310115, as the platform is
                                site("yard", 2, "local", "110105"),
                                site("park", 900, "edge", "310115"),
                                new Config.Site(
                                        "barn",
                                        1.0,
                                        1,
                                        2,
                                        "local",
                                        new SiteDeclaration(
                                                "out of town",
                                                "farm/barn",
                                                "did:web:farm.example",
                                                0.8,
                                                1,
                                                1L << 30),
                                        new SiteKind.Local())),
                        false,
                        defaults.compute().images(),
                        Optional.empty(),
                        List.of(),
                        defaults.compute().market());
        Config.Network network =
                new Config.Network(
                        List.of("local", "edge"),
                        List.of(new Config.Link("local", "edge", 1_000_000_000L, 100)));
        Duration grace = UsageControl.DEFAULTS.deletionGrace();
        try (TwoPlatforms two = new TwoPlatforms(folder, grace, compute, network)) {
            String agreement =
                    two.agree(
                            "listed",
                            """
                            'permission':[{'action':'computeToData','constraint':[
                             {'leftOperand':'systemDevice','operator':'isAnyOf',
                              'rightOperand':['yard','park','barn']},
                             {'leftOperand':'spatial','operator':'isPartOf',
                              'rightOperand':'CN-31'}]}]""");
            String token = two.transfer(agreement, "compute-to-data").required("token").asString();
            try (ApiClient partner = new ApiClient(two.provider.platform.url(), token)) {
                JsonNode first = run(partner, "listed", agreement, "");
                assertThat(first.required("site").asString()).isEqualTo("park");
                assertThat(first.required("reasons").toString())
                        .contains("local: the contract does not allow it")
                        .contains("yard: the contract does not allow it")
                        .contains("barn: the contract does not allow it");
                assertThat(quote(first, "park").required("movedBytes").asLong()).isPositive();
                assertThat(quote(first, "yard").required("code").asString()).isEqualTo("contract");
                JsonNode again = run(partner, "listed", agreement, "");
                assertThat(quote(again, "park").required("movedBytes").asLong())
                        .as("the park has the rows already")
                        .isZero();
                JsonNode nowhere = end(partner, create(partner, "listed", agreement, "yard"));
                assertThat(nowhere.required("state").asString()).isEqualTo("SYSTEM_ERROR");
                assertThat(nowhere.toString()).contains("yard: the contract does not allow it");
            }
            try (var entries = two.provider.seen.context.ledger().read(0)) {
                assertThat(
                                entries.map(e -> e.event())
                                        .filter(e -> e.type().equals(UsageRecord.EVENT))
                                        .filter(e -> e.subject().equals(agreement))
                                        .map(e -> e.json().required("atSystem").asString()))
                        .hasSizeGreaterThanOrEqualTo(4)
                        .containsOnly("park");
            }

            whatTheOperatorSaysOfASiteIsOfferedAndAskedFor(two);
            String away =
                    two.agree(
                            "away",
                            """
                            'permission':[{'action':'computeToData','constraint':[
                             {'leftOperand':'systemDevice','operator':'eq',
                              'rightOperand':'ai-centre'}]}]""");
            String other = two.transfer(away, "compute-to-data").required("token").asString();
            try (ApiClient partner = new ApiClient(two.provider.platform.url(), other)) {
                assertThatThrownBy(() -> create(partner, "away", away, ""))
                        .as("no site here is of this contract")
                        .hasMessageContaining(
                                "requires systemDevice eq ai-centre; here it is local");
            }
        }
    }

    private static void whatTheOperatorSaysOfASiteIsOfferedAndAskedFor(TwoPlatforms two)
            throws Exception {
        JsonNode barn =
                two.provider
                        .api
                        .get("/api/v1/offers")
                        .required("items")
                        .valueStream()
                        .filter(o -> o.required("site").asString().equals("barn"))
                        .findFirst()
                        .orElseThrow();
        assertThat(barn.required("identifier").asString()).isEqualTo("farm/barn");
        assertThat(barn.required("owner").asString()).isEqualTo("did:web:farm.example");
        assertThat(barn.required("region").asString()).isEqualTo("out of town");
        assertThat(barn.required("greenShare").asDouble()).isEqualTo(0.8);
        assertThat(barn.required("trust").asInt()).isEqualTo(1);
        JsonNode green =
                two.provider.api.post(
                        "/api/v1/quotes",
                        Json.mapper()
                                .readTree(
                                        """
                                        {"resources": {"backend_parameters":
                                           {"roadloop.greenShare": "0.5"}},
                                         "executors": [{"image": "alpine", "command": ["true"]}]}
                                        """));
        assertThat(green.required("site").asString()).isEqualTo("barn");
        assertThat(quote(green, "park").required("code").asString()).isEqualTo("green_share");
    }

    private static String create(ApiClient at, String asset, String agreement, String site)
            throws Exception {
        return at.post(
                        "/ga4gh/tes/v1/tasks",
                        Json.mapper()
                                .readTree(
                                        TASK.replace("ASSET", asset)
                                                .replace("AGREEMENT", agreement)
                                                .replace("SITE", site)))
                .required("id")
                .asString();
    }

    private static JsonNode end(ApiClient at, String id) throws Exception {
        String path = "/ga4gh/tes/v1/tasks/" + id + "?view=FULL";
        JsonNode task = at.get(path);
        for (Instant end = Instant.now().plus(Duration.ofSeconds(120));
                task.required("state").asString().matches("QUEUED|INITIALIZING|RUNNING"); ) {
            assertThat(Instant.now()).as(task.toPrettyString()).isBefore(end);
            Thread.sleep(50);
            task = at.get(path);
        }
        return task;
    }

    /** Its decision, once it is done. */
    private static JsonNode run(ApiClient at, String asset, String agreement, String site)
            throws Exception {
        String id = create(at, asset, agreement, site);
        JsonNode done = end(at, id);
        assertThat(done.required("state").asString())
                .as(done.toPrettyString())
                .isEqualTo("COMPLETE");
        return at.get("/api/v1/tasks/" + id + "/placement");
    }

    private static JsonNode quote(JsonNode placement, String site) {
        return placement
                .required("quotes")
                .valueStream()
                .filter(quote -> quote.required("site").asString().equals(site))
                .findFirst()
                .orElseThrow();
    }
}
