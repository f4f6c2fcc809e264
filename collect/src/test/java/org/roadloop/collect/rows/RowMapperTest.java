package org.roadloop.collect.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.collect.mcap.McapLimits;
import org.roadloop.collect.recording.MadeUpVin;

class RowMapperTest {
    private static final Path DATA =
            Path.of(System.getProperty("roadloop.root", ".")).resolve("../shared/data");

    @TempDir Path folder;

    /** Rows and errors, one a line. */
    private final List<String> found = new ArrayList<>();

    private void read(RowFile file, Mapping mapping, String fileName) throws IOException {
        RowMapper mapper = new RowMapper(mapping, fileName);
        file.read(
                new RowFile.Sink() {
                    @Override
                    public void row(String place, SourceRow row) {
                        try {
                            RowMapper.Mapped mapped = mapper.map(row);
                            found.add(
                                    mapped == null
                                            ? place + " -"
                                            : place + " " + mapped.table().table() + mapped.row());
                        } catch (RowFault e) {
                            found.add(place + " " + e.reason());
                        }
                    }

                    @Override
                    public void error(String place, String reason, String detail) {
                        found.add(place + " " + reason);
                    }
                });
    }

    @Test
    void columnsAreConvertedAfterTheMapping() throws IOException {
        Path csv = folder.resolve("fleet.csv");
        Files.writeString(
                csv,
                """
                id,when,mph,gear,note,temp_f
                a,2024-02-29 23:59:59.5,60,D,"x, ""y\""",68
                b,2024-03-01T00:00:00+08:00,0,R,"two
                lines",
                c,yesterday,1,D,,
                d,2024-03-01T00:00:00Z,fast,D,,
                e,2024-03-01T00:00:00Z,1,Q,,
                ,2024-03-01T00:00:00Z,1,D,,
                f,2024-03-01T00:00:00Z,1
                g,,1,D,,
                """);
        Mapping mapping =
                MappingReader.parse(
                        """
                        mapping: fleet
                        tables:
                          - table: vehicle_report
                            identity: { from: id }
                            times:
                              collected_at: { from: when, format: iso8601, zone: Asia/Shanghai }
                            columns:
                              command: { value: 2 }
                              speed_kmh: { from: mph, unit: mph }
                              gear: { from: gear, values: { D: 14, R: 13 } }
                              max_temp_c: { from: temp_f, unit: degF }
                        """);
        assertThat(mapping.fits(new CsvFile(csv).names())).isTrue();
        read(new CsvFile(csv), mapping, "fleet");
        assertThat(found)
                .containsExactly(
                        "line 2 vehicle_report{\"vin\":\"a\",\"collected_at\":"
                                + Instant.parse("2024-02-29T15:59:59.5Z").toEpochMilli()
                                + "000,\"command\":2,\"speed_kmh\":96.56064,\"gear\":14,\"max_temp_c\":20}",
                        "line 3 vehicle_report{\"vin\":\"b\",\"collected_at\":"
                                + Instant.parse("2024-02-29T16:00:00Z").toEpochMilli()
                                + "000,\"command\":2,\"speed_kmh\":0.0,\"gear\":13}",
                        "line 5 row_time",
                        "line 6 row_number",
                        "line 7 row_value",
                        "line 8 row_identity",
                        "line 9 row_cells",
                        "line 10 row_time");
    }

