package org.roadloop.collect.gb32960;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.roadloop.collect.Lineage;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;

/**
 * Frames worked by hand from tables 7-27 of GB/T 32960.3-2025, and the traps between the editions.
 */
class Edition2025Test {
    private static final String TIME = "1a0b160a1e05";

    /** On, not charging, electric, 250.0 km/h, 12345.6 km, 800.0 V, −10.0 A, 87 %, D, 1000 kΩ. */
    private static final String WHOLE_VEHICLE =
            "01" + "010301" + "09c4" + "0001e240" + "1f40" + "74cc" + "57012e" + "03e8";

    private static final String POSITION = "05" + "00" + "02" + "06f01448" + "026113ef";

    /** Thermal event: level 4, bit 23, one level of alarm 23. */
    private static final String ALARMS = "06" + "04" + "00800000" + "00000000" + "01" + "1704";

    @Test
    void sameMeaningSameColumnOtherRangesAndOffsets() {
        Batch row = decode("24", WHOLE_VEHICLE + POSITION + ALARMS, ReportVerdict.OK);
        assertThat(row.doubles(VehicleReportTable.SPEED_KMH)[0]).isEqualTo(250.0);
        assertThat(row.isOk(VehicleReportTable.SPEED_KMH, 0)).isTrue();
        assertThat(row.doubles(VehicleReportTable.VOLTAGE_V)[0]).isEqualTo(800.0);
        assertThat(row.doubles(VehicleReportTable.CURRENT_A)[0]).isEqualTo(-10.0);
        assertThat(row.ints(VehicleReportTable.GEAR)[0]).isEqualTo(14);
        assertThat(row.booleans(VehicleReportTable.DRIVING_FORCE)[0]).isTrue();
        assertThat(row.ints(VehicleReportTable.INSULATION_KOHM)[0]).isEqualTo(1000);
        assertThat(row.state(VehicleReportTable.BRAKE_PERCENT, 0)).isEqualTo(CellState.ABSENT);
        assertThat(row.ints(VehicleReportTable.COORDINATE_SYSTEM)[0]).isEqualTo(2);
        assertThat(row.doubles(VehicleReportTable.LONGITUDE_DEGREES)[0]).isEqualTo(116.397128);
        assertThat(row.doubles(VehicleReportTable.LATITUDE_DEGREES)[0]).isEqualTo(39.916527);
        assertThat(row.ints(VehicleReportTable.ALARM_LEVEL)[0]).isEqualTo(4);
        assertThat(row.longs(VehicleReportTable.ALARM_FLAGS)[0]).isEqualTo(1 << 23);
        assertThat(row.ints(VehicleReportTable.EDITION)[0]).isEqualTo(2025);
        assertThat(row.state(VehicleReportTable.MAX_CELL_V, 0)).isEqualTo(CellState.ABSENT);
    }

    /** Type 06 is extreme values in one edition and alarms in the other: the start bytes decide. */
    @Test
    void theSameBytesMeanAnotherUnitInTheOtherEdition() {
        String extremes = "06" + "01050e9c" + "01110e74" + "010341" + "01073e";
        Batch row = decode("23", extremes, ReportVerdict.OK);
        assertThat(row.doubles(VehicleReportTable.MAX_CELL_V)[0]).isEqualTo(3.74);
        // As alarms: level 01, flags 050e9c01, lists of 17 and more codes: too short.
        decode("24", extremes, ReportVerdict.UNIT_LENGTH);
        decode("23", "30" + "01", ReportVerdict.UNKNOWN_UNIT);
    }

    @Test
    void bit7OfTheGearSaysThatItIsNotValid() {
        String notValid = WHOLE_VEHICLE.replace("57012e", "57018e");
        Batch row = decode("24", notValid, ReportVerdict.OK);
        assertThat(row.state(VehicleReportTable.GEAR, 0)).isEqualTo(CellState.INVALID);
    }

