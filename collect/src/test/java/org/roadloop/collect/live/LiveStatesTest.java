package org.roadloop.collect.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.roadloop.collect.live.LiveField.*;
import static org.roadloop.collect.live.LiveRig.vin;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.LinkSession;
import org.roadloop.collect.jt808.Position;
import org.roadloop.collect.jt808.PositionBatch;
import org.roadloop.collect.jt808.PositionMessage;
import org.roadloop.core.table.LogPosition;

/** What the live state shows of reports that come late, twice, in parts, or from the future. */
class LiveStatesTest {
    private static final String PHONE = "13912345678";

    @TempDir Path folder;

    private static String position(double longitude, double latitude) {
        return "{'unit':'Position','positionValid':true,'longitudeDegrees':%s,'latitudeDegrees':%s}"
                .formatted(longitude, latitude);
    }

    private static String alarms(int level) {
        return "{'unit':'Alarms','highestLevel':%d,'alarms':['socLow'],'storageFaults':[],'motorFaults':[],'engineFaults':[],'otherFaults':[]}"
                .formatted(level);
    }

    private static String cells(String... volts) {
        return "{'unit':'PackVoltages','packs':[{'number':1,'voltageV':360,'currentA':-12.5,'cellVoltagesV':[%s]}]}"
                .formatted(String.join(",", volts));
    }

    @Test
    void whatWasCollectedEarlierNeverTakesThePlaceOfWhatIsKnown() throws Exception {
        try (LiveRig rig = new LiveRig(folder)) {
            rig.at(0).report(0, position(121.5, 31.2));
            rig.at(5).report(-30, position(1, 2) + "," + alarms(2));
            assertThat(rig.values(LONGITUDE, LATITUDE)).isEqualTo("121.5 31.2");
            // Of the alarms nothing was known: the older report is the newest there.
            assertThat(rig.values(ALARM_LEVEL, ALARM_FLAGS)).isEqualTo("2.0 16.0");
            rig.at(6).report("ReissuedReport", 2016, vin(1), -60, position(3, 4) + "," + alarms(3));
            assertThat(rig.values(LONGITUDE, ALARM_LEVEL)).isEqualTo("121.5 2.0");
            assertThat(rig.counters.value("live_late")).isEqualTo(1);
            assertThat(rig.state(vin(1)).seenAtMicros())
                    .as("a late report tells that the vehicle is there")
                    .isEqualTo(LiveRig.NOON.plusSeconds(6).toEpochMilli() * 1000);
            rig.at(7).report("ReissuedReport", 2016, vin(1), 1, position(5, 6));
            assertThat(rig.values(LONGITUDE, LATITUDE)).isEqualTo("5.0 6.0");
        }
    }

    @Test
    void reportsOfTheSameTimeCompleteEachOther() throws Exception {
        try (LiveRig rig = new LiveRig(folder)) {
            rig.report("RealTimeReport", 2025, vin(1), 0, cells("3.70", "'invalid'", "3.65"));
            assertThat(rig.values(MAX_CELL_VOLTAGE, MIN_CELL_VOLTAGE)).isEqualTo("3.7 3.65");
            rig.report("RealTimeReport", 2025, vin(1), 0, cells("3.68", "3.91", "3.66"));
            rig.report("RealTimeReport", 2025, vin(1), 0, alarms2025(1));
            assertThat(rig.values(MAX_CELL_VOLTAGE, MIN_CELL_VOLTAGE, ALARM_LEVEL))
                    .isEqualTo("3.91 3.65 1.0");
            // What stands is kept, as in the table: the first of two that differ.
            rig.report("RealTimeReport", 2025, vin(1), 0, alarms2025(3));
            assertThat(rig.values(ALARM_LEVEL)).isEqualTo("1.0");
            rig.report("RealTimeReport", 2025, vin(1), 1, cells("3.50"));
            assertThat(rig.values(MAX_CELL_VOLTAGE, MIN_CELL_VOLTAGE)).isEqualTo("3.5 3.5");
        }
    }

    private static String alarms2025(int level) {
        return alarms(level).replace("}", ",'alarmLevels':[]}");
    }

    @Test
    void theFutureIsToldAndHidesNothing() throws Exception {
        try (LiveRig rig = new LiveRig(folder)) {
            rig.at(0).report(0, position(121.5, 31.2));
            rig.at(1).report(302, position(9, 9));
            assertThat(rig.values(LONGITUDE)).isEqualTo("121.5");
            assertThat(rig.state(vin(1)).isClockAhead()).isTrue();
            assertThat(rig.counters.value("live_ahead")).isEqualTo(1);
            rig.at(2).report(2, position(121.6, 31.2));
            assertThat(rig.values(LONGITUDE)).isEqualTo("121.6");
            assertThat(rig.state(vin(1)).isClockAhead()).isFalse();
            // Five minutes may be: so long it hides what follows, and no longer.
            rig.at(3).report(303, position(7, 7));
            rig.at(10).report(10, position(121.7, 31.2));
            assertThat(rig.values(LONGITUDE)).isEqualTo("7.0");
            rig.at(304).report(304, position(121.8, 31.2));
            assertThat(rig.values(LONGITUDE)).isEqualTo("121.8");
        }
    }

