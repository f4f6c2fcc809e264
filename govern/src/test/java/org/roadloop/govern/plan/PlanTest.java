package org.roadloop.govern.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Grade;

class PlanTest {
    private static String text(String name) throws IOException {
        try (InputStream in = PlanReader.class.getResourceAsStream(name + ".yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @FieldSource("org.roadloop.govern.plan.PlanReader#STANDARD")
    void theStandardPlansPassTheirCheck(String name) {
        Plan plan = PlanReader.standard(name);
        assertThat(PlanCheck.check(plan)).noneMatch(PlanCheck.Finding::error);
        assertThat(plan.governedSchema().has("vin")).isFalse();
        assertThat(plan.governedSchema().has(plan.pseudonym())).isTrue();
        assertThat(plan.sha256()).hasSize(64);
    }

    @Test
    void theColumnsAreThoseOfTheCollector() {
        assertThat(RawRows.VEHICLE.rawSchema().names())
                .isEqualTo(
                        "vin, collected_at, received_at, command, lineage, vehicle_state,"
                                + " charge_state, drive_mode, speed_kmh, odometer_km, voltage_v,"
                                + " current_a, soc_percent, dcdc_state, gear, insulation_kohm,"
                                + " accelerator_percent, brake_percent, position_valid,"
                                + " longitude_degrees, latitude_degrees, max_cell_v, min_cell_v,"
                                + " max_temp_c, min_temp_c, alarm_level, alarm_flags, segment,"
                                + " frame_offset, first_cell, edition, coordinate_system,"
                                + " driving_force, braking_force, engine_state,"
                                + " crank_speed_rpm, fuel_l_per_100km,"
                                + " remaining_hydrogen_percent");
        assertThat(RawRows.TRACK.rawSchema().names())
                .isEqualTo(
                        "recording, vehicle, at, received_at, lineage, longitude_degrees,"
                                + " latitude_degrees, x_m, y_m, speed_mps, heading_degrees,"
                                + " acceleration_mps2, lateral_acceleration_mps2, yaw_rate_dps,"
                                + " length_m, width_m, brake, segment, frame_offset");
        assertThat(
                        RawRows.VEHICLE
                                .rawSchema()
                                .column(RawRows.VEHICLE.rawSchema().indexOf("longitude_degrees"))
                                .grade())
                .isEqualTo(Grade.SENSITIVE_PERSONAL);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    arrival: received_at   | arival: received_at        | unknown key 'arival' in the plan; did you mean 'arrival'
                    time: collected_at     | time: colected_at          | no column 'colected_at'; did you mean 'collected_at'
                    max: 500 }             | maks: 500 }                | unknown key 'maks' in column 'speed_kmh'; did you mean 'max'
                    gap: 10m               | gap: ten                   | is no duration; write 90s
                    cut_meters: [200, 800] | cut_meters: [800, 200]     | a range is [from, to], ascending
                    class: alarm           | class: alarms              | did you mean 'alarm'
                    version: 1             | version: one               | a number is wanted
                    """)
    void aWrongWordGetsTheNearestOneAndItsLine(String from, String to, String message)
            throws IOException {
        String good = text("vehicle_report");
        assertThat(good).contains(from);
        String bad = good.replaceFirst(java.util.regex.Pattern.quote(from), to);
        int line = bad.substring(0, bad.indexOf(to)).split("\n", -1).length;
        assertThatThrownBy(() -> PlanReader.parse(bad))
                .isInstanceOf(PlanException.class)
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(((PlanException) e).line()).isEqualTo(line));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    masked: [longitude_degrees, latitude_degrees, odometer_km] | masked: [latitude_degrees] | position_unmasked
                    trip_end:                                                  | #                          | position_unmasked
                    '  - quality'                                              | '  - row_key_lo'           | key_released
                    '  - quality'                                              | '  - frame_offset'         | key_released
                    columns: [vin, collected_at, command, first_cell]          | columns: [vin, command]    | row_key_incomplete
                    lineage, grade: general, min: 2, max: 3 }                  | identity, grade: general } | identity_unhandled
                    class: identity, grade: personal }                         | class: time, grade: personal } | identity_class
                    """)
    void aPlanThatLeaksMustNotRun(String from, String to, String rule) throws IOException {
        String good = text("vehicle_report");
        assertThat(good).contains(from);
        Plan bad = PlanReader.parse(good.replaceFirst(java.util.regex.Pattern.quote(from), to));
        assertThat(PlanCheck.check(bad)).anyMatch(f -> f.error() && f.rule().equals(rule));
        assertThatThrownBy(() -> PlanCheck.require(bad)).hasMessageContaining(rule);
    }

    @Test
    void valuesThatContradictThePlanAreReportedWithoutThem() {
        Batch batch = RawRows.tracks(10);
        for (int i = 0; i < 10; i++) {
            int row = batch.addRow();
            batch.set(0, row, "1M8GDM9AXKP042788"); // a VIN in the name of the recording
            batch.set(1, row, "0000000" + i);
        }
        List<PlanCheck.Finding> findings = PlanCheck.check(RawRows.TRACK, batch);
        assertThat(findings)
                .anyMatch(
                        f ->
                                f.rule().equals("class_looks_wrong")
                                        && f.message().contains("'recording'")
                                        && !f.message().contains("1M8G"));
    }
}
