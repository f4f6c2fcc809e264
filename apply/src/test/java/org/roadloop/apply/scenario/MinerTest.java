package org.roadloop.apply.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.apply.twin.Town;
import org.roadloop.apply.twin.TownConfig;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;

class MinerTest {
    private final TrackRows rows = new TrackRows();

    private MiningResult mine() {
        return Miner.mine(rows.batches(), MiningConfig.DEFAULTS);
    }

    /** A car 5 m long and 2 m wide driving north. */
    private void north(String who, double t, double x, double y, double v, double a) {
        rows.add("r", who, t, x, y, v, 0, a, 5, 2);
    }

    @Test
    void brakingHardForHalfASecondIsFoundAndABlipIsNot() {
        for (int k = 0; k < 60; k++) {
            double t = k / 10.0;
            north("long", t, 0, 10 * t, 10, k >= 20 && k < 26 ? -5 : 0);
            north("blip", t, 500, 10 * t, 10, k >= 20 && k < 22 ? -5 : 0);
        }
        assertThat(mine().scenarios())
                .singleElement()
                .satisfies(
                        s -> {
                            assertThat(s.type()).isEqualTo(ScenarioType.HARD_BRAKING);
                            assertThat(s.startSeconds()).isEqualTo(2.0);
                            assertThat(s.endSeconds()).isEqualTo(2.5);
                            assertThat(s.leastAccelerationMps2()).isEqualTo(-5);
                            assertThat(s.other()).isFalse();
                        });
    }

    @Test
    void followingAtHalfASecondIsFoundAndAtOneSecondIsNot() {
        for (int k = 0; k < 50; k++) {
            double t = k / 10.0;
            north("leader", t, 0, 15 * t + 12.5, 15, 0); // 7.5 m gap = 0.5 s
            north("close", t, 0, 15 * t, 15, 0);
            north("leader 2", t, 500, 15 * t + 20, 15, 0); // 15 m gap = 1 s
            north("calm", t, 500, 15 * t, 15, 0);
        }
        assertThat(mine().scenarios())
                .singleElement()
                .satisfies(
                        s -> {
                            assertThat(s.type()).isEqualTo(ScenarioType.CLOSE_FOLLOWING);
                            assertThat(s.minThwSeconds()).isCloseTo(0.5, within(1e-9));
                            assertThat(s.minGapMetres()).isCloseTo(7.5, within(1e-9));
                        });
    }

    @Test
    void approachingAStandingCarFastIsLowTtcWithTheTimeByHand() {
        // 20 m/s towards a standing car; at t = 0 the bumpers are 60 m apart: TTC = 3 - t.
        for (int k = 0; k <= 20; k++) {
            double t = k / 10.0;
            north("fast", t, 0, 20 * t, 20, 0);
            north("standing", t, 0, 65, 0, 0);
        }
        MiningResult result = mine();
        Scenario low =
                result.scenarios().stream()
                        .filter(s -> s.type() == ScenarioType.LOW_TTC)
                        .findFirst()
                        .orElseThrow();
        assertThat(low.startSeconds()).isCloseTo(1.1, within(1e-9)); // TTC < 2 after 1.0 s
        assertThat(low.minTtcSeconds()).isCloseTo(1.0, within(1e-9));
        assertThat(low.speedsDisputed()).isFalse();
        assertThat(result.countsByType().get(ScenarioType.FORWARD_COLLISION)).isEqualTo(1);
    }

    @Test
    void aCarFromTheNextLaneCutsInAndTheCutterIsNotItself() {
        for (int k = 0; k < 80; k++) {
            double t = k / 10.0;
            double side = Math.max(0, Math.min(1, (t - 3) / 2.5));
            north("ego", t, 0, 15 * t, 15, 0);
            north("cutter", t, 3.5 * (1 - side), 15 * t + 14, 15, 0);
        }
        assertThat(mine().scenarios())
                .filteredOn(s -> s.type() == ScenarioType.CUT_IN)
                .singleElement()
                .satisfies(
                        s -> {
                            // The bodies overlap once 3.5 (1 - side) < 2, i.e. after 3 + 2.5·3/7 s.
                            assertThat(s.startSeconds()).isCloseTo(4.1, within(0.01));
                            assertThat(s.minGapMetres()).isCloseTo(9, within(1e-6));
                        });
    }

    @Test
    void changingLaneBehindASteadyCarIsNoCutIn() {
        for (int k = 0; k < 80; k++) {
            double t = k / 10.0;
            double side = Math.max(0, Math.min(1, (t - 3) / 2.5));
            north("ego", t, 3.5 * side, 15 * t, 15, 0);
            north("steady", t, 3.5, 15 * t + 14, 15, 0);
        }
        assertThat(mine().countsByType().get(ScenarioType.CUT_IN)).isZero();
    }

