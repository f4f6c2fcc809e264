package org.roadloop.app.part;

import io.javalin.http.Context;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.home.PrivateFiles;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Page;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.collect.Counters;
import org.roadloop.collect.gateway.FrameLog;
import org.roadloop.collect.gateway.FrameSecurity;
import org.roadloop.collect.gateway.LinkSession;
import org.roadloop.collect.gateway.TcpGateway;
import org.roadloop.collect.live.LiveFilter;
import org.roadloop.collect.live.LiveFollower;
import org.roadloop.collect.live.LiveSessions;
import org.roadloop.collect.live.LiveSnapshot;
import org.roadloop.collect.live.LiveStates;
import org.roadloop.collect.live.VehicleState;
import org.roadloop.core.table.BatchFeed;
import tools.jackson.databind.node.ObjectNode;

/**
 * The last known state of every vehicle for the operator (实时状态接口), by the id that commands take.
 * Any thread.
 */
final class LiveVehicles {
    private final Counters counters = new Counters();
    private @Nullable Running running;

    private record Running(
            Registers registers,
            LiveStates states,
            LiveSessions sessions,
            LiveFollower follower,
            LiveStream stream) {}

    void start(
            PlatformContext context,
            Registers registers,
            FrameLog log,
            TcpGateway gateway,
            FrameSecurity security)
            throws IOException {
        Path folder = context.home().root().resolve("live");
        PrivateFiles.folder(folder);
        LiveSessions sessions = new LiveSessions(context.clock());
        LiveStates states =
                new LiveStates(LiveStates.MOST_VEHICLES, subjects(context, registers), counters);
        LiveFollower follower =
                new LiveFollower(
                        log,
                        states,
                        new LiveSnapshot(
                                folder.resolve("state"), context.keystore().secret("live")),
                        security,
                        context.clock(),
                        Duration.ofDays(context.config().retention().frameLogDays()),
                        counters);
        gateway.onSession(sessions);
        registers.onForgotten(
                subject -> {
                    Optional<byte[]> hash = VehicleSubjects.hash(subject);
                    if (hash.isPresent()) {
                        follower.forget(hash.get());
                    }
                });
        follower.start();
        running =
                new Running(
                        registers,
                        states,
                        sessions,
                        follower,
                        new LiveStream(states, sessions, counters, LiveStream.Pace.DEFAULT));
    }

    /** What is not registered any more has no id, whatever the log still holds of it. */
    private static LiveStates.Subjects subjects(PlatformContext context, Registers registers) {
        VehicleSubjects subjects = new VehicleSubjects(context.keystore());
        return (identity, isPhone) -> {
            if (isPhone) {
                return registers.terminals().find(identity) == null
                        ? null
                        : VehicleSubjects.hash(subjects.ofPhone(identity)).orElseThrow();
            }
            byte[] vin = identity.getBytes(StandardCharsets.US_ASCII);
            return registers.vehicles().find(vin, 0) == null
                    ? null
                    : VehicleSubjects.hash(subjects.of(identity)).orElseThrow();
        };
    }

    /** The same feed, which lets no frame be freed that a start of the live state would read. */
    BatchFeed holding(BatchFeed feed) {
        return new HeldFeed(feed, () -> running().follower().savedPosition());
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                                "/api/v1/vehicles/live",
                                Role.OPERATOR,
                                "Last known states; ?bbox=W,S,E,N &online= &protocol= &changedSince="
                                        + " &ids= &limit &cursor",
                                this::list)
                        .schemas(
                                "",
                                "{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\","
                                        + "\"items\":"
                                        + LiveBodies.SCHEMA
                                        + "},\"next\":{\"type\":\"string\"},"
                                        + "\"rebuilding\":{\"type\":\"boolean\"}}}"),
                Route.get(
                                "/api/v1/vehicles/{id}/live",
                                Role.OPERATOR,
                                "Last known state and session of one vehicle",
                                this::one)
                        .schemas("", LiveBodies.SCHEMA),
                Route.get(
                        "/api/v1/vehicles/live/stream",
                        Role.OPERATOR,
                        "Last known states and their changes as server-sent events; filters as in"
                                + " the list; Last-Event-ID resumes",
                        c -> running().stream().events(c)));
    }

    private void list(Context c) {
        Running on = running();
        LiveFilter filter = LiveQuery.of(c, on.sessions());
        Page page = Page.of(c);
        List<VehicleState> found = new ArrayList<>();
        int from = Math.toIntExact(Math.min(page.afterIndex() + 1, Integer.MAX_VALUE));
        on.states().list(from, filter, page.limit() + 1, found);
        Map<String, Object> answer = page.answer(found, state -> Integer.toString(state.slot()));
        answer.put(
                "items",
                found.stream()
                        .limit(page.limit())
                        .map(state -> LiveBodies.of(state, on.sessions()))
                        .toList());
        if (on.follower().isRebuilding()) {
            answer.put("rebuilding", true);
        }
        c.json(answer);
    }

    private void one(Context c) throws IOException {
        Running on = running();
        String id = c.pathParam("id");
        Optional<VehicleState> state = VehicleSubjects.hash(id).flatMap(on.states()::find);
        ObjectNode body =
                state.isPresent()
                        ? LiveBodies.of(state.get(), on.sessions())
                        : connectedOnly(on, id);
        c.contentType("application/json").result(body.toString());
    }

    /** Of a vehicle that has not reported yet there may be a session. */
    private static ObjectNode connectedOnly(Running on, String id) throws IOException {
        Optional<String> phone = on.registers().findPhone(id);
        Optional<String> vin = phone.isPresent() ? phone : on.registers().findVin(id);
        if (vin.isEmpty()) {
            throw Problem.notFound(
                    "vehicle_not_found",
                    "no vehicle has this id; POST /api/v1/subjects tells that of a VIN");
        }
        Optional<LinkSession> session =
                phone.isPresent()
                        ? on.sessions().findPhone(phone.get())
                        : on.sessions().findVin(vin.get());
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("id", id).put("online", session.isPresent());
        LiveBodies.session(body, session.orElse(null));
        return body;
    }

    /** Adds gauges and counters. */
    void metrics(Map<String, LongSupplier> metrics) {
        counters.snapshot()
                .keySet()
                .forEach(name -> metrics.put(name + "_total", () -> counters.value(name)));
        Running on = running;
        if (on != null) {
            metrics.put("live_vehicles", on.states()::size);
            metrics.put("live_streams", on.stream()::size);
        }
    }

    /** Ends the streams. */
    void closing() {
        if (running != null) {
            running.stream().close();
        }
    }

    private Running running() {
        Running on = running;
        if (on == null) {
            throw new IllegalStateException("the part 'collect' is not started");
        }
        return on;
    }

    /** Saves the state; the log must still be open. */
    void close() {
        if (running != null) {
            running.stream().close();
            running.follower().close();
            running = null;
        }
    }
}
