package org.roadloop.apply.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.roadloop.apply.scenario.TrackRows;
import org.roadloop.apply.twin.Town;
import org.roadloop.apply.twin.TownConfig;

class SafetyMonitorTest {
    private final List<Alarm> alarms = new ArrayList<>();
    private long clock;
    private final SafetyMonitor monitor =
            new SafetyMonitor(MonitorConfig.DEFAULTS, alarms::add, () -> clock + 1_000);

    /** A car 5 × 2 m at junction 1. */
    private void hear(long who, double t, double x, double y, double v, double heading, double a) {
        clock = Math.round(t * 1e9);
        monitor.on(who, 1, Math.round(t * 1e6), x, y, v, heading, a, 5, 2, clock);
    }

    /** The recorded unit warned at T_s = 0, see PilotEventsTest. */
    @Test
    void theForwardCollisionEventOfNewYorkIsWarnedOfBeforeTheRecordedWarning() throws IOException {
        for (TrackRows.Message m : TrackRows.pilotEvent("nycdot-fcw-event.json")) {
            clock = Math.round((m.seconds() + 60) * 1e9);
            long id = Long.parseLong(m.vehicle(), 16);
            monitor.on(
                    id,
                    0,
                    clock / 1_000,
                    m.x(),
                    m.y(),
                    m.speed(),
                    m.heading(),
                    m.acceleration(),
                    m.length(),
                    m.width(),
                    clock);
        }
        assertThat(alarms)
                .singleElement()
                .satisfies(
                        a -> {
                            assertThat(a.kind()).isEqualTo(Alarm.Kind.FCW);
                            assertThat(a.ego()).isEqualTo(0xC7D30386L);
                            assertThat(a.other()).isEqualTo(0xA305214AL);
                            assertThat(a.timeMicros() / 1e6 - 60).isBetween(-5.0, 0.1);
                            assertThat(a.ttcSeconds()).isCloseTo(2.1, within(0.15));
                            assertThat(a.latencyNanos()).isEqualTo(1_000);
                        });
    }

    @Test
    void aCalmPlatoonIsLeftInPeace() {
        for (int k = 0; k < 300; k++) {
            double t = k / 10.0;
            for (int i = 0; i < 10; i++) {
                double v = 14 + Math.sin(t / 3 - i);
                hear(
                        i,
                        t + i * 0.007,
                        0,
                        30 * (10 - i) + 14 * t - 3 * Math.cos(t / 3 - i),
                        v,
                        0,
                        Math.cos(t / 3 - i) / 3);
            }
        }
        assertThat(alarms).isEmpty();
        assertThat(monitor.messages()).isEqualTo(3_000);
        assertThat(monitor.trackedVehicles()).isEqualTo(10);
    }

    @Test
    void anAlarmNeedsTwoOfThreeAndComesOnce() {
        // 20 m/s towards a standing car: TTC falls below 3 s after the message of t = 0.
        for (int k = 0; k <= 15; k++) {
            double t = k / 10.0;
            hear(2, t, 0, 65.5, 0, 0, 0);
            hear(1, t, 0, 20 * t, 20, 0, 0);
        }
        assertThat(alarms)
                .singleElement()
                .satisfies(
                        a -> {
                            assertThat(a.kind()).isEqualTo(Alarm.Kind.FCW);
                            assertThat(a.timeMicros()).isEqualTo(200_000); // 3.025, 2.925, 2.825 s
                            assertThat(a.ttcSeconds()).isCloseTo(2.825, within(1e-9));
                        });
    }

    @Test
    void crossingPathsWarnBothAndHardBrakingWarnsTheFollower() {
        for (int k = 0; k <= 20; k++) {
            double t = k / 10.0;
            hear(1, t, 0, -45 + 12 * t, 12, 0, 0);
            hear(2, t + 0.02, -45 + 12 * (t + 0.02), 0, 12, 90, 0);
            hear(3, t, 2_000, 12 * t + 30, 12, 0, k > 10 ? -6 : 0);
            hear(4, t + 0.01, 2_000, 12 * (t + 0.01), 12, 0, 0);
        }
        assertThat(alarms)
                .extracting(Alarm::kind)
                .containsExactlyInAnyOrder(Alarm.Kind.ICW, Alarm.Kind.ICW, Alarm.Kind.EBW);
        assertThat(alarms)
                .filteredOn(a -> a.kind() == Alarm.Kind.ICW)
                .extracting(Alarm::ego)
                .containsExactlyInAnyOrder(1L, 2L);
        assertThat(alarms)
                .filteredOn(a -> a.kind() == Alarm.Kind.EBW)
                .singleElement()
                .satisfies(
                        a -> {
                            assertThat(
                                            a.event(java.time.Instant.EPOCH, "did:web:x")
                                                    .json()
                                                    .required("kind")
                                                    .asString())
                                    .isEqualTo("EBW");
                            assertThat(a.ego()).isEqualTo(4);
                            assertThat(a.other()).isEqualTo(3);
                        });
    }

