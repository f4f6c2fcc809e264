package org.roadloop.dataspace.access;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.websocket.WsConnectContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.roadloop.core.contract.UsageGate;
import tools.jackson.databind.json.JsonMapper;

/**
 * The two wires of a live stream (流接口), both at {@code
 * /dataspace/v1/stream/{transferPid}?purpose=…} with the access token in {@code Authorization}.
 *
 * <pre>
 * Server-sent events                     WebSocket, one text message each
 *   event: open  data: {"lease":…}         {"event":"open","lease":…}
 *   id: cursor   event: rows               {"event":"rows","id":cursor,"rows":n}
 *     data: {row}  one line a row            {row}  one line a row
 *   : heartbeat                            ping
 *   event: end   data: {"code","reason"}   {"event":"end","code":…,"reason":…}, then close
 * </pre>
 *
 * A reader comes back with {@code Last-Event-ID} or {@code ?cursor=}; {@code cursor=-1} asks for
 * all rows from the first one.
 */
public final class StreamRoutes {
    private final LiveStreams streams;
    private final Map<String, Thread> readers = new ConcurrentHashMap<>();

    public StreamRoutes(LiveStreams streams) {
        this.streams = streams;
    }

    public void mount(RoutesConfig routes) {
        String path = LiveStreams.PATH + "{transferPid}";
        routes.get(path, ctx -> DataRoute.answering(ctx, this::events));
        routes.ws(
                path,
                ws -> {
                    ws.onConnect(this::connected);
                    ws.onClose(
                            ctx -> {
                                Thread reader = readers.remove(ctx.sessionId());
                                if (reader != null) {
                                    reader.interrupt();
                                }
                            });
                });
    }

    // ---------------------------------------------------------------- server-sent events

    private void events(Context ctx) throws IOException {
        AccessTokens.Claims claims = DataRoute.claims(streams.tokens(), ctx, LiveStreams.FORMAT);
        String cursor =
                Optional.ofNullable(ctx.header("Last-Event-ID"))
                        .or(() -> Optional.ofNullable(ctx.queryParam("cursor")))
                        .orElse("");
        String purpose = Optional.ofNullable(ctx.queryParam("purpose")).orElse("");
        try {
            streams.feed(claims, purpose, cursor, new Events(ctx));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Events implements LiveStreams.Wire {
        private final Context ctx;
        private final Runnable cutter;

        Events(Context ctx) {
            this.ctx = ctx;
            cutter = Line.cutter(ctx);
        }

        private OutputStream out() throws IOException {
            return ctx.res().getOutputStream();
        }

        @Override
        public void opened(String leaseId) throws IOException {
            ctx.status(200).contentType("text/event-stream").header("Cache-Control", "no-store");
            event("open", JsonMapper.shared().createObjectNode().put("lease", leaseId).toString());
        }

        private void event(String name, String json) throws IOException {
            write("event: " + name + "\ndata: " + json + "\n\n");
        }

        private void write(String text) throws IOException {
            out().write(text.getBytes(StandardCharsets.UTF_8));
            out().flush();
        }

        @Override
        public void rows(GovernedStream.Chunk chunk) throws IOException {
            byte[] lines = chunk.lines();
            ByteArrayOutputStream event = new ByteArrayOutputStream(lines.length * 9 / 8 + 64);
            event.writeBytes(ascii("id: " + chunk.cursor() + "\nevent: rows\n"));
            byte[] data = ascii("data: ");
            int start = 0;
            for (int i = 0; i < lines.length; i++) {
                if (lines[i] == '\n') {
                    event.writeBytes(data);
                    event.write(lines, start, i + 1 - start);
                    start = i + 1;
                }
            }
            event.write('\n');
            event.writeTo(out());
            out().flush();
        }

        private static byte[] ascii(String text) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public void heartbeat() throws IOException {
            write(": heartbeat\n\n");
        }

        @Override
        public void end(String code, String reason) throws IOException {
            event("end", ending(code, reason));
        }

        @Override
        public void cut() {
            cutter.run();
        }
    }

    private static String ending(String code, String reason) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("code", code)
                .put("reason", reason)
                .toString();
    }

    // ---------------------------------------------------------------- WebSocket

    private void connected(WsConnectContext ctx) {
        readers.put(
                ctx.sessionId(),
                Thread.ofVirtual().name("stream " + ctx.sessionId()).start(() -> feed(ctx)));
    }

    private void feed(WsConnectContext ctx) {
        Socket wire = new Socket(ctx.session);
        try {
            AccessTokens.Claims claims =
                    streams.tokens()
                            .verify(Optional.ofNullable(ctx.header("Authorization")).orElse(""));
            if (!claims.transferPid().equals(ctx.pathParam("transferPid"))
                    || !claims.format().equals(LiveStreams.FORMAT)) {
                throw new AccessProblem(
                        403, "token_of_another_transfer", "the token is not of this transfer");
            }
            streams.feed(
                    claims,
                    Optional.ofNullable(ctx.queryParam("purpose")).orElse(""),
                    Optional.ofNullable(ctx.queryParam("cursor")).orElse(""),
                    wire);
        } catch (AccessTokens.InvalidTokenException e) {
            wire.refuse(AccessProblem.of(e));
        } catch (UsageGate.RefusedException e) {
            wire.refuse(AccessProblem.of(e));
        } catch (AccessProblem e) {
            wire.refuse(e);
        } catch (InterruptedException e) {
            wire.cut();
        }
    }

    /** One message is on its way at most, so a slow reader holds up nobody's memory. */
    private static final class Socket implements LiveStreams.Wire {
        private final Session session;

        Socket(Session session) {
            this.session = session;
        }

        private interface Sending {
            void with(Callback done);
        }

        private static void await(Sending sending) throws IOException {
            CompletableFuture<Void> done = new CompletableFuture<>();
            sending.with(Callback.from(() -> done.complete(null), done::completeExceptionally));
            try {
                done.get();
            } catch (ExecutionException e) {
                throw new IOException("the reader is gone", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the reader is gone", e);
            }
        }

        private void text(String text) throws IOException {
            await(done -> session.sendText(text, done));
        }

        @Override
        public void opened(String leaseId) throws IOException {
            text(
                    JsonMapper.shared()
                            .createObjectNode()
                            .put("event", "open")
                            .put("lease", leaseId)
                            .toString());
        }

        @Override
        public void rows(GovernedStream.Chunk chunk) throws IOException {
            text(
                    JsonMapper.shared()
                                    .createObjectNode()
                                    .put("event", "rows")
                                    .put("id", chunk.cursor())
                                    .put("rows", chunk.rows())
                            + "\n"
                            + new String(chunk.lines(), StandardCharsets.UTF_8));
        }

        @Override
        public void heartbeat() throws IOException {
            await(done -> session.sendPing(java.nio.ByteBuffer.allocate(0), done));
        }

        @Override
        public void end(String code, String reason) throws IOException {
            text(
                    JsonMapper.shared()
                            .createObjectNode()
                            .put("event", "end")
                            .put("code", code)
                            .put("reason", reason)
                            .toString());
            await(done -> session.close(StatusCode.NORMAL, code, done));
        }

        void refuse(AccessProblem problem) {
            session.close(StatusCode.POLICY_VIOLATION, problem.code(), Callback.NOOP);
        }

        @Override
        public void cut() {
            session.disconnect();
        }
    }
}
