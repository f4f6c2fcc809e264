package org.roadloop.app.demo;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.roadloop.collect.v2x.RoadsideAlarm;

/**
 * The roadside units of the town on one socket (路侧单元): forwards what cars send, hears the alarms
 * that come back. Sending is for one thread; a thread of its own listens.
 */
final class RoadsideUnit implements AutoCloseable {
    private static final int BURST = 25;
    private static final long PAUSE_NANOS = 500_000;

    private final DatagramSocket socket;
    private final DatagramPacket outgoing;
    private final Thread listener;
    private final Map<RoadsideAlarm.Type, Long> alarms = new EnumMap<>(RoadsideAlarm.Type.class);
    private long sent;

    RoadsideUnit(InetSocketAddress platform) throws IOException {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.setSendBufferSize(1 << 20);
        outgoing = new DatagramPacket(new byte[0], 0, platform);
        listener = Thread.ofPlatform().daemon().name("roadside-unit").start(this::listen);
    }

    String address() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    void send(byte[] envelope) {
        outgoing.setData(envelope);
        try {
            socket.send(outgoing);
            sent++;
            if (sent % BURST == 0) {
                LockSupport.parkNanos(PAUSE_NANOS); // cars do not all speak in the same instant
            }
        } catch (IOException e) {
            // The platform is down: a datagram is lost, as on the road.
        }
    }

    long sent() {
        return sent;
    }

    /** Alarms received by kind. */
    synchronized Map<RoadsideAlarm.Type, Long> alarms() {
        return new EnumMap<>(alarms);
    }

    private void listen() {
        byte[] bytes = new byte[256];
        DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
        while (!socket.isClosed()) {
            try {
                socket.receive(packet);
            } catch (IOException e) {
                continue; // closed, or the platform's port was unreachable for a moment
            }
            Optional<RoadsideAlarm> alarm = RoadsideAlarm.read(bytes, 0, packet.getLength());
            if (alarm.isPresent()) {
                synchronized (this) {
                    alarms.merge(alarm.get().type(), 1L, Long::sum);
                }
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
