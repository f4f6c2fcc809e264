package org.roadloop.app.http;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.util.EnumSet;
import java.util.Set;

/**
 * One operation of the API (接口), with what OpenAPI says about it kept beside its handler.
 *
 * @param path with parameters in braces: {@code /api/v1/tasks/{id}}
 * @param roles who may call it, besides the operator
 * @param summary one line
 * @param requestSchema JSON Schema of the body as text, empty without one; parsed only when
 *     somebody asks for the API description
 * @param responseSchema JSON Schema of the answer with status 2xx, or empty
 */
public record Route(
        HandlerType method,
        String path,
        Set<Role> roles,
        String summary,
        Handler handler,
        String requestSchema,
        String responseSchema) {
    public Route {
        if (!path.startsWith("/") || roles.isEmpty()) {
            throw new IllegalArgumentException(
                    "route " + method.name() + " " + path + " needs a path from '/' and a role");
        }
        roles = Set.copyOf(roles);
    }

    public static Route get(String path, Role role, String summary, Handler handler) {
        return of(HandlerType.GET, path, role, summary, handler);
    }

    /** Answers are kept for callers that send an {@code Idempotency-Key}. */
    public static Route post(String path, Role role, String summary, Handler handler) {
        return of(HandlerType.POST, path, role, summary, handler);
    }

    public static Route put(String path, Role role, String summary, Handler handler) {
        return of(HandlerType.PUT, path, role, summary, handler);
    }

    public static Route delete(String path, Role role, String summary, Handler handler) {
        return of(HandlerType.DELETE, path, role, summary, handler);
    }

    private static Route of(
            HandlerType method, String path, Role role, String summary, Handler handler) {
        return new Route(method, path, Set.of(role), summary, handler, "", "");
    }

    /** The same for further roles. */
    public Route alsoFor(Role first, Role... more) {
        Set<Role> all = EnumSet.of(first, more);
        all.addAll(roles);
        return new Route(method, path, all, summary, handler, requestSchema, responseSchema);
    }

    /**
     * The same with JSON Schemas as text.
     *
     * @param request empty: no body
     */
    public Route schemas(String request, String response) {
        return new Route(method, path, roles, summary, handler, request, response);
    }
}
