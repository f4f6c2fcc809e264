package org.roadloop.app.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

/** Files as other people's tools write them. */
class LeakedFileTest {
    private static final Schema WANTED =
            Schema.of(
                    column("vehicle", ColumnType.STRING, "", DataClass.IDENTITY),
                    column("at", ColumnType.TIMESTAMP_MICROS_UTC, "", DataClass.TIME),
                    column("speed_kmh", ColumnType.DOUBLE, "km/h", DataClass.DRIVING_STATE),
                    column("temperature_c", ColumnType.FLOAT, "Cel", DataClass.ENVIRONMENT));

    @TempDir Path folder;

    private static Column column(String name, ColumnType type, String unit, DataClass dataClass) {
        return Column.of(name, type, unit, dataClass, Grade.PERSONAL);
    }

    private static void holdsTheRow(Batch batch) {
        assertThat(batch.strings(0).get(0)).isEqualTo("car, \"7\"");
        assertThat(batch.longs(1)[0])
                .isEqualTo(
                        ChronoUnit.MICROS.between(
                                Instant.EPOCH, Instant.parse("2026-06-01T08:00:00.125Z")));
        assertThat(batch.doubles(2)[0]).isEqualTo(54.3);
        assertThat(batch.isOk(3, 0)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "at,speed_kmh,vehicle,note\r\n2026-06-01T08:00:00.125Z,54.3,\"car, \"\"7\"\"\",x\r\n",
                "\uFEFFspeed_kmh;at;vehicle\n54.3;2026-06-01 08:00:00.125;\"car, \"\"7\"\"\"\n\n",
                "speed_kmh\tat\tvehicle\n54.3\t2026-06-01 16:00:00.125+08:00\t\"car, \"\"7\"\"\"",
                "{\"at\":\"2026-06-01T08:00:00.125Z\",\"speed_kmh\":54.3,\"vehicle\":\"car, \\\"7\\\"\","
                        + "\"temperature_c\":null,\"more\":{}}\n",
                "{\"at\":1780300800125000,\"speed_kmh\":\"54.3\",\"vehicle\":\"car, \\\"7\\\"\"}",
            })
    void text(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("found"), text);
        LeakedRows rows = LeakedFile.read(file, WANTED);
        assertThat(rows.rows()).isEqualTo(1);
        holdsTheRow(rows.batch());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "VARCHAR"})
    void parquetOfAnotherWriter(String type) throws Exception {
        Path file = folder.resolve("found.parquet");
        try (Connection engine = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = engine.createStatement()) {
            statement.execute(
                    "COPY (SELECT 54.3::DECIMAL(4,1) AS speed_kmh, 1 AS other,"
                            + " CAST(TIMESTAMP '2026-06-01 08:00:00.125' AS "
                            + type
                            + ") AS at, 'car, \"7\"' AS vehicle) TO '"
                            + file
                            + "' (FORMAT parquet)");
        }
        holdsTheRow(LeakedFile.read(file, WANTED).batch());
        Path archive = folder.resolve("found.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            for (String name : List.of("a.parquet", "readme.txt", "b.parquet")) {
                zip.putNextEntry(new ZipEntry(name));
                Files.copy(file, zip);
                zip.closeEntry();
            }
        }
        LeakedRows both = LeakedFile.read(archive, WANTED);
        assertThat(both.rows()).isEqualTo(2);
        holdsTheRow(both.batch());
    }

    @ParameterizedTest
    @CsvSource({
        "2026-06-01T08:00:00Z,             1780300800000000",
        "2026-06-01T08:00:00.000001Z,      1780300800000001",
        "2026-06-01 08:00:00,              1780300800000000",
        "2026-06-01 08:00:00+00,           1780300800000000",
        "2026-06-01T16:00:00.5+0800,       1780300800500000",
        "1780300800000000,                 1780300800000000",
    })
    void timesAsToolsWriteThem(String text, long micros) {
        assertThat(LeakedRows.micros(text)).isEqualTo(micros);
    }

    @Test
    void whatIsNoTimeIsAbsent() {
        assertThatThrownBy(() -> LeakedRows.micros("yesterday"))
                .isInstanceOf(DateTimeParseException.class);
        LeakedRows rows = new LeakedRows(WANTED);
        rows.add(new String[] {"car", "yesterday", "fast", ""});
        assertThat(rows.batch().isOk(0, 0)).isTrue();
        for (int c = 1; c < 4; c++) {
            assertThat(rows.batch().isOk(c, 0)).isFalse();
        }
    }

    /** Every row of the file has the same chance, however long it is. */
    @Test
    void ofALongFileRowsAreKeptEvenly() {
        LeakedRows rows = new LeakedRows(WANTED);
        int all = 300_000;
        for (int i = 0; i < all; i++) {
            rows.add(new String[] {"", "", Integer.toString(i), ""});
        }
        Batch kept = rows.batch();
        assertThat(rows.rows()).isEqualTo(all);
        for (int row = 0; row < kept.rows(); row++) {
            assertThat(kept.doubles(2)[row]).isEqualTo(8.0 * row);
        }
        assertThat(kept.rows()).isEqualTo(all / 8);
    }

    @Test
    void aCellWithoutEndIsNoText() throws Exception {
        CsvReader csv = new CsvReader(new StringReader("a\n" + "x".repeat(2 << 20)));
        assertThat(csv.next()).containsExactly("a");
        assertThatThrownBy(csv::next).hasMessageContaining("no CSV text");
    }
}
