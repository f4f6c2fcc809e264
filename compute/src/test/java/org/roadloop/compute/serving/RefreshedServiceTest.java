package org.roadloop.compute.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.compute.site.Bubblewrap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A model that is trained on rows as they come, and served by the version that follows. */
@Tag("slow")
class RefreshedServiceTest {
    @TempDir Path home;

    @BeforeEach
    void sandbox() {
        assumeTrue(
                Bubblewrap.find().isPresent(),
                "bubblewrap is missing or may not create namespaces; apt-get install bubblewrap");
    }

    private static ObjectNode spec(ServicePlatform platform, String program) {
        ObjectNode spec = ServicePlatform.spec("speed", "none yet");
        spec.set(
                "refresh",
                JsonMapper.shared()
                        .readTree(
                                """
                                {"asset": "speeds", "newRows": 3, "model": "/model/m",
                                 "output": "model.txt",
                                 "task": {"inputs": [{"url": "URL", "path": "/in/rows.csv",
                                     "type": "FILE"}],
                                   "outputs": [{"path": "/out/model.txt"}],
                                   "executors": [{"image": "roadloop/tools",
                                     "command": ["roadloop", "PROGRAM", "/in/rows.csv",
                                                 "/out/model.txt"]}]}}
                                """
                                        .replace("URL", platform.rows.file().toUri().toString())
                                        .replace("PROGRAM", program)));
        return spec;
    }

    @Test
    void aTrainedModelIsTheNextVersionAndItsAgeGoesDown() throws Exception {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        try (ServicePlatform platform = new ServicePlatform(home)) {
            platform.apply(spec(platform, "mean"));
            JsonNode first = platform.awaitServing("speed", 1);
            assertThat(first.has("modelAgeSeconds")).isFalse();
            platform.rows.append(now.minusSeconds(7200), 10);
            platform.rows.append(now.minusSeconds(7100), 20);
            assertThat(platform.show("speed").has("trainingTask")).isFalse();
            platform.rows.append(now.minusSeconds(7000), 60);
            JsonNode second = platform.awaitServing("speed", 2);
            assertThat(platform.call("speed", "/model")).isEqualTo("mean 30.0 of 3");
            assertThat(second.required("modelAgeSeconds").asDouble()).isBetween(7000.0, 7200.0);
            assertThat(second.at("/versions/1/by").asString()).isEqualTo("refresh");
            assertThat(platform.keeper.metrics().keySet())
                    .contains("service_model_age_seconds{service=speed}");
            for (int n = 0; n < 3; n++) {
                platform.rows.append(now.minusSeconds(100), 40);
            }
            JsonNode third = platform.awaitServing("speed", 3);
            assertThat(platform.call("speed", "/model")).isEqualTo("mean 35.0 of 6");
            assertThat(third.required("modelAgeSeconds").asDouble())
                    .isBetween(100.0, second.required("modelAgeSeconds").asDouble() - 6000);
            // by the gauge too
            assertThat(
                            platform.keeper
                                    .metrics()
                                    .get("service_model_age_seconds{service=speed}")
                                    .getAsLong())
                    .isBetween(100L, 1000L);
        }
        try (ServicePlatform again = new ServicePlatform(home)) {
            again.awaitServing("speed", 3);
            assertThat(again.call("speed", "/model")).isEqualTo("mean 35.0 of 6");
            assertThat(Duration.ofSeconds(again.show("speed").path("modelAgeSeconds").asLong()))
                    .isBetween(Duration.ofSeconds(100), Duration.ofSeconds(1000));
        }
    }

    @Test
    void aTrainingThatFailsLeavesTheModelAsItIs() throws Exception {
        try (ServicePlatform platform = new ServicePlatform(home)) {
            platform.apply(spec(platform, "unknown"));
            platform.awaitServing("speed", 1);
            for (int n = 0; n < 3; n++) {
                platform.rows.append(Instant.now(), n);
            }
            platform.await("speed", s -> platform.events("speed").contains("trained 0"));
            assertThat(platform.call("speed", "/model")).isEqualTo("none yet");
            assertThat(platform.show("speed").required("wanted").asInt()).isEqualTo(1);
            assertThat(platform.show("speed").required("reason").asString())
                    .contains("the training ended as EXECUTOR_ERROR");
        }
    }
}
