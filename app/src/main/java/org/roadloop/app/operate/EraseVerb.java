package org.roadloop.app.operate;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
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

/** {@code roadloop erase SUBJECT --because …}, through the running platform. */
@Command(
        description =
                "Erases payloads and the registration of a subject; the ledger stays verifiable.",
        footer = {
            "A second call finds nothing left and says so. Raw frames leave with their segment, and",
            "older backups still hold what was erased: see docs/personal-data.md."
        },
        mixinStandardHelpOptions = true)
public final class EraseVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin ServerOptions where = new ServerOptions();

    @Parameters(
            paramLabel = "SUBJECT",
            description = "Id of a task, an agreement, a vehicle; a VIN is turned into such an id.")
    String subject = "";

    @Option(
            names = "--because",
            required = true,
            description = "Why; it becomes evidence, so name nobody in it.")
    String reason = "";

    @Option(
            names = "--legal-basis",
            defaultValue = "PIPL art. 47",
            description = "Clause that asks for it; default: ${DEFAULT-VALUE}.")
    String legalBasis = "";

    @Option(
            names = "--entry",
            paramLabel = "INDEX",
            description = "Only this entry; may be given more than once.")
    @Nullable List<Long> entries;

    @Override
    public Integer call() throws IOException {
        try (ApiClient client = where.client()) {
            String id = subject.matches("[0-9A-Za-z]{17}") ? vehicle(client) : subject;
            var body = Json.mapper().createObjectNode();
            body.put("reason", reason).put("legalBasis", legalBasis);
            if (entries != null) {
                var list = body.putArray("entries");
                entries.forEach(list::add);
            }
            String path = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
            JsonNode done = client.post("/api/v1/subjects/" + path + "/erase", body);
            say(id, done);
        } catch (ApiClient.Refused e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
        return ExitCode.OK;
    }

    private String vehicle(ApiClient client) throws IOException {
        return client.post("/api/v1/subjects", Json.mapper().createObjectNode().put("vin", subject))
                .required("subject")
                .asString();
    }

    private void say(String id, JsonNode done) {
        PrintWriter out = spec.commandLine().getOut();
        if (!done.has("evidence")) {
            out.println("nothing is left to erase of " + id);
            return;
        }
        out.println(
                "erased of "
                        + id
                        + ": "
                        + done.required("erased").size()
                        + " payloads"
                        + (done.required("registration").asBoolean() ? " and its registration" : "")
                        + "; evidence is entry "
                        + done.required("evidence").asLong());
    }
}
