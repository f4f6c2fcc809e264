package org.roadloop.collect.gateway;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.v2x.BasicSafetyMessage;
import org.roadloop.collect.v2x.Junction;
import org.roadloop.collect.v2x.JunctionRegister;
import org.roadloop.collect.v2x.RoadsideAlarm;
import org.roadloop.collect.v2x.TrackPointTable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.LogPosition;

class UdpGatewayTest {
    @TempDir Path directory;

    @Test
    void messagesAreHeardLoggedAndDecodedAndAlarmsGoBack() throws Exception {
        Counters counters = new Counters();
        JunctionRegister junctions = new JunctionRegister();
        junctions.register(new Junction(3, "town-junction-3", 121.47, 31.3, Lineage.SIMULATED));
        ArrayBlockingQueue<Long> heard = new ArrayBlockingQueue<>(100);
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (FrameLog log = new SegmentLog(directory, FrameLogTest.MASTER, counters);
                UdpGateway gateway =
                        new UdpGateway(log, junctions, counters, Clock.systemUTC(), any);
                DatagramSocket vehicle = new DatagramSocket(any)) {
            vehicle.setSoTimeout(5000);
            gateway.addListener(
                    (bytes, offset, length, arrivalNanos) ->
                            heard.add(BasicSafetyMessage.temporaryId(bytes, offset)));
            for (int i = 0; i < 10; i++) {
                send(vehicle, gateway.address(), 3, i);
            }
            send(vehicle, gateway.address(), 4, 99);
            vehicle.send(new DatagramPacket(new byte[5], 5, gateway.address()));
            for (long i = 0; i < 10; i++) {
                assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo(i);
            }
            RoadsideAlarm alarm = new RoadsideAlarm(RoadsideAlarm.Type.FCW, 1, 3, 5, 6, 7, 1, 2, 3);
            gateway.send(alarm, (InetSocketAddress) vehicle.getLocalSocketAddress());
            DatagramPacket back = new DatagramPacket(new byte[100], 100);
            vehicle.receive(back);
            assertThat(RoadsideAlarm.read(back.getData(), 0, back.getLength())).contains(alarm);

            log.flush();
            try (LogFeed feed =
                    new LogFeed(
                            log, counters, 6, List.of(new BsmDecoder(junctions, new Counters())))) {
                var first = feed.next(LogPosition.START, Duration.ZERO);
                assertThat(first).isNotNull();
                assertThat(first.batches().get(TrackPointTable.NAME).rows()).isEqualTo(6);
                var second = feed.next(first.end(), Duration.ZERO);
                assertThat(second).isNotNull();
                Batch rest = second.batches().get(TrackPointTable.NAME);
                assertThat(rest.rows()).isEqualTo(4);
                assertThat(rest.strings(TrackPointTable.VEHICLE).get(3))
                        .isEqualTo("0000000000000009");
                // Asking from an earlier position reads again from there.
                var again = feed.next(first.end(), Duration.ZERO);
                assertThat(again).isNotNull();
                assertThat(again.end()).isEqualTo(second.end());
            }
            assertThat(counters.snapshot())
                    .containsEntry("bsm_messages", 10L)
                    .containsEntry("bsm_unknown_junction", 1L)
                    .containsEntry("bsm_length", 1L)
                    .containsEntry("roadside_alarms_sent", 1L);
        }
    }

    @Test
    void whatTheKernelDropsIsCounted() throws Exception {
        Assumptions.assumeTrue(
                Files.exists(Path.of("/proc/net/udp")), "this system does not tell drops");
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (DatagramSocket deaf = new DatagramSocket(null);
                DatagramSocket sender = new DatagramSocket(any)) {
            deaf.setReceiveBufferSize(4096);
            deaf.bind(any);
            KernelDrops drops = new KernelDrops(deaf.getLocalPort());
            assertThat(drops.read()).isZero();
            for (int i = 0; i < 2000; i++) {
                sender.send(new DatagramPacket(new byte[46], 46, deaf.getLocalSocketAddress()));
            }
            assertThat(drops.read()).isBetween(1000L, 1999L);
        }
    }

    private static void send(DatagramSocket from, InetSocketAddress to, int junction, long id)
            throws Exception {
        byte[] bytes = new byte[BasicSafetyMessage.BYTES];
        BasicSafetyMessage.write(
                bytes,
                0,
                0,
                id,
                junction,
                1_763_778_605_000L,
                31.3,
                121.47,
                10,
                0,
                0,
                0,
                0,
                2,
                5,
                0,
                0);
        from.send(new DatagramPacket(bytes, bytes.length, to));
    }
}
