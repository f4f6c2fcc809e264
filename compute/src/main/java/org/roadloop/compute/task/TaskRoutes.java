package org.roadloop.compute.task;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * GA4GH TES 1.1 over HTTP (任务接口), and where released outputs are fetched.
 *
 * <pre>
 * GET  /ga4gh/tes/v1/service-info
 * POST /ga4gh/tes/v1/tasks               tesTask → {id}
 * GET  /ga4gh/tes/v1/tasks               view, name_prefix, state, tag_key, tag_value, page_size, page_token
 * GET  /ga4gh/tes/v1/tasks/{id}          view
 * POST /ga4gh/tes/v1/tasks/{id}:cancel
 * GET  /api/v1/tasks/{id}/outputs/{name}  a name of a folder's file has slashes
 * GET  /api/v1/tasks/{id}/placement
 * </pre>
 */
public final class TaskRoutes {
    private static final String BASE = "/ga4gh/tes/v1";
    private static final int PAGE_SIZE = 256;
    private static final int MAX_PAGE_SIZE = 2047;

    /** So long the answer to a cancel waits for the end: 1.0 knows no state CANCELING. */
    private static final Duration CANCELLING = Duration.ofSeconds(4);

    /**
     * A client that asks for all of a task right after it made it wants to see how it went: the
     * answer waits so long for the end of a task that is no older.
     */
    private static final Duration FRESH = Duration.ofSeconds(2);

    private final TaskService service;
    private final TaskAuthorizer authorizer;
    private final ServiceInfo info;

    /**
     * What a client learns first.
     *
     * @param id reverse domain name of this service
     * @param organizationUrl of who runs it
     */
    public record ServiceInfo(
            String id, String name, String organization, String organizationUrl, String version) {}

    public TaskRoutes(TaskService service, TaskAuthorizer authorizer, ServiceInfo info) {
        this.service = service;
        this.authorizer = authorizer;
        this.info = info;
    }

    public void addTo(RoutesConfig routes) {
        routes.get(BASE + "/service-info", this::serviceInfo);
        routes.post(BASE + "/tasks", ctx -> answer(ctx, () -> create(ctx)));
        routes.get(BASE + "/tasks", ctx -> answer(ctx, () -> list(ctx)));
        routes.get(BASE + "/tasks/{id}", ctx -> answer(ctx, () -> get(ctx)));
        routes.post(BASE + "/tasks/{id}", ctx -> answer(ctx, () -> cancel(ctx)));
        routes.get("/api/v1/tasks/{id}/outputs/<name>", ctx -> answer(ctx, () -> output(ctx)));
        routes.get("/api/v1/tasks/{id}/placement", ctx -> answer(ctx, () -> placement(ctx)));
    }

    private interface Route {
        void answer() throws IOException;
    }

