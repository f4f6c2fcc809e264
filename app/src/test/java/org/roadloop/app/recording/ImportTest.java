package org.roadloop.app.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.cli.Cli;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.cli.Verb;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.part.CollectPart;
import org.roadloop.app.part.GovernPart;
import org.roadloop.app.platform.Platform;
import tools.jackson.databind.JsonNode;

/** Files of rows into the tables of a platform, through the verb. */
@Tag("slow")
class ImportTest {
    private static final Path DATA =
            Path.of(System.getProperty("roadloop.root", ".")).resolve("../shared/data");
    private static final String POINTS =
            """
            mapping: points
            tables:
              - table: track_point
                identity: { from: id }
                times: { at: { from: t, format: epoch_ms } }
                columns: { recording: $file, speed_mps: { from: kmh, unit: km/h } }
            """;

    /** The fixes of comma2k19, keyed as its own mapping keys them. */
    private static final String FIXES =
            """
            mapping: fixes
            tables:
              - table: gnss_fix
                topics: [/gnss/ublox, /gnss/qcom]
                identity: { from: $file, made_up: CMA19 }
                times:
                  at: { from: $log_time_ns, format: epoch_ns }
                  fixed_at: { from: utc_ms, format: epoch_ms }
                columns:
                  recording: $file
                  sensor: $topic
                  sequence: $sequence
                  longitude_degrees: lon
                  latitude_degrees: lat
                  altitude_m: alt_m
                  heading_degrees: bearing_deg
                  speed_mps: { from: speed_mps, unit: m/s }
            """;

    @TempDir Path folder;
    private String out = "";
    private String err = "";

    private Platform start() throws Exception {
        CollectPart collect = new CollectPart();
        return Platform.start(
                Home.open(folder.resolve("home")),
                Config.DEFAULTS.withFreePorts(),
                List.of(collect, new GovernPart(collect)),
                Set.of(),
                "test");
    }

    private int importFiles(Object... words) {
        List<String> args = new ArrayList<>(List.of("collect", "import", "--home"));
        args.add(folder.resolve("home").toString());
        Arrays.stream(words).map(Object::toString).forEach(args::add);
        StringWriter outText = new StringWriter();
        StringWriter errText = new StringWriter();
        int code =
                new Cli(
                                "test",
                                List.of(new Verb("collect", "", CollectVerb::new)),
                                new PrintWriter(outText),
                                new PrintWriter(errText))
                        .run(args.toArray(String[]::new));
        out = outText.toString();
        err = errText.toString();
        return code;
    }

    /** Governed rows and duplicates by table, once everything in the log is stored. */
    private String stored(Platform platform) throws Exception {
        String token = Files.readString(folder.resolve("home/admin.token")).strip();
        try (ApiClient api = new ApiClient(platform.url(), token)) {
            Instant limit = Instant.now().plus(Duration.ofMinutes(2));
            JsonNode status = api.get("/api/v1/ingest");
            while (!status.path("caughtUp").asBoolean() && Instant.now().isBefore(limit)) {
                Thread.sleep(100);
                status = api.get("/api/v1/ingest");
            }
            assertThat(status.path("caughtUp").asBoolean()).isTrue();
            TreeMap<String, String> tables = new TreeMap<>();
            for (var table : status.required("tables").properties()) {
                JsonNode of = table.getValue();
                tables.put(
                        table.getKey(),
                        of.path("committedRows").asLong() + "+" + of.path("duplicates").asLong());
            }
            return tables.entrySet().stream()
                    .map(e -> e.getKey() + " " + e.getValue())
                    .collect(Collectors.joining(", "));
        }
    }

