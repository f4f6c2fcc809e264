package org.roadloop.app.lake;

import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.govern.classify.Classifier;
import org.roadloop.govern.classify.TableClassification;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.SchemaEvolution;
import org.roadloop.govern.lake.SchemaEvolution.Change;
import org.roadloop.govern.privacy.ReleaseRule;
import tools.jackson.databind.JsonNode;

/** The columns of tables, and the operator's changes of them (表结构接口). Any thread. */
public final class SchemaRoutes {
    private static final String CHANGE =
            """
            {"type":"object","required":["change","column"],"additionalProperties":false,
             "properties":{"change":{"enum":["add","rename","drop","widen","move","classify"]},
             "column":{"type":"string"},"to":{"type":"string"},"type":{"type":"string"},
             "after":{"type":"string"},"class":{"type":"string"},"grade":{"type":"string"},
             "unit":{"type":"string"},"datum":{"type":"string"}}}
            """;

    /** What each change may say besides its column. */
    private static final Map<String, List<String>> WORDS =
            Map.of(
                    "add", List.of("type", "class", "grade", "unit", "datum"),
                    "rename", List.of("to"),
                    "drop", List.of(),
                    "widen", List.of("type"),
                    "move", List.of("after"),
                    "classify", List.of("class", "grade", "unit", "datum"));

    private final Lake lake;
    private final SchemaEvolution evolution;

    public SchemaRoutes(Lake lake, SchemaEvolution evolution) {
        this.lake = lake;
        this.evolution = evolution;
    }

    /** Where the columns of a table stand. */
    public static String path(String table) {
        return "/api/v1/tables/" + table + "/columns";
    }

    public List<Route> routes() {
        return List.of(
                Route.get(
                                path("{table}"),
                                Role.AUDITOR,
                                "Columns of a table with class and grade, and those without a label",
                                this::columns)
                        .alsoFor(Role.PROVIDER),
                Route.get(
                                classificationPath("{table}"),
                                Role.AUDITOR,
                                "What the values of a table say of each column, and the grade of the"
                                        + " table",
                                this::classification)
                        .alsoFor(Role.PROVIDER),
                Route.post(
                                path("{table}"),
                                Role.OPERATOR,
                                "Add, rename, drop, widen, move or classify a column of a table",
                                this::change)
                        .schemas(CHANGE, ""));
    }

    private void columns(Context c) {
        String table = table(c);
        List<Map<String, Object>> views = new ArrayList<>();
        for (Column column : lake.schema(table).columns()) {
            Map<String, Object> view = new LinkedHashMap<>();
            view.put("name", column.name());
            view.put("type", word(column.type()));
            view.put("unit", column.unit());
            view.put("class", word(column.dataClass()));
            view.put("grade", word(column.grade()));
            view.put("datum", word(column.coordinateSystem()));
            views.add(view);
        }
        c.json(Map.of("items", views, "unlabelled", lake.unlabelled(table)));
    }

    /** Where the classification of a table stands. */
    public static String classificationPath(String table) {
        return "/api/v1/tables/" + table + "/classification";
    }

    private void classification(Context c) {
        String table = table(c);
        long snapshot = lake.currentSnapshot(table);
        Optional<ReleaseRule> rule = lake.findRule(table, snapshot);
        List<String> unlabelled = lake.unlabelled(table);
        List<String> judged =
                lake.schema(table, snapshot).columns().stream()
                        .filter(column -> column.dataClass() != DataClass.LINEAGE)
                        .map(Column::name)
                        .filter(name -> !unlabelled.contains(name))
                        .toList();
        TableClassification found =
                TableClassification.of(
                        lake,
                        table,
                        snapshot,
                        lake.schema(table, snapshot).select(judged),
                        rule.map(ReleaseRule::identity).orElse(""));
        List<Map<String, Object>> columns = new ArrayList<>();
        for (TableClassification.Labelled column : found.columns()) {
            Map<String, Object> view = new LinkedHashMap<>();
            view.put("name", column.declared().name());
            view.put("class", word(column.declared().dataClass()));
            view.put("leaf", word(column.leaf()));
            view.put("grade", word(column.declared().grade()));
            Classifier.Guess guess = column.guess();
            if (guess != null) {
                view.put("kind", word(guess.kind()));
                view.put("kindGrade", word(guess.kind().grade()));
                view.put("evidence", guess.evidence());
            }
            view.put("weaker", column.weaker());
            columns.add(view);
        }
        c.json(
                Map.of(
                        "snapshot",
                        Long.toString(found.snapshot()),
                        "rows",
                        found.rows(),
                        "subjects",
                        found.subjects(),
                        "grade",
                        word(found.grade().grade()),
                        "track",
                        found.grade().track(),
                        "reasons",
                        found.grade().reasons().stream()
                                .map(
                                        r ->
                                                Map.of(
                                                        "rule", r.rule(),
                                                        "grade", word(r.grade()),
                                                        "clause", r.clause(),
                                                        "words", r.words()))
                                .toList(),
                        "items",
                        columns,
                        "unlabelled",
                        unlabelled));
    }

