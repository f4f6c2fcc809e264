package org.roadloop.govern.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableQuery;
import org.roadloop.core.table.TableQuery.Format;
import org.roadloop.core.table.TableQuery.Limits;
import org.roadloop.core.table.TableQuery.RefusedException;
import org.roadloop.core.table.TableQuery.Stop;

@Tag("slow") // starts DuckDB
class GuardedQueryTest {
    private static final Schema SCHEMA =
            Schema.of(
                    Column.of("car", ColumnType.STRING, "", DataClass.IDENTITY, Grade.GENERAL),
                    Column.of(
                            "sampled_at",
                            ColumnType.TIMESTAMP_MICROS_UTC,
                            "",
                            DataClass.TIME,
                            Grade.GENERAL),
                    Column.of(
                            "speed_kmh",
                            ColumnType.DOUBLE,
                            "km/h",
                            DataClass.DRIVING_STATE,
                            Grade.GENERAL));
    private static final long BEGIN = 1_700_000_000_000_000L; // 2023-11-14T22:13:20Z

    @TempDir Path folder;
    private GuardedQuery query;
    private List<TableQuery.Relation> tracks;
    private int asked;

    @BeforeEach
    void write() throws Exception {
        Path file = folder.resolve("tracks.parquet");
        try (Engine engine = new Engine(LakeSettings.DEFAULT, folder);
                Batch batch = new Batch(SCHEMA, 10_000)) {
            for (int i = 0; i < 10_000; i++) {
                int row = batch.addRow();
                batch.set(0, row, "car-" + i % 10);
                batch.set(1, row, BEGIN + i * 1_000_000L);
                batch.set(2, row, i % 120 + 0.5);
            }
            ParquetWriter.write(engine, SCHEMA, List.of(batch), file);
        }
        Files.writeString(folder.resolve("secret.csv"), "a\nsecret\n");

        query = new GuardedQuery(folder.resolve("spill"), 2, 2);
        Files.createDirectories(folder.resolve("spill"));
        tracks = List.of(TableQuery.Relation.of("tracks", SCHEMA, List.of(file)));
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        try (var left = Files.list(folder.resolve("spill"))) {
            assertThat(left).isEmpty();
        }
    }

    private String ask(String sql, Limits limits, Format format) throws Exception {
        Path result = folder.resolve("result-" + asked++);
        try {
            query.run(sql, tracks, limits, format, result, new Stop());
            return Files.readString(result);
        } catch (RefusedException e) {
            assertThat(result).doesNotExist();
            throw e;
        }
    }

    @Test
    void anAnswerIsRowsInTheWantedForm() throws Exception {
        String sql =
                """
                SELECT car, min(sampled_at) AS since, avg(speed_kmh) AS mean, count(*) AS "n, rows"
                FROM tracks WHERE sampled_at >= TIMESTAMPTZ '2023-11-14 22:13:20+00' AND car < 'car-2'
                GROUP BY car ORDER BY car\
                """;
        assertThat(ask(sql, Limits.DEFAULT, Format.CSV))
                .isEqualTo(
                        """
                        car,since,mean,"n, rows"\r
                        car-0,2023-11-14T22:13:20Z,55.34,1000\r
                        car-1,2023-11-14T22:13:21Z,56.34,1000\r
                        """);
        assertThat(ask(sql + " -- a remark", Limits.DEFAULT, Format.JSON_LINES))
                .startsWith(
                        """
                        {"car":"car-0","since":"2023-11-14T22:13:20Z","mean":55.34,"n, rows":1000}
                        """);
        Path file = folder.resolve("result.parquet");
        TableQuery.Answer answer =
                query.run(
                        "SELECT * FROM tracks -- remark",
                        tracks,
                        Limits.DEFAULT.with(77, 30),
                        Format.PARQUET,
                        file,
                        new Stop());
        assertThat(answer.rows()).isEqualTo(77);
        assertThat(answer.columns()).isEqualTo(3);
        assertThat(answer.truncated()).isTrue();
        assertThat(ParquetFiles.rows(file)).isEqualTo(77);
    }