    @Test
    void pathsThatCrossTogetherAreACrossingAndApartAreNot() {
        for (int k = 0; k < 30; k++) {
            double t = k / 10.0;
            north("n", t, 0, -40 + 10 * t, 10, 0);
            rows.add("r", "e", t, -42 + 10 * t, 0, 10, 90, 0, 5, 2);
            north("late n", t, 900, -40 + 10 * t, 10, 0);
            rows.add("r", "late e", t, 900 - 75 + 10 * t, 0, 10, 90, 0, 5, 2);
        }
        assertThat(mine().scenarios())
                .singleElement()
                .satisfies(
                        s -> {
                            assertThat(s.type()).isEqualTo(ScenarioType.CROSSING);
                            // n enters at (40 - 3.5)/10 s and leaves at 4.35 s, e enters at (42 -
                            // 3.5)/10 s.
                            assertThat(s.minPetSeconds()).isCloseTo(3.85 - 4.35, within(1e-6));
                        });
    }

    @Test
    void vehiclesOnDifferentClocksAreInterpolatedToOne() {
        for (int k = 0; k <= 20; k++) {
            double t = k / 10.0;
            north("fast", t, 0, 20 * t, 20, 0);
            north("standing", t + 0.037, 0, 65, 0, 0);
        }
        Scenario low =
                mine().scenarios().stream()
                        .filter(s -> s.type() == ScenarioType.LOW_TTC)
                        .findFirst()
                        .orElseThrow();
        assertThat(low.minTtcSeconds()).isCloseTo(1.0, within(1e-9));
    }

    @Test
    void rowsWithoutAPlaceAreLeftOutAndCounted() {
        north("a", 0, 0, 0, 10, 0);
        north("a", 0.1, 0, 1, 10, 0);
        rows.batches().getFirst().setState(3, 1, CellState.MASKED);
        MiningResult result = mine();
        assertThat(result.rejects()).containsEntry("mine_no_position", 1L).hasSize(1);
        assertThat(result.rows()).isEqualTo(2);
        assertThat(result.vehicleFrames()).isEqualTo(1);
    }

    @Test
    void theResultReadsBackAndTheToolWritesIt(@TempDir Path dir) throws Exception {
        for (int k = 0; k <= 20; k++) {
            north("fast", k / 10.0, 0, 2 * k, 20, 0);
            north("standing", k / 10.0, 0, 65, 0, 0);
        }
        Path out = dir.resolve("scenarios.json");
        MiningResult direct = mine();
        MiningResult written =
                MineTool.run(() -> new ListScan(rows.batches()), out, MiningConfig.DEFAULTS);
        MiningResult read = MiningResult.parse(Files.readString(out));
        assertThat(written.toJson()).isEqualTo(direct.toJson());
        assertThat(read.toJson()).isEqualTo(direct.toJson());
        assertThat(Files.readString(out)).doesNotContain("standing").doesNotContain("x_m");
        assertThatThrownBy(
                        () ->
                                MineTool.run(
                                        () -> new ListScan(List.of()),
                                        dir.resolve("no/x"),
                                        MiningConfig.DEFAULTS))
                .hasMessageContaining("is the directory there?");
    }

    private static final class ListScan implements TableSource.Scan {
        private final Iterator<Batch> batches;

        ListScan(List<Batch> batches) {
            this.batches = batches.iterator();
        }

        @Override
        public Schema schema() {
            return TrackRows.SCHEMA;
        }

        @Override
        public long snapshot() {
            return 1;
        }

        @Override
        public @Nullable Batch next() {
            return batches.hasNext() ? batches.next() : null;
        }

        @Override
        public void close() {}
    }

    /** Ten minutes of the town hold every kind that traffic lights leave possible. */
    @Tag("slow")
    @Test
    void theTownHoldsScenarios() {
        Town town = new Town(TownConfig.of(11, 500, 116.5, 39.9));
        for (int k = 0; k < 3_000; k++) {
            town.step();
            for (int i = 0; i < town.cars(); i++) {
                if (town.nearJunction(i) >= 0) {
                    rows.add(
                            "town",
                            "car" + i,
                            town.timeSeconds(),
                            town.x(i),
                            town.y(i),
                            town.speedMps(i),
                            town.headingDegrees(i),
                            town.accelerationMps2(i),
                            town.lengthMetres(i),
                            town.widthMetres(i));
                }
            }
        }
        MiningResult result = mine();
        assertThat(result.vehicleFrames()).isGreaterThan(300_000);
        assertThat(result.countsByType().get(ScenarioType.HARD_BRAKING)).isPositive();
        assertThat(result.countsByType().get(ScenarioType.CLOSE_FOLLOWING)).isPositive();
        assertThat(result.countsByType().get(ScenarioType.LOW_TTC)).isPositive();
    }
}
