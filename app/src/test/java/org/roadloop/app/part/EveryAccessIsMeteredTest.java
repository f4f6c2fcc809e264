package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.dataspace.access.DataRoute;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Walks every way by which something of a data set leaves a provider's platform.
 *
 * <pre>
 * pull, push       rows, to the other participant        use, row, byte, before the first byte
 * stream           rows, likewise, as they come          use once, row and byte before each chunk
 * compute-to-data  released outputs, likewise            use before it starts, compute-second before
 *                                                        an output leaves
 * outputs, logs    of a task, again and again            the task's use
 * outside meter    what a partner's own interface gave   its batch
 * query            rows of the answer, at the provider   use, row and byte before it leaves
 * catalogue        titles and terms, no rows             nothing
 * table sample     masked rows, to the operator only     nothing: nobody else may call it
 * </pre>
 */
@Tag("slow")
class EveryAccessIsMeteredTest {
    @TempDir Path folder;

    private static Set<String> units(TwoPlatforms.Side side, String agreement) {
        Set<String> units = new TreeSet<>();
        try (var entries = side.seen.context.ledger().read(0)) {
            entries.map(Entry::event)
                    .filter(e -> e.type().equals(UsageRecord.EVENT))
                    .filter(e -> e.subject().equals(agreement))
                    .map(Event::json)
                    .forEach(use -> units.add(use.required("unit").asString()));
        }
        return units;
    }

    @Test
    void aMeterRunsOnEveryWayOut() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            String pulled = two.agree();
            assertThat(two.consumer.api.post("/api/v1/catalogs", provider(two)).toString())
                    .contains(TwoPlatforms.ASSET);
            assertThat(units(two.provider, pulled)).as("terms are no rows").isEmpty();
            two.pull(pulled);
            assertThat(units(two.provider, pulled)).containsExactly("byte", "row", "use");
            String asked = two.agree();
            aQuestionFindsWhatTheAgreementReleases(two, asked);
            assertThat(units(two.provider, asked)).containsExactly("byte", "row", "use");

            onlyTheOperatorSeesRowsWithoutAContract(two);

