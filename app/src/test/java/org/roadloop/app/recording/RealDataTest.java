package org.roadloop.app.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.cli.Cli;
import org.roadloop.app.cli.Verb;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.app.part.CollectPart;
import org.roadloop.app.part.GovernPart;
import org.roadloop.app.part.ProductPart;
import org.roadloop.app.platform.Platform;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Recordings of others through governance and into a product; prints the figures of
 * docs/real-data.md.
 */
@Tag("slow")
class RealDataTest {
    private static final Path DATA =
            Path.of(System.getProperty("roadloop.root", ".")).resolve("../shared/data");

    @TempDir Path folder;
    private Platform platform;
    private ApiClient api;

    /** What came of one folder of files. */
    private record Governed(String printed, JsonNode table, JsonNode quality) {}

    private Governed govern(String name, String table, List<Path> files) throws Exception {
        assumeTrue(files.stream().allMatch(Files::exists), "shared/data is missing: " + files);
        CollectPart collect = new CollectPart();
        GovernPart govern = new GovernPart(collect);
        platform =
                Platform.start(
                        Home.open(folder.resolve("home")),
                        Config.DEFAULTS.withFreePorts(),
                        List.of(collect, govern, new ProductPart(govern)),
                        Set.of(),
                        "test");
        String token = Files.readString(folder.resolve("home/admin.token")).strip();
        api = new ApiClient(platform.url(), token);
        List<String> words = new ArrayList<>(List.of("collect", "import", "--home"));
        words.add(folder.resolve("home").toString());
        files.forEach(file -> words.add(file.toString()));
        StringWriter out = new StringWriter();
        var _ =
                new Cli(
                                "test",
                                List.of(new Verb("collect", "", CollectVerb::new)),
                                new PrintWriter(out),
                                new PrintWriter(new StringWriter()))
                        .run(words.toArray(String[]::new));
        Instant limit = Instant.now().plus(Duration.ofMinutes(3));
        JsonNode status = api.get("/api/v1/ingest");
        while (!status.path("caughtUp").asBoolean()) {
            assertThat(Instant.now()).as("governance catches up").isBefore(limit);
            Thread.sleep(100);
            status = api.get("/api/v1/ingest");
        }
        JsonNode of = status.required("tables").required(table);
        JsonNode quality = api.get("/api/v1/tables/" + table + "/scorecard");
        System.out.println("== " + name);
        System.out.print(out);
        System.out.println("ingest " + of);
        System.out.println("scorecard " + quality);
        return new Governed(out.toString(), of, quality);
    }

    private void stop() throws Exception {
        api.close();
        platform.close();
    }

