package org.roadloop.app.lake;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.table.HeldFiles;
import org.roadloop.core.table.TableQuery;
import org.roadloop.govern.lake.Lake;
import tools.jackson.databind.JsonNode;

/**
 * SQL of the operator over governed tables (查询接口): rows as {@link Lake#open} gives them, masks
 * applied, never as they lie on disk where a plan masks. Any thread.
 */
public final class QueryRoutes {
    public static final String PATH = "/api/v1/query";

    private final Lake lake;
    private final TableQuery query;
    private final Path staging;
    private final Map<String, TableQuery.Stop> running = new ConcurrentHashMap<>();

    /**
     * @param staging directory for answers on their way out
     */
    public QueryRoutes(Lake lake, TableQuery query, Path staging) {
        this.lake = lake;
        this.query = query;
        this.staging = staging;
    }

    /** What is asked; what is left out is a default. */
    private record Question(String id, String sql, TableQuery.Limits limits, Form form) {
        static Question of(JsonNode body) {
            for (String name : body.propertyNames()) {
                if (!List.of("id", "sql", "rows", "seconds", "format").contains(name)) {
                    throw Problem.badRequest(
                            "invalid_query",
                            "'" + name + "' is not known; there is id, sql, rows, seconds, format");
                }
            }
            TableQuery.Limits d = TableQuery.Limits.DEFAULT;
            try {
                return new Question(
                        body.path("id").asString(UUID.randomUUID().toString()),
                        body.path("sql").asString(""),
                        d.with(
                                body.path("rows").asLong(d.rows()),
                                body.path("seconds").asLong(d.time().toSeconds())),
                        Form.of(body.path("format").asString("json")));
            } catch (IllegalArgumentException e) {
                throw Problem.badRequest("invalid_query", String.valueOf(e.getMessage()));
            }
        }
    }

    private enum Form {
        CSV(TableQuery.Format.CSV, "text/csv"),
        JSON(TableQuery.Format.JSON_LINES, "application/x-ndjson"),
        PARQUET(TableQuery.Format.PARQUET, "application/vnd.apache.parquet");

        private final TableQuery.Format format;
        private final String mediaType;

        Form(TableQuery.Format format, String mediaType) {
            this.format = format;
            this.mediaType = mediaType;
        }

        static Form of(String word) {
            try {
                return valueOf(word.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("format is csv, json or parquet", e);
            }
        }
    }

    public List<Route> routes() {
        return List.of(
                Route.post(
                                PATH,
                                Role.OPERATOR,
                                "Answer one SELECT over governed tables: CSV, JSON lines or"
                                        + " Parquet",
                                this::ask)
                        .schemas(
                                """
                                {"type":"object","required":["sql"],"additionalProperties":false,
                                 "properties":{"id":{"type":"string"},"sql":{"type":"string"},
                                 "rows":{"type":"integer","minimum":1,"maximum":1000000},
                                 "seconds":{"type":"integer","minimum":1,"maximum":300},
                                 "format":{"enum":["csv","json","parquet"]}}}
                                """,
                                ""),
                Route.get("/api/v1/queries", Role.OPERATOR, "Queries that run", this::list),
                Route.delete(
                        "/api/v1/queries/{id}", Role.OPERATOR, "Cancel a query", this::cancel));
    }

    private void list(Context c) {
        c.json(Map.of("items", running.keySet().stream().sorted().toList()));
    }

    private void cancel(Context c) {
        String id = c.pathParam("id");
        TableQuery.Stop stop = running.get(id);
        if (stop == null) {
            throw Problem.notFound("query_not_found", "no query '" + id + "' is running");
        }
        stop.stop();
        c.status(204);
    }

    private void ask(Context c) throws IOException {
        Question question = Question.of(Json.object(c));
        TableQuery.Stop stop = new TableQuery.Stop();
        if (running.putIfAbsent(question.id(), stop) != null) {
            throw Problem.badRequest(
                    "invalid_query", "a query '" + question.id() + "' is running already");
        }
        Files.createDirectories(staging);
        Path result = staging.resolve("answer-" + UUID.randomUUID());
        Map<String, HeldFiles<?, TableQuery.Relation>.Use> uses = new LinkedHashMap<>();
        try {
            List<TableQuery.Relation> relations = new ArrayList<>();
            for (String table : lake.released()) {
                if (question.sql().toLowerCase(Locale.ROOT).contains(table)) {
                    var use = lake.relation(table);
                    uses.put(table, use);
                    relations.add(use.value());
                }
            }
            TableQuery.Answer answer =
                    query.run(
                            question.sql(),
                            relations,
                            question.limits(),
                            question.form().format,
                            result,
                            stop);
            c.contentType(question.form().mediaType)
                    .header("Cache-Control", "no-store")
                    .header("Content-Length", Long.toString(answer.dataBytes()))
                    .header("Roadloop-Rows", Long.toString(answer.rows()))
                    .header("Roadloop-Truncated", Boolean.toString(answer.truncated()))
                    .header("Roadloop-Millis", Long.toString(answer.time().toMillis()));
            OutputStream out = c.res().getOutputStream();
            Files.copy(result, out);
            out.flush();
        } catch (TableQuery.RefusedException e) {
            throw Problem.badRequest(e.code(), String.valueOf(e.getMessage()));
        } finally {
            running.remove(question.id());
            uses.values().forEach(HeldFiles.Use::close);
            Files.deleteIfExists(result);
        }
    }
}
