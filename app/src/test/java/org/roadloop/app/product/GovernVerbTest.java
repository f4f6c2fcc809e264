package org.roadloop.app.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.cli.Cli;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.cli.Verb;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.HomeException;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.app.lake.QueryVerb;
import org.roadloop.app.operate.OperatePart;
import org.roadloop.app.part.CollectPart;
import org.roadloop.app.part.GovernPart;
import org.roadloop.app.part.ProductPart;
import org.roadloop.app.part.TestBucket;
import org.roadloop.app.platform.Platform;
import org.roadloop.app.recording.CollectVerb;
import org.roadloop.core.S3Proxy;
import org.roadloop.core.identity.Keystore;
import tools.jackson.databind.JsonNode;

/** From tracks in a file to a shared table of traffic flow, by the words an operator types. */
@Tag("slow")
class GovernVerbTest {
    private static final String POINTS =
            """
            mapping: points
            tables:
              - table: track_point
                identity: { from: id }
                times: { at: { from: t, format: epoch_ms } }
                columns: { recording: $file, speed_mps: mps, x_m: x, y_m: y }
            """;

    @TempDir Path folder;
    private String out = "";
    private String err = "";

    private Platform start() throws Exception {
        CollectPart collect = new CollectPart();
        GovernPart govern = new GovernPart(collect);
        Home home = Home.open(folder.resolve("home"));
        return Platform.start(
                home,
                Config.load(home.configFile()).withFreePorts(),
                List.of(new OperatePart(), collect, govern, new ProductPart(govern)),
                Set.of(),
                "test");
    }

    private int type(Object... words) {
        List<String> args = new ArrayList<>();
        Arrays.stream(words).map(Object::toString).forEach(args::add);
        if (!args.contains("schema")) {
            args.addAll(2, List.of("--home", folder.resolve("home").toString()));
        }
        StringWriter outText = new StringWriter();
        StringWriter errText = new StringWriter();
        int code =
                new Cli(
                                "test",
                                List.of(
                                        new Verb("collect", "", CollectVerb::new),
                                        new Verb("govern", "", GovernVerb::new),
                                        new Verb("query", "", QueryVerb::new)),
                                new PrintWriter(outText),
                                new PrintWriter(errText))
                        .run(args.toArray(String[]::new));
        out = outText.toString();
        err = errText.toString();
        return code;
    }

    private ApiClient api(Platform platform) throws Exception {
        String token = Files.readString(folder.resolve("home/admin.token")).strip();
        return new ApiClient(platform.url(), token);
    }

    /** Six cars, ten points a second for 20 s; five of them in the cell at 0, one far off. */
    private Path drive() throws Exception {
        StringBuilder csv = new StringBuilder("t,id,mps,x,y\n");
        for (int i = 0; i < 200; i++) {
            for (int car = 0; car < 6; car++) {
                csv.append(
                        String.format(
                                Locale.ROOT,
                                "%d,car-%d,%d,%d,%.1f%n",
                                1_772_323_200_000L + i * 100L,
                                car,
                                5 + car,
                                car == 5 ? 900 : 10 + car,
                                i / 10.0));
            }
        }
        return Files.writeString(folder.resolve("crossing.csv"), csv);
    }

    private void store(ApiClient api) throws Exception {
        Path mapping = Files.writeString(folder.resolve("points.yaml"), POINTS);
        assertThat(type("collect", "import", "--mapping", mapping, drive()))
                .as(() -> out + err)
                .isEqualTo(ExitCode.OK);
        Instant limit = Instant.now().plus(Duration.ofMinutes(2));
        while (!api.get("/api/v1/ingest").path("caughtUp").asBoolean()
                && Instant.now().isBefore(limit)) {
            Thread.sleep(100);
        }
    }

    @Test
    void tracksBecomeAFlowThatIsVerified() throws Exception {
        String snapshot;
        try (Platform platform = start();
                ApiClient api = api(platform)) {
            store(api);
            assertThat(type("govern", "dry-run", "traffic_flow")).isEqualTo(ExitCode.OK);
            assertThat(out)
                    .contains("the plan may run", "sample   1200 of 1200 rows, 1 come out")
                    .contains("k        5 in the sample", "leaks    none of 6 identities");
            assertThat(type("govern", "run", "traffic_flow")).isEqualTo(ExitCode.OK);
            assertThat(out)
                    .contains("aggregate/1    1200 rows in, 1 out, dropped")
                    .contains("\"group_below_min_vehicles\":200")
                    .contains("table    traffic_flow, 1 rows", "k        5 (wanted 3)");
            JsonNode product = api.get("/api/v1/govern/products").path("items").get(0);
            snapshot = product.path("snapshot").asString();
            assertThat(product.path("table").asString()).isEqualTo("traffic_flow");
            assertThat(type("govern", "verify", "traffic_flow")).isEqualTo(ExitCode.OK);
            JsonNode passport = api.get("/api/v1/govern/products/traffic_flow/passport");
            flip(
                    folder.resolve("home/lake/tables/track_point/data")
                            .resolve(passport.at("/inputs/0/files/0/file").asString()));
            assertThat(type("govern", "verify", "traffic_flow")).isEqualTo(ExitCode.FAILED);
            assertThat(out.lines()).singleElement().asString().startsWith("input track_point ");
        }
        for (String key : List.of("ledger", "participant")) {
            Keystore.open(folder.resolve("home/keys")).rotate(key);
        }
        try (Platform platform = start();
                ApiClient api = api(platform)) {
            JsonNode product = api.get("/api/v1/govern/products").path("items").get(0);
            assertThat(product.path("snapshot").asString()).isEqualTo(snapshot);
            assertThat(type("govern", "verify", "traffic_flow")).isEqualTo(ExitCode.FAILED);
            assertThat(out.lines())
                    .as("the former key's signature holds; the file is still another")
                    .singleElement()
                    .asString()
                    .startsWith("input track_point ");
        }
    }

