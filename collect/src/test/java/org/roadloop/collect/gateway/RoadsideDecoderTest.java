package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.v2x.Junction;
import org.roadloop.collect.v2x.MapRegister;
import org.roadloop.collect.v2x.ParticipantColumns;
import org.roadloop.collect.v2x.RoadEventColumns;
import org.roadloop.collect.v2x.SignalPhaseColumns;
import org.roadloop.collect.v2x.TrackPointTable;
import org.roadloop.collect.v2x.UnitRegister;
import org.roadloop.collect.v2x.V2xUnit;
import org.roadloop.collect.v2x.day1.MapNode;
import org.roadloop.collect.v2x.day1.RecordedFrames;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.LogPosition;

class RoadsideDecoderTest {
    private static final Source[] TOPICS = {
        Source.ROADSIDE_SPAT,
        Source.ROADSIDE_BSM,
        Source.ROADSIDE_RSM,
        Source.ROADSIDE_RSI,
        Source.ROADSIDE_MAP
    };

    private final Counters counters = new Counters();

    @TempDir Path directory;

    @Test
    void recordedEnvelopesBecomeRows() throws Exception {
        List<RecordedFrames.Recorded> recorded = RecordedFrames.read();
        try (FrameLog log = new SegmentLog(directory, FrameLogTest.MASTER, counters);
                LogFeed feed =
                        new LogFeed(
                                log,
                                counters,
                                16_384,
                                RoadsideDecoder.all(new UnitRegister(), counters))) {
            for (int i = 0; i < 4; i++) {
                append(log, TOPICS[i], recorded.get(i).envelope());
            }
            // Not what it is filed under, and not an envelope.
            append(log, Source.ROADSIDE_RSM, recorded.get(3).envelope());
            append(log, Source.ROADSIDE_SPAT, new byte[] {1, 2, 3});
            log.flush();
            var chunk = feed.next(LogPosition.START, Duration.ZERO);
            Map<String, Batch> batches = chunk.batches();
            signals(batches.get(SignalPhaseColumns.NAME));
            participants(batches.get(ParticipantColumns.NAME));
            events(batches.get(RoadEventColumns.NAME));
            vehicles(batches.get(TrackPointTable.NAME));
            batches.values().forEach(Batch::close);
        }
        Map<String, Long> counted = counters.snapshot();
        assertThat(counted)
                .containsEntry("v2x_envelopes", 5L)
                .containsEntry("v2x_ok", 5L)
                .containsEntry("v2x_other_message", 1L)
                .containsEntry("v2x_envelope_length", 1L);
    }

    private static void append(FrameLog log, Source topic, byte[] envelope) throws Exception {
        log.append(topic, Lineage.REPLAY, 7, 99, envelope, 0, envelope.length);
    }

    private static void signals(Batch rows) {
        assertThat(rows.rows()).isEqualTo(8 * 3);
        assertThat(rows.strings(0).get(23)).isEqualTo("u_id_123");
        // 5.238 s within the minute; the unit's clock says 06:55:02.333.
        assertThat(Instant.ofEpochMilli(rows.longs(1)[0] / 1000))
                .isEqualTo("2020-11-14T06:55:05.238Z");
        assertThat(rows.strings(3).get(0)).isEqualTo("replay");
        assertThat(rows.ints(SignalPhaseColumns.REGION)[5]).isEqualTo(255);
        assertThat(rows.ints(SignalPhaseColumns.INTERSECTION)[5]).isEqualTo(9);
        assertThat(rows.ints(SignalPhaseColumns.PHASE)[7]).isEqualTo(41);
        assertThat(rows.ints(SignalPhaseColumns.STEP)[7]).isEqualTo(1);
        assertThat(rows.strings(SignalPhaseColumns.LIGHT).get(7)).isEqualTo("permissive-green");
        assertThat(rows.booleans(SignalPhaseColumns.COUNTING)[7]).isTrue();
        assertThat(rows.doubles(SignalPhaseColumns.START_S)[7]).isEqualTo(46.0);
        assertThat(rows.doubles(SignalPhaseColumns.NEXT_START_S)[7]).isEqualTo(92.0);
        assertThat(rows.doubles(SignalPhaseColumns.NEXT_DURATION_S)[6]).isEqualTo(46.0);
        assertThat(rows.state(SignalPhaseColumns.MIN_END_S, 7)).isEqualTo(CellState.ABSENT);
        assertThat(rows.state(SignalPhaseColumns.NEXT_END_S, 7)).isEqualTo(CellState.ABSENT);
        assertThat(rows.longs(5)[23]).isEqualTo(rows.longs(5)[0]);
    }

