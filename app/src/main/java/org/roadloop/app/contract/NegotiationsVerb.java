package org.roadloop.app.contract;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.app.platform.ServerOptions;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code roadloop negotiations}: what waits, what was said, and deciding on it (协商与审批). */
@Command(
        description = "Lists negotiations, shows one with its history, or decides on one.",
        footer = {
            "Without ID: a list, '--state held' for those that wait for a person.",
            "'--counter FILE' takes an ODRL offer as JSON."
        },
        mixinStandardHelpOptions = true)
public final class NegotiationsVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin ServerOptions where = new ServerOptions();

    @Parameters(paramLabel = "ID", arity = "0..1", description = "Our id of a negotiation.")
    String id = "";

    @Option(names = "--state", description = "Only of this state, or held.")
    String state = "";

    @Option(names = "--limit", description = "Most lines; default: ${DEFAULT-VALUE}.")
    int limit = 50;

    @ArgGroup(multiplicity = "0..1")
    @Nullable Choice choice;

    /** One decision at most. */
    static final class Choice {
        @Option(names = "--agree", description = "Agree to the other side's terms.")
        boolean agree;

        @Option(names = "--counter", paramLabel = "FILE", description = "Offer other terms.")
        @Nullable Path counter;

        @Option(names = "--end", paramLabel = "REASON", description = "Terminate, and say why.")
        @Nullable String end;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (ApiClient client = where.client()) {
            if (id.isEmpty()) {
                if (choice != null) {
                    throw CliException.wrongWords("a decision needs the ID of a negotiation");
                }
                String query = state.isEmpty() ? "" : "&state=" + encoded(state);
                JsonNode page = client.get("/api/v1/negotiations?limit=" + limit + query);
                page.required("items").forEach(item -> line(item, out));
                if (page.has("next")) {
                    out.println("… there are more; give a greater --limit");
                }
            } else {
                String path = "/api/v1/negotiations/" + encoded(id);
                show(
                        choice == null
                                ? client.get(path + "?peer=ask")
                                : client.post(path + "/decision", decision(choice)),
                        out);
            }
        } catch (ApiClient.Refused e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
        out.flush();
        return ExitCode.OK;
    }

    private static ObjectNode decision(Choice choice) throws IOException {
        ObjectNode body = Json.mapper().createObjectNode();
        if (choice.counter != null) {
            try {
                body.putObject("counter").set("policy", Json.read(choice.counter));
            } catch (JacksonException e) {
                throw CliException.wrongWords(choice.counter + " is no JSON");
            }
        } else if (choice.end != null) {
            body.putObject("terminate").put("reason", choice.end);
        } else {
            body.put("agree", choice.agree);
        }
        return body;
    }

    private static void line(JsonNode item, PrintWriter out) {
        out.printf(
                "%s  %-10s %-8s %s  %s  %s%s%n",
                item.path("lastAt").asString(""),
                item.path("held").asBoolean(false) ? "HELD" : item.path("state").asString(""),
                item.path("role").asString(""),
                item.path("id").asString(""),
                item.path("peer").asString(""),
                item.path("asset").asString(""),
                item.has("code") ? "  " + item.get("code").asString() : "");
    }

    private static void show(JsonNode view, PrintWriter out) {
        line(view, out);
        if (view.has("stateThere")) {
            out.println("state there: " + view.get("stateThere").asString());
        }
        for (JsonNode turn : view.path("turns")) {
            out.printf(
                    "%2d  %s  %-8s  %s%n",
                    turn.path("turn").asInt(),
                    turn.path("at").asString(""),
                    turn.path("sender").asString(""),
                    turn.path("message").asString(""));
            for (JsonNode change : turn.path("changes")) {
                out.printf(
                        "      %s: %s → %s%n",
                        change.path("pointer").asString(""),
                        change.path("before").path("en").asString(""),
                        change.path("after").path("en").asString(""));
            }
        }
        JsonNode held = view.path("held");
        if (held.isObject()) {
            out.println(
                    "waits for a decision since "
                            + held.path("since").asString("")
                            + (held.has("until") ? " until " + held.get("until").asString() : ""));
            for (JsonNode difference : held.path("differences")) {
                out.println("      " + difference.path("pointer").asString(""));
                out.println("        " + difference.path("en").asString(""));
                out.println("        " + difference.path("zh").asString(""));
            }
        }
        JsonNode end = view.path("end");
        if (end.isObject()) {
            out.println(
                    "ended by the "
                            + end.path("side").asString("")
                            + ": "
                            + end.path("code").asString(""));
            end.path("reason").forEach(reason -> out.println("      " + reason.asString()));
            for (String language : new String[] {"en", "zh"}) {
                if (end.has("advice")) {
                    out.println("  " + end.get("advice").path(language).asString(""));
                }
            }
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
