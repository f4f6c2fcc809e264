package org.roadloop.app.contract;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
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

/** {@code roadloop events}: events that policies name, planned, begun and ended (策略事件). */
@Command(
        description = "Lists events that policies name, or plans, begins or ends one.",
        footer = {
            "Without words: a list. '--at' is a time with offset, now without it.",
            "Evidence is kept in the ledger: what proves the step, not whom it concerns."
        },
        mixinStandardHelpOptions = true)
public final class PolicyEventsVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin ServerOptions where = new ServerOptions();

    @Parameters(index = "0", paramLabel = "STEP", arity = "0..1", description = "plan, begin, end.")
    String step = "";

    @Parameters(index = "1", paramLabel = "EVENT", arity = "0..1", description = "Its name.")
    String event = "";

    @Option(names = "--evidence", paramLabel = "TEXT", description = "What proves it.")
    String evidence = "";

    @Option(names = "--at", paramLabel = "TIME", description = "When it was, or will be.")
    String at = "";

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (!step.isEmpty() && event.isEmpty()) {
            throw CliException.wrongWords("name the EVENT as the policy does");
        }
        try (ApiClient client = where.client()) {
            if (step.isEmpty()) {
                client.get(PolicyEventRoutes.PATH)
                        .required("items")
                        .forEach(item -> show(item, out));
            } else {
                ObjectNode body = Json.mapper().createObjectNode();
                body.put("event", event).put("step", step).put("evidence", evidence);
                if (!at.isEmpty()) {
                    body.put("at", at);
                }
                JsonNode noted = client.post(PolicyEventRoutes.PATH, body);
                out.println("noted in the ledger at " + noted.required("ledgerIndex").asLong());
            }
        } catch (ApiClient.Refused e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
        out.flush();
        return ExitCode.OK;
    }

    private static void show(JsonNode item, PrintWriter out) {
        out.printf("%-8s  %s%n", item.path("state").asString(""), item.path("event").asString(""));
        for (JsonNode one : item.path("steps")) {
            out.printf(
                    "          %s  %s  %s%n",
                    one.path("at").asString(""),
                    one.path("type").asString(""),
                    one.path("evidence").asString(""));
        }
    }
}
