package org.roadloop.collect.jt808;

import static org.assertj.core.api.Assertions.assertThat;
import static org.roadloop.collect.jt808.SafetyAlarmTable.SCHEMA;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.table.Batch;

class SafetyAlarmColumnsTest {
    private static final String BASIC =
            "0000000000000003" + "01DC1300073C6AC000280000005A260601080000";

    /** Speed 80, altitude 40, place, time, status, mark with two attachments. */
    private static final String PLACE =
            "50 0028 01DC1300 073C6AC0 260601075959 0001 54455354303031 260601075959 03 02 00";

    private static final String PLACE_CELLS =
            "speed_kmh=80 altitude_m=40 latitude_degrees=31.2 longitude_degrees=121.4"
                    + " vehicle_status=1 mark_terminal=TEST001 mark_time=1780271999000000"
                    + " mark_number=3 attachments=2";

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    # add-on by tables 4-15 to 4-20 without its place,     cells before the place
                    642F 00000009 01 01 02 5A 1E 00 00 00,                 module=100 alarm_id=9 flag=1 type=1 level=2 front_speed_kmh=90 front_distance_ms=3000
                    642F 00000009 01 02 01 5A 1E 02 00 00,                 module=100 alarm_id=9 flag=1 type=2 level=1 front_speed_kmh=90 front_distance_ms=3000 departure_side=2
                    642F 00000009 00 10 03 5A 1E 02 01 3C,                 module=100 alarm_id=9 flag=0 type=16 level=abnormal sign_kind=1 sign_value=60
                    642F 00000009 02 04 01 5A 65 02 01 3C,                 module=100 alarm_id=9 flag=2 type=4 level=1 front_distance_ms=abnormal
                    652F 00000009 00 01 02 0A 00 00 00 00,                 module=101 alarm_id=9 flag=0 type=1 level=2 fatigue_degree=10
                    652F 00000009 00 02 02 0A 00 00 00 00,                 module=101 alarm_id=9 flag=0 type=2 level=2
                    6729 00000009 03 03,                                   module=103 alarm_id=9 flag=abnormal type=3
                    """)
    void anAlarmIsARow(String addOn, String expected) {
        Batch batch = new Batch(SCHEMA, 8);
        assertThat(append(batch, BASIC + addOn + PLACE)).isZero();
        assertThat(PositionColumnsTest.row(batch, 0))
                .contains("collected_at=1780271999000000 ")
                .contains(" lineage=vehicle " + expected + " " + PLACE_CELLS);
        assertThat(batch.rows()).isEqualTo(1);
    }

    /** The count is at 40, not at the printed 39; items have 9 bytes or 10. */
    @ParameterizedTest
    @CsvSource({
        "3B, 04 0001 0320 0019 0055, 09 0006 0008 FFF6 0065",
        "3D, 04 00 0001 0320 0019 0055, 09 00 0006 0008 FFF6 0065"
    })
    void eachTyreIsARow(String length, String first, String second) {
        Batch batch = new Batch(SCHEMA, 8);
        append(batch, BASIC + "66" + length + "0000000900" + PLACE + "02" + first + second);
        assertThat(batch.rows()).isEqualTo(2);
        assertThat(PositionColumnsTest.row(batch, 0))
                .contains(
                        "type=1 tyre=4 tyre_pressure_kpa=800 tyre_temperature_c=25"
                                + " tyre_battery_percent=85 "
                                + PLACE_CELLS);
        assertThat(PositionColumnsTest.row(batch, 1))
                .contains(
                        "type=6 tyre=9 tyre_pressure_kpa=8 tyre_temperature_c=-10"
                                + " tyre_battery_percent=abnormal ");
    }

    @Test
    void anAlarmWithoutATimeHasThatOfItsPosition() {
        Batch batch = new Batch(SCHEMA, 8);
        String place = PLACE.replace("260601075959 0001", "000000000000 0001");
        append(batch, BASIC + "672900000009 0003" + place);
        assertThat(PositionColumnsTest.row(batch, 0)).contains("collected_at=1780272000000000 ");
    }

    @Test
    void anAlarmOfAnotherLengthIsOpaque() {
        Batch batch = new Batch(SCHEMA, 8);
        append(batch, BASIC + "6404 00000009" + "6728" + "00".repeat(40));
        assertThat(batch.rows()).isZero();
    }

    private static int append(Batch batch, String body) {
        byte[] bytes = HexFormat.of().parseHex(body.replace(" ", ""));
        return new SafetyAlarmColumns(batch).append(bytes, 0, bytes.length, 0);
    }
}