    /** What somebody may try who wants more than the rows, or the machine itself. */
    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource(
            delimiter = '¦',
            textBlock =
                    """
                    SELECT * FROM read_csv('FOLDER/secret.csv')                       ¦ function_not_allowed
                    SELECT * FROM read_text('/etc/passwd')                            ¦ function_not_allowed
                    SELECT * FROM read_parquet('FOLDER/*.parquet')                    ¦ function_not_allowed
                    SELECT * FROM glob('/*')                                          ¦ function_not_allowed
                    SELECT * FROM 'FOLDER/secret.csv'                                 ¦ unknown_table
                    SELECT * FROM "FOLDER/tracks.parquet"                             ¦ unknown_table
                    SELECT * FROM query('SELECT 1')                                   ¦ function_not_allowed
                    SELECT * FROM query_table('tracks')                               ¦ function_not_allowed
                    SELECT * FROM sniff_csv('/etc/passwd')                            ¦ function_not_allowed
                    COPY tracks TO 'FOLDER/copy.csv'                                  ¦ one_select_only
                    COPY (SELECT 1) TO '/tmp/copy.csv'                                ¦ one_select_only
                    EXPORT DATABASE 'FOLDER/x'                                        ¦ one_select_only
                    ATTACH 'FOLDER/other.db'                                          ¦ one_select_only
                    USE memory                                                        ¦ one_select_only
                    PRAGMA database_list                                              ¦ one_select_only
                    SET memory_limit = '100GB'                                        ¦ one_select_only
                    RESET lock_configuration                                          ¦ one_select_only
                    INSTALL httpfs                                                    ¦ one_select_only
                    LOAD 'FOLDER/x.duckdb_extension'                                  ¦ one_select_only
                    CREATE TABLE x AS SELECT * FROM tracks                            ¦ one_select_only
                    DROP VIEW tracks                                                  ¦ one_select_only
                    CALL pragma_version()                                             ¦ one_select_only
                    PREPARE p AS SELECT 1                                             ¦ one_select_only
                    EXPLAIN ANALYZE SELECT 1                                          ¦ one_select_only
                    SELECT 1; SELECT 2                                                ¦ one_select_only
                    SELECT 1; DROP VIEW tracks                                        ¦ one_select_only
                    SELECT 1) TO 'FOLDER/x'; SELECT (1                                ¦ sql_error
                    DESCRIBE tracks                                                   ¦ construct_not_allowed
                    SELECT * FROM (SHOW ALL TABLES)                                   ¦ construct_not_allowed
                    SELECT * FROM information_schema.tables                           ¦ unknown_table
                    SELECT * FROM duckdb_views()                                      ¦ function_not_allowed
                    SELECT * FROM duckdb_settings()                                   ¦ function_not_allowed
                    SELECT * FROM duckdb_views                                        ¦ unknown_table
                    SELECT * FROM sqlite_master                                       ¦ unknown_table
                    SELECT * FROM pg_catalog.pg_class                                 ¦ unknown_table
                    SELECT * FROM main.tracks                                         ¦ unknown_table
                    WITH duckdb_views AS (SELECT 1) SELECT * FROM duckdb_views         ¦ name_not_allowed
                    SELECT getenv('HOME')                                             ¦ function_not_allowed
                    SELECT current_setting('temp_directory')                          ¦ function_not_allowed
                    SELECT getvariable('x')                                           ¦ function_not_allowed
                    SELECT version()                                                  ¦ function_not_allowed
                    SELECT file_row_number, filename FROM tracks                      ¦ sql_error
                    SELECT cell_states FROM tracks                                    ¦ sql_error
                    SELECT repeat('x', 2000000000)                                    ¦ function_not_allowed
                    SELECT lpad('x', 2000000000, 'y')                                 ¦ function_not_allowed
                    SELECT string_agg(car, ',') FROM tracks                           ¦ function_not_allowed
                    SELECT list(car) FROM tracks                                      ¦ function_not_allowed
                    SELECT [car] FROM tracks                                          ¦ function_not_allowed
                    SELECT max(car, 1000000) FROM tracks                              ¦ function_not_allowed
                    SELECT median(speed_kmh) FROM tracks                              ¦ function_not_allowed
                    SELECT x.* FROM tracks t, (SELECT unnest(range(9))) x              ¦ function_not_allowed
                    SELECT car||car||car||car||car||car FROM tracks                   ¦ too_many_joined_texts
                    SELECT * FROM tracks TABLESAMPLE 1 ROWS                           ¦ construct_not_allowed
                    SELECT CAST('x' AS tracks)                                        ¦ type_not_allowed
                    SELECT car::VARCHAR[] FROM tracks                                 ¦ type_not_allowed
                    SELECT ? FROM tracks                                              ¦ construct_not_allowed
                    PIVOT tracks ON car USING count(*)                                ¦ one_select_only
                    SELECT * FROM range(100000000000)                                 ¦ function_not_allowed
                    WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n+1 FROM r) SELECT sum(n) FROM r ¦ recursion_not_allowed
                    SELECT sum(a.speed_kmh*b.speed_kmh*c.speed_kmh) FROM tracks a, tracks b, tracks c ¦ time_exceeded
                    SELECT a.car FROM tracks a, tracks b, tracks c WHERE a.speed_kmh+b.speed_kmh+c.speed_kmh < 0 ¦ time_exceeded
                    SELECT count(*) FROM (SELECT DISTINCT epoch_us(a.sampled_at), epoch_us(b.sampled_at) FROM tracks a, tracks b) ¦ memory_exceeded
                    SELECT car FROM tracks WHERE car::INTEGER = 1                     ¦ sql_error
                    """)
    void nothingButItsRowsIsFound(String sql, String code) {
        Limits limits = new Limits(1_000, 1 << 20, Duration.ofSeconds(5), 64, 16);
        if (code.equals("memory_exceeded")) {
            limits = new Limits(1_000, 1 << 20, Duration.ofSeconds(120), 64, 16);
        }
        Limits small = limits;
        for (Format format : sql.contains("COPY") ? Format.values() : new Format[] {Format.CSV}) {
            assertThatThrownBy(() -> ask(sql.replace("FOLDER", folder.toString()), small, format))
                    .isInstanceOfSatisfying(
                            RefusedException.class, e -> assertThat(e.code()).isEqualTo(code))
                    .message()
                    .doesNotContain(folder.toString())
                    .doesNotContain("car-");
        }
    }

