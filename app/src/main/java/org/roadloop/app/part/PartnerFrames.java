package org.roadloop.app.part;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Admission;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.FrameIntake;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.FrameSecurity;
import org.roadloop.collect.gateway.Gb32960Intake;
import org.roadloop.collect.gateway.Jt808Intake;
import org.roadloop.collect.gateway.Jt808Settings;
import org.roadloop.collect.gb32960.text.Gb32960Text;
import org.roadloop.collect.jt808.Jt808Text;
import org.roadloop.collect.text.MessageText;

/**
 * Frames of partners who have no link of the protocol (合作方接入): by HTTP a body of them, by WebSocket
 * one message after another. Answered when they are durable; the same frame twice is one row, so
 * whoever has no answer sends again. Any thread.
 */
final class PartnerFrames {
    static final String PATH = "/api/v1/frames";
    static final String STREAM = PATH + "/stream";
    private static final String GB32960 = "gb32960";
    private static final String JT808 = "jt808";

    /** Bodies in memory at a time. */
    private static final int MOST_BODIES = 8;

    /** How long a body waits for room in the log, and its answer for the disk. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Semaphore bodies = new Semaphore(MOST_BODIES);
    private @Nullable Running running;

    private record Running(
            PlatformContext context,
            Registers registers,
            FrameLog log,
            FrameSecurity security,
            Counters counters,
            LogRoom room,
            FrameSockets sockets) {
        /** What takes the frames of one sender. */
        FrameIntake intake(String protocol) {
            return protocol.equals(GB32960)
                    ? new Gb32960Intake(
                            log, registers.vehicles(), security, counters, context.clock())
                    : new Jt808Intake(
                            log,
                            registers.terminals(),
                            Jt808Settings.DEFAULT,
                            counters,
                            context.clock());
        }
    }

    void start(
            PlatformContext context,
            Registers registers,
            FrameLog log,
            FrameSecurity security,
            Counters counters) {
        LogRoom room = new LogRoom(log);
        running =
                new Running(
                        context,
                        registers,
                        log,
                        security,
                        counters,
                        room,
                        new FrameSockets(room, counters));
    }

    List<Route> routes() {
        return List.of(
                Route.post(
                                PATH,
                                Role.OPERATOR,
                                "Take frames of ?protocol=gb32960 or jt808: bytes, hex lines"
                                        + " (text/plain) or JSON lines (application/x-ndjson)",
                                this::take)
                        .schemas(
                                "",
                                """
                                {"type":"object","properties":{"accepted":{"type":"integer"},
                                 "refused":{"type":"integer"},
                                 "refusals":{"type":"array","items":{"type":"object","properties":
                                  {"line":{"type":"integer"},"offset":{"type":"integer"},
                                  "reason":{"type":"string"}}}}}}
                                """));
    }

    void mount(RoutesConfig routes) {
        routes.wsBeforeUpgrade(
                STREAM,
                c -> {
                    Admission.admit(c, running().context().tokens(), Set.of(Role.OPERATOR));
                    protocol(c.queryParam("protocol"));
                });
        routes.ws(
                STREAM,
                ws -> {
                    ws.onConnect(
                            c ->
                                    running()
                                            .sockets()
                                            .opened(
                                                    c,
                                                    running()
                                                            .intake(
                                                                    protocol(
                                                                            c.queryParam(
                                                                                    "protocol")))));
                    ws.onBinaryMessage(c -> running().sockets().received(c));
                    ws.onMessage(c -> running().sockets().refuseText(c));
                    ws.onClose(c -> running().sockets().closed(c.sessionId()));
                });
    }

    List<Route> described() {
        return List.of(
                new Route(
                        HandlerType.GET,
                        STREAM,
                        Set.of(Role.OPERATOR),
                        "WebSocket: each binary message is a frame of ?protocol=, acknowledged"
                                + " by its number when it is durable",
                        c -> {},
                        "",
                        ""));
    }

    private static String protocol(@Nullable String name) {
        if (name != null && (name.equals(GB32960) || name.equals(JT808))) {
            return name;
        }
        throw Problem.badRequest(
                "unknown_protocol", "frames are of ?protocol=gb32960 or ?protocol=jt808");
    }

    private void take(Context c) throws IOException, InterruptedException {
        Running on = running();
        String protocol = protocol(c.queryParam("protocol"));
        if (!bodies.tryAcquire()) {
            throw busy(c, 429, "too_many_bodies", "other bodies are being taken", Map.of());
        }
        try {
            FrameBody body = new FrameBody(on.intake(protocol), on.room(), PATIENCE);
            FrameBody.Verdict verdict = take(c, body, protocol);
            Map<String, Object> answer = body.answer();
            switch (verdict) {
                case DURABLE -> c.json(answer);
                case NO_ROOM ->
                        throw busy(
                                c,
                                503,
                                "log_full",
                                "the frame log has no room now; what is counted here is durable",
                                answer);
                case NOT_DURABLE ->
                        throw busy(
                                c,
                                503,
                                "not_durable",
                                "the disk does not keep up; what was taken is not durable yet",
                                Map.of());
            }
        } finally {
            bodies.release();
        }
    }

    private static FrameBody.Verdict take(Context c, FrameBody body, String protocol)
            throws IOException, InterruptedException {
        String type = String.valueOf(c.contentType()).split(";", 2)[0].strip();
        byte[] bytes = c.bodyAsBytes();
        return switch (type) {
            case "application/octet-stream" -> body.binary(bytes);
            case "text/plain" -> body.hexLines(bytes);
            case "application/x-ndjson" -> body.jsonLines(bytes, text(protocol));
            default ->
                    throw new Problem(
                            415,
                            "unknown_media_type",
                            "frames come as application/octet-stream, as hex lines in text/plain,"
                                    + " or as JSON lines in application/x-ndjson");
        };
    }

    private static MessageText text(String protocol) {
        return protocol.equals(GB32960) ? new Gb32960Text() : new Jt808Text();
    }

    private static Problem busy(
            Context c, int status, String name, String detail, Map<String, Object> counts) {
        c.header("Retry-After", "5");
        return new Problem(
                status,
                name,
                detail + "; send again later, the same frame twice is one row",
                counts);
    }

    private Running running() {
        Running on = running;
        if (on == null) {
            throw new IllegalStateException("the part 'collect' is not started");
        }
        return on;
    }

    /** Ends the WebSockets. */
    void close() {
        if (running != null) {
            running.sockets().close();
        }
    }
}
