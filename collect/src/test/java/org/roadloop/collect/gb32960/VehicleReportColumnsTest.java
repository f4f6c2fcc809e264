package org.roadloop.collect.gb32960;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.roadloop.collect.Lineage;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;

/** Frames worked by hand from tables 2, 5, 8-19 and B.5-B.8 of GB/T 32960.3-2016. */
class VehicleReportColumnsTest {
    /** Header: ## 02 FE, VIN LTEST000000000001, no encryption, length 0x4c; time 2026-11-22. */
    private static final String FULL =
            "232302fe4c54455354303030303030303030303031"
                    + "01"
                    + "004c"
                    + "1a0b160a1e05"
                    // whole vehicle: on, not charging, electric, 55.0 km/h, 12345.6 km, 400.0 V,
                    // 10.0 A, 87 %, DC/DC on, D + driving force, 1000 kΩ, 30 %, 0 %
                    + "01"
                    + "010301"
                    + "0226"
                    + "0001e240"
                    + "0fa0"
                    + "2774"
                    + "57012e"
                    + "03e8"
                    + "1e00"
                    // one drive motor: 50 °C, 2000 r/min, 10.0 N·m, 40 °C, 400.0 V, 10.0 A
                    + "02"
                    + "01"
                    + "0101"
                    + "5a"
                    + "55f0"
                    + "4e84"
                    + "50"
                    + "0fa0"
                    + "2774"
                    // position valid, 116.397128 E, 39.916527 N
                    + "05"
                    + "00"
                    + "06f01448"
                    + "026113ef"
                    // extremes: 3.740 V, 3.700 V, 25 °C, 22 °C
                    + "06"
                    + "01050e9c"
                    + "01110e74"
                    + "010341"
                    + "01073e"
                    // alarms: level 1, bit 4 (SOC low), no lists
                    + "07"
                    + "01"
                    + "00000010"
                    + "00000000"
                    + "35";

    private static final String INVALID =
            "232303fe4c5445535430303030303030303030303101003e1a0b160a1e05"
                    + "01fffefffffffffffffffffefffffffffffffffeff"
                    + "0501fffffffffffffffe"
                    + "06fffffffffefefffefffffffefefe"
                    + "07ffffffffffffffffff"
                    + "74";

    private static final String OUT_OF_RANGE =
            "232302fe4c5445535430303030303030303030303101001b1a0b160a1e05"
                    + "01040501089900989680"
                    + "27114e2165030fea616566"
                    + "0d";

    private static final String SOUTH_WEST =
            "232302fe4c544553543030303030303030303030310100101a0b160a1e05"
                    + "0506"
                    + "00669f93"
                    + "020696b1"
                    + "ea";

    private static final String SPLIT =
            "232302fe4c544553543030303030303030303030310100201a0b160a1e05"
                    // subsystem 1, 350.0 V, 0.0 A, 240 cells, from 201, 3 in this frame
                    + "0801"
                    + "01"
                    + "0dac"
                    + "2710"
                    + "00f0"
                    + "00c9"
                    + "03"
                    + "0e740e750e76"
                    + "0901"
                    + "01"
                    + "0003"
                    + "3c3d3e"
                    + "78";

    private static final String UNKNOWN_UNIT =
            "232302fe4c5445535430303030303030303030303101001e1a0b160a1e05"
                    + "01010301"
                    + "0226"
                    + "0001e240"
                    + "0fa0"
                    + "2774"
                    + "57012e03e81e00"
                    + "300102"
                    + "69";

    /** User-defined item that looks like a frame start, fuel cell, engine, position at 0, 0. */
    private static final String FUEL_AND_USER =
            "232302fe4c544553543030303030303030303030310100311a0b160a1e05"
                    + "800003232301"
                    + "030d4803e800c800025051019001006402015e0301"
                    + "04010bb801f4"
                    + "05000000000000000000"
                    + "88";

