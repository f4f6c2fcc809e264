package org.roadloop.app.lake;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.app.platform.ServerOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code roadloop lake columns | classify | evolve}: the columns of governed tables (表结构). */
@Command(
        description = "Lists and changes the columns of governed tables of the running platform.",
        mixinStandardHelpOptions = true)
public final class LakeVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw CliException.wrongWords("say what: 'lake columns', 'lake classify' or 'lake evolve'");
    }

    @Command(
            name = "columns",
            description = "Names, types, classes, grades.",
            mixinStandardHelpOptions = true)
    int columns(@Mixin ServerOptions where, @Parameters(paramLabel = "TABLE") String table)
            throws IOException {
        try (ApiClient client = where.client()) {
            JsonNode answer = client.get(SchemaRoutes.path(encoded(table)));
            PrintWriter out = spec.commandLine().getOut();
            for (JsonNode column : answer.required("items")) {
                out.printf(
                        "%-32s %-22s %-8s %-14s %s%n",
                        column.required("name").asString(),
                        column.required("type").asString(),
                        column.required("unit").asString(),
                        column.required("class").asString(),
                        column.required("grade").asString());
            }
            for (JsonNode name : answer.required("unlabelled")) {
                out.printf("%-32s no label, shown to nobody%n", name.asString());
            }
        } catch (ApiClient.Refused e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
        return ExitCode.OK;
    }

    @Command(
            name = "classify",
            description = {
                "What the values say of each column beside what is declared, and the grade of the"
                        + " table.",
                "Exit code 0: nothing is declared weaker than it is; 1: something is."
            },
            mixinStandardHelpOptions = true)
    int classify(@Mixin ServerOptions where, @Parameters(paramLabel = "TABLE") String table)
            throws IOException {
        try (ApiClient client = where.client()) {
            JsonNode answer = client.get(SchemaRoutes.classificationPath(encoded(table)));
            PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    "%s is %s: %d rows looked at, %d subjects%n",
                    table,
                    answer.required("grade").asString(),
                    answer.required("rows").asLong(),
                    answer.required("subjects").asLong());
            for (JsonNode reason : answer.required("reasons")) {
                out.printf(
                        "  %s, %s%n",
                        reason.required("words").asString(), reason.required("clause").asString());
            }
            boolean right = true;
            for (JsonNode column : answer.required("items")) {
                boolean weaker = column.required("weaker").asBoolean();
                right &= !weaker;
                out.printf(
                        "%s %-32s %-14s %-20s %s%n",
                        weaker ? "!" : " ",
                        column.required("name").asString(),
                        column.required("class").asString(),
                        column.required("grade").asString(),
                        column.has("kind")
                                ? column.path("kind").asString()
                                        + ": "
                                        + column.path("evidence").asString()
                                : "");
            }
            for (JsonNode name : answer.required("unlabelled")) {
                out.printf("  %-32s no label, shown to nobody%n", name.asString());
            }
            return right ? ExitCode.OK : ExitCode.FAILED;
        } catch (ApiClient.Refused e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
    }

    @Command(
            name = "evolve",
            description = "Changes one column; older snapshots keep what they had.",
            footer = {
                "evolve T add COLUMN TYPE [--class C --grade G] | rename COLUMN NAME | drop COLUMN",
                "       | widen COLUMN TYPE | move COLUMN [AFTER] | classify COLUMN --class C"
                        + " --grade G"
            },
            mixinStandardHelpOptions = true)
    int evolve(
            @Mixin ServerOptions where,
            @Parameters(index = "0", paramLabel = "TABLE") String table,
            @Parameters(
                            index = "1",
                            paramLabel = "CHANGE",
                            description = "add, rename, drop, widen, move, classify.")
                    String change,
            @Parameters(index = "2", paramLabel = "COLUMN") String column,
            @Parameters(
                            index = "3",
                            arity = "0..1",
                            paramLabel = "VALUE",
                            description = "Type, new name, or the column before it.")
                    @Nullable String value,
            @Option(names = "--class", description = "What it is about: position, time, alarm …")
                    @Nullable String dataClass,
            @Option(names = "--grade", description = "general, personal, sensitive_personal …")
                    @Nullable String grade,
            @Option(names = "--unit", description = "km/h, V, %%.") @Nullable String unit,
            @Option(names = "--datum", description = "Of a position.") @Nullable String datum)
            throws IOException {
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("change", change).put("column", column);
        put(body, value(change), value);
        put(body, "class", dataClass);
        put(body, "grade", grade);
        put(body, "unit", unit);
        put(body, "datum", datum);
        try (ApiClient client = where.client()) {
            JsonNode done = client.post(SchemaRoutes.path(encoded(table)), body);
            spec.commandLine()
                    .getOut()
                    .println(
                            table + " changed in snapshot " + done.required("snapshot").asString());
        } catch (ApiClient.Refused e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
        return ExitCode.OK;
    }

    private static String value(String change) {
        return switch (change) {
            case "rename" -> "to";
            case "move" -> "after";
            default -> "type";
        };
    }

    private static void put(ObjectNode body, String name, @Nullable String value) {
        if (value != null) {
            body.put(name, value);
        }
    }

    private static String encoded(String table) {
        return URLEncoder.encode(table, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