    /** The first wall alone: a statement that no check has seen. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            textBlock =
                    """
                    SELECT * FROM read_csv('FOLDER/secret.csv')
                    SELECT * FROM read_text('FOLDER/secret.csv')
                    SELECT * FROM glob('FOLDER/*')
                    COPY tracks TO 'FOLDER/copy.csv'
                    ATTACH 'FOLDER/other.db'
                    SET enable_external_access = true
                    SET allowed_directories = ['/']
                    SET memory_limit = '100GB'
                    INSTALL httpfs
                    LOAD 'FOLDER/x.duckdb_extension'
                    """)
    void theEngineItselfHasNothingElse(String sql) throws Exception {
        try (var engine =
                        GuardedQuery.open(
                                tracks, List.of(), Limits.DEFAULT, folder.resolve("spill"), 1);
                var statement = engine.createStatement()) {
            assertThatThrownBy(
                            () -> {
                                try (var rows =
                                        statement.executeQuery(
                                                sql.replace("FOLDER", folder.toString()))) {
                                    rows.next();
                                }
                            })
                    .isInstanceOf(java.sql.SQLException.class);
        }
        assertThat(folder.resolve("copy.csv")).doesNotExist();
        assertThat(folder.resolve("other.db")).doesNotExist();
    }

    @Test
    void rowsBytesAndPlacesAreBounded() throws Exception {
        assertThat(
                        ask(
                                        "SELECT a.car FROM tracks a, tracks b",
                                        Limits.DEFAULT.with(3, 30),
                                        Format.CSV)
                                .lines())
                .hasSize(4);
        Limits few = new Limits(1_000_000, 10_000, Duration.ofSeconds(60), 64, 16);
        for (Format format : Format.values()) {
            assertThatThrownBy(
                            () ->
                                    ask(
                                            "SELECT a.*, b.sampled_at AS t, sha256(b.car) AS h FROM"
                                                    + " tracks a, tracks b LIMIT 100000",
                                            few,
                                            format))
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            e -> assertThat(e.code()).isEqualTo("result_too_big"));
        }
        GuardedQuery full = new GuardedQuery(folder.resolve("other"), 1, 0);
        assertThatThrownBy(
                        () ->
                                full.run(
                                        "SELECT 1",
                                        tracks,
                                        Limits.DEFAULT,
                                        Format.CSV,
                                        folder.resolve("none"),
                                        new Stop()))
                .hasMessageContaining("ask again later");
    }

    @Test
    void aQueryIsCancelledFromOutside() {
        Stop stop = new Stop();
        Thread.ofPlatform()
                .start(
                        () -> {
                            try {
                                Thread.sleep(500); // until it is under way
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            stop.stop();
                        });
        long begun = System.nanoTime();
        assertThatThrownBy(
                        () ->
                                query.run(
                                        "SELECT sum(a.speed_kmh*c.speed_kmh) FROM tracks a, tracks"
                                                + " b, tracks c",
                                        tracks,
                                        Limits.DEFAULT.with(10, 300),
                                        Format.CSV,
                                        folder.resolve("none"),
                                        stop))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.code()).isEqualTo("cancelled"));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(60));
    }
}