    /** Level 2, bits 0 and 11; one storage code, FE for motors, two engine codes, FF for others. */
    private static final String ALARM_LISTS =
            "232302fe4c5445535430303030303030303030303101001c1a0b160a1e05"
                    + "0702"
                    + "00000801"
                    + "0100000001"
                    + "fe"
                    + "020000000a0000000b"
                    + "ff"
                    + "a2";

    @Test
    void everyFieldOfAFullFrame() {
        Row row = decode(FULL);
        assertThat(row.verdict).isEqualTo(ReportVerdict.OK);
        assertThat(row.text())
                .isEqualTo(
                        """
                        vin=LTEST000000000001
                        collected_at=1795314605000000
                        received_at=77
                        command=2
                        lineage=replay
                        vehicle_state=1
                        charge_state=3
                        drive_mode=1
                        speed_kmh=55.0
                        odometer_km=12345.6
                        voltage_v=400.0
                        current_a=10.0
                        soc_percent=87
                        dcdc_state=1
                        gear=14
                        insulation_kohm=1000
                        accelerator_percent=30
                        brake_percent=0
                        position_valid=true
                        longitude_degrees=116.397128
                        latitude_degrees=39.916527
                        max_cell_v=3.74
                        min_cell_v=3.7
                        max_temp_c=25
                        min_temp_c=22
                        alarm_level=1
                        alarm_flags=16
                        segment=5
                        frame_offset=900
                        first_cell=0
                        edition=2016
                        coordinate_system absent
                        driving_force=true
                        braking_force=false
                        engine_state absent
                        crank_speed_rpm absent
                        fuel_l_per_100km absent
                        remaining_hydrogen_percent absent
                        """);
    }

    @Test
    void invalidAndAbnormalCodesBecomeStates() {
        Row row = decode(INVALID);
        assertThat(row.verdict).isEqualTo(ReportVerdict.OK);
        assertThat(row.states())
                .isEqualTo(
                        """
                        vehicle_state invalid, charge_state abnormal, drive_mode invalid, \
                        speed_kmh invalid, odometer_km invalid, voltage_v abnormal, \
                        current_a invalid, soc_percent invalid, dcdc_state invalid, gear invalid, \
                        insulation_kohm invalid, accelerator_percent abnormal, \
                        brake_percent invalid, longitude_degrees invalid, \
                        latitude_degrees abnormal, max_cell_v invalid, min_cell_v abnormal, \
                        max_temp_c invalid, min_temp_c abnormal, alarm_level invalid, \
                        alarm_flags invalid""");
        assertThat(row.batch.booleans(VehicleReportTable.POSITION_VALID)[0]).isFalse();
        assertThat(row.batch.ints(VehicleReportTable.COMMAND)[0]).isEqualTo(3);
    }

    @Test
    void valuesOutsideTheirRangeAreAbnormal() {
        // 2201 (220.1 km/h), 10000000, 10001, 20001, 101 %, DC/DC 3, 60001 kΩ, 101 %, 102 %.
        assertThat(decode(OUT_OF_RANGE).states())
                .startsWith(
                        "vehicle_state abnormal, charge_state abnormal, speed_kmh abnormal,"
                                + " odometer_km abnormal, voltage_v abnormal, current_a abnormal,"
                                + " soc_percent abnormal, dcdc_state abnormal, insulation_kohm"
                                + " abnormal, accelerator_percent abnormal, brake_percent abnormal,"
                                + " position_valid absent, longitude_degrees absent");
    }

    @Test
    void hemispheresTurnTheSign() {
        Row row = decode(SOUTH_WEST);
        assertThat(row.batch.doubles(VehicleReportTable.LONGITUDE_DEGREES)[0]).isEqualTo(-6.725523);
        assertThat(row.batch.doubles(VehicleReportTable.LATITUDE_DEGREES)[0]).isEqualTo(-33.986225);
        assertThat(row.states()).startsWith("vehicle_state absent");
    }