    @Test
    void terminalsOfJt808AreVehiclesOfTheirOwn() throws Exception {
        try (LiveRig rig = new LiveRig(folder)) {
            rig.jt808(PHONE, new PositionMessage.PositionReport(at("2026-06-01T03:59:50Z", 36.5)));
            rig.jt808(
                    PHONE,
                    new PositionMessage.BatchReport(
                            PositionBatch.KIND_REISSUED,
                            List.of(
                                    at("2026-06-01T03:59:40Z", 80),
                                    at("2026-06-01T03:59:51Z", 37.5),
                                    at("2026-06-01T03:58:40Z", 90))));
            VehicleState state = rig.state(PHONE);
            assertThat(LiveRig.value(state, SPEED)).isEqualTo("37.5");
            assertThat(LiveRig.value(state, LATITUDE)).isEqualTo("-31.24");
            assertThat(LiveRig.value(state, ALTITUDE)).isEqualTo("12.0");
            assertThat(LiveRig.value(state, DIRECTION)).isEqualTo("90.0");
            assertThat(LiveRig.value(state, SOC)).isEqualTo("absent");
            assertThat(state.isAbsent(STATUS_FLAGS)).isFalse();
            assertThat(state.raw(ALARM_FLAGS)).as("bit 31 alone").isEqualTo(0x80000000);
            assertThat(state.edition()).isEqualTo(2019);
        }
    }

    private static Position at(String time, double speedKmh) {
        return new Position(
                0x80000000L, 7, -31.24, 121.51, 12, speedKmh, 90, time, List.of(), null);
    }

    @Test
    void aRestartShowsTheSameAndReadsOnlyWhatIsNew() throws Exception {
        List<String> before;
        try (LiveRig rig = new LiveRig(folder)) {
            rig.report(0, position(121.5, 31.2));
            rig.report("RealTimeReport", 2025, vin(2), 0, cells("3.70"));
            rig.jt808(PHONE, new PositionMessage.PositionReport(at("2026-06-01T03:59:50Z", 36.5)));
            before = rig.everything();
            assertThat(before).hasSize(3);
        }
        byte[] file = Files.readAllBytes(folder.resolve("state"));
        String key = new String(LiveRig.subject(vin(1)), StandardCharsets.ISO_8859_1);
        assertThat(new String(file, StandardCharsets.ISO_8859_1)).doesNotContain(key);
        try (LiveRig rig = new LiveRig(folder)) {
            assertThat(rig.everything()).isEqualTo(before);
            assertThat(rig.from).as("where the log is read from").isNotEqualTo(LogPosition.START);
            rig.report(-1, position(1, 1)).report(1, alarms(1));
            assertThat(rig.values(LONGITUDE, ALARM_LEVEL)).isEqualTo("121.5 1.0");
            before = rig.everything();
        }
        // As after a kill: the state of before is not on disk, or is no good.
        file[file.length / 2] ^= 1;
        Files.write(folder.resolve("state"), file);
        try (LiveRig rig = new LiveRig(folder)) {
            assertThat(rig.from).isEqualTo(LogPosition.START);
            rig.report(-2, position(1, 1));
            assertThat(rig.states.size()).isEqualTo(3);
            assertThat(rig.values(LONGITUDE, ALARM_LEVEL)).isEqualTo("121.5 1.0");
        }
    }

    @Test
    void whoIsErasedIsForgottenInMemoryAndOnDisk() throws Exception {
        try (LiveRig rig = new LiveRig(folder)) {
            rig.report(0, position(121.5, 31.2));
            rig.report("RealTimeReport", 2016, vin(2), 0, position(2, 2));
        }
        assertThat(folder.resolve("state")).exists();
        try (LiveRig rig = new LiveRig(folder)) {
            rig.registered.remove(vin(1));
            rig.follower.forget(LiveRig.subject(vin(1)));
            LiveStates saved = new LiveStates(10, (identity, _) -> null, new Counters());
            rig.snapshot().load(saved, rig.follower.position());
            assertThat(saved.find(LiveRig.subject(vin(1)))).as("on disk").isEmpty();
            assertThat(rig.find(vin(1))).isEmpty();
            rig.report(1, position(1, 1));
            assertThat(rig.find(vin(1))).as("its frames are still in the log").isEmpty();
            assertThat(rig.counters.value("live_unregistered")).isEqualTo(1);
            assertThat(rig.find(vin(2))).isPresent();
        }
        try (LiveRig rig = new LiveRig(folder)) {
            assertThat(rig.find(vin(1))).isEmpty();
            assertThat(rig.find(vin(2))).isPresent();
        }
    }