            assumeTrue(
                    Sandbox.strongest().kind().equals("bubblewrap"),
                    "bubblewrap is missing: no task runs");
            task(two);
        }
    }

    /** Whatever the SQL: the columns of the contract, and no other table. */
    private static void aQuestionFindsWhatTheAgreementReleases(TwoPlatforms two, String agreement)
            throws Exception {
        JsonNode transfer = two.transfer(agreement, DataRoute.FORMAT);
        String token = transfer.required("token").asString();
        byte[] claims = Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]);
        String pid = Json.mapper().readTree(claims).required("transfer").asString();
        String path =
                DataRoute.PATH
                        + URLEncoder.encode(pid, StandardCharsets.UTF_8)
                        + "/query?purpose=research";
        try (ApiClient partner = new ApiClient(two.provider.platform.url(), token)) {
            ObjectNode question = Json.mapper().createObjectNode();
            question.put("sql", "SELECT count(*) AS n FROM track_point");
            try (var answer = partner.ask(path, question)) {
                assertThat(new String(answer.readAllBytes(), StandardCharsets.ISO_8859_1))
                        .startsWith("PAR1");
            }
            for (String sql :
                    List.of(
                            "SELECT row_key_hi FROM track_point",
                            "SELECT * FROM vehicle_report",
                            "SELECT * FROM read_csv('/etc/passwd')",
                            "DROP VIEW track_point")) {
                assertThatThrownBy(() -> partner.ask(path, question.put("sql", sql)))
                        .isInstanceOfSatisfying(
                                ApiClient.Refused.class,
                                e -> assertThat(e.status()).isEqualTo(400));
            }
        }
    }

    private static ObjectNode provider(TwoPlatforms two) {
        return Json.mapper()
                .createObjectNode()
                .put("provider", two.provider.platform.url().toString());
    }

    /**
     * Every route of the API that answers rows of a table, or states of vehicles, is one of the
     * known ones. A stream of frames goes inwards.
     */
    private static void onlyTheOperatorSeesRowsWithoutAContract(TwoPlatforms two) throws Exception {
        JsonNode paths = two.provider.api.get("/api/v1/openapi.json").required("paths");
        assertThat(
                        paths.propertyNames().stream()
                                .filter(path -> path.matches(".*(sample|/data|/stream|/live)"))
                                .filter(path -> !path.equals("/api/v1/health/live")))
                .containsExactlyInAnyOrder(
                        "/api/v1/tables/{table}/sample",
                        "/api/v1/transfers/{id}/data",
                        "/api/v1/transfers/{id}/stream",
                        "/api/v1/vehicles/live",
                        "/api/v1/vehicles/{id}/live",
                        "/api/v1/vehicles/live/stream",
                        "/api/v1/frames/stream");
        for (String path :
                List.of(
                        "/api/v1/tables/{table}/sample",
                        "/api/v1/vehicles/live",
                        "/api/v1/vehicles/{id}/live",
                        "/api/v1/vehicles/live/stream",
                        "/api/v1/frames/stream")) {
            assertThat(paths.required(path).required("get").required("x-roles").toString())
                    .as(path)
                    .isEqualTo("[\"operator\"]");
        }
        for (String role : List.of("provider", "consumer", "auditor")) {
            String token =
                    two.provider
                            .api
                            .post(
                                    "/api/v1/tokens",
                                    Json.mapper().createObjectNode().put("role", role))
                            .required("token")
                            .asString();
            for (String path :
                    List.of(
                            "/api/v1/tables/track_point/sample?vehicles=1",
                            "/api/v1/vehicles/live",
                            "/api/v1/vehicles/0/live",
                            "/api/v1/vehicles/live/stream")) {
                assertThat(two.provider.get(path, token).statusCode())
                        .as(role + " " + path)
                        .isEqualTo(403);
            }
        }
    }

    private static void task(TwoPlatforms two) throws Exception {
        String agreement = two.agree();
        assertThat(two.provider.get(DataRoute.PATH + "none", "x").statusCode()).isEqualTo(401);
        JsonNode transfer = two.transfer(agreement, "compute-to-data");
        JsonNode request =
                Json.mapper()
                        .readTree(
                                """
                                {"name":"say how to mine",
                                 "inputs":[{"url":"asset:tracks","path":"/in","type":"DIRECTORY"}],
                                 "resources":{"cpu_cores":1,"ram_gb":0.5,"backend_parameters":{
                                  "roadloop.agreement":"%s","roadloop.purpose":"research",
                                  "roadloop.cpuSeconds":"2"}},
                                 "executors":[{"image":"roadloop/tools",
                                  "command":["roadloop","mine","--help"]}]}
                                """
                                        .formatted(agreement));
        try (ApiClient partner =
                new ApiClient(two.provider.platform.url(), transfer.required("token").asString())) {
            String id = partner.post("/ga4gh/tes/v1/tasks", request).required("id").asString();
            Instant patience = Instant.now().plus(Duration.ofSeconds(90));
            JsonNode state = partner.get("/ga4gh/tes/v1/tasks/" + id + "?view=FULL");
            while (!state.required("state").asString().matches("COMPLETE|.*ERROR|CANCELED")) {
                assertThat(Instant.now()).as(state.toString()).isBefore(patience);
                Thread.sleep(100); // asked again until it has ended
                state = partner.get("/ga4gh/tes/v1/tasks/" + id + "?view=FULL");
            }
            assertThat(state.required("state").asString())
                    .as(state.toPrettyString())
                    .isEqualTo("COMPLETE");
            assertThat(units(two.provider, agreement)).containsExactly("compute-second", "use");

            String note =
                    "/api/v1/transfers/"
                            + transfer.required("id").asString()
                            + "/tasks/"
                            + id
                            + "/received";
            ObjectNode nothing = Json.mapper().createObjectNode();
            assertThat(two.consumer.api.post(note, nothing).required("noted").asInt()).isEqualTo(2);
            assertThat(two.consumer.api.post(note, nothing).required("noted").asInt())
                    .as("once a task")
                    .isZero();
            JsonNode day =
                    two.consumer
                            .api
                            .post("/api/v1/agreements/" + agreement + "/reconcile", nothing)
                            .required("days")
                            .get(0);
            assertThat(day.required("state").asString()).isEqualTo("reconciled");
        }
    }
}
