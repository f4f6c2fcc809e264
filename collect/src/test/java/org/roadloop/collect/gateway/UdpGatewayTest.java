package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.v2x.Junction;
import org.roadloop.collect.v2x.MapRegister;
import org.roadloop.collect.v2x.RoadsideAlarm;
import org.roadloop.collect.v2x.TrackPointTable;
import org.roadloop.collect.v2x.UnitRegister;
import org.roadloop.collect.v2x.V2xUnit;
import org.roadloop.collect.v2x.day1.MessageFrame;
import org.roadloop.collect.v2x.day1.RecordedFrames;
import org.roadloop.collect.v2x.day1.RoadsideEnvelope;
import org.roadloop.collect.v2x.uper.UperWriter;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.LogPosition;

class UdpGatewayTest {
    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Counters counters = new Counters();
    private final UnitRegister units = new UnitRegister();
    private final MapRegister maps = new MapRegister();

    @TempDir Path directory;

    /** A BSM of T/CSAE 53 in the envelope of the unit {@code TOWN0003}, 31.3 N, 121.47 E. */
    private static byte[] vehicle(String unit, long id) {
        MessageFrame frame = new MessageFrame();
        frame.kind = MessageFrame.BSM;
        frame.bsm.id = id;
        frame.bsm.secMarkMillis = 5123;
        frame.bsm.pos.latE7Degrees = 313_010_000;
        frame.bsm.pos.longE7Degrees = 1_214_710_000;
        frame.bsm.speedFiftiethsMps = 750;
        return RoadsideEnvelope.write(
                V2xUnit.id(unit), 1_763_778_605_500L, true, new UperWriter().write(frame));
    }

    private static V2xUnit unit(String id, V2xUnit.Kind kind, @Nullable Junction at) {
        return new V2xUnit(V2xUnit.id(id), kind, kind.messages(), Lineage.SIMULATED, at);
    }

    @Test
    void vehiclesAreHeardLoggedAndDecodedAndAlarmsGoBack() throws Exception {
        Junction junction = new Junction(3, "town-junction-3", 121.47, 31.3, Lineage.SIMULATED);
        units.register(unit("TOWN0003", V2xUnit.Kind.ROADSIDE, junction));
        units.register(unit("OBU00001", V2xUnit.Kind.ON_BOARD, null));
        ArrayBlockingQueue<String> heard = new ArrayBlockingQueue<>(100);
        try (FrameLog log = new SegmentLog(directory, FrameLogTest.MASTER, counters);
                UdpGateway gateway = gateway(log);
                DatagramSocket sender = new DatagramSocket(ANY)) {
            sender.setSoTimeout(60_000);
            gateway.addListener(
                    (bsm, unit, atMicros, arrivalNanos) ->
                            heard.add(bsm.id + " " + unit.kind() + " " + atMicros));
            for (int i = 0; i < 10; i++) {
                send(sender, gateway, vehicle("TOWN0003", i));
            }
            send(sender, gateway, vehicle("TOWN0004", 99));
            send(sender, gateway, new byte[5]);
            send(sender, gateway, vehicle("OBU00001", 10));
            for (int i = 0; i < 10; i++) {
                // 5.123 s within the minute that the envelope's clock says 5.5 s of.
                assertThat(heard.poll(60, TimeUnit.SECONDS))
                        .isEqualTo(i + " ROADSIDE 1763778605123000");
            }
            assertThat(heard.poll(60, TimeUnit.SECONDS)).startsWith("10 ON_BOARD");
            RoadsideAlarm alarm = new RoadsideAlarm(RoadsideAlarm.Type.FCW, 1, 3, 5, 6, 7, 1, 2, 3);
            gateway.send(alarm, (InetSocketAddress) sender.getLocalSocketAddress());
            DatagramPacket back = new DatagramPacket(new byte[100], 100);
            sender.receive(back);
            assertThat(RoadsideAlarm.read(back.getData(), 0, back.getLength())).contains(alarm);

            log.flush();
            try (LogFeed feed =
                    new LogFeed(log, counters, 16_384, RoadsideDecoder.all(units, counters))) {
                var chunk = feed.next(LogPosition.START, Duration.ZERO);
                assertThat(chunk).isNotNull();
                Batch rows = chunk.batches().get(TrackPointTable.NAME);
                assertThat(rows.rows()).isEqualTo(11);
                assertThat(rows.strings(TrackPointTable.VEHICLE).get(9))
                        .isEqualTo("0000000000000009");
                assertThat(rows.strings(TrackPointTable.RECORDING).get(9))
                        .isEqualTo("town-junction-3");
                assertThat(rows.longs(TrackPointTable.AT)[9]).isEqualTo(1_763_778_605_123_000L);
                // A degree of latitude is 111.195 km on the mean sphere, of longitude × cos 31.3°.
                assertThat(rows.doubles(TrackPointTable.X_M)[9]).isCloseTo(95.01, within(0.02));
                assertThat(rows.doubles(TrackPointTable.Y_M)[9]).isCloseTo(111.195, within(0.02));
                assertThat(rows.doubles(TrackPointTable.SPEED_MPS)[9]).isEqualTo(15.0);
                // The id of an on-board unit leads to a vehicle: it is not in the table.
                assertThat(rows.strings(TrackPointTable.RECORDING).get(10)).isEqualTo("on-board");
                assertThat(rows.state(TrackPointTable.X_M, 10)).isEqualTo(CellState.ABSENT);
                // Asking from an earlier position reads again from there.
                var again = feed.next(LogPosition.START, Duration.ZERO);
                assertThat(again).isNotNull();
                assertThat(again.end()).isEqualTo(chunk.end());
            }
            assertThat(counters.snapshot())
                    .containsEntry("bsm_messages", 11L)
                    .containsEntry("v2x_unknown_unit", 1L)
                    .containsEntry("v2x_envelope_length", 1L)
                    .containsEntry("roadside_alarms_sent", 1L);
        }
    }

