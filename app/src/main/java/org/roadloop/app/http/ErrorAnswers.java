package org.roadloop.app.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ThreadLocalRandom;
import org.roadloop.app.cli.Nearest;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.core.ledger.LedgerHold;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** From exception to {@code application/problem+json}, once, for every route. */
final class ErrorAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

    private final List<Route> routes;

    ErrorAnswers(List<Route> routes) {
        this.routes = routes;
    }

    void register(RoutesConfig to) {
        to.exception(Exception.class, (e, context) -> answer(context, problem(e, context)));
        // More special than the one above; Javalin has handlers of its own for these two.
        to.exception(
                HttpResponseException.class, (e, context) -> answer(context, problem(e, context)));
    }

    private Problem problem(Exception e, Context context) {
        return switch (e) {
            case Problem problem -> problem;
            case HttpResponseException response -> fromJavalin(response, context);
            case JacksonException json -> Json.invalid(json);
            case ConflictException conflict ->
                    new Problem(409, "version_conflict", String.valueOf(conflict.getMessage()));
            case NoSuchElementException absent ->
                    Problem.notFound("not_found", String.valueOf(absent.getMessage()));
            case IllegalArgumentException wrong ->
                    Problem.badRequest("invalid_value", String.valueOf(wrong.getMessage()));
            // Said once in the log when it began; a line a request would bury it.
            case LedgerHold.OnHoldException held ->
                    new Problem(503, "ledger_on_hold", String.valueOf(held.getMessage()));
            case UncheckedIOException disk -> storage(disk);
            case FileSystemException disk -> storage(disk);
            default -> internal(e, context);
        };
    }

    private Problem fromJavalin(HttpResponseException e, Context context) {
        return switch (e.getStatus()) {
            case 404 -> Problem.notFound("unknown_path", "nothing is at " + hint(context.path()));
            case 405 ->
                    new Problem(
                            405,
                            "method_not_allowed",
                            context.method().name()
                                    + " is not possible here; /api/v1/openapi.json"
                                    + " lists what is");
            case 413 ->
                    new Problem(
                            413,
                            "request_too_large",
                            "the body is too large; send less, or raise http.maxRequestBytes");
            default ->
                    new Problem(
                            Math.clamp(e.getStatus(), 400, 599),
                            "http_" + e.getStatus(),
                            String.valueOf(e.getMessage()));
        };
    }

    private String hint(String path) {
        String shown = path.length() > 120 ? path.substring(0, 120) + "…" : path;
        List<String> known = routes.stream().map(Route::path).distinct().toList();
        return shown
                + "; "
                + Nearest.word(path, known)
                        .map(p -> "did you mean " + p + "?")
                        .orElse("/api/v1/openapi.json lists what there is");
    }

    private static Problem storage(Exception e) {
        LOG.error("storage failed while answering a request", e);
        return new Problem(
                503,
                "storage_unavailable",
                "the platform can't write its evidence now, so nothing was done; the operator finds"
                        + " the cause in the log");
    }

    private static Problem internal(Exception e, Context context) {
        String id = Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
        LOG.error("internal error {} at {} {}", id, context.method(), context.endpoint().path, e);
        return new Problem(
                500,
                "internal_error",
                "an error of ours; give the operator the number " + id + ", the log holds the rest",
                Map.of("errorId", id));
    }

    private static void answer(Context context, Problem problem) {
        context.status(problem.status())
                .result(Json.mapper().writeValueAsString(problem.members(context.path())))
                .contentType("application/problem+json");
    }
}