    @Test
    void everyListIsATable() {
        String units =
                // Two motors: −31,000 r/min and −20,000.0 N·m, then invalid ones.
                "02"
                        + "02"
                        + "0101"
                        + "5a"
                        + "03e8"
                        + "00000000"
                        + "50"
                        + "0202ffffffffffffffff"
                        // Hydrogen 25 °C probe 3, 0.5 % sensor 4, 35.0 MPa sensor 5, 60 %, 50 °C.
                        + "03"
                        + "0041"
                        + "03"
                        + "1388"
                        + "04"
                        + "015e"
                        + "05"
                        + "01"
                        + "3c"
                        + "5a"
                        // Pack 1: 350.0 V, −3000.0 A, cells 3.700 V and invalid.
                        + "07"
                        + "01"
                        + "01"
                        + "0dac"
                        + "0000"
                        + "0002"
                        + "0e74"
                        + "ffff"
                        // Pack 1: 20 °C, abnormal.
                        + "08"
                        + "01"
                        + "01"
                        + "0002"
                        + "3cfe"
                        // Stack 1: 200.0 V, 100.0 A, −100.0 kPa, 50.0 kPa, 10 °C, one probe of 60
                        // °C.
                        + "30"
                        + "01"
                        + "01"
                        + "07d0"
                        + "03e8"
                        + "0000"
                        + "05dc"
                        + "32"
                        + "0001"
                        + "64"
                        // Super capacitor 1: 100.0 V, 0.0 A, one cell of 2.500 V, one probe of 15
                        // °C.
                        + "31"
                        + "01"
                        + "03e8"
                        + "7530"
                        + "0001"
                        + "09c4"
                        + "0001"
                        + "37"
                        + "32"
                        + "01"
                        + "012c"
                        + "0a28"
                        + "01"
                        + "0001"
                        + "09c4"
                        + "01"
                        + "0102"
                        + "41"
                        + "01"
                        + "0003"
                        + "32"
                        + ALARMS;
        byte[] frame = frame("24", units);
        Batch reports = new Batch(VehicleReportTable.SCHEMA, 1);
        VehicleReportColumns columns = new VehicleReportColumns(reports);
        assertThat(columns.append(frame, 0, 0, Lineage.VEHICLE, 0, 0)).isEqualTo(ReportVerdict.OK);
        ReportDetails details = new ReportDetails(1024);
        assertThat(details.hasRoom(frame, 0)).isTrue();
        details.append(frame, columns, 0);
        StringBuilder text = new StringBuilder();
        details.batches().forEach(batch -> text.append(rows(batch)).append('\n'));
        assertThat(text.toString())
                .isEqualTo(
                        """
                        0 1 1 50 -31000 -20000.0 40 absent absent
                        0 2 2 invalid invalid invalid invalid absent absent

                        0 1 1 350.0 -3000.0 2
                        0 2 1 100.0 0.0 1

                        0 1 1 1 3700
                        0 1 1 2 invalid
                        0 2 1 1 2500

                        0 1 1 1 20
                        0 1 1 2 abnormal
                        0 4 1 1 60
                        0 2 1 1 15

                        0 2 1 300 2.6 1 1 2.5 1 258 25 1 3 10

                        0 5 23 4

                        0 absent absent absent 25.0 3 absent 0.5 4 35.0 5 1 60 50

                        0 1 200.0 100.0 -100.0 50.0 10

                        """);
        assertThat(reports.ints(VehicleReportTable.REMAINING_HYDROGEN_PERCENT)[0]).isEqualTo(60);
    }

