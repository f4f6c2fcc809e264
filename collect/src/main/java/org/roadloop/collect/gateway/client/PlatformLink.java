package org.roadloop.collect.gateway.client;

import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.PlatformLogin;
import org.roadloop.collect.gb32960.PlatformLogout;
import org.roadloop.collect.gb32960.RealTimeReport;
import org.roadloop.collect.gb32960.ReissuedReport;

/**
 * A platform that forwards many vehicles over one connection, main text of GB/T 32960.3-2016
 * (平台链路). Every report waits for its positive answer; what was not answered when the link broke is
 * sent again as re-issued (03).
 */
public final class PlatformLink extends Link {
    private final String user;
    private final String password;
    private final byte[] id;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final Semaphore window;
    private volatile Consumer<byte[]> acknowledged = frame -> {};
    private int serial;

    PlatformLink(
            FleetClient client,
            EventLoop loop,
            Supplier<InetSocketAddress> gateway,
            String user,
            String password) {
        super(client, loop, gateway);
        this.user = user;
        this.password = password;
        this.window = new Semaphore(client.settings.window());
        id = Arrays.copyOf(user.getBytes(StandardCharsets.US_ASCII), Frame.ID_BYTES);
        Arrays.fill(id, Math.min(user.length(), Frame.ID_BYTES), Frame.ID_BYTES, (byte) ' ');
    }

    /** Hears every acknowledged report as it was last sent, on the link's thread. */
    public void onAcknowledged(Consumer<byte[]> listener) {
        acknowledged = listener;
    }

    /** Reports not answered yet. */
    public int unacknowledged() {
        return client.settings.window() - window.availablePermits();
    }

    /** Waits until every report has its answer; false after the time-out. Any thread. */
    public boolean awaitAcknowledged(Duration wait) throws InterruptedException {
        int all = client.settings.window();
        if (!window.tryAcquire(all, wait.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        window.release(all);
        return true;
    }

    /** Cuts the connection without a word, as a failing network would; it is opened anew. */
    public void drop() {
        inLoop(this::cut);
    }

    /** Blocks while the window is full. Any thread but the link's. */
    void report(byte[] frame) throws InterruptedException {
        window.acquire();
        inLoop(
                () -> {
                    Waiting report = new Waiting(frame);
                    waiting.addLast(report);
                    if (isLoggedIn()) {
                        transmit(report);
                        client.counters.increment("client_sent");
                    }
                });
    }

    void logout() {
        if (isLoggedIn()) {
            byte[] frame = new byte[Frame.SMALLEST_BYTES + PlatformLogout.DATA_BYTES];
            PlatformLogout.write(frame, 0, id, client.clock.millis() * 1000, serial);
            send(frame);
        }
        shut();
    }

    @Override
    byte[] loginFrame() {
        serial = serial % 65_531 + 1;
        byte[] frame = new byte[Frame.SMALLEST_BYTES + PlatformLogin.DATA_BYTES];
        PlatformLogin.write(frame, 0, id, client.clock.millis() * 1000, serial, user, password);
        return frame;
    }

    @Override
    int loginCommand() {
        return PlatformLogin.COMMAND;
    }

    @Override
    byte[] id() {
        return id;
    }

    @Override
    void onLoggedIn() {
        for (Waiting report : waiting) {
            if (report.done) {
                continue;
            }
            if (report.tries > 0) {
                ReissuedReport.from(report.frame, 0);
                report.tries = 0;
                client.counters.increment("client_resent");
            } else {
                client.counters.increment("client_sent");
            }
            transmit(report);
        }
    }

    @Override
    void onAnswer(byte[] bytes, int frame) {
        int command = Frame.command(bytes, frame);
        if (command != RealTimeReport.COMMAND && command != ReissuedReport.COMMAND) {
            return;
        }
        if (Frame.dataBytes(bytes, frame) < Frame.TIME_BYTES) {
            client.counters.increment("client_bad_answers");
            return;
        }
        for (Waiting report : waiting) {
            if (!report.done && report.tries > 0 && report.isAnsweredBy(bytes, frame)) {
                finish(report, Frame.flag(bytes, frame) == Frame.FLAG_SUCCESS);
                return;
            }
        }
        client.counters.increment("client_answers_unmatched");
    }

    @Override
    void onTick() {
        long oldest = System.nanoTime() - client.settings.answerTimeout().toNanos();
        for (Waiting report : waiting) {
            if (report.done || report.sentNanos - oldest > 0) {
                continue;
            }
            if (report.tries >= client.settings.mostTries()) {
                client.counters.increment("client_gave_up_link");
                cut();
                return;
            }
            client.counters.increment("client_resent");
            transmit(report);
        }
    }

    private void transmit(Waiting report) {
        report.tries++;
        report.sentNanos = System.nanoTime();
        send(report.frame);
    }

    private void finish(Waiting report, boolean success) {
        report.done = true;
        client.counters.increment(success ? "client_acknowledged" : "client_rejected");
        if (success) {
            acknowledged.accept(report.frame);
        }
        while (!waiting.isEmpty() && waiting.getFirst().done) {
            waiting.removeFirst();
        }
        window.release();
    }

    private static final class Waiting {
        private static final int ID = 4;
        final byte[] frame;
        int tries;
        long sentNanos;
        boolean done;

        Waiting(byte[] frame) {
            this.frame = frame;
        }

        /** Same command, vehicle and time. */
        boolean isAnsweredBy(byte[] bytes, int at) {
            return Frame.command(bytes, at) == Frame.command(frame, 0)
                    && Arrays.equals(
                            bytes,
                            Frame.dataOffset(at),
                            Frame.dataOffset(at) + Frame.TIME_BYTES,
                            frame,
                            Frame.HEADER_BYTES,
                            Frame.HEADER_BYTES + Frame.TIME_BYTES)
                    && Arrays.equals(
                            bytes,
                            at + ID,
                            at + ID + Frame.ID_BYTES,
                            frame,
                            ID,
                            ID + Frame.ID_BYTES);
        }
    }
}
