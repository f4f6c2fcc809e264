package org.roadloop.collect.jt808;

import static org.assertj.core.api.Assertions.assertThat;
import static org.roadloop.collect.jt808.PositionTable.*;

import java.util.HexFormat;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.collect.Lineage;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.StringColumn;

class PositionColumnsTest {
    /** Alarms, status, latitude, longitude, altitude, speed, direction, time; by the table. */
    private static final String BASIC =
            "00000001 00000003 01DC1300 073C6AC0 0028 003C 005A 260601080000";

    @Test
    void everyFieldOfThePublishedReportHasItsCell() {
        // SmallChi/JT808: 2018-07-15 10:10:10 Beijing, 12.222222 N 132.444444 E, 6 km/h, fuel 5.5
        // L.
        Batch batch = new Batch(SCHEMA, 8);
        String hex =
                "7E0200002611223344556622B8000000010000000200BA7F0E07E4F11C0028003C0000"
                        + "1807151010100104000000640202003757"
                        + "7E";
        appendFrame(batch, hex);
        assertThat(row(batch, 0))
                .isEqualTo(
                        "terminal_phone=112233445566 collected_at=1531620610000000 received_at=7"
                                + " message_id=512 reissued=false lineage=vehicle edition=2013"
                                + " serial=8888 alarm_flags=1 status_flags=2 acc_on=false"
                                + " position_valid=true longitude_degrees=132.444444"
                                + " latitude_degrees=12.222222 altitude_m=40 speed_kmh=6.0"
                                + " direction_degrees=0 safety_alarms=0 other_add_ons=0 segment=3"
                                + " frame_offset=99 item=0 mileage_km=10.0 fuel_l=5.5");
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    # add-on by the tables,               cells
                    0104 000000C6,                        mileage_km=19.8
                    0202 0037,                            fuel_l=5.5
                    0302 0021,                            recorder_speed_kmh=3.3
                    0302 FFFF,                            recorder_speed_kmh=abnormal
                    0402 002C,                            alarm_event_id=44
                    0602 0015,                            cabin_temperature_c=21
                    0602 8015,                            cabin_temperature_c=-21
                    1101 00,                              over_speed_area_type=0
                    1105 01FFFFFFFF,                      over_speed_area_type=1 over_speed_area_id=4294967295
                    1206 020000000701,                    passed_area_type=2 passed_area_id=7 passed_area_outwards=1
                    1307 00000009003C01,                  section_id=9 section_time_s=60 section_too_long=1
                    2504 00000063,                        signal_flags=99
                    2A02 0002,                            io_flags=2
                    2B04 00070014,                        analogue_0=20 analogue_1=7
                    3001 1E,                              network_signal=30
                    3101 28,                              satellites=40
                    1404 0000000A,                        video_alarm_flags=10
                    1504 00000003,                        video_lost_channels=3
                    1604 80000000,                        video_blocked_channels=2147483648
                    1702 1001,                            storage_fault_flags=4097
                    1802 0005,                            abnormal_driving_flags=5
                    """)
    void anAddOnHasItsCells(String addOn, String expected) {
        Batch batch = new Batch(SCHEMA, 8);
        assertThat(append(batch, BASIC + addOn)).isEqualTo(PositionVerdict.OK);
        assertThat(row(batch, 0)).endsWith("item=0 " + expected).contains("other_add_ons=0");
    }

    /**
     * Real terminals send ids of JT/T 1078 with other lengths: such a value is not ours to read.
     */
    @ParameterizedTest
    @CsvSource({"1803000000", "140100", "17040000FFFF", "010200C6", "1102FFFF", "3100", "F0027E7D"})
    void lengthWinsOverId(String addOn) {
        Batch batch = new Batch(SCHEMA, 8);
        assertThat(append(batch, BASIC + addOn + "310107")).isEqualTo(PositionVerdict.OK);
        assertThat(row(batch, 0)).endsWith("item=0 satellites=7").contains("other_add_ons=1");
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    # status,  latitude, longitude, speed, direction, cells
                    00000003,  01DC1300, 073C6AC0,  003C,  005A,      121.4 31.2 6.0 90
                    0000000F,  01DC1300, 073C6AC0,  003C,  005A,      -121.4 -31.2 6.0 90
                    00000003,  055D4A80, 0ABA9500,  1388,  0167,      180.0 90.0 500.0 359
                    00000003,  055D4A81, 0ABA9501,  1389,  0168,      abnormal abnormal abnormal abnormal
                    00000003,  FFFFFFFF, FFFFFFFF,  FFFF,  FFFF,      abnormal abnormal abnormal abnormal
                    00000023,  01DC1300, 073C6AC0,  003C,  005A,      invalid invalid 6.0 90
                    """)
    void valuesOutsideTheirRangeHaveAStateAndNoMeaning(
            String status,
            String latitude,
            String longitude,
            String speed,
            String direction,
            String cells) {
        Batch batch = new Batch(SCHEMA, 8);
        String body =
                "00000000"
                        + status
                        + latitude
                        + longitude
                        + "0028"
                        + speed
                        + direction
                        + "260601080000";
        assertThat(append(batch, body)).isEqualTo(PositionVerdict.OK);
        assertThat(
                        String.join(
                                " ",
                                cell(batch, LONGITUDE_DEGREES, 0),
                                cell(batch, LATITUDE_DEGREES, 0),
                                cell(batch, SPEED_KMH, 0),
                                cell(batch, DIRECTION_DEGREES, 0)))
                .isEqualTo(cells);
    }

