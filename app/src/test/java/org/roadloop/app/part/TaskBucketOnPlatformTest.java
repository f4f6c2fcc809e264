package org.roadloop.app.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.Json;
import org.roadloop.compute.site.Sandbox;
import org.roadloop.core.S3Proxy;
import tools.jackson.databind.JsonNode;

/** What an operator writes into the configuration, and tasks and services that use the bucket. */
@Tag("slow")
class TaskBucketOnPlatformTest {
    private static final String SERVICE =
            """
            {"name": "model",
             "task": {"executors": [{"image": "roadloop/tools",
                "command": ["roadloop", "serve-model", "--model", "/model/model.json"]}],
               "inputs": [{"path": "/model/model.json", "url": "s3://town/%s"}],
               "resources": {"ram_gb": 0.25}}}""";

    @TempDir Path folder;
    @TempDir Path server;

    private Config configure(String secret, S3Proxy s3) throws Exception {
        Home.open(folder).close();
        Path file = Files.writeString(folder.resolve("secrets/results"), secret);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return Config.load(
                Files.writeString(
                        folder.resolve("roadloop.yaml"),
                        """
                        http: {port: 0}
                        collect: {platformPort: 0, terminalPort: 0, jt808Port: 0}
                        compute:
                          buckets:
                            - {bucket: town, endpoint: "%s", accessKeySecret: results}
                        """
                                .formatted(s3.endpoint())));
    }

    @Test
    void tasksAndServicesUseTheBucketOfTheConfiguration() throws Exception {
        assumeTrue(
                Sandbox.strongest().kind().equals("bubblewrap"),
                "bubblewrap is missing: no task runs");
        assumeTrue(
                S3Proxy.resolved(),
                "S3Proxy can't be resolved by Maven here: no task is tested with S3");
        try (S3Proxy s3 = S3Proxy.start(server)) {
            Files.writeString(s3.bucket().resolve("model.json"), "{}");
            Config wrong = configure("one line", s3);
            assertThatThrownBy(() -> new TwoPlatforms.Side(folder, wrong, Set.of("compute")))
                    .hasStackTraceContaining(
                            "secret 'results' of compute.buckets has 1 lines; write the access"
                                    + " key's id, and on the next line the key");
            Config config = configure(S3Proxy.ID + "\n" + S3Proxy.KEY + "\n", s3);
            try (TwoPlatforms.Side us = new TwoPlatforms.Side(folder, config, Set.of("compute"))) {
                JsonNode task =
                        Json.mapper()
                                .readTree(
                                        """
                                        {"inputs": [{"url": "s3://town/model.json", "path": "/in/m"}],
                                         "outputs": [{"url": "s3://town/copy", "path": "/out/m"}],
                                         "executors": [{"image": "alpine",
                                            "command": ["cp", "/in/m", "/out/m"]}]}""");
                String id =
                        Json.mapper()
                                .readTree(us.post("/ga4gh/tes/v1/tasks", us.token(), task).body())
                                .required("id")
                                .asString();
                JsonNode full;
                do {
                    full =
                            Json.mapper()
                                    .readTree(
                                            us.get(
                                                            "/ga4gh/tes/v1/tasks/"
                                                                    + id
                                                                    + "?view=FULL",
                                                            us.token())
                                                    .body());
                } while (Set.of("QUEUED", "INITIALIZING", "RUNNING")
                        .contains(full.required("state").asString()));
                assertThat(full.required("state").asString())
                        .as(full.toPrettyString())
                        .isEqualTo("COMPLETE");
                assertThat(s3.bucket().resolve("copy")).hasContent("{}");

                HttpResponse<String> none =
                        us.post(
                                "/api/v1/services",
                                us.token(),
                                Json.mapper().readTree(SERVICE.formatted("none.json")));
                assertThat(none.statusCode()).isEqualTo(400);
                assertThat(none.body()).contains("s3://town/none.json is not there");
                HttpResponse<String> made =
                        us.post(
                                "/api/v1/services",
                                us.token(),
                                Json.mapper().readTree(SERVICE.formatted("model.json")));
                assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
                assertThat(folder.resolve("tasks/services/model/v1/0")).hasContent("{}");
                assertThat(folder.resolve("tasks/services/model/v1/fetched")).doesNotExist();
            }
        }
    }
}