    /** Factors of the SI brochure, table 8, and NIST SP 811, appendix B. */
    @ParameterizedTest
    @CsvSource({
        "km/h, m/s, 36, 10",
        "kn,   km/h, 1, 1.852",
        "mph,  m/s, 1, 0.44704",
        "g,    m/s2, 1, 9.80665",
        "rad/s, deg/s, 3.141592653589793, 180",
        "degF, Cel, 212, 100",
        "Cel, degF, 100, 212",
        "K,    Cel, 273.15, 0",
        "mV,   V, 3300, 3.3",
        "1,    %, 0.85, 85",
        "mi,   km, 1, 1.609344",
    })
    void unitsConvert(String from, String to, double value, double expected) {
        double[] by = Units.between(from, to);
        assertThat(value * by[0] + by[1])
                .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-9));
    }

    @ParameterizedTest
    @CsvSource({
        "epoch_s, 1533270495.580034, 1533270495580034",
        "epoch_ms, 1533226488299.0, 1533226488299000",
        "epoch_ns, 1533270495580034294, 1533270495580034",
        "epoch_us, -1, -1",
        "epoch_s, 99999999999999999999, row_time",
        "epoch_ms, 12:00, row_time",
    })
    void epochsKeepTheirMicroseconds(String format, String value, String expected) {
        RowTime time = new RowTime(List.of("t"), format, java.time.ZoneOffset.UTC);
        String got;
        try {
            got = String.valueOf(time.micros(_ -> value));
        } catch (RowFault e) {
            got = e.reason();
        }
        assertThat(got).isEqualTo(expected);
    }

    @Test
    void jsonObjectsAreRowsByPath() throws IOException {
        Path json = folder.resolve("points.json");
        Files.writeString(
                json,
                """
                {"car":{"id":"k1"},"t":1700000000.25,"v":{"mps":3.5}}
                {"car":{"id":"k2"},"t":1700000001,"v":{}}
                7
                {"car":{"id":"k3"},
                """);
        Mapping mapping =
                MappingReader.parse(
                        """
                        mapping: points
                        tables:
                          - table: track_point
                            identity: { from: car.id }
                            times: { at: { from: t, format: epoch_s } }
                            columns: { recording: $file, speed_mps: v.mps }
                        """);
        assertThat(new JsonFile(json).names()).containsExactly("car.id", "t", "v.mps");
        read(new JsonFile(json), mapping, "points");
        assertThat(found)
                .containsExactly(
                        "line 1 track_point{\"vehicle\":\"k1\",\"at\":1700000000250000,"
                                + "\"recording\":\"points\",\"speed_mps\":3.5}",
                        "line 2 track_point{\"vehicle\":\"k2\",\"at\":1700000001000000,"
                                + "\"recording\":\"points\"}",
                        "line 3 row_json",
                        "line 4 row_json");
    }

    @Test
    void aWrongMappingSaysWhatIsWrong() {
        Map<String, String> wrong = new HashMap<>();
        wrong.put("mapping: x", "'tables' is a list");
        wrong.put("mapping: x\ntables: [{table: roads}]", "no table 'roads'; tables are");
        String head =
                "mapping: x\ntables:\n - table: gnss_fix\n   identity: {from: id}\n"
                        + "   times: {at: {from: t, format: %s}}\n   columns: {%s}\n";
        wrong.put(head.formatted("epoch_h", ""), "no format 'epoch_h'");
        wrong.put(head.formatted("epoch_s", "speed: v"), "takes no column 'speed'; it takes");
        wrong.put(head.formatted("epoch_s", "received_at: v"), "takes no column 'received_at'");
        wrong.put(
                head.formatted("epoch_s", "speed_mps: {from: v, unit: V}"),
                "column 'speed_mps': 'V' is a voltage, 'm/s' a speed");
        wrong.put(
                head.formatted("epoch_s", "speed_mps: {unit: mph}"),
                "column 'speed_mps' needs either 'from' or 'value'");
        wrong.put(head.formatted("epoch_s", "speed_mps: {form: v}"), "unknown key 'form'");
        wrong.put(
                "mapping: x\ntables:\n - table: gnss_fix\n   identity: {from: id}\n",
                "times of table gnss_fix lack 'at'");
        wrong.put("mapping: [", "the mapping is no YAML");
        wrong.forEach(
                (yaml, complaint) ->
                        assertThatThrownBy(() -> MappingReader.parse(yaml))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining(complaint));
    }

    @Test
    void theRecordedMinuteFallsIntoItsTables() throws IOException {
        Path file = DATA.resolve("mcap/comma2k19-segment40.mcap");
        assumeTrue(Files.exists(file), "shared/data is missing: " + file);
        McapRows rows = new McapRows(file, McapLimits.DEFAULT);
        Mapping mapping = MappingReader.standard("comma2k19");
        assertThat(mapping.fits(rows.names())).isTrue();
        read(rows, mapping, "comma2k19-segment40");
        Map<String, Integer> counts = new TreeMap<>();
        found.forEach(f -> counts.merge(f.replaceAll("^message \\d+ |\\{.*", ""), 1, Integer::sum));
        // The counts of the file's own statistics: 579 + 30 fixes, twice 6256 samples, …
        assertThat(counts)
                .isEqualTo(
                        Map.of(
                                "gnss_fix", 609,
                                "imu_sample", 12_512,
                                "can_frame", 135_468,
                                "chassis_sample", 14_922));
        // As the official Python reader shows the first message of each topic.
        String vin = found.getFirst().replaceFirst(".*\"vehicle\":\"(\\w+)\".*", "$1");
        assertThat(vin).startsWith("ZZZCMA19").hasSize(17);
        assertThat(MadeUpVin.checkDigit(vin)).isEqualTo(vin.charAt(8));
        assertThat(found)
                .contains(
                        "message 1 imu_sample{\"vehicle\":\""
                                + vin
                                + "\",\"at\":1533270495580034,\"recording\":\"comma2k19-segment40\","
                                + "\"sensor\":\"/imu/accel\",\"sequence\":0,"
                                + "\"acceleration_x_mps2\":1.0743713,"
                                + "\"acceleration_y_mps2\":-0.1292114,"
                                + "\"acceleration_z_mps2\":-9.5449677}",
                        "message 3 can_frame{\"vehicle\":\""
                                + vin
                                + "\",\"at\":1533270495584930,\"recording\":\"comma2k19-segment40\","
                                + "\"sensor\":\"/can/raw\",\"sequence\":2,"
                                + "\"bus\":0,\"can_id\":608,\"data_hex\":\"08fffb0000001884\"}",
                        "message 222 gnss_fix{\"vehicle\":\""
                                + vin
                                + "\",\"at\":1533270495654976,\"fixed_at\":1533226488299000,"
                                + "\"recording\":\"comma2k19-segment40\","
                                + "\"sensor\":\"/gnss/ublox\",\"sequence\":221,"
                                + "\"longitude_degrees\":-122.4723053,"
                                + "\"latitude_degrees\":37.7209977,\"altitude_m\":33.37,"
                                + "\"heading_degrees\":2.1356101,\"speed_mps\":7.823}");
    }
}