    private static final class NotFound extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotFound(String message) {
            super(message);
        }
    }

    private void answer(Context ctx, Route route) throws IOException {
        try {
            route.answer();
        } catch (TaskRefusedException e) {
            ObjectNode problem = problem(ctx, e.kind().status, String.valueOf(e.getMessage()));
            if (!e.reasons().isEmpty()) {
                ArrayNode reasons = problem.putArray("reasons");
                e.reasons()
                        .forEach(
                                r ->
                                        reasons.addObject()
                                                .put("code", r.code())
                                                .put("english", r.english())
                                                .put("chinese", r.chinese()));
            }
            send(ctx, problem);
        } catch (NotFound e) {
            send(ctx, problem(ctx, 404, String.valueOf(e.getMessage())));
        }
    }

    private void serviceInfo(Context ctx) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("id", info.id()).put("name", info.name());
        json.putObject("type")
                .put("group", "org.ga4gh")
                .put("artifact", "tes")
                .put("version", "1.1.0");
        json.put(
                "description",
                "Runs tasks on governed data under a contract, and the operator's own. Images: "
                        + String.join(", ", service.wiring().images().names()));
        json.putObject("organization")
                .put("name", info.organization())
                .put("url", info.organizationUrl());
        json.put("version", info.version());
        ArrayNode storage = json.putArray("storage").add("asset:ID").add("result:NAME");
        service.wiring().own().bases().forEach(storage::add);
        ArrayNode parameters = json.putArray("tesResources_backend_parameters");
        TaskRequest.BACKEND_PARAMETERS.forEach(parameters::add);
        send(ctx, json);
    }

    private void create(Context ctx) {
        TaskAuthorizer.Caller caller = caller(ctx);
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(ctx.bodyAsBytes());
        } catch (JacksonException e) {
            throw new TaskRefusedException(
                    TaskRefusedException.Kind.INVALID, "the body is not JSON");
        }
        String id = service.create(json, caller);
        send(ctx, JsonMapper.shared().createObjectNode().put("id", id));
    }

    private void get(Context ctx) {
        Task task = task(ctx, ctx.pathParam("id"));
        TaskJson.View view = view(ctx);
        boolean fresh = task.createdAt().isAfter(Instant.now().minus(FRESH));
        if (view == TaskJson.View.FULL && fresh && !task.state().ended() && !task.isService()) {
            task = service.book().awaitEnd(task.id(), FRESH);
        }
        send(ctx, TaskJson.of(service.book(), task, view, service.logFolder(task.id())));
    }

    private void list(Context ctx) {
        TaskAuthorizer.Caller caller = caller(ctx);
        TaskJson.View view = view(ctx);
        int size = number(ctx, "page_size", PAGE_SIZE);
        if (size < 1 || size > MAX_PAGE_SIZE) {
            throw invalid("page_size must be 1 to " + MAX_PAGE_SIZE);
        }
        TaskBook.Page page =
                service.book().list(query(ctx, caller), number(ctx, "page_token", -1), size);
        ObjectNode json = JsonMapper.shared().createObjectNode();
        ArrayNode tasks = json.putArray("tasks");
        page.tasks()
                .forEach(
                        t ->
                                tasks.add(
                                        TaskJson.of(
                                                service.book(),
                                                t,
                                                view,
                                                service.logFolder(t.id()))));
        if (page.next() >= 0) {
            json.put("next_page_token", Integer.toString(page.next()));
        }
        send(ctx, json);
    }

    private static TaskIndex.Query query(Context ctx, TaskAuthorizer.Caller caller) {
        String state = Optional.ofNullable(ctx.queryParam("state")).orElse("");
        List<String> keys = ctx.queryParams("tag_key");
        List<String> values = ctx.queryParams("tag_value");
        if (!state.isEmpty() && find(TaskState.values(), state).isEmpty()) {
            throw invalid("state '" + state + "' is none of TES 1.1");
        }
        if (values.size() > keys.size()) {
            throw invalid("each tag_value needs a tag_key before it");
        }
        List<Map.Entry<String, String>> tags = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            // TES 1.1: a key without a value, or with an empty one, matches any value.
            tags.add(Map.entry(keys.get(i), i < values.size() ? values.get(i) : ""));
        }
        return new TaskIndex.Query(
                Optional.ofNullable(ctx.queryParam("name_prefix")).orElse(""),
                state.toUpperCase(Locale.ROOT),
                tags,
                caller.operator() ? "" : caller.actor());
    }

    private void cancel(Context ctx) {
        String id = ctx.pathParam("id");
        if (!id.endsWith(":cancel")) {
            throw new NotFound("POST to a task is only for tasks/{id}:cancel");
        }
        Task task = task(ctx, id.substring(0, id.length() - ":cancel".length()));
        service.cancel(task.id());
        service.book().awaitEnd(task.id(), CANCELLING);
        send(ctx, JsonMapper.shared().createObjectNode());
    }

    private void placement(Context ctx) {
        Task task = task(ctx, ctx.pathParam("id"));
        JsonNode placement = task.placement();
        if (placement == null) {
            throw new NotFound("task " + task.id() + " has not been placed");
        }
        send(ctx, placement);
    }

    private void output(Context ctx) throws IOException {
        Task task = task(ctx, ctx.pathParam("id"));
        String name = ctx.pathParam("name");
        Path file =
                service.findResult(task.id(), name)
                        .orElseThrow(
                                () ->
                                        new NotFound(
                                                "task %s released no output '%s'"
                                                        .formatted(task.id(), name)));
        ctx.contentType(name.endsWith(".json") ? "application/json" : "text/plain; charset=utf-8");
        ctx.result(Files.newInputStream(file));
    }

    /** Who may not see a task learns nothing of it. */
    private Task task(Context ctx, String id) {
        TaskAuthorizer.Caller caller = caller(ctx);
        return service.book()
                .find(id)
                .filter(t -> maysee(caller, t))
                .orElseThrow(() -> new NotFound("no task '" + id + "'"));
    }

    private static boolean maysee(TaskAuthorizer.Caller caller, Task task) {
        return caller.operator()
                || (caller.actor().equals(task.actor())
                        && (!task.isService()
                                || caller.agreement().map(task.agreement()::equals).orElse(true)));
    }

    private TaskAuthorizer.Caller caller(Context ctx) {
        String header = Optional.ofNullable(ctx.header("Authorization")).orElse("");
        String token = header.startsWith("Bearer ") ? header.substring(7).strip() : "";
        return authorizer
                .findCaller(token)
                .orElseThrow(
                        () ->
                                new TaskRefusedException(
                                        TaskRefusedException.Kind.UNAUTHENTICATED,
                                        "the bearer token is missing, unknown or no longer valid"));
    }

    private static TaskJson.View view(Context ctx) {
        String name = Optional.ofNullable(ctx.queryParam("view")).orElse("MINIMAL");
        return find(TaskJson.View.values(), name)
                .orElseThrow(() -> invalid("view '" + name + "' is not MINIMAL, BASIC or FULL"));
    }

    private static <E extends Enum<E>> Optional<E> find(E[] values, String name) {
        for (E value : values) {
            if (value.name().equals(name.toUpperCase(Locale.ROOT))) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    private static int number(Context ctx, String name, int otherwise) {
        String text = ctx.queryParam(name);
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        if (!text.matches("[0-9]{1,9}")) {
            throw invalid(name + " '" + text + "' is no whole number");
        }
        return Integer.parseInt(text);
    }

    private static TaskRefusedException invalid(String message) {
        return new TaskRefusedException(TaskRefusedException.Kind.INVALID, message);
    }

    private static ObjectNode problem(Context ctx, int status, String detail) {
        ctx.status(status);
        return JsonMapper.shared()
                .createObjectNode()
                .put("type", "about:blank")
                .put("status", status)
                .put("detail", detail);
    }

    private static void send(Context ctx, JsonNode json) {
        ctx.result(JsonMapper.shared().writeValueAsBytes(json));
        ctx.contentType(ctx.statusCode() >= 400 ? "application/problem+json" : "application/json");
    }
}