    /** The same words where the files are in a bucket; a changed object is found, not its copy. */
    @Test
    void aLakeInABucketIsAskedAndMadeIntoAProduct() throws Exception {
        assumeTrue(
                S3Proxy.resolved(), "S3Proxy can't be resolved by Maven here: no bucket is tested");
        Path home = folder.resolve("home");
        try (S3Proxy s3 = S3Proxy.start(folder)) {
            TestBucket.configure(home, s3);
            try (Platform platform = start();
                    ApiClient api = api(platform)) {
                store(api);
                assertThat(type("query", "SELECT count(*) AS n FROM track_point"))
                        .as(() -> out + err)
                        .isEqualTo(ExitCode.OK);
                assertThat(out).contains("1200");
                assertThat(type("govern", "run", "traffic_flow"))
                        .as(() -> out + err)
                        .isEqualTo(ExitCode.OK);
                assertThat(out).contains("table    traffic_flow, 1 rows", "k        5 (wanted 3)");
                assertThat(type("query", "SELECT count(*) AS n FROM traffic_flow"))
                        .as(() -> out + err)
                        .isEqualTo(ExitCode.OK);
                assertThat(type("govern", "verify", "traffic_flow")).isEqualTo(ExitCode.OK);
                assertThat(backup(platform))
                        .contains("lake/catalog.db")
                        .noneMatch(name -> name.matches("lake/(cache|staging|tables)/.*"));
                JsonNode passport = api.get("/api/v1/govern/products/traffic_flow/passport");
                flip(
                        s3.bucket()
                                .resolve("lake/tables/track_point/data")
                                .resolve(passport.at("/inputs/0/files/0/file").asString()));
                assertThat(type("govern", "verify", "traffic_flow")).isEqualTo(ExitCode.FAILED);
                assertThat(out.lines()).singleElement().asString().startsWith("input track_point ");
            }
            s3.kill();
            assertThatThrownBy(this::start)
                    .isInstanceOf(HomeException.class)
                    .hasMessageContaining(s3.endpoint() + " can't be reached to list s3://town/");
        }
    }

    private static void flip(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void mistakesAreToldWithoutAPlatform() throws Exception {
        assertThat(type("govern", "check", "energy_by_hour")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("the plan may run", "vehicle_count");
        String plan = org.roadloop.govern.product.ProductPlanReader.example("traffic_flow");
        Path typo =
                Files.writeString(folder.resolve("typo.yaml"), plan.replace("steps:", "stepps:"));
        assertThat(type("govern", "check", typo)).isEqualTo(ExitCode.FAILED);
        assertThat(err).contains("unknown key 'stepps' in the plan; did you mean 'steps'?");
        Path tracks =
                Files.writeString(
                        folder.resolve("tracks.yaml"),
                        """
                        plan: tracks
                        version: 1
                        input: { table: track_point }
                        steps:
                          - select: { columns: [vehicle, at, x_m, y_m] }
                        output: { table: tracks, title: Tracks }
                        purpose: { use: none, columns: [vehicle, at, x_m, y_m] }
                        """);
        assertThat(type("govern", "check", tracks)).isEqualTo(ExitCode.FAILED);
        assertThat(out)
                .contains("error    track_leaves: the columns vehicle + at + x_m, y_m together")
                .contains("error    platform_token_leaves", "the plan must not run");
        assertThat(type("govern", "schema")).isEqualTo(ExitCode.OK);
        assertThat(out).startsWith("{").contains("\"aggregate\"");
    }

    private static final String SERIES =
            """
            plan: series
            version: 1
            input:
              files: [cars.csv]
              columns:
                vin: { type: string, class: identity, grade: personal }
                km: { type: long, unit: km, class: driving_state, grade: general }
            steps:
              - pseudonym: { columns: [vin], mode: one_way, contract: series-7, epoch: 1 }
            output: { table: series, title: Series }
            purpose: { use: tests, columns: [vin, km] }
            """;

    /** Entry names of the platform's backup. */
    private List<String> backup(Platform platform) throws Exception {
        String token = Files.readString(folder.resolve("home/admin.token")).strip();
        HttpRequest request =
                HttpRequest.newBuilder(platform.url().resolve("/api/v1/backup"))
                        .header("Authorization", "Bearer " + token)
                        .build();
        List<String> names = new ArrayList<>();
        try (HttpClient client = HttpClient.newHttpClient();
                ZipInputStream zip =
                        new ZipInputStream(
                                client.send(request, BodyHandlers.ofInputStream()).body())) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                names.add(entry.getName());
            }
        }
        return names;
    }

