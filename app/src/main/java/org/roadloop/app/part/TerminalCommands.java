package org.roadloop.app.part;

import io.javalin.http.Context;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Caller;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.collect.gateway.CommandResult;
import org.roadloop.collect.gateway.TcpGateway;
import org.roadloop.collect.gateway.TerminalOrder;
import org.roadloop.collect.jt808.Message;
import org.roadloop.core.ledger.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Commands of the operator to terminals of GB/T 32960 and JT/T 808 (指令下发). The order is evidence
 * before it is sent, its end is evidence too; neither names VIN or phone, nor quotes a text. Any
 * thread.
 */
final class TerminalCommands {
    static final String ORDERED = "vehicle.command-ordered";
    static final String ENDED = "vehicle.command-ended";
    private static final Logger LOG = LoggerFactory.getLogger(TerminalCommands.class);

    /** Of so many commands the state is told; older ones are in the ledger. */
    private static final int MOST_KEPT = 10_000;

    private @Nullable Running running;

    // Guarded by itself.
    private final Map<String, String> states =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
                    return size() > MOST_KEPT;
                }
            };

    private record Running(PlatformContext context, Registers registers, TcpGateway gateway) {}

    void start(PlatformContext context, Registers registers, TcpGateway gateway) {
        running = new Running(context, registers, gateway);
    }

    List<Route> routes() {
        return List.of(
                Route.post(
                                "/api/v1/vehicles/{id}/commands",
                                Role.OPERATOR,
                                "Send a command to the terminal of a vehicle",
                                this::order)
                        .schemas(
                                """
                                {"type":"object","required":["command"],"properties":{
                                 "command":{"enum":["position","tracking","text","control",
                                  "parameters","set-parameters"]},
                                 "intervalSeconds":{"type":"integer"},
                                 "validSeconds":{"type":"integer"},
                                 "flags":{"type":"integer"},"kind":{"type":"integer"},
                                 "text":{"type":"string"},
                                 "ids":{"type":"array","items":{"type":"integer"}},
                                 "action":{"type":"integer"},"arguments":{"type":"string"},
                                 "parameters":{"type":"array","items":{"type":"object",
                                  "required":["id","hex"],"properties":{"id":{"type":"integer"},
                                  "hex":{"type":"string"}}}}}}
                                """,
                                """
                                {"type":"object","properties":{"id":{"type":"string"},
                                 "state":{"type":"string"}}}
                                """),
                Route.get(
                        "/api/v1/vehicles/{id}/commands/{command}",
                        Role.OPERATOR,
                        "Where a command stands: sent, done, refused, timed-out, link-lost, "
                                + "not-connected, busy, unsupported",
                        this::state));
    }

    private void order(Context c) throws IOException {
        Running on = running;
        if (on == null) {
            throw new IllegalStateException("the part 'collect' is not started");
        }
        String subject = c.pathParam("id");
        JsonNode body = Json.object(c);
        String kind = body.path("command").asString("");
        Supplier<CompletableFuture<CommandResult>> sending = sending(on, subject, kind, body);
        String id = UUID.randomUUID().toString();
        ObjectNode ordered = Json.mapper().createObjectNode();
        ordered.put("command", kind).put("id", id);
        ordered.put("by", "token:" + Caller.of(c).id());
        append(on, ORDERED, subject, ordered);
        note(id, "sent");
        var _ =
                sending.get()
                        .handle(
                                (result, failure) -> {
                                    Thread.ofVirtual().start(() -> ended(on, subject, id, result));
                                    return null;
                                });
        c.status(202).json(Map.of("id", id, "state", "sent"));
    }

    /** Checks the order first: what can't be sent leaves no evidence. */
    private static Supplier<CompletableFuture<CommandResult>> sending(
            Running on, String subject, String kind, JsonNode body) throws IOException {
        Optional<String> phone = on.registers().findPhone(subject);
        Optional<String> vin = phone.isPresent() ? phone : on.registers().findVin(subject);
        if (vin.isEmpty()) {
            throw Problem.notFound(
                    "vehicle_not_found",
                    "no vehicle has this id; POST /api/v1/subjects tells that of a VIN, POST"
                            + " /api/v1/terminals that of a terminal");
        }
        try {
            if (phone.isPresent()) {
                Message message = CommandBodies.jt808(kind, body);
                return () -> on.gateway().send(phone.get(), message);
            }
            TerminalOrder order = CommandBodies.gb32960(kind, body);
            return () -> on.gateway().order(vin.get(), order);
        } catch (JacksonException | IllegalArgumentException e) {
            throw Problem.badRequest(
                    "invalid_command",
                    "'%s' is no command of this protocol, or lacks a member; JT/T 808 has position, tracking (intervalSeconds), text (text), and both have control (action), parameters, set-parameters (parameters with id and hex)"
                            .formatted(kind));
        }
    }

    /**
     * @param result null: the edition of the terminal's link has no such message
     */
    private void ended(Running on, String subject, String id, @Nullable CommandResult result) {
        String state =
                result == null
                        ? "unsupported"
                        : switch (result.outcome()) {
                            case DONE -> "done";
                            case REFUSED -> "refused";
                            case TIMED_OUT -> "timed-out";
                            case LINK_LOST -> "link-lost";
                            case NOT_CONNECTED -> "not-connected";
                            case BUSY -> "busy";
                        };
        ObjectNode end = Json.mapper().createObjectNode();
        end.put("id", id).put("outcome", state);
        if (result != null && result.code() >= 0) {
            end.put("code", result.code());
        }
        try {
            append(on, ENDED, subject, end);
        } catch (RuntimeException e) {
            LOG.error("the end of command {} ({}) is not in the ledger", id, state, e);
        }
        note(id, state);
    }

    private static void append(Running on, String type, String subject, ObjectNode body) {
        PlatformContext context = on.context();
        context.ledger()
                .append(
                        Event.of(
                                type,
                                context.clock().instant(),
                                context.participant().did(),
                                subject,
                                body));
    }

    private void state(Context c) {
        String state;
        synchronized (states) {
            state = states.get(c.pathParam("command"));
        }
        if (state == null) {
            throw Problem.notFound(
                    "command_not_found",
                    "no such command since the start; older ones are in the ledger");
        }
        c.json(Map.of("id", c.pathParam("command"), "state", state));
    }

    private void note(String id, String state) {
        synchronized (states) {
            states.put(id, state);
        }
    }
}
