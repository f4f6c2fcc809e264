package org.roadloop.govern.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.function.ObjIntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VehicleMemoryTest {
    private static final VehicleMemory.Limits LIMITS =
            new VehicleMemory.Limits(300, 40, 45, 30_000_000, 10, 2_000_000, 60_000_000);

    private static VehicleMemory.Row at(long vehicle, long micros) {
        VehicleMemory.Row row = new VehicleMemory.Row(1);
        row.vehicle = vehicle;
        row.micros = micros;
        row.a = 121;
        row.b = 31;
        row.degrees = true;
        row.speedKmh = 0;
        return row;
    }

    @Test
    void idsThatNeverComeAgainDoNotFillTheMemory() {
        VehicleMemory memory = new VehicleMemory(LIMITS, 10);
        long regular = 7;
        int most = 0;
        for (int i = 0; i < 3 * VehicleMemory.MOST_VEHICLES; i++) {
            memory.check(at((i + 1L) * 0x9E3779B97F4A7C15L, 1_000_000));
            if (i % 100_000 == 0) {
                memory.check(at(regular, 1_000_000L * (i / 100_000)));
            }
            most = Math.max(most, memory.size());
        }
        assertThat(most).isLessThanOrEqualTo(VehicleMemory.MOST_VEHICLES + 1);
        assertThat(memory.check(at(regular, 16_000_000))).isEqualTo(VehicleMemory.COMPARED);
    }

    @Test
    void whoIsSilentForADayIsForgottenFirst() {
        VehicleMemory memory = new VehicleMemory(LIMITS, 10);
        for (int day = 0; day < 40; day++) {
            for (int i = 0; i < 1_000; i++) {
                VehicleMemory.Row row = at(day * 1_000L + i + 1 << 20, 0);
                row.arrivalMicros = day * 86_400_000_000L;
                memory.check(row);
            }
        }
        assertThat(memory.size()).isLessThan(5_000);
    }

    /**
     * Drives a circle of 200 m radius, 1 Hz, 54 km/h, noise of a metre; a fault from row 200 on.
     */
    private static int[] drive(ObjIntConsumer<VehicleMemory.Row> fault, Reason reason) {
        long seed = 20_260_611;
        SplittableRandom random = new SplittableRandom(seed);
        VehicleMemory memory = new VehicleMemory(LIMITS, 60);
        int before = 0;
        int after = 0;
        for (int i = 0; i < 1_000; i++) {
            VehicleMemory.Row row = at(7, i * 1_000_000L);
            row.degrees = false;
            double angle = i * 15.0 / 200;
            row.a = 200 * Math.sin(angle) + random.nextDouble() - 0.5;
            row.b = 200 * Math.cos(angle) + random.nextDouble() - 0.5;
            row.speedKmh = 54 + random.nextDouble() * 4 - 2;
            row.headingDegrees = (Math.toDegrees(angle) + 90 + random.nextDouble() * 6 - 3) % 360;
            row.sensors[0] = random.nextDouble();
            row.arrivalMicros = row.micros + 50_000 + random.nextLong(2_000_000);
            if (i >= 200) {
                fault.accept(row, i);
            }
            boolean found = (memory.check(row) & reason.bit()) != 0;
            before += found && i < 200 ? 1 : 0;
            after += found && i >= 200 ? 1 : 0;
        }
        return new int[] {before, after};
    }

    @Test
    void aCleanDriveHasNoFinding() {
        for (Reason reason : Reason.values()) {
            assertThat(drive((_, _) -> {}, reason)).as(reason.label()).containsExactly(0, 0);
        }
    }

    @Test
    void aHeadingThatContradictsTheWayIsFound() {
        int[] found = drive((row, _) -> row.headingDegrees += 100, Reason.HEADING_MISMATCH);
        assertThat(found[0]).isZero();
        assertThat(found[1]).isGreaterThan(780); // the first one has a right end
    }

    @Test
    void drivingBackwardsIsNoFindingWhereOneCan() {
        VehicleMemory memory = new VehicleMemory(LIMITS, 10);
        for (double kmh : new double[] {12, 54}) {
            long found = 0;
            for (int i = 0; i < 5; i++) {
                VehicleMemory.Row row = at((long) kmh, i * 2_000_000L);
                row.degrees = false;
                row.a = -i * 2 * kmh / 3.6; // to the west
                row.b = 0;
                row.speedKmh = kmh;
                row.headingDegrees = 90;
                found |= memory.check(row) & Reason.HEADING_MISMATCH.bit();
            }
            assertThat(found != 0).isEqualTo(kmh > 15);
        }
    }

    @Test
    void aSensorThatSticksWhileDrivingIsFound() {
        int[] found = drive((row, _) -> row.sensors[0] = 12.5, Reason.FROZEN_SENSOR);
        assertThat(found).containsExactly(0, 1_000 - 200 - 60);
        // Parked, the same value is no finding.
        assertThat(
                        drive(
                                (row, i) -> {
                                    row.sensors[0] = 12.5;
                                    row.speedKmh = 0;
                                },
                                Reason.FROZEN_SENSOR))
                .containsExactly(0, 0);
    }

    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    # drift ms a s, found
                      20,           true
                     -20,           true
                       1,           false
                       0,           false
                    """)
    void aClockThatDriftsIsFound(long driftMillisPerSecond, boolean expected) {
        int[] found =
                drive(
                        (row, i) -> row.micros += (i - 200) * driftMillisPerSecond * 1_000,
                        Reason.CLOCK_SKEW);
        assertThat(found[0]).isZero();
        // From 2 s of drift, 100 rows later, and then to the end of two windows at most.
        assertThat(found[1] > 800 - 100 - 2 * 62).isEqualTo(expected);
        assertThat(found[1] == 0).isEqualTo(!expected);
    }

    @Test
    void aQueueThatMakesRowsLateIsNoDrift() {
        int[] found =
                drive(
                        (row, i) -> row.arrivalMicros += i % 4 == 0 ? 0 : 40_000_000,
                        Reason.CLOCK_SKEW);
        assertThat(found).containsExactly(0, 0);
    }
}