    @Test
    void silentVehiclesAreForgottenAndAFullTableCounts() {
        MonitorConfig small = new MonitorConfig(8, 100, 3, 3, 0.5, 3, -4.5, 2.5, 4);
        SafetyMonitor tight = new SafetyMonitor(small, alarms::add, () -> clock);
        for (int i = 0; i < 10; i++) {
            tight.on(i, 0, 1, i * 1_000, 0, 10, 0, 0, 5, 2, 0);
        }
        assertThat(tight.trackedVehicles()).isEqualTo(8);
        assertThat(tight.rejects()).containsEntry("monitor_full", 2L);
        for (int k = 0; k < 8; k++) {
            tight.on(77, 0, 5_000_000 + k, 0, 0, 10, 0, 0, 5, 2, 5_000_000_000L);
        }
        assertThat(tight.trackedVehicles()).isEqualTo(1);
        tight.on(77, 0, 5_000_000, 0, 0, 10, 0, 0, 5, 2, 5_000_000_000L);
        tight.on(77, 0, 6_000_000, Double.NaN, 0, 10, 0, 0, 5, 2, 5_000_000_000L);
        assertThat(tight.rejects())
                .containsEntry("monitor_late", 1L)
                .containsEntry("monitor_invalid", 1L);
    }

    /**
     * Law: after any adds, moves and removals a lookup and a walk over the cells find who is there.
     */
    @Test
    void theVehicleTableAgreesWithAMap() {
        for (long seed = 1; seed <= 5; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Vehicles table = new Vehicles(64, 100);
            Map<Long, Integer> map = new HashMap<>();
            for (int k = 0; k < 20_000; k++) {
                long id = random.nextInt(96) * 0x1_0000_0001L;
                Integer slot = map.get(id);
                assertThat(table.find(id))
                        .as("seed %d step %d", seed, k)
                        .isEqualTo(slot == null ? -1 : slot);
                if (slot == null && map.size() < 64) {
                    slot = table.add(id);
                    map.put(id, slot);
                } else if (slot != null && random.nextInt(3) == 0) {
                    table.remove(slot);
                    map.remove(id);
                    continue;
                }
                if (slot != null) {
                    table.x[slot] = random.nextInt(-500, 500);
                    table.y[slot] = random.nextInt(-500, 500);
                    table.settle(slot);
                    boolean there = false;
                    int bucket =
                            table.bucket(0, table.cell(table.x[slot]), table.cell(table.y[slot]));
                    for (int s = table.head(bucket); s != -1; s = table.next(s)) {
                        there |= s == slot;
                    }
                    assertThat(there).as("seed %d step %d", seed, k).isTrue();
                }
            }
            assertThat(table.count()).isEqualTo(map.size());
        }
    }

    @Test
    void percentilesAreUpperBoundsWithinATwelfth() {
        LatencyHistogram histogram = new LatencyHistogram();
        for (int i = 1; i <= 100_000; i++) {
            histogram.record(i * 10L);
        }
        assertThat(histogram.percentileNanos(0.5)).isBetween(500_000L, 540_000L);
        assertThat(histogram.percentileNanos(0.99)).isBetween(990_000L, 1_000_000L);
        assertThat(histogram.percentileNanos(1)).isEqualTo(1_000_000);
    }

    @Tag("slow")
    @Test
    void anAccidentInTheTownIsSeenComing() {
        Town town = new Town(TownConfig.of(3, 1_000, 116.5, 39.9));
        SafetyMonitor live = new SafetyMonitor(MonitorConfig.DEFAULTS, alarms::add);
        for (int k = 0; k < 1_200; k++) {
            town.step();
            for (int i = 0; i < town.cars(); i++) {
                int junction = town.nearJunction(i);
                if (junction >= 0) {
                    live.on(
                            i,
                            junction,
                            town.tick() * 100_000,
                            town.x(i),
                            town.y(i),
                            town.speedMps(i),
                            town.headingDegrees(i),
                            town.accelerationMps2(i),
                            town.lengthMetres(i),
                            town.widthMetres(i),
                            System.nanoTime());
                }
            }
        }
        assertThat(live.alarmsByKind().get(Alarm.Kind.FCW)).isPositive();
    }
}