    /** FF is a legal byte in every body: the signature is found by walking. */
    @Test
    void theSignatureIsTheFfInThePlaceOfAType() {
        String signed = WHOLE_VEHICLE.replace("0001e240", "ffffffff") + "ff" + "02000201020000";
        ReportUnits units = new ReportUnits();
        byte[] frame = frame("24", signed);
        assertThat(units.walk(frame, 0)).isEqualTo(ReportVerdict.OK);
        int mark = units.first(VehicleSignature.MARK);
        assertThat(mark).isEqualTo(30 + 19);
        assertThat(VehicleSignature.algorithm(frame, mark))
                .isEqualTo(VehicleSignature.ALGORITHM_RSA);
        assertThat(VehicleSignature.rBytes(frame, mark)).isEqualTo(2);
        assertThat(VehicleSignature.sBytes(frame, mark)).isZero();
        assertThat(units.walk(frame("24", signed.substring(0, signed.length() - 2)), 0))
                .isEqualTo(ReportVerdict.UNIT_LENGTH);
        // Something behind it: kept in the raw frame, the rest is good.
        assertThat(units.walk(frame("24", signed + "0102"), 0))
                .isEqualTo(ReportVerdict.UNKNOWN_UNIT);
    }

    @Test
    void theTimeIsNoBcd() {
        byte[] frame = frame("24", WHOLE_VEHICLE);
        // 26-11-22 10:30:05 in Beijing. Read as BCD it would be 2026 only by the year's chance.
        assertThat(CollectionTime.micros(frame, 24)).isEqualTo(1_795_314_605_000_000L);
        byte[] bcd = HexFormat.of().parseHex("261122103005");
        assertThat(CollectionTime.micros(bcd, 0)).isEqualTo(CollectionTime.INVALID);
    }

    @Test
    void everyRandomReportGivesAsManyRowsAsItsCountsSay() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        RandomFrames frames = new RandomFrames(new Random(seed));
        Batch reports = new Batch(VehicleReportTable.SCHEMA, 64);
        VehicleReportColumns columns = new VehicleReportColumns(reports);
        ReportDetails details = new ReportDetails(4096);
        for (int i = 0; i < 500; i++) {
            byte[] frame = frames.fullReport(i % 2 == 0);
            if (reports.isFull() || !details.hasRoom(frame, 0)) {
                reports.clear();
                details.batches().forEach(Batch::clear);
                assertThat(details.hasRoom(frame, 0)).isTrue();
            }
            int row = reports.rows();
            int before = details.batches().stream().mapToInt(Batch::rows).sum();
            assertThat(columns.append(frame, 0, 0, Lineage.VEHICLE, 0, i))
                    .isEqualTo(ReportVerdict.OK);
            details.append(frame, columns, row);
            int after = details.batches().stream().mapToInt(Batch::rows).sum();
            assertThat(after).isGreaterThan(before);
            for (Batch batch : details.batches()) {
                if (batch.rows() > 0) {
                    assertThat(batch.ints(0)[batch.rows() - 1]).isLessThanOrEqualTo(row);
                }
            }
        }
    }

    private static Batch decode(String start, String units, ReportVerdict expected) {
        byte[] frame = frame(start, units);
        Batch batch = new Batch(VehicleReportTable.SCHEMA, 1);
        assertThat(new VehicleReportColumns(batch).append(frame, 0, 0, Lineage.VEHICLE, 0, 0))
                .isEqualTo(expected);
        return batch;
    }

    private static byte[] frame(String start, String units) {
        String data = TIME + units;
        byte[] frame =
                HexFormat.of()
                        .parseHex(
                                start
                                        + start
                                        + "02fe4c54455354303030303030303030303031"
                                        + "01"
                                        + HexFormat.of().toHexDigits((short) (data.length() / 2))
                                        + data
                                        + "00");
        for (int i = 2; i < frame.length - 1; i++) {
            frame[frame.length - 1] ^= frame[i];
        }
        return frame;
    }

    private static String rows(Batch batch) {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < batch.rows(); row++) {
            for (int c = 0; c < batch.schema().size(); c++) {
                text.append(c == 0 ? "" : " ").append(cell(batch, c, row));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static Object cell(Batch batch, int c, int row) {
        if (!batch.isOk(c, row)) {
            return CellState.name(batch.state(c, row));
        }
        return switch (batch.schema().column(c).type()) {
            case INT -> batch.ints(c)[row];
            case LONG -> batch.longs(c)[row];
            default -> batch.doubles(c)[row];
        };
    }
}