    @Test
    void silentVehiclesMakeRoomAndAFullStateTakesNobodyElse() throws Exception {
        try (LiveRig rig = new LiveRig(folder, 1)) {
            rig.at(0).report(0, position(121.5, 31.2));
            rig.report("RealTimeReport", 2016, vin(2), 0, position(2, 2));
            assertThat(rig.find(vin(2))).isEmpty();
            assertThat(rig.counters.value("live_full")).isEqualTo(1);
            long noon = LiveRig.NOON.toEpochMilli() * 1000;
            assertThat(rig.states.removeSilent(noon)).isZero();
            assertThat(rig.states.removeSilent(noon + 1)).isEqualTo(1);
            rig.report("RealTimeReport", 2016, vin(2), 0, position(2, 2));
            assertThat(rig.find(vin(2))).isPresent();
            assertThat(rig.find(vin(1))).isEmpty();
        }
    }

    @Test
    void whoAsksForChangesGetsTheNewestOfEachVehicleOnce() throws Exception {
        try (LiveRig rig = new LiveRig(folder)) {
            rig.report(0, position(121.5, 31.2)).report(1, position(121.6, 31.2));
            rig.report("RealTimeReport", 2016, vin(2), 0, position(2, 2));
            List<VehicleState> found = new ArrayList<>();
            LiveFilter box = rig.in(121, 31, 122, 32);
            assertThat(rig.states.changes(0, 0, 10, box, null, found)).isEqualTo(-1);
            assertThat(found).hasSize(1);
            assertThat(LiveRig.value(found.getFirst(), LONGITUDE)).isEqualTo("121.6");
            long after = rig.states.lastChange();
            assertThat(rig.states.awaitChange(after, 0)).isFalse();
            rig.report(2, position(100, 31.2));
            assertThat(rig.states.awaitChange(after, 0)).isTrue();
            found.clear();
            List<Integer> gone = new ArrayList<>();
            rig.states.changes(0, after, 10, box, (slot, _, _) -> gone.add(slot), found);
            assertThat(found).isEmpty();
            assertThat(gone).as("only who changed").containsExactly(0);
            assertThat(rig.states.list(0, rig.all(), 1, found)).as("the next page").isEqualTo(1);
        }
    }

    @Test
    void aBoxMayLieOverTheDateLine() throws Exception {
        try (LiveRig rig = new LiveRig(folder)) {
            rig.report(0, position(179.9, 10)).report("RealTimeReport", 2016, vin(2), 0, alarms(1));
            List<VehicleState> found = new ArrayList<>();
            rig.states.list(0, rig.in(179, 0, -179, 20), 10, found);
            rig.states.list(0, rig.in(-179, 0, 179, 20), 10, found);
            assertThat(found).as("no position, no box").hasSize(1);
        }
    }

    @Test
    void onlineIsWhoHasASessionOrReportedOverAPlatformLately() throws Exception {
        try (LiveRig rig = new LiveRig(folder)) {
            rig.at(0).report(0, position(121.5, 31.2));
            rig.jt808(PHONE, new PositionMessage.PositionReport(at("2026-06-01T03:59:50Z", 36.5)));
            assertThat(online(rig)).containsExactly(rig.state(vin(1)).subject());
            rig.at(301);
            assertThat(online(rig)).isEmpty();
            LinkSession first = new Session();
            LinkSession second = new Session();
            rig.sessions.began("phone " + PHONE, first);
            rig.sessions.began("phone " + PHONE, second);
            rig.sessions.ended("phone " + PHONE, first);
            assertThat(online(rig)).containsExactly(rig.state(PHONE).subject());
            rig.sessions.ended("phone " + PHONE, second);
            assertThat(online(rig)).isEmpty();
        }
    }

    private static final class Session implements LinkSession {
        @Override
        public String link() {
            return "tcp";
        }

        @Override
        public int edition() {
            return 2019;
        }

        @Override
        public long connectedAtMillis() {
            return 0;
        }

        @Override
        public long lastReadAtMillis() {
            return 0;
        }
    }

    private static List<String> online(LiveRig rig) {
        List<VehicleState> found = new ArrayList<>();
        rig.states.list(
                0, new LiveFilter(null, null, Long.MIN_VALUE, true, rig.sessions, null), 10, found);
        return found.stream().map(VehicleState::subject).toList();
    }

    @Test
    void theIndexFindsWhatAMapFinds() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        long[] keys = new long[3_000];
        SlotIndex index = new SlotIndex(slot -> keys[slot]);
        Map<Long, Integer> expected = new HashMap<>();
        for (int step = 0; step < 30_000; step++) {
            int slot = random.nextInt(keys.length);
            if (keys[slot] != 0) {
                index.remove(slot);
                expected.remove(keys[slot]);
                keys[slot] = 0;
            } else {
                // Few homes: long chains, over the end of the table too.
                keys[slot] = step + 1L << 48 | random.nextInt(8);
                index.add(slot);
                expected.put(keys[slot], slot);
            }
        }
        for (int slot = 0; slot < keys.length; slot++) {
            int found = keys[slot] == 0 ? index.find(~slot) : index.find(keys[slot]);
            assertThat(found)
                    .as("slot %d, seed %d", slot, seed)
                    .isEqualTo(keys[slot] == 0 ? -1 : slot);
        }
        assertThat(expected).isNotEmpty();
    }
}
