package org.roadloop.apply.twin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TownTest {
    @Test
    void theSameSeedGivesTheSameTrajectoriesBitForBit() {
        assertThat(fingerprint(7)).isEqualTo(fingerprint(7)).isNotEqualTo(fingerprint(8));
    }

    private static long fingerprint(long seed) {
        Town town = new Town(TownConfig.of(seed, 500, 116.5, 39.9));
        long hash = 17;
        for (int k = 0; k < 300; k++) {
            town.step();
            for (int i = 0; i < town.cars(); i++) {
                hash = hash * 31 + Double.doubleToLongBits(town.x(i));
                hash = hash * 31 + Double.doubleToLongBits(town.y(i));
                hash = hash * 31 + Double.doubleToLongBits(town.speedMps(i));
            }
        }
        return hash;
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({"1, 500", "2, 1000", "3, 2000"})
    void carsNeverOverlapAndTheTownNeverLocksUp(long seed, int cars) {
        Town town = new Town(TownConfig.of(seed, cars, 116.5, 39.9));
        double lateSpeed = 0;
        double hardest = 0;
        double fastest = 0;
        int lateTicks = 0;
        for (int k = 0; k < 4_000; k++) {
            town.step();
            for (int i = 0; i < cars; i++) {
                hardest = Math.min(hardest, town.accelerationMps2(i));
                fastest = Math.max(fastest, town.speedMps(i));
            }
            if (k % 5 == 0) {
                assertNoOverlap(town, seed);
            }
            if (k >= 3_000) {
                lateTicks++;
                for (int i = 0; i < cars; i++) {
                    lateSpeed += town.speedMps(i) / cars;
                }
            }
        }
        assertThat(lateSpeed / lateTicks)
                .as("mean speed m/s after 300 s, seed %d", seed)
                .isGreaterThan(0.8);
        assertThat(fastest).isBetween(12.0, 25.0);
        assertThat(hardest).isBetween(-Idm.HARDEST_BRAKING_MPS2 - 1e-9, -4.0);
    }

    /** Separating axes of two rectangles, shrunk by 5 cm all round. */
    private static void assertNoOverlap(Town town, long seed) {
        int cars = town.cars();
        for (int i = 0; i < cars; i++) {
            for (int j = i + 1; j < cars; j++) {
                double dx = town.x(j) - town.x(i);
                double dy = town.y(j) - town.y(i);
                if (dx * dx + dy * dy > 40) {
                    continue;
                }
                double gap =
                        Math.max(separation(town, i, j, dx, dy), separation(town, j, i, dx, dy));
                if (gap <= -0.1) {
                    assertThat(gap)
                            .as(
                                    "seed %d t %.1f cars %d on %d, %d on %d",
                                    seed, town.timeSeconds(), i, town.lane(i), j, town.lane(j))
                            .isGreaterThan(-0.1);
                }
            }
        }
    }

    private static double separation(Town town, int a, int b, double dx, double dy) {
        double angle = Math.toRadians(town.headingDegrees(a));
        double turn = Math.toRadians(town.headingDegrees(b)) - angle;
        double ahead = Math.abs(dx * Math.sin(angle) + dy * Math.cos(angle));
        double aside = Math.abs(dx * Math.cos(angle) - dy * Math.sin(angle));
        double c = Math.abs(Math.cos(turn));
        double s = Math.abs(Math.sin(turn));
        double along =
                (town.lengthMetres(a) + c * town.lengthMetres(b) + s * town.widthMetres(b)) / 2;
        double across =
                (town.widthMetres(a) + s * town.lengthMetres(b) + c * town.widthMetres(b)) / 2;
        return Math.max(ahead - along, aside - across);
    }

    @Test
    void followersSettleAtTheEquilibriumGapOfTreiber2000() {
        // Closed form, Phys. Rev. E 62, equation 10: s_e(v) = (s0 + v T) / sqrt(1 - (v/v0)^4).
        Idm driver = new Idm(15, 1.5, 2, 1.4, 2);
        double leaderSpeed = 10;
        double leader = 100;
        double follower = 0;
        double speed = 3;
        for (int k = 0; k < 20_000; k++) {
            double a = driver.acceleration(speed, leader - follower, leaderSpeed, 99);
            speed = Math.max(0, speed + a * 0.1);
            follower += speed * 0.1;
            leader += leaderSpeed * 0.1;
        }
        double expected = (2 + 10 * 1.5) / Math.sqrt(1 - Math.pow(10.0 / 15, 4));
        assertThat(leader - follower).isCloseTo(expected, within(1e-6));
        assertThat(driver.equilibriumGap(10)).isCloseTo(expected, within(1e-12));
    }

    @Test
    void vinsAreMadeUpWithAValidCheckDigit() {
        // The worked example of 49 CFR 565.15 tables: check digit of 1M8GDM9AXKP042788 is X.
        assertThat(Vin.checkDigit("1M8GDM9A_KP042788")).isEqualTo('X');
        assertThat(Vin.checkDigit("11111111111111111")).isEqualTo('1');
        Town town = new Town(TownConfig.of(1, 50, 116.5, 39.9));
        assertThat(town.vin(0)).hasSize(17).startsWith("A00").isNotEqualTo(town.vin(1));
        assertThat(town.vin(0).charAt(8)).isEqualTo(Vin.checkDigit(town.vin(0)));
    }

    @Test
    void positionsFollowSpeedAndHeading() {
        Town town = new Town(TownConfig.of(5, 300, 116.5, 39.9));
        for (int k = 0; k < 200; k++) {
            town.step();
        }
        for (int k = 0; k < 100; k++) {
            double[] x = new double[300];
            double[] y = new double[300];
            for (int i = 0; i < 300; i++) {
                x[i] = town.x(i);
                y[i] = town.y(i);
            }
            town.step();
            for (int i = 0; i < 300; i++) {
                double moved = Math.hypot(town.x(i) - x[i], town.y(i) - y[i]);
                assertThat(moved).isCloseTo(town.speedMps(i) * 0.1, within(0.04));
                if (town.speedMps(i) > 3) {
                    double course = Math.toDegrees(Math.atan2(town.x(i) - x[i], town.y(i) - y[i]));
                    double off = course - town.headingDegrees(i);
                    off -= 360 * Math.rint(off / 360);
                    assertThat(off).as("car %d lane %d", i, town.lane(i)).isCloseTo(0, within(8.0));
                }
            }
        }
        assertThat(town.lonDegrees(0)).isCloseTo(116.5, within(0.02));
        assertThat(town.latDegrees(0)).isCloseTo(39.9, within(0.02));
    }

    @Test
    void someCarsAreNearEquippedJunctions() {
        Town town = new Town(TownConfig.of(5, 500, 116.5, 39.9));
        town.step();
        int near = 0;
        for (int i = 0; i < town.cars(); i++) {
            int junction = town.nearJunction(i);
            if (junction >= 0) {
                near++;
                assertThat(town.equipped(junction)).isTrue();
                assertThat(
                                Math.hypot(
                                        town.x(i) - town.junctionX(junction),
                                        town.y(i) - town.junctionY(junction)))
                        .isLessThanOrEqualTo(Town.NEAR_METRES);
            }
        }
        assertThat(near).isBetween(50, 400);
    }

    @Test
    void tooManyCarsAreRefusedWithTheWayOut() {
        assertThatThrownBy(() -> new Town(TownConfig.of(1, 9_000, 116.5, 39.9)))
                .hasMessageContaining("9000 cars do not fit");
    }
}
