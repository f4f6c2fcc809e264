package org.roadloop.compute.serving;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.roadloop.compute.task.TaskAuthorizer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Services over HTTP, and the way in to each (服务接口). The caller is the operator, or the consumer of
 * a started compute-to-data transfer, who sees the services of that agreement.
 *
 * <pre>
 * POST   /api/v1/services                    a service or its next version → its state
 * GET    /api/v1/services
 * GET    /api/v1/services/{name}
 * POST   /api/v1/services/{name}/rollback
 * DELETE /api/v1/services/{name}
 * any    /api/v1/services/{name}/call/PATH   forwarded to the version that serves
 * </pre>
 */
public final class ServiceRoutes {
    private static final String BASE = "/api/v1/services";
    private static final int SPEC_BYTES = 4 << 20;

    /** Of a call's headers, those that are the service's business. */
    private static final List<String> FORWARDED = List.of("Content-Type", "Accept");

    private final ServiceKeeper keeper;
    private final TaskAuthorizer authorizer;

    public ServiceRoutes(ServiceKeeper keeper, TaskAuthorizer authorizer) {
        this.keeper = keeper;
        this.authorizer = authorizer;
    }

    public void addTo(RoutesConfig routes) {
        routes.post(BASE, ctx -> answer(ctx, this::apply));
        routes.get(BASE, ctx -> answer(ctx, this::list));
        routes.get(BASE + "/{name}", ctx -> answer(ctx, this::show));
        routes.post(BASE + "/{name}/rollback", ctx -> answer(ctx, this::rollBack));
        routes.delete(BASE + "/{name}", ctx -> answer(ctx, this::end));
        for (HandlerType method :
                List.of(HandlerType.GET, HandlerType.POST, HandlerType.PUT, HandlerType.DELETE)) {
            routes.addHttpHandler(
                    method, BASE + "/{name}/call/<path>", ctx -> answer(ctx, this::call));
        }
    }

    private interface Answering {
        void answer(Context ctx, TaskAuthorizer.Caller caller) throws IOException;
    }

    private void answer(Context ctx, Answering answering) throws IOException {
        try {
            answering.answer(ctx, caller(ctx));
        } catch (ServiceRefusedException e) {
            if (e.status() == 503) {
                ctx.header("Retry-After", "1");
            }
            ctx.status(e.status());
            send(
                    ctx,
                    JsonMapper.shared()
                            .createObjectNode()
                            .put("type", "urn:roadloop:problem:" + e.code())
                            .put("title", e.code().replace('_', ' '))
                            .put("status", e.status())
                            .put("detail", e.getMessage())
                            .put("instance", ctx.path()));
        }
    }

    private TaskAuthorizer.Caller caller(Context ctx) {
        String header = Optional.ofNullable(ctx.header("Authorization")).orElse("");
        String token = header.startsWith("Bearer ") ? header.substring(7).strip() : "";
        return authorizer
                .findCaller(token)
                .orElseThrow(
                        () ->
                                new ServiceRefusedException(
                                        401,
                                        "unauthenticated",
                                        "the bearer token is missing, unknown or no longer valid"));
    }

    private void apply(Context ctx, TaskAuthorizer.Caller caller) throws IOException {
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(body(ctx, SPEC_BYTES));
        } catch (JacksonException e) {
            throw ServiceRefusedException.invalid("the body is no JSON: " + e.getOriginalMessage());
        }
        Service service = keeper.apply(json, caller);
        ctx.status(201);
        send(ctx, full(service));
    }

    private ObjectNode full(Service service) {
        return ServiceJson.full(service, keeper.findRun(service.name()), keeper.now());
    }

    private void list(Context ctx, TaskAuthorizer.Caller caller) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        ArrayNode items = json.putArray("items");
        for (Service service : keeper.list(caller)) {
            items.add(ServiceJson.brief(service, keeper.findRun(service.name()), keeper.now()));
        }
        send(ctx, json);
    }

    private void show(Context ctx, TaskAuthorizer.Caller caller) {
        send(ctx, full(keeper.get(ctx.pathParam("name"), caller)));
    }

    private void rollBack(Context ctx, TaskAuthorizer.Caller caller) {
        send(ctx, full(keeper.rollBack(ctx.pathParam("name"), caller)));
    }

    private void end(Context ctx, TaskAuthorizer.Caller caller) {
        String name = ctx.pathParam("name");
        keeper.end(name, caller);
        send(ctx, full(keeper.get(name, caller)));
    }

    private void call(Context ctx, TaskAuthorizer.Caller caller) throws IOException {
        Service service = keeper.get(ctx.pathParam("name"), caller);
        int most =
                service.find(service.serving())
                        .map(v -> v.parsed().calls().requestBytes())
                        .orElseThrow(() -> ServiceRefusedException.notHealthy(service.name()));
        String path = ctx.req().getRequestURI();
        String target = path.substring(path.indexOf("/call/") + "/call".length());
        String query = ctx.queryString();
        Map<String, String> headers = new LinkedHashMap<>();
        for (String name : FORWARDED) {
            String value = ctx.header(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        UnixHttp.Request request;
        try {
            request =
                    new UnixHttp.Request(
                            ctx.method().name(),
                            query == null ? target : target + "?" + query,
                            headers,
                            body(ctx, most));
        } catch (IllegalArgumentException e) {
            throw new ServiceRefusedException(400, "invalid_call", "the path has odd characters");
        }
        UnixHttp.Answer answer = keeper.call(service, request);
        ctx.status(answer.status());
        // a program of somebody answers from the platform's own address: no page of it may act
        // there
        ctx.header("Content-Security-Policy", "sandbox");
        ctx.header("X-Content-Type-Options", "nosniff");
        ctx.contentType(answer.headers().getOrDefault("content-type", "application/octet-stream"));
        ctx.result(answer.body());
    }

    private static byte[] body(Context ctx, int most) throws IOException {
        byte[] bytes = ctx.bodyInputStream().readNBytes(most + 1);
        if (bytes.length > most) {
            throw new ServiceRefusedException(
                    413, "request_too_large", "the body is larger than " + most + " bytes");
        }
        return bytes;
    }

    private static void send(Context ctx, JsonNode json) {
        ctx.result(JsonMapper.shared().writeValueAsBytes(json));
        ctx.contentType(ctx.statusCode() >= 400 ? "application/problem+json" : "application/json");
    }
}