    private List<String> epochs() throws Exception {
        try (var files = Files.list(folder.resolve("home/epochs"))) {
            return files.map(f -> String.valueOf(f.getFileName()).replaceAll(".*\\.", ""))
                    .sorted()
                    .toList();
        }
    }

    /**
     * No key in a backup, none left on the disk, none made again: not by one without marks either.
     */
    @Test
    void afterAnEpochIsClosedNobodyMakesItsPseudonyms() throws Exception {
        Path plan = Files.writeString(folder.resolve("series.yaml"), SERIES);
        Path next =
                Files.writeString(
                        folder.resolve("next.yaml"), SERIES.replace("epoch: 1", "epoch: 2"));
        try (Platform platform = start()) {
            Files.writeString(
                    folder.resolve("home/inputs/cars.csv"), "vin,km\nLTESTCAR000000001,5\n");
            assertThat(type("govern", "run", plan)).as(() -> out + err).isEqualTo(ExitCode.OK);
            assertThat(epochs()).containsExactly("key");
            assertThat(backup(platform))
                    .anyMatch(name -> name.startsWith("inputs/"))
                    .noneMatch(name -> name.startsWith("epochs"));
            assertThat(type("govern", "close-epoch", "series-7", "1")).isEqualTo(ExitCode.OK);
            assertThat(out).isEqualTo("epoch 1 of series-7 is closed\n");
            assertThat(epochs()).containsExactly("closed");
            assertThat(type("govern", "close-epoch", "series-7", "1")).isEqualTo(ExitCode.OK);
            assertThat(out).contains("since before");
            assertThat(type("govern", "run", plan)).isEqualTo(ExitCode.FAILED);
            assertThat(err).contains("epoch 1 of contract 'series-7' is closed");
            assertThat(type("govern", "run", next)).isEqualTo(ExitCode.OK);
            assertThat(type("govern", "close-epoch", "series/7", "1"))
                    .isEqualTo(ExitCode.WRONG_WORDS);
        }
        // As after a restore: the folder is not in the archive, and the ledger tells.
        try (var files = Files.list(folder.resolve("home/epochs"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        try (Platform platform = start()) {
            assertThat(epochs()).containsExactly("closed");
            assertThat(type("govern", "run", plan)).isEqualTo(ExitCode.FAILED);
            assertThat(err).contains("epoch 1 of contract 'series-7' is closed");
            try (ApiClient admin = api(platform)) {
                refused(
                        admin,
                        "/api/v1/govern/epochs/series-7/zero/close",
                        Json.mapper().createObjectNode(),
                        400,
                        "an epoch is a whole number from 1");
                long closings =
                        admin.get("/api/v1/ledger/entries?limit=1000")
                                .path("items")
                                .valueStream()
                                .filter(e -> e.toString().contains("govern.epoch-closed"))
                                .count();
                assertThat(closings).isEqualTo(1);
            }
        }
    }

    /** The plan of trajectories stands its check. */
    @Test
    void trajectoriesMayBeSharedInSegments() {
        assertThat(type("govern", "check", "shared_trajectories")).isEqualTo(ExitCode.OK);
        assertThat(out).contains("shared_segment", "the plan may run").doesNotContain("error ");
    }

    @Test
    void aPlanOverTheApiIsHeldToItsRoles() throws Exception {
        try (Platform platform = start();
                ApiClient admin = api(platform)) {
            var plan = Json.mapper().createObjectNode().put("plan", "plan: x\nversoin: 1\n");
            refused(admin, "/api/v1/govern/checks", plan, 400, "did you mean 'version'?");
            refused(
                    admin,
                    "/api/v1/govern/dry-runs",
                    plan.deepCopy().put("rows", 0),
                    400,
                    "rows is 1 to");
            String token =
                    admin.post(
                                    "/api/v1/tokens",
                                    Json.mapper().createObjectNode().put("role", "provider"))
                            .required("token")
                            .asString();
            try (ApiClient provider = new ApiClient(platform.url(), token)) {
                refused(provider, "/api/v1/govern/runs", plan, 403, "");
                refused(provider, "/api/v1/govern/checks", plan, 400, "versoin");
            }
        }
    }

    private static void refused(ApiClient by, String path, JsonNode body, int status, String says) {
        assertThatThrownBy(() -> by.post(path, body))
                .isInstanceOfSatisfying(
                        ApiClient.Refused.class, e -> assertThat(e.status()).isEqualTo(status))
                .hasMessageContaining(says);
    }
}