    @Test
    void splitVoltagesGiveTheirFirstCell() {
        Row row = decode(SPLIT);
        assertThat(row.verdict).isEqualTo(ReportVerdict.OK);
        assertThat(row.batch.ints(VehicleReportTable.FIRST_CELL)[0]).isEqualTo(201);
        int subsystem = CellVoltages.firstSubsystem(30);
        assertThat(value(CellVoltages.VOLTAGE, row.bytes, subsystem)).isEqualTo(350.0);
        assertThat(value(CellVoltages.CURRENT, row.bytes, subsystem)).isEqualTo(0.0);
        assertThat(value(CellVoltages.CELLS, row.bytes, subsystem)).isEqualTo(240);
        int third = CellVoltages.cell(subsystem, 2);
        assertThat(value(CellVoltages.CELL_VOLTAGE, row.bytes, third)).isEqualTo(3.702);
        int probes = ProbeTemperatures.firstSubsystem(30 + 18);
        assertThat(ProbeTemperatures.probes(row.bytes, probes)).isEqualTo(3);
        int hottest = ProbeTemperatures.probe(probes, 2);
        assertThat(value(ProbeTemperatures.TEMPERATURE, row.bytes, hottest)).isEqualTo(22);
    }

    @Test
    void anUnknownUnitEndsTheFrameAndKeepsWhatCameBefore() {
        Row row = decode(UNKNOWN_UNIT);
        assertThat(row.verdict).isEqualTo(ReportVerdict.UNKNOWN_UNIT);
        assertThat(row.batch.doubles(VehicleReportTable.SPEED_KMH)[0]).isEqualTo(55.0);
    }

    @Test
    void unitsWithoutColumnsAreWalkedOver() {
        Row row = decode(FUEL_AND_USER);
        assertThat(row.verdict).isEqualTo(ReportVerdict.OK);
        assertThat(row.batch.isOk(VehicleReportTable.LONGITUDE_DEGREES, 0)).isTrue();
        int fuelCell = 30 + 6;
        assertThat(value(FuelCell.VOLTAGE, row.bytes, fuelCell)).isEqualTo(340.0);
        int second = FuelCell.probe(fuelCell, 1);
        assertThat(value(FuelCell.PROBE_TEMPERATURE, row.bytes, second)).isEqualTo(41);
        int hydrogen = FuelCell.hydrogen(row.bytes, fuelCell);
        assertThat(value(FuelCell.HYDROGEN_TEMPERATURE, row.bytes, hydrogen)).isEqualTo(0.0);
        int engine = fuelCell + 21;
        assertThat(value(Engine.CRANK_SPEED_2016, row.bytes, engine)).isEqualTo(3000);
        assertThat(value(Engine.FUEL_RATE, row.bytes, engine)).isEqualTo(5.0);
        assertThat(row.batch.ints(VehicleReportTable.CRANK_SPEED_RPM)[0]).isEqualTo(3000);
        assertThat(row.batch.doubles(VehicleReportTable.FUEL_L_PER_100KM)[0]).isEqualTo(5.0);
    }

    @Test
    void countsFeAndFfMeanNoListFollows() {
        Row row = decode(ALARM_LISTS);
        assertThat(row.verdict).isEqualTo(ReportVerdict.OK);
        assertThat(row.batch.ints(VehicleReportTable.ALARM_LEVEL)[0]).isEqualTo(2);
        assertThat(row.batch.longs(VehicleReportTable.ALARM_FLAGS)[0]).isEqualTo(0x801);
    }

    @Test
    void motorAccessorsReadTheFieldsOfTheTable() {
        byte[] bytes = HexFormat.of().parseHex(FULL);
        int motor = DriveMotors.motor(Edition.V2016, 51, 0);
        assertThat(DriveMotors.count(bytes, 51)).isEqualTo(1);
        assertThat(value(DriveMotors.CONTROLLER_TEMPERATURE, bytes, motor)).isEqualTo(50);
        assertThat(value(DriveMotors.SPEED_2016, bytes, motor)).isEqualTo(2000);
        assertThat(value(DriveMotors.TORQUE_2016, bytes, motor)).isEqualTo(10.0);
        assertThat(value(DriveMotors.TEMPERATURE_2016, bytes, motor)).isEqualTo(40);
        assertThat(value(DriveMotors.BUS_CURRENT, bytes, motor)).isEqualTo(10.0);
    }

