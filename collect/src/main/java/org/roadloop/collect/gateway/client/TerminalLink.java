package org.roadloop.collect.gateway.client;

import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.ReissuedReport;
import org.roadloop.collect.gb32960.VehicleLogin;
import org.roadloop.collect.gb32960.VehicleLogout;

/**
 * One vehicle on its own connection, annex B of GB/T 32960.3-2016 (车载终端链路). Reports get no answer,
 * so the last ones are kept and re-issued (03) when a connection broke.
 */
final class TerminalLink extends Link {
    private static final byte[] ICCID = "89860000000000000000".getBytes(StandardCharsets.US_ASCII);

    private final byte[] vin;
    private final ArrayDeque<Kept> kept = new ArrayDeque<>();
    private int serial;
    private boolean wasLoggedIn;

    TerminalLink(
            FleetClient client, EventLoop loop, Supplier<InetSocketAddress> gateway, byte[] vin) {
        super(client, loop, gateway);
        this.vin = vin;
    }

    void report(byte[] frame) {
        if (kept.size() == client.settings.keptFrames()) {
            if (!kept.removeFirst().sent) {
                client.counters.increment("client_overrun");
            }
        }
        Kept report = new Kept(frame);
        kept.addLast(report);
        if (isLoggedIn()) {
            send(frame);
            report.sent = true;
            client.counters.increment("client_sent");
        }
    }

    void logout() {
        byte[] frame = new byte[Frame.SMALLEST_BYTES + VehicleLogout.DATA_BYTES];
        VehicleLogout.write(frame, 0, vin, client.clock.millis() * 1000, serial);
        if (isLoggedIn()) {
            send(frame);
        }
        shut();
    }

    @Override
    byte[] loginFrame() {
        serial = serial % 65_531 + 1;
        byte[] frame = new byte[Frame.SMALLEST_BYTES + VehicleLogin.FIXED_BYTES];
        VehicleLogin.write(frame, 0, vin, client.clock.millis() * 1000, serial, ICCID);
        return frame;
    }

    @Override
    int loginCommand() {
        return VehicleLogin.COMMAND;
    }

    @Override
    byte[] id() {
        return vin;
    }

    @Override
    void onLoggedIn() {
        for (Kept report : kept) {
            if (report.sent || wasLoggedIn) {
                byte[] again = report.frame.clone();
                ReissuedReport.from(again, 0);
                send(again);
                client.counters.increment("client_resent");
            } else {
                send(report.frame);
                client.counters.increment("client_sent");
            }
            report.sent = true;
        }
        wasLoggedIn = true;
    }

    @Override
    void onAnswer(byte[] bytes, int frame) {
        if (Frame.flag(bytes, frame) != Frame.FLAG_SUCCESS) {
            client.counters.increment("client_error_answers");
        }
    }

    @Override
    void onTick() {
        // Nothing waits for an answer.
    }

    private static final class Kept {
        final byte[] frame;
        boolean sent;

        Kept(byte[] frame) {
            this.frame = frame;
        }
    }
}
