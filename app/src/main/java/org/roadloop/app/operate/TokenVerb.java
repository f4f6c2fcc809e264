package org.roadloop.app.operate;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
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

/** {@code roadloop token create | list | revoke}, through the running platform. */
@Command(
        description = "Makes, lists and revokes access tokens of a running platform.",
        mixinStandardHelpOptions = true)
public final class TokenVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    /** Roles that a token may have. */
    enum TokenRole {
        operator,
        provider,
        consumer,
        auditor,
        regulator
    }

    @Override
    public Integer call() {
        throw CliException.wrongWords("say what: 'token create', 'token list' or 'token revoke'");
    }

    @Command(
            name = "create",
            description = "Makes a token and prints it, this once.",
            mixinStandardHelpOptions = true)
    int create(
            @Mixin ServerOptions where,
            @Option(
                            names = "--role",
                            required = true,
                            description = "One of ${COMPLETION-CANDIDATES}.")
                    TokenRole role,
            @Option(names = "--note", defaultValue = "", description = "Who has it, what for.")
                    String note,
            @Option(names = "--days", defaultValue = "90", description = "Valid for; default 90.")
                    int days)
            throws IOException {
        var body = Json.mapper().createObjectNode();
        body.put("role", role.name()).put("note", note).put("days", days);
        try (ApiClient client = where.client()) {
            JsonNode created = client.post("/api/v1/tokens", body);
            out().println(created.get("token").asString());
        } catch (ApiClient.Refused e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
        return ExitCode.OK;
    }

    @Command(
            name = "list",
            description = "Lists tokens by id, never themselves.",
            mixinStandardHelpOptions = true)
    int list(@Mixin ServerOptions where) throws IOException {
        try (ApiClient client = where.client()) {
            out().printf("%-12s %-9s %-20s %s%n", "id", "role", "expires", "note");
            for (JsonNode token : client.get("/api/v1/tokens?limit=1000").get("items")) {
                out().printf(
                                Locale.ROOT,
                                "%-12s %-9s %.19sZ %s%n",
                                token.get("id").asString(),
                                token.get("role").asString().toLowerCase(Locale.ROOT),
                                token.get("expiresAt").asString(),
                                token.get("note").asString());
            }
        }
        return ExitCode.OK;
    }

    @Command(
            name = "revoke",
            description = "Takes a token away, at once.",
            mixinStandardHelpOptions = true)
    int revoke(@Mixin ServerOptions where, @Parameters(paramLabel = "ID") String id)
            throws IOException {
        try (ApiClient client = where.client()) {
            client.delete("/api/v1/tokens/" + id);
            out().println("token " + id + " is revoked");
        } catch (ApiClient.Refused e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
        return ExitCode.OK;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
