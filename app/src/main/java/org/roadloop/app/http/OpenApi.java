package org.roadloop.app.http;

import io.javalin.http.HandlerType;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** The API description (OpenAPI 3.1), collected from the routes themselves. */
final class OpenApi {
    private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");

    /** The server's form of a parameter that holds slashes. */
    private static final Pattern REST = Pattern.compile("<([^>]+)>");

    private OpenApi() {}

    static ObjectNode document(String version, List<Route> routes) {
        ObjectNode root = Json.mapper().createObjectNode();
        root.put("openapi", "3.1.0");
        root.putObject("info").put("title", "Roadloop").put("version", version);
        root.putObject("components")
                .putObject("securitySchemes")
                .putObject("bearer")
                .put("type", "http")
                .put("scheme", "bearer");
        ObjectNode paths = root.putObject("paths");
        for (Route route : routes) {
            ObjectNode operation =
                    paths.withObjectProperty(path(route))
                            .putObject(route.method().name().toLowerCase(Locale.ROOT));
            describe(operation, route);
        }
        return root;
    }

    private static String path(Route route) {
        return REST.matcher(route.path()).replaceAll("{$1}");
    }

    private static void describe(ObjectNode operation, Route route) {
        operation.put("summary", route.summary());
        operation.put("operationId", operationId(route));
        if (!route.roles().contains(Role.ANYONE)) {
            operation.putArray("security").addObject().putArray("bearer");
        }
        var roles = operation.putArray("x-roles");
        route.roles().stream().map(Role::word).sorted().forEach(roles::add);
        PARAMETER
                .matcher(path(route))
                .results()
                .forEach(
                        m ->
                                operation
                                        .withArrayProperty("parameters")
                                        .addObject()
                                        .put("name", m.group(1))
                                        .put("in", "path")
                                        .put("required", true)
                                        .putObject("schema")
                                        .put("type", "string"));
        if (route.method().equals(HandlerType.POST)) {
            operation
                    .withArrayProperty("parameters")
                    .addObject()
                    .put("name", "Idempotency-Key")
                    .put("in", "header")
                    .put("required", false)
                    .putObject("schema")
                    .put("type", "string")
                    .put("maxLength", IdempotentHandler.MAX_KEY_LENGTH);
        }
        if (!route.requestSchema().isEmpty()) {
            ObjectNode body = operation.putObject("requestBody").put("required", true);
            content(body, "application/json", route.requestSchema());
        }
        ObjectNode responses = operation.putObject("responses");
        ObjectNode success = responses.putObject("2XX").put("description", route.summary());
        if (!route.responseSchema().isEmpty()) {
            content(success, "application/json", route.responseSchema());
        }
        ObjectNode failure = responses.putObject("default").put("description", "problem, RFC 9457");
        content(
                failure,
                "application/problem+json",
                """
                {"type":"object","required":["type","title","status","detail"],"properties":{
                 "type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},
                 "detail":{"type":"string"},"instance":{"type":"string"}}}
                """);
    }

    private static void content(ObjectNode parent, String type, String schema) {
        parent.putObject("content").putObject(type).set("schema", Json.mapper().readTree(schema));
    }

    /** {@code GET /api/v1/tasks/{id}} is {@code get_tasks_id}. */
    private static String operationId(Route route) {
        String path = route.path().replaceFirst("^/api/v1", "").replaceAll("[^A-Za-z0-9]+", "_");
        return route.method().name().toLowerCase(Locale.ROOT) + path.replaceAll("_$", "");
    }
}