    private static void participants(Batch rows) {
        assertThat(rows.rows()).isEqualTo(1);
        assertThat(rows.strings(ParticipantColumns.TYPE).get(0)).isEqualTo("non-motor");
        assertThat(rows.strings(ParticipantColumns.SOURCE).get(0)).isEqualTo("video");
        assertThat(rows.doubles(ParticipantColumns.LONGITUDE_DEGREES)[0])
                .isCloseTo(107.4134465, within(1e-9));
        assertThat(rows.doubles(ParticipantColumns.SPEED_MPS)[0]).isEqualTo(5.16);
        assertThat(rows.doubles(ParticipantColumns.HEADING_DEGREES)[0]).isEqualTo(169.45);
        assertThat(rows.state(ParticipantColumns.VEHICLE, 0)).isEqualTo(CellState.ABSENT);
        assertThat(rows.state(ParticipantColumns.LENGTH_M, 0)).isEqualTo(CellState.INVALID);
    }

    private static void events(Batch rows) {
        assertThat(rows.rows()).isEqualTo(1);
        assertThat(rows.strings(RoadEventColumns.KIND).get(0)).isEqualTo("event");
        assertThat(rows.ints(RoadEventColumns.CODE)[0]).isEqualTo(9902);
        assertThat(rows.doubles(RoadEventColumns.RADIUS_M)[0]).isEqualTo(100.0);
        assertThat(rows.doubles(RoadEventColumns.LATITUDE_DEGREES)[0])
                .isCloseTo(28.0988051, within(1e-9));
        assertThat(rows.ints(RoadEventColumns.PRIORITY)[0]).isEqualTo(1);
        assertThat(rows.state(RoadEventColumns.DESCRIPTION, 0)).isEqualTo(CellState.ABSENT);
    }

    private static void vehicles(Batch rows) {
        assertThat(rows.rows()).isEqualTo(2);
        assertThat(rows.strings(TrackPointTable.RECORDING).get(1)).isEqualTo("u_id_123");
        assertThat(rows.strings(TrackPointTable.VEHICLE).get(0)).isEqualTo("bea9423838383838");
        assertThat(rows.doubles(TrackPointTable.LATITUDE_DEGREES)[0])
                .isCloseTo(39.9764645, within(1e-9));
        assertThat(rows.doubles(TrackPointTable.LENGTH_M)[0]).isEqualTo(4.5);
        assertThat(rows.state(TrackPointTable.ACCELERATION_MPS2, 0)).isEqualTo(CellState.INVALID);
        assertThat(rows.state(TrackPointTable.X_M, 0)).isEqualTo(CellState.ABSENT);
        assertThat(rows.booleans(TrackPointTable.BRAKE)[0]).isFalse();
    }

    @Test
    void theLastMapOfEachJunctionIsKept() throws Exception {
        byte[] envelope = RecordedFrames.read().get(4).envelope();
        MapRegister maps = new MapRegister();
        assertThat(maps.heard(envelope, 18, envelope.length - 18)).isEqualTo(1);
        assertThat(maps.heard(envelope, 18, 100)).isZero();
        MapNode node = maps.find(1, 149).orElseThrow();
        assertThat(node.inLinks.get(0).upstreamNodeId.id).isEqualTo(148);
        assertThat(node.inLinks.get(0).lanes.get(0).connectsTo.get(2).phaseId).isEqualTo(3);
        assertThat(maps.find(149)).isEmpty();
    }

    @Test
    void whatARoadUserIsCalledHoldsWithinItsUnit() throws Exception {
        Junction junction = new Junction(9, "gate", 107.41, 28.09, Lineage.REPLAY);
        UnitRegister units = new UnitRegister();
        units.register(
                new V2xUnit(
                        V2xUnit.id("u_id_123"),
                        V2xUnit.Kind.ROADSIDE,
                        V2xUnit.messages(List.of("rsm")),
                        Lineage.REPLAY,
                        junction));
        try (FrameLog log = new SegmentLog(directory, FrameLogTest.MASTER, counters);
                LogFeed feed =
                        new LogFeed(log, counters, 16_384, RoadsideDecoder.all(units, counters))) {
            append(log, Source.ROADSIDE_RSM, RecordedFrames.read().get(2).envelope());
            log.flush();
            Batch rows =
                    feed.next(LogPosition.START, Duration.ZERO)
                            .batches()
                            .get(ParticipantColumns.NAME);
            String user = rows.strings(ParticipantColumns.ROAD_USER).get(0);
            assertThat(user).matches("u_id_123/[1-9][0-9]*");
            assertThat(rows.doubles(ParticipantColumns.X_M)[0])
                    .isCloseTo(junction.xMetres(107.4134465), within(1e-3));
        }
    }
}
