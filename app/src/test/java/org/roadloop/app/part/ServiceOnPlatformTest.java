package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.app.market.ServiceVerb;
import org.roadloop.app.market.TaskVerb;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.core.clearing.UsageRecord;
import tools.jackson.databind.JsonNode;

/** A model over another's governed rows: trained under the agreement, served, kept fresh, ended. */
@Tag("slow")
class ServiceOnPlatformTest {
    /** As {@link TwoPlatforms#writeRows} writes them. */
    private static final Instant NEWEST =
            Instant.ofEpochMilli(1_790_000_000_000L + (TwoPlatforms.ROWS - 1) * 100L);

    private static final String SPEC =
            """
            {"name": "speed",
             "task": {"executors": [{"image": "roadloop/tools",
                "command": ["roadloop", "serve-model", "--model", "/model/model.json"]}],
               "inputs": [{"path": "/model/model.json", "content": "FIRST"}],
               "resources": {"ram_gb": 0.25, "backend_parameters": {
                 "roadloop.agreement": "AGREEMENT", "roadloop.purpose": "research"}}},
             "health": {"intervalSeconds": 0.2},
             "rollout": {"healthySeconds": 90, "watchSeconds": 0},
             "refresh": {"asset": "tracks", "newRows": 400, "model": "/model/model.json",
               "output": "model.json",
               "task": {"inputs": [{"url": "asset:tracks", "path": "/in", "type": "DIRECTORY"}],
                 "outputs": [{"url": "result:model.json", "path": "/out/model.json"}],
                 "resources": {"ram_gb": 0.5, "backend_parameters": {
                   "roadloop.agreement": "AGREEMENT", "roadloop.purpose": "research",
                   "roadloop.cpuSeconds": "5"}},
                 "executors": [{"image": "roadloop/tools",
                   "command": ["roadloop", "fit-model", "--in", "/in", "--target", "speed_mps",
                     "--inputs", "acceleration_mps2", "--out", "/out/model.json"]}]}}}
            """;

    @TempDir Path folder;

    @BeforeEach
    void sandbox() {
        assumeTrue(
                Sandbox.strongest().kind().equals("bubblewrap"),
                "bubblewrap is missing: no service runs");
    }

    private static JsonNode await(ApiClient api, Predicate<JsonNode> until) throws Exception {
        JsonNode last = api.get("/api/v1/services/speed");
        for (Instant end = Instant.now().plus(Duration.ofSeconds(120)); !until.test(last); ) {
            assertThat(Instant.now()).as(last.toPrettyString()).isBefore(end);
            Thread.sleep(100); // asked again until it is so
            last = api.get("/api/v1/services/speed");
        }
        return last;
    }

    @Test
    void aModelIsTrainedServedAndEndsWithItsAgreement() throws Exception {
        try (TwoPlatforms two = new TwoPlatforms(folder)) {
            String agreement = two.agree();
            String token = two.transfer(agreement, "compute-to-data").required("token").asString();
            try (ApiClient partner = new ApiClient(two.provider.platform.url(), token)) {
                String first =
                        "{\\\"kind\\\":\\\"linear\\\",\\\"target\\\":\\\"speed_mps\\\",\\\"inputs\\\":[],"
                                + "\\\"intercept\\\":7,\\\"rows\\\":1,\\\"residual\\\":0}";
                partner.post(
                        "/api/v1/services",
                        Json.mapper()
                                .readTree(
                                        SPEC.replace("AGREEMENT", agreement)
                                                .replace("FIRST", first)));
                JsonNode fresh =
                        await(
                                partner,
                                s ->
                                        s.required("serving").asInt() == 2
                                                && s.required("state")
                                                        .asString()
                                                        .equals("SERVING"));
                assertThat(fresh.required("modelAgeSeconds").asDouble())
                        .isCloseTo(
                                Duration.between(NEWEST, Instant.now()).toMillis() / 1e3,
                                within(300.0));
                JsonNode predicted =
                        partner.post(
                                "/api/v1/services/speed/call/predict",
                                Json.mapper().createObjectNode().put("acceleration_mps2", 4.5));
                // the rows say: speed = acceleration
                assertThat(predicted.required("speed_mps").asDouble()).isCloseTo(4.5, within(1e-6));
                assertThat(units(two, agreement)).contains("call", "use", "compute-second");
                theOperatorSeesIt(two);
                whoHasNoTokenDoesNot(two);

                two.provider.api.post(
                        "/api/v1/agreements/" + agreement + "/terminate",
                        Json.mapper().createObjectNode().put("code", "breach").put("reason", "x"));
                JsonNode ended =
                        await(
                                two.provider.api,
                                s -> s.required("state").asString().equals("ENDED"));
                assertThat(ended.required("reason").asString()).contains("access was taken away");
            }
        }
    }

    private static void theOperatorSeesIt(TwoPlatforms two) throws Exception {
        assertThat(two.provider.verb(new ServiceVerb(), "list"))
                .contains("speed", "SERVING", "version 2 of 2", "s old");
        assertThat(
                        two.provider.verb(
                                new ServiceVerb(),
                                "call",
                                "speed",
                                "predict",
                                "--data",
                                "{\"acceleration_mps2\": 2}"))
                .contains("speed_mps");
        assertThat(two.provider.verb(new ServiceVerb(), "show", "speed")).contains("\"refresh\"");
        assertThat(two.provider.get("/metrics", two.provider.token()).body())
                .contains("roadloop_service_model_age_seconds{service=\"speed\"}");
        Path file = Files.createTempFile("service", ".yaml");
        Files.writeString(
                file,
                """
                name: hello
                image: alpine
                run: [sleep, "600"]
                rollout: {healthySeconds: 600}
                """);
        assertThat(two.provider.verb(new ServiceVerb(), "apply", file.toString()))
                .contains("hello", "version 0 of 1");
        two.provider.verb(new ServiceVerb(), "stop", "hello");
        Files.writeString(
                file,
                """
                name: hello as a task
                image: alpine
                run: [sleep, "600"]
                service: {name: hello, rollout: {healthySeconds: 600}}
                """);
        String task = two.provider.verb(new TaskVerb(), "submit", file.toString()).strip();
        assertThat(two.provider.verb(new ServiceVerb(), "show", "hello")).contains(task);
        assertThat(two.provider.verb(new TaskVerb(), "list", "--name", "hello as"))
                .contains(task, "hello as a task");
        two.provider.verb(new TaskVerb(), "cancel", task);
        assertThat(two.provider.verb(new TaskVerb(), "logs", task))
                .contains("-- CANCELED", "its task was cancelled");
        assertThat(two.provider.verb(new ServiceVerb(), "list")).contains("ENDED");
    }

    private static void whoHasNoTokenDoesNot(TwoPlatforms two) throws Exception {
        try (ApiClient nobody = new ApiClient(two.provider.platform.url(), "none")) {
            for (String path : new String[] {"", "/speed", "/speed/call/model"}) {
                assertThatThrownBy(() -> nobody.get("/api/v1/services" + path))
                        .isInstanceOfSatisfying(
                                ApiClient.Refused.class,
                                e -> assertThat(e.status()).isEqualTo(401));
            }
        }
    }

    private static Set<String> units(TwoPlatforms two, String agreement) {
        Set<String> units = new TreeSet<>();
        try (var entries = two.provider.seen.context.ledger().read(0)) {
            entries.map(e -> e.event())
                    .filter(e -> e.type().equals(UsageRecord.EVENT))
                    .filter(e -> e.subject().equals(agreement))
                    .forEach(e -> units.add(e.json().required("unit").asString()));
        }
        return units;
    }
}
