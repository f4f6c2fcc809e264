package org.roadloop.app.part;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Json;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.CommitListener;
import org.roadloop.collect.gateway.FrameIntake;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One partner's WebSocket (合作方连接). Binary messages count from 1; a text message back says
 *
 * <pre>
 *   {"acknowledged":17,"refused":[{"message":16,"offset":0,"reason":"gb32960_vin_unknown"}]}
 * </pre>
 *
 * that every message up to that number is durable, but for what was refused. A message is one
 * frame, or all frames of one JT/T 808 message in packages. No further message is read while {@link
 * #MOST_OPEN} wait for the disk or for the partner to read. One reading thread, one sending thread,
 * and what the log calls.
 */
final class FrameSocket implements AutoCloseable {
    static final int MOST_OPEN = 1_024;
    private static final long SEND_SECONDS = 30;
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Session session;
    private final FrameIntake intake;
    private final LogRoom room;
    private final Counters counters;

    // Guarded by this.
    private final Deque<Unit> open = new ArrayDeque<>();
    private boolean closed;
    private long received;

    /** One binary message. Guarded by the socket. */
    private final class Unit implements CommitListener {
        final long number;
        int waiting = 1;
        int offset;
        @Nullable String refusedFor;

        Unit(long number) {
            this.number = number;
        }

        @Override
        public void durable(byte[] bytes, int at, int length) {
            settled();
        }

        void settled() {
            synchronized (FrameSocket.this) {
                waiting--;
                if (waiting == 0) {
                    FrameSocket.this.notifyAll();
                }
            }
        }
    }

    FrameSocket(Session session, FrameIntake intake, LogRoom room, Counters counters) {
        this.session = session;
        this.intake = intake;
        this.room = room;
        this.counters = counters;
    }

    void start() {
        Thread.ofVirtual().name("partner-frames").start(this::acknowledge);
    }

    /** Takes one message, waiting for room. */
    void received(byte[] message) throws InterruptedException {
        Unit unit = begin();
        if (unit == null) {
            return;
        }
        intake.over(message);
        int pieces = 0;
        FrameIntake.Step step = FrameIntake.Step.KEPT;
        while (step != FrameIntake.Step.END && !isClosed()) {
            synchronized (this) {
                unit.waiting++; // the log may call before the answer is here
            }
            step = intake.next(unit);
            if (step != FrameIntake.Step.TAKEN) {
                unit.settled();
            }
            switch (step) {
                case TAKEN, KEPT -> pieces++;
                case REFUSED -> {
                    pieces++;
                    refuse(unit, intake.offset(), intake.reason());
                }
                case FULL -> room.await(LogRoom.deadline(LOOK));
                case END -> {}
            }
        }
        if (intake.giveUpPackages() > 0) {
            refuse(unit, 0, "jt808_packages_incomplete");
        } else if (pieces == 0) {
            refuse(unit, 0, "frame_missing");
        }
        unit.settled();
    }

    private synchronized @Nullable Unit begin() throws InterruptedException {
        while (open.size() >= MOST_OPEN && !closed) {
            wait();
        }
        if (closed) {
            return null;
        }
        Unit unit = new Unit(++received);
        open.add(unit);
        return unit;
    }

    /** The first reason of a message is told. */
    private synchronized void refuse(Unit unit, int offset, String reason) {
        if (unit.refusedFor == null) {
            unit.refusedFor = reason;
            unit.offset = offset;
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void acknowledge() {
        try {
            for (String text = nextText(); text != null; text = nextText()) {
                send(text);
            }
        } catch (TimeoutException e) {
            counters.increment("partner_sockets_cut");
            session.disconnect();
        } catch (ExecutionException e) {
            session.disconnect(); // the partner is gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    /** What is settled, from the front; null when the socket is closed. */
    private synchronized @Nullable String nextText() throws InterruptedException {
        while (!closed && (open.isEmpty() || open.element().waiting > 0)) {
            wait();
        }
        if (closed) {
            return null;
        }
        ObjectNode text = Json.mapper().createObjectNode();
        ArrayNode refused = Json.mapper().createArrayNode();
        while (!open.isEmpty() && open.element().waiting == 0) {
            Unit unit = open.remove();
            text.put("acknowledged", unit.number);
            if (unit.refusedFor != null) {
                refused.addObject()
                        .put("message", unit.number)
                        .put("offset", unit.offset)
                        .put("reason", unit.refusedFor);
            }
        }
        notifyAll(); // there is room
        if (!refused.isEmpty()) {
            text.set("refused", refused);
        }
        return text.toString();
    }

    private void send(String text)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<Void> done = new CompletableFuture<>();
        session.sendText(
                text, Callback.from(() -> done.complete(null), done::completeExceptionally));
        done.get(SEND_SECONDS, TimeUnit.SECONDS);
    }

    /** Says good-bye. */
    void end() {
        session.close(StatusCode.SHUTDOWN, "the platform ends", Callback.NOOP);
        close();
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
