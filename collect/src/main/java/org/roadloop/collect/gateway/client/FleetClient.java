package org.roadloop.collect.gateway.client;

import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.Transport;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.RealTimeReport;
import org.roadloop.collect.gb32960.ReportEncoder;
import org.roadloop.collect.gb32960.VehicleSample;

/**
 * A fleet that reports by GB/T 32960.3-2016 (车队客户端): vehicles with a connection each, and platform
 * links that carry many. Its counters start with {@code client_}. Any thread.
 */
public final class FleetClient implements AutoCloseable {
    final FleetSettings settings;
    final Counters counters;
    final Clock clock;

    private final EventLoopGroup loops;
    private final Map<String, TerminalLink> terminals = new ConcurrentHashMap<>();
    private final Map<String, PlatformLink> assigned = new ConcurrentHashMap<>();
    private final Map<PlatformLink, Boolean> platforms = new ConcurrentHashMap<>();

    public FleetClient(FleetSettings settings, Counters counters, Clock clock) {
        this.settings = settings;
        this.counters = counters;
        this.clock = clock;
        loops = Transport.best().group(settings.threads(), "fleet");
    }

    /**
     * Opens the connection of one vehicle and keeps it up; returns at once.
     *
     * @param gateway asked again at each reconnection
     */
    public void openTerminal(String vin, Supplier<InetSocketAddress> gateway) {
        TerminalLink link = new TerminalLink(this, loops.next(), gateway, ascii(vin));
        if (terminals.putIfAbsent(vin, link) != null) {
            throw new IllegalArgumentException("this vehicle has a terminal connection already");
        }
        link.inLoop(link::start);
    }

    /** Opens a platform link and keeps it up; returns at once. */
    public PlatformLink openPlatform(
            Supplier<InetSocketAddress> gateway, String user, String password) {
        PlatformLink link = new PlatformLink(this, loops.next(), gateway, user, password);
        platforms.put(link, true);
        link.inLoop(link::start);
        return link;
    }

    /** Lets a vehicle report over a platform link. */
    public void assign(String vin, PlatformLink link) {
        ascii(vin);
        assigned.put(vin, link);
    }

    /**
     * Sends one report over the vehicle's terminal connection or platform link. Blocks only while
     * the window of its platform link is full. The sample may be reused at once.
     */
    public void report(String vin, VehicleSample sample) throws InterruptedException {
        byte[] frame = new byte[ReportEncoder.FRAME_BYTES];
        ReportEncoder.write(frame, 0, RealTimeReport.COMMAND, ascii(vin), sample);
        reportFrame(vin, frame);
    }

    /** Sends a report frame that was written elsewhere; it belongs to the client from now on. */
    public void reportFrame(String vin, byte[] frame) throws InterruptedException {
        TerminalLink terminal = terminals.get(vin);
        if (terminal != null) {
            terminal.inLoop(() -> terminal.report(frame));
            return;
        }
        PlatformLink platform = assigned.get(vin);
        if (platform == null) {
            throw new IllegalArgumentException(
                    "this vehicle has neither a terminal connection nor a platform link; call"
                            + " openTerminal or assign first");
        }
        platform.report(frame);
    }

    /** Sends a deliberate fault over the connection of a vehicle. */
    public void sendMalformed(String vin, Malformed fault, VehicleSample sample) {
        byte[] frame = new byte[ReportEncoder.FRAME_BYTES];
        ReportEncoder.write(frame, 0, RealTimeReport.COMMAND, ascii(vin), sample);
        Link link = linkOf(vin);
        byte[] faulty = fault.from(frame);
        link.inLoop(
                () -> {
                    link.send(faulty);
                    counters.increment("client_malformed_sent");
                });
    }

    /** Cuts the connection of a vehicle without a word; it reconnects and re-issues. */
    public void drop(String vin) {
        Link link = linkOf(vin);
        link.inLoop(link::cut);
    }

    /** Logs a vehicle out and closes its connection. */
    public void logout(String vin) {
        TerminalLink link = terminals.remove(vin);
        if (link != null) {
            link.inLoop(link::logout);
        }
    }

    /** Logs everything out and closes. */
    @Override
    public void close() {
        terminals.values().forEach(link -> link.inLoop(link::logout));
        platforms.keySet().forEach(link -> link.inLoop(link::logout));
        loops.shutdownGracefully(100, 3000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    private Link linkOf(String vin) {
        @Nullable Link link = terminals.get(vin);
        if (link == null) {
            link = assigned.get(vin);
        }
        if (link == null) {
            throw new IllegalArgumentException("this vehicle has no connection");
        }
        return link;
    }

    private static byte[] ascii(String vin) {
        byte[] bytes = vin.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length != Frame.ID_BYTES) {
            throw new IllegalArgumentException(
                    "a VIN has 17 characters, this one has " + bytes.length);
        }
        return bytes;
    }
}