    private String print(String label, String sql) throws Exception {
        ObjectNode question = Json.mapper().createObjectNode().put("sql", sql).put("format", "csv");
        String answer;
        try (var in = api.ask("/api/v1/query", question)) {
            answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        System.out.println(label + "\n" + answer.strip().indent(2).stripTrailing());
        return answer;
    }

    /**
     * How often the position of the files changes while they drive; asked of the files themselves.
     */
    private static void printPositionUpdates(Path drives) throws Exception {
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT left(f, 2), count(*), count(*) FILTER (same), count(*) FILTER"
                                        + " (abs(s - g) > 40) FROM (SELECT parse_filename(filename) f,"
                                        + " Speed s, GpsSpeed g, LAT = lag(LAT) OVER w AND LON ="
                                        + " lag(LON) OVER w same FROM read_csv('"
                                        + drives
                                        + "/*.csv', filename=true, types={'Date':'VARCHAR'}) WINDOW w"
                                        + " AS (PARTITION BY filename ORDER BY Time)) WHERE s > 5"
                                        + " GROUP BY ALL ORDER BY ALL")) {
            while (row.next()) {
                System.out.printf(
                        "car %s: %d rows faster than 5 km/h, position unchanged in %d, speeds of"
                                + " wheel and satellites 40 km/h apart in %d%n",
                        row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4));
            }
        }
    }

    private JsonNode dryRun(String plan) throws Exception {
        JsonNode tried =
                api.post(
                        "/api/v1/govern/dry-runs",
                        Json.mapper().createObjectNode().put("plan", plan));
        System.out.println(
                "dry run: rows out %s, leaks %s"
                        .formatted(tried.path("rowsOut"), tried.path("leaks")));
        JsonNode made =
                api.post("/api/v1/govern/runs", Json.mapper().createObjectNode().put("plan", plan));
        System.out.println("run: " + made.toString().replaceAll("\"passport\".*", "…"));
        return made;
    }

    private static String speedByYear(int vehicles) {
        return """
        plan: speed_by_year
        version: 1
        input: { table: vehicle_report }
        steps:
          - select: { columns: [vehicle, collected_at, speed_kmh, soc_percent] }
          - aggregate:
              window: { column: collected_at, length: 8766h }
              vehicle: vehicle
              min_vehicles: %d
              values: { speed_kmh: [mean, max], soc_percent: [mean, min, max] }
        output: { table: speed_by_year, title: Speed and charge }
        purpose:
          use: Report
          columns: [collected_at, row_count, vehicle_count, speed_kmh_mean, speed_kmh_max, soc_percent_mean, soc_percent_min, soc_percent_max]
        forbid: { class: [track, identity, position], grade: sensitive_personal }
        anonymity: { quasi_identifiers: [collected_at], weight: vehicle_count, min_k: %d }
        """
                .formatted(vehicles, vehicles);
    }

    private static String flow(int vehicles, int meters) {
        return """
        plan: flow
        version: 1
        input: { table: track_point }
        steps:
          - select: { columns: [vehicle, at, x_m, y_m, speed_mps] }
          - aggregate:
              window: { column: at, length: 8766h }
              cells: { x_m: %d, y_m: %d }
              vehicle: vehicle
              min_vehicles: %d
              values: { speed_mps: [mean, max] }
        output: { table: flow, title: Flow }
        purpose:
          use: Report
          columns: [at, x_m, y_m, row_count, vehicle_count, speed_mps_mean, speed_mps_max]
        forbid: { class: [track, identity], grade: personal }
        anonymity: { quasi_identifiers: [at, x_m, y_m], weight: vehicle_count, min_k: %d }
        """
                .formatted(meters, meters, vehicles, vehicles);
    }

    @Test
    void drivesOfATwizy() throws Exception {
        Path drives = DATA.resolve("ev-twizy");
        assumeTrue(Files.isDirectory(drives), "shared/data is missing: " + drives);
        List<Path> files;
        try (Stream<Path> all = Files.list(drives)) {
            files = all.filter(f -> f.toString().endsWith(".csv")).sorted().toList();
        }
        Governed governed = govern("ev-twizy", "vehicle_report", files);
        try {
            print(
                    "gaps of more than 2 s, of more than a minute",
                    """
                    SELECT count(*) FILTER (g > 2000000) AS over_2s, count(*) FILTER (g > 60000000) AS over_60s FROM
                    (SELECT date_diff('microsecond', lag(collected_at) OVER (PARTITION BY vehicle ORDER BY collected_at), collected_at) AS g FROM vehicle_report) t""");
            print(
                    "shown positions",
                    "SELECT count(*) AS rows_all, count(longitude_degrees) AS shown, count(DISTINCT vehicle) AS vehicles, avg(CASE WHEN speed_kmh = 0 THEN 1.0 ELSE 0 END) AS standing FROM vehicle_report");
            printPositionUpdates(drives);
            JsonNode made = dryRun(speedByYear(5));
            assertThat(governed.table().path("committedRows").asLong()).isGreaterThan(30_000);
            assertThat(governed.printed()).contains("rejected {row_time=10}");
            assertThat(made.path("rows").asLong()).isPositive();
        } finally {
            stop();
        }
    }

    @Test
    void aDriveThroughWyoming() throws Exception {
        Path log = DATA.resolve("wyoming-obu/bsmLogDuringEvent.bin");
        Governed governed = govern("wyoming-obu", "track_point", List.of(log));
        try {
            print(
                    "rows",
                    "SELECT count(*) AS rows_all, count(DISTINCT vehicle) AS vehicles, min(speed_mps) AS least, max(speed_mps) AS most, count(x_m) AS shown FROM track_point");
            assertThat(governed.table().path("committedRows").asLong()).isEqualTo(222);
        } finally {
            stop();
        }
    }

    @Test
    void eventsOfNewYork() throws Exception {
        List<Path> files =
                Stream.of("fcw", "ima", "spdcomp", "evacinfo")
                        .map(e -> DATA.resolve("nyc-cv-pilot/nycdot-" + e + "-event.json"))
                        .toList();
        Governed governed = govern("nyc-cv-pilot", "track_point", files);
        try {
            print(
                    "rows",
                    "SELECT recording, count(*) AS rows_all, count(DISTINCT vehicle) AS vehicles, max(speed_mps) AS most, count(*) FILTER (quality % 32 >= 16) AS speed_mismatch, count(*) FILTER (quality % 16 >= 8) AS position_jump FROM track_point GROUP BY recording ORDER BY recording");
            JsonNode made = dryRun(flow(2, 200));
            assertThat(governed.table().path("committedRows").asLong()).isPositive();
            assertThat(made.path("steps").size()).isEqualTo(2);
        } finally {
            stop();
        }
    }
}
