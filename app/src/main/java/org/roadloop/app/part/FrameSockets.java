package org.roadloop.app.part;

import io.javalin.websocket.WsBinaryMessageContext;
import io.javalin.websocket.WsConnectContext;
import io.javalin.websocket.WsMessageContext;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.FrameIntake;

/** The WebSockets by which partners send frames (合作方长连接), bounded in number. Any thread. */
final class FrameSockets implements AutoCloseable {
    private static final int MOST = 32;
    private static final int LARGEST_MESSAGE_BYTES = 1 << 20;

    /** A partner with nothing to send says so by a ping. */
    private static final Duration IDLE = Duration.ofMinutes(5);

    private final Map<String, FrameSocket> open = new ConcurrentHashMap<>();
    private final LogRoom room;
    private final Counters counters;
    private volatile boolean closed;

    /**
     * @param counters count {@code partner_sockets_refused} and {@code partner_sockets_cut}
     */
    FrameSockets(LogRoom room, Counters counters) {
        this.room = room;
        this.counters = counters;
    }

    void opened(WsConnectContext c, FrameIntake intake) {
        if (closed || open.size() >= MOST) {
            counters.increment("partner_sockets_refused");
            c.session.close(
                    StatusCode.TRY_AGAIN_LATER,
                    "all " + MOST + " connections for frames are taken",
                    Callback.NOOP);
            return;
        }
        c.session.setMaxBinaryMessageSize(LARGEST_MESSAGE_BYTES);
        c.session.setIdleTimeout(IDLE);
        FrameSocket socket = new FrameSocket(c.session, intake, room, counters);
        open.put(c.sessionId(), socket);
        socket.start();
    }

    /** Returns when there is room for a further message: until then nothing more is read. */
    void received(WsBinaryMessageContext c) throws InterruptedException {
        FrameSocket socket = open.get(c.sessionId());
        if (socket != null) {
            ByteBuffer data = c.data();
            byte[] message = new byte[data.remaining()];
            data.get(message);
            socket.received(message);
        }
    }

    void refuseText(WsMessageContext c) {
        c.session.close(
                StatusCode.BAD_DATA, "frames come in binary messages, one each", Callback.NOOP);
    }

    void closed(String sessionId) {
        FrameSocket socket = open.remove(sessionId);
        if (socket != null) {
            socket.close();
        }
    }

    @Override
    public void close() {
        closed = true;
        open.values().forEach(FrameSocket::end);
    }
}