    @Test
    void messagesOfAmericanPilotsAreStoredOnce() throws Exception {
        Path log = DATA.resolve("wyoming-obu/bsmLogDuringEvent.bin");
        assumeTrue(Files.exists(log), "shared/data is missing: " + log);
        // The publisher decoded this log to JSON itself: the same messages, at the same times.
        Path ode = DATA.resolve("wyoming-obu/bsmLogDuringEvent.json");
        Path torn = folder.resolve("torn-log.bin");
        Files.write(torn, Arrays.copyOf(Files.readAllBytes(log), 218 + 100));
        try (Platform platform = start()) {
            assertThat(importFiles(log)).isEqualTo(ExitCode.OK);
            assertThat(out).contains("recording bsmLogDu, messages 222, left {}");
            String once = stored(platform);
            assertThat(once).contains("track_point 222+0");
            assertThat(importFiles(DATA.resolve("wyoming-obu/bsmLogDuringEvent.gz"), ode))
                    .isEqualTo(ExitCode.OK);
            assertThat(stored(platform)).contains("track_point 222+444");
            assertThat(importFiles(torn)).isEqualTo(ExitCode.FAILED);
            assertThat(out).contains("messages 1, left {\"j2735_record\":1}");
            Path notPacked = Files.writeString(folder.resolve("not.gz"), "not packed");
            assertThat(importFiles(notPacked)).isEqualTo(ExitCode.FAILED);
            assertThat(err).contains("no gzip file");
        }
    }

    @Test
    void aRecordingIsStoredOnceHoweverOftenItComes() throws Exception {
        Path minute = DATA.resolve("mcap/comma2k19-segment40.mcap");
        assumeTrue(Files.exists(minute), "shared/data is missing: " + minute);
        try (Platform platform = start()) {
            assertThat(importFiles(minute)).isEqualTo(ExitCode.OK);
            assertThat(out)
                    .contains(
                            "rows {can_frame=135468, chassis_sample=14922, gnss_fix=609,"
                                    + " imu_sample=12512}, rejected {}");
            assertThat(stored(platform))
                    .isEqualTo(
                            "can_frame 135468+0, chassis_sample 14922+0, gnss_fix 609+0,"
                                    + " imu_sample 12512+0, track_point 0+0, vehicle_report 0+0");
            assertThat(importFiles(minute)).isEqualTo(ExitCode.OK);
            assertThat(stored(platform))
                    .isEqualTo(
                            "can_frame 135468+135468, chassis_sample 14922+14922, gnss_fix"
                                    + " 609+609, imu_sample 12512+12512, track_point 0+0,"
                                    + " vehicle_report 0+0");
        }
        // The tables of recordings are there again, and still know their rows.
        try (Platform platform = start()) {
            Path fixes = Files.writeString(folder.resolve("fixes.yaml"), FIXES);
            assertThat(importFiles("--mapping", fixes, minute)).isEqualTo(ExitCode.OK);
            assertThat(out).contains("rows {gnss_fix=609}, rejected {}, not mapped 162902");
            assertThat(stored(platform)).contains("gnss_fix 0+609", "can_frame 0+0");
        }
    }