    private static double value(Field field, byte[] bytes, int unit) {
        long raw = field.raw(bytes, unit);
        assertThat(field.state(raw)).isEqualTo(CellState.OK);
        return field.value(raw);
    }

    @Test
    void encodedSamplesComeBackAsTheyWere() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        VehicleSample sample = new VehicleSample();
        for (int round = 0; round < 2000; round++) {
            fillRandomly(sample, random);
            byte[] out = new byte[ReportEncoder.FRAME_BYTES + 7];
            int length =
                    ReportEncoder.write(
                            out, 7, RealTimeReport.COMMAND, "LTEST000000000001".getBytes(), sample);
            assertThat(length).isEqualTo(ReportEncoder.FRAME_BYTES);
            assertThat(Frame.hasRightBcc(out, 7)).isTrue();
            assertThat(RealTimeReport.check(out, 7)).isEqualTo(ReportVerdict.OK);
            Batch batch = new Batch(VehicleReportTable.SCHEMA, 1);
            new VehicleReportColumns(batch).append(out, 7, 0, Lineage.SIMULATED, 0, 0);
            assertThat(batch.longs(VehicleReportTable.COLLECTED_AT)[0])
                    .isEqualTo(sample.collectedAtMicros);
            assertDouble(batch, VehicleReportTable.SPEED_KMH, sample.speedKmh, 0.05);
            assertDouble(batch, VehicleReportTable.ODOMETER_KM, sample.odometerKm, 0.05);
            assertDouble(batch, VehicleReportTable.CURRENT_A, sample.currentA, 0.05);
            assertDouble(batch, VehicleReportTable.MIN_CELL_V, sample.minCellV, 0.0005);
            assertDouble(
                    batch, VehicleReportTable.LONGITUDE_DEGREES, sample.longitudeDegrees, 5e-7);
            assertDouble(batch, VehicleReportTable.LATITUDE_DEGREES, sample.latitudeDegrees, 5e-7);
            assertInt(batch, VehicleReportTable.SOC_PERCENT, sample.socPercent);
            assertInt(batch, VehicleReportTable.GEAR, sample.gear);
            assertInt(batch, VehicleReportTable.BRAKE_PERCENT, sample.brakePercent);
            assertInt(batch, VehicleReportTable.MAX_TEMP_C, sample.maxTemperatureC);
            assertInt(batch, VehicleReportTable.ALARM_LEVEL, sample.alarmLevel);
        }
    }

    /** The encoder against the bytes worked by hand. */
    @Test
    void theEncoderWritesTheBytesOfTheTables() {
        VehicleSample sample = new VehicleSample();
        sample.collectedAtMicros = 1_795_314_605_000_000L;
        sample.vehicleState = 1;
        sample.chargeState = 3;
        sample.driveMode = 1;
        sample.speedKmh = 55;
        sample.odometerKm = 12_345.6;
        sample.voltageV = 400;
        sample.currentA = 10;
        sample.socPercent = 87;
        sample.dcdcState = 1;
        sample.gear = 14;
        sample.insulationKohm = 1000;
        sample.positionValid = true;
        sample.longitudeDegrees = 116.397128;
        sample.latitudeDegrees = 39.916527;
        byte[] out = new byte[ReportEncoder.FRAME_BYTES];
        ReportEncoder.write(out, 0, 2, "LTEST000000000001".getBytes(), sample);
        assertThat(HexFormat.of().formatHex(out))
                .startsWith(
                        "232302fe4c54455354303030303030303030303031010"
                                + "03e"
                                + "1a0b160a1e05"
                                + "010103010226"
                                + "0001e240"
                                + "0fa0"
                                + "2774"
                                + "57010e03e8ffff"
                                + "05"
                                + "00"
                                + "06f01448"
                                + "026113ef"
                                + "06"
                                + "ffffffff"
                                + "ffffffff"
                                + "ffffff"
                                + "ffffff"
                                + "07"
                                + "ff"
                                + "ffffffff"
                                + "ffffffff");
    }

    private static void fillRandomly(VehicleSample sample, Random random) {
        sample.clear();
        sample.collectedAtMicros = (946_684_800L + random.nextInt(2_000_000_000)) * 1_000_000;
        if (random.nextBoolean()) {
            sample.speedKmh = random.nextDouble() * 220;
            sample.odometerKm = random.nextDouble() * 999_999;
            sample.currentA = random.nextDouble() * 2000 - 1000;
            sample.minCellV = random.nextDouble() * 15;
        }
        if (random.nextBoolean()) {
            sample.longitudeDegrees = random.nextDouble() * 360 - 180;
            sample.latitudeDegrees = random.nextDouble() * 180 - 90;
        }
        if (random.nextBoolean()) {
            sample.socPercent = random.nextInt(101);
            sample.gear = random.nextInt(16);
            sample.brakePercent = random.nextInt(102);
            sample.maxTemperatureC = random.nextInt(251) - 40;
            sample.alarmLevel = random.nextInt(4);
        }
    }

    private static void assertDouble(Batch batch, int column, double expected, double within) {
        if (Double.isNaN(expected)) {
            assertThat(batch.state(column, 0)).isEqualTo(CellState.INVALID);
        } else {
            assertThat(batch.state(column, 0)).isEqualTo(CellState.OK);
            assertThat(Math.abs(batch.doubles(column)[0] - expected))
                    .isLessThanOrEqualTo(within * 1.0001);
        }
    }

    private static void assertInt(Batch batch, int column, int expected) {
        if (expected == VehicleSample.UNKNOWN) {
            assertThat(batch.state(column, 0)).isEqualTo(CellState.INVALID);
        } else {
            assertThat(batch.state(column, 0)).isEqualTo(CellState.OK);
            assertThat(batch.ints(column)[0]).isEqualTo(expected);
        }
    }

    private static Row decode(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertThat(Frame.frameBytes(bytes, 0)).isEqualTo(bytes.length);
        assertThat(Frame.hasRightBcc(bytes, 0)).isTrue();
        Batch batch = new Batch(VehicleReportTable.SCHEMA, 4);
        ReportVerdict verdict =
                new VehicleReportColumns(batch).append(bytes, 0, 77, Lineage.REPLAY, 5, 900);
        assertThat(RealTimeReport.check(bytes, 0)).isEqualTo(verdict);
        return new Row(bytes, batch, verdict);
    }

    private record Row(byte[] bytes, Batch batch, ReportVerdict verdict) {
        String text() {
            StringBuilder text = new StringBuilder();
            for (int c = 0; c < batch.schema().size(); c++) {
                text.append(batch.schema().column(c).name());
                if (!batch.isOk(c, 0)) {
                    text.append(' ').append(CellState.name(batch.state(c, 0))).append('\n');
                    continue;
                }
                text.append('=');
                text.append(
                        switch (batch.schema().column(c).type()) {
                            case BOOL -> batch.booleans(c)[0];
                            case INT -> batch.ints(c)[0];
                            case LONG, TIMESTAMP_MICROS_UTC -> batch.longs(c)[0];
                            case FLOAT -> batch.floats(c)[0];
                            case DOUBLE -> batch.doubles(c)[0];
                            case STRING -> batch.strings(c).get(0);
                        });
                text.append('\n');
            }
            return text.toString();
        }

        /** The cells that are not ok, of the columns that both editions fill. */
        String states() {
            StringBuilder text = new StringBuilder();
            for (int c = 0; c < VehicleReportTable.EDITION; c++) {
                if (!batch.isOk(c, 0)) {
                    text.append(text.isEmpty() ? "" : ", ")
                            .append(batch.schema().column(c).name())
                            .append(' ')
                            .append(CellState.name(batch.state(c, 0)));
                }
            }
            return text.toString();
        }
    }
}