    private String table(Context c) {
        String table = c.pathParam("table");
        if (!lake.tables().contains(table)) {
            throw Problem.notFound("table_not_found", "no table '" + table + "'");
        }
        return table;
    }

    private void change(Context c) {
        String table = table(c);
        try {
            long snapshot = evolution.apply(table, change(Json.object(c)));
            c.json(
                    Map.of(
                            "snapshot", Long.toString(snapshot),
                            "columns",
                                    lake.schema(table).columns().stream()
                                            .map(Column::name)
                                            .toList()));
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw Problem.badRequest("invalid_change", String.valueOf(e.getMessage()));
        }
    }

    private static Change change(JsonNode body) {
        String change = body.path("change").asString("");
        @Nullable List<String> words = WORDS.get(change);
        if (words == null) {
            throw new IllegalArgumentException(
                    "change is one of add, rename, drop, widen, move, classify, not '"
                            + change
                            + "'");
        }
        for (String name : body.propertyNames()) {
            if (!name.equals("change") && !name.equals("column") && !words.contains(name)) {
                throw new IllegalArgumentException(
                        "'"
                                + name
                                + "' is not known of "
                                + change
                                + "; there is column"
                                + words.stream().map(w -> ", " + w).collect(Collectors.joining()));
            }
        }
        String column = text(body, "column");
        return switch (change) {
            case "add" -> {
                ColumnType type = word(ColumnType.class, "type", text(body, "type"));
                boolean labelled = body.has("class") || body.has("grade");
                yield new Change.Add(column, type, labelled ? label(body, column, type) : null);
            }
            case "rename" -> new Change.Rename(column, text(body, "to"));
            case "drop" -> new Change.Drop(column);
            case "widen" ->
                    new Change.Widen(column, word(ColumnType.class, "type", text(body, "type")));
            case "move" -> new Change.Move(column, body.has("after") ? text(body, "after") : null);
            default -> new Change.Classify(column, label(body, column, ColumnType.STRING));
        };
    }

    private static Column label(JsonNode body, String column, ColumnType type) {
        return new Column(
                column,
                type,
                body.path("unit").asString(""),
                word(DataClass.class, "class", text(body, "class")),
                word(Grade.class, "grade", text(body, "grade")),
                body.has("datum")
                        ? word(CoordinateSystem.class, "datum", text(body, "datum"))
                        : CoordinateSystem.NONE);
    }

    private static String text(JsonNode body, String name) {
        String text = body.path(name).asString("");
        if (text.isEmpty()) {
            throw new IllegalArgumentException("'" + name + "' is missing");
        }
        return text;
    }

    private static <E extends Enum<E>> E word(Class<E> of, String name, String word) {
        for (E one : of.getEnumConstants()) {
            if (word(one).equals(word.toLowerCase(Locale.ROOT))) {
                return one;
            }
        }
        throw new IllegalArgumentException(
                name
                        + " '"
                        + word
                        + "' is not known; there is "
                        + Arrays.stream(of.getEnumConstants())
                                .map(SchemaRoutes::word)
                                .collect(Collectors.joining(", ")));
    }

    private static String word(Enum<?> of) {
        return of.name().toLowerCase(Locale.ROOT);
    }
}