    @Test
    void drivesPilotEventsAndParquetFindTheirTables() throws Exception {
        Path drive = DATA.resolve("ev-twizy/T1_03_29_2021.csv");
        Path events = DATA.resolve("nyc-cv-pilot/nycdot-ima-event.json");
        assumeTrue(Files.exists(drive), "shared/data is missing: " + drive);
        Path mapping = Files.writeString(folder.resolve("points.yaml"), POINTS);
        Path parquet = folder.resolve("points.parquet");
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            statement.execute(
                    "COPY (SELECT 'car-' || i % 3 AS id, TIMESTAMP '2024-05-01 00:00:00' + INTERVAL"
                            + " (i) SECOND AS moment, CAST(1714521600000 + i * 1000 AS BIGINT) AS t,"
                            + " CAST(i AS FLOAT) AS kmh FROM range(1000) r(i)) TO '"
                            + parquet
                            + "' (FORMAT parquet)");
        }
        try (Platform platform = start()) {
            assertThat(importFiles(drive)).isEqualTo(ExitCode.FAILED);
            // Ten lines of that file say "90/02/2032".
            assertThat(out).contains("rows {vehicle_report=6179}, rejected {row_time=10}");
            assertThat(err).contains("line 3264: row_time: column 'Date Time' is no time");
            assertThat(importFiles("--mapping", mapping, parquet)).isEqualTo(ExitCode.OK);
            assertThat(out).contains("mapping points, rows {track_point=1000}");
            String once = stored(platform);
            assertThat(once).contains("track_point 1000+0", "vehicle_report ");
            long drives = Long.parseLong(once.replaceFirst(".*vehicle_report (\\d+)\\+.*", "$1"));
            assertThat(drives).isBetween(6_000L, 6_179L);

            assertThat(importFiles(events)).isEqualTo(ExitCode.OK);
            long messages =
                    Long.parseLong(out.replaceFirst("(?s).*pilot, (\\d+) messages.*", "$1"));
            String twice = stored(platform);
            assertThat(importFiles(events, parquet, "--mapping", mapping))
                    .as("pilot events have no mapping of their own")
                    .isEqualTo(ExitCode.FAILED);
            assertThat(importFiles(events)).isEqualTo(ExitCode.OK);
            assertThat(importFiles("--mapping", mapping, parquet)).isEqualTo(ExitCode.OK);
            String again = stored(platform);
            assertThat(again.replaceAll("\\+\\d+", "")).isEqualTo(twice.replaceAll("\\+\\d+", ""));
            assertThat(messages).isPositive();
        }
    }

    @Test
    void whatIsNoRowIsToldWithItsLine() throws Exception {
        Path mapping = Files.writeString(folder.resolve("points.yaml"), POINTS);
        Path csv =
                Files.writeString(
                        folder.resolve("points.csv"),
                        "id,t,kmh\na,1714521600000,36\nb,soon,36\n,1714521600000,36\nc,1714521601000,x\n");
        try (Platform platform = start()) {
            assertThat(importFiles("--mapping", mapping, csv)).isEqualTo(ExitCode.FAILED);
            assertThat(out)
                    .contains(
                            "rows {track_point=1}, rejected {row_identity=1, row_number=1,"
                                    + " row_time=1}");
            assertThat(err)
                    .contains(
                            "line 3: row_time: column 't' is no time of the form epoch_ms",
                            "line 4: row_identity: column 'id' is empty",
                            "line 5: row_number: column 'kmh' is no number");
            assertThat(importFiles(csv)).isEqualTo(ExitCode.WRONG_WORDS);
            assertThat(err).contains("no mapping that comes with the platform fits");
            Path named = Files.copy(csv, folder.resolve("drive-1M8GDM9AXKP042788.csv"));
            assertThat(importFiles("--mapping", mapping, named)).isEqualTo(ExitCode.WRONG_WORDS);
            assertThat(err).contains("personal data (vin)", "rename it");
            assertThat(out + err).doesNotContain("1M8GDM9AXKP042788");
            assertThat(stored(platform)).contains("track_point 1+0");
            String token = Files.readString(folder.resolve("home/admin.token")).strip();
            try (ApiClient api = new ApiClient(platform.url(), token)) {
                JsonNode receipt =
                        api.post(
                                "/api/v1/recordings/rows?table=gnss_fix",
                                "application/x-ndjson",
                                "{\"vehicle\":\"v\",\"at\":\"now\"}\n{\"vehicle\":\"v\"}\n[]\n{\"vehicle\":\"v\",\"at\":1,\"received_at\":2}"
                                        .getBytes());
                assertThat(receipt.path("rejected").toString())
                        .isEqualTo(
                                "{\"row_column\":1,\"row_json\":1,\"row_key\":1,\"row_type\":1}");
                assertThat(receipt.path("rows").asLong()).isZero();
            }
        }
    }
}