    /** Status bit 1 set = valid; in GB/T 32960 the bit of the position says the opposite. */
    @Test
    void aSetBitMeansValid() {
        Batch batch = new Batch(SCHEMA, 8);
        append(batch, BASIC);
        append(batch, BASIC.replace("00000003", "00000001"));
        assertThat(batch.booleans(POSITION_VALID)[0]).isTrue();
        assertThat(batch.booleans(POSITION_VALID)[1]).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "000000000000, TIME", "260001080000, TIME", "260230080000, TIME", "26060108000A, TIME",
        "260601240000, TIME", "260601086000, TIME", "240229235959, OK", "250229000000, TIME",
        "991231235959, OK"
    })
    void aTimeIsBcdAndADate(String time, PositionVerdict expected) {
        Batch batch = new Batch(SCHEMA, 8);
        assertThat(append(batch, BASIC.replace("260601080000", time))).isEqualTo(expected);
        assertThat(batch.rows()).isEqualTo(expected.isUsable() ? 1 : 0);
    }

    /** Both editions print the offset of the time as 21; it is at 22. */
    @Test
    void theTimeIsAtTwentyTwo() {
        byte[] body = HexFormat.of().parseHex(BASIC.replace(" ", ""));
        assertThat(body).hasSize(PositionBody.BASIC_BYTES);
        assertThat(PositionBody.collectedAtMicros(body, 0))
                .isEqualTo(
                        java.time.Instant.parse("2026-06-01T00:00:00Z").getEpochSecond()
                                * 1_000_000L);
    }

    @Test
    void aBrokenTailCostsOnlyItself() {
        Batch batch = new Batch(SCHEMA, 8);
        assertThat(append(batch, BASIC + "310107" + "0104000000"))
                .isEqualTo(PositionVerdict.ADD_ON);
        assertThat(row(batch, 0)).endsWith("item=0 satellites=7");
        assertThat(append(batch, BASIC.substring(0, BASIC.length() - 2)))
                .isEqualTo(PositionVerdict.LENGTH);
        assertThat(batch.rows()).isEqualTo(1);
    }

    /** States are prepared in blocks: a reused batch must not show what stood there before. */
    @Test
    void aReusedBatchForgets() {
        Batch batch = new Batch(SCHEMA, 3000);
        for (int round = 0; round < 2; round++) {
            PositionColumns columns = new PositionColumns(batch);
            while (!columns.isFull()) {
                String addOn = batch.rows() % 2 == round ? "310107" : "30011E";
                assertThat(appendTo(columns, BASIC + addOn)).isEqualTo(PositionVerdict.OK);
            }
            for (int row = 0; row < batch.rows(); row++) {
                boolean satellites = row % 2 == round;
                assertThat(batch.isOk(SATELLITES, row)).isEqualTo(satellites);
                assertThat(batch.isOk(NETWORK_SIGNAL, row)).isEqualTo(!satellites);
            }
            batch.clear();
        }
    }

    private static void appendFrame(Batch batch, String hex) {
        byte[] frame = HexFormat.of().parseHex(hex);
        PositionColumns columns = new PositionColumns(batch);
        PositionWalk.Verdict verdict =
                new PositionWalk()
                        .walk(
                                frame,
                                0,
                                frame.length,
                                new PositionWalk.Visitor() {
                                    @Override
                                    public void message(byte[] bytes, int message) {
                                        columns.message(bytes, message, 7, Lineage.VEHICLE, 3, 99);
                                    }

                                    @Override
                                    public void position(
                                            byte[] bytes,
                                            int body,
                                            int end,
                                            int item,
                                            boolean reissued) {
                                        columns.append(bytes, body, end, item, reissued);
                                    }
                                });
        assertThat(verdict).isEqualTo(PositionWalk.Verdict.POSITIONS);
    }

    private static PositionVerdict append(Batch batch, String body) {
        return appendTo(new PositionColumns(batch), body);
    }

    private static PositionVerdict appendTo(PositionColumns columns, String body) {
        byte[] bytes = HexFormat.of().parseHex(body.replace(" ", ""));
        return columns.append(bytes, 0, bytes.length, 0, false);
    }

    /** Every cell of a row that is not absent. */
    static String row(Batch batch, int row) {
        StringJoiner cells = new StringJoiner(" ");
        for (int column = 0; column < batch.schema().size(); column++) {
            if (batch.state(column, row) != CellState.ABSENT) {
                cells.add(batch.schema().column(column).name() + "=" + cell(batch, column, row));
            }
        }
        return cells.toString();
    }

    static String cell(Batch batch, int column, int row) {
        if (!batch.isOk(column, row)) {
            return CellState.name(batch.state(column, row));
        }
        return switch (batch.schema().column(column).type()) {
            case BOOL -> String.valueOf(batch.booleans(column)[row]);
            case INT -> String.valueOf(batch.ints(column)[row]);
            case LONG, TIMESTAMP_MICROS_UTC -> String.valueOf(batch.longs(column)[row]);
            case FLOAT -> String.valueOf(batch.floats(column)[row]);
            case DOUBLE -> String.valueOf(batch.doubles(column)[row]);
            case STRING -> {
                StringColumn strings = batch.strings(column);
                yield strings.get(row);
            }
        };
    }
}