    @Test
    void everyRecordedMessageIsTakenFromWhoMaySendIt() throws Exception {
        List<RecordedFrames.Recorded> recorded = RecordedFrames.read();
        units.register(unit("u_id_123", V2xUnit.Kind.ROADSIDE, null));
        byte[] torn = recorded.get(0).envelope().clone();
        torn[16]--; // the length of its frame: the last byte is missing and stands behind it
        byte[] cut = java.util.Arrays.copyOf(torn, torn.length - 1);
        // The first byte of a message of T/CSAE 157: the extension bit, its number, its length.
        byte[] later =
                RoadsideEnvelope.write(
                        V2xUnit.id("u_id_123"),
                        1,
                        false,
                        new byte[] {(byte) 0x80, 0x02, 0x55, 0x55});
        try (FrameLog log = new SegmentLog(directory, FrameLogTest.MASTER, counters);
                UdpGateway gateway = gateway(log);
                DatagramSocket sender = new DatagramSocket(ANY)) {
            for (RecordedFrames.Recorded one : recorded) {
                send(sender, gateway, one.envelope());
            }
            send(sender, gateway, torn);
            send(sender, gateway, cut);
            send(sender, gateway, later);
            await("v2x_later_messages", 1);
            assertThat(maps.find(1, 149)).isPresent();
            units.register(unit("u_id_123", V2xUnit.Kind.ON_BOARD, null));
            for (RecordedFrames.Recorded one : recorded) {
                send(sender, gateway, one.envelope());
            }
            await("v2x_not_allowed", 4);
            log.flush();
            Counters decoded = new Counters();
            try (LogFeed feed =
                    new LogFeed(log, decoded, 16_384, RoadsideDecoder.all(units, decoded))) {
                var chunk = feed.next(LogPosition.START, Duration.ZERO);
                assertThat(chunk).isNotNull();
                assertThat(chunk.batches().keySet())
                        .containsExactlyInAnyOrder(
                                "signal_phase", "road_participant", "road_event", "track_point");
                chunk.close();
            }
            // The map and the later message: kept, and no rows of any table.
            assertThat(decoded.snapshot()).containsEntry("feed_no_decoder", 2L);
        }
        assertThat(counters.snapshot())
                .containsEntry("spat_messages", 1L)
                .containsEntry("bsm_messages", 4L)
                .containsEntry("rsm_messages", 1L)
                .containsEntry("rsi_messages", 1L)
                .containsEntry("map_messages", 1L)
                .containsEntry("v2x_envelope_count", 1L)
                .containsEntry("v2x_truncated", 1L);
    }

    private void await(String counter, long count) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (counters.value(counter) < count) {
            assertThat(System.nanoTime()).as("%s", counters.snapshot()).isLessThan(end);
            Thread.sleep(5);
        }
    }

    private UdpGateway gateway(FrameLog log) throws Exception {
        return new UdpGateway(log, units, maps, counters, Clock.systemUTC(), ANY);
    }

    @Test
    void whatTheKernelDropsIsCounted() throws Exception {
        Assumptions.assumeTrue(
                Files.exists(Path.of("/proc/net/udp")), "this system does not tell drops");
        try (DatagramSocket deaf = new DatagramSocket(null);
                DatagramSocket sender = new DatagramSocket(ANY)) {
            deaf.setReceiveBufferSize(4096);
            deaf.bind(ANY);
            KernelDrops drops = new KernelDrops(deaf.getLocalPort());
            assertThat(drops.read()).isZero();
            for (int i = 0; i < 2000; i++) {
                sender.send(new DatagramPacket(new byte[46], 46, deaf.getLocalSocketAddress()));
            }
            assertThat(drops.read()).isBetween(1000L, 1999L);
        }
    }

    private static void send(DatagramSocket from, UdpGateway to, byte[] bytes) throws Exception {
        from.send(new DatagramPacket(bytes, bytes.length, to.address()));
    }
}
