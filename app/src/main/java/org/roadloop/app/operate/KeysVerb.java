package org.roadloop.app.operate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.app.platform.HomeOptions;
import org.roadloop.core.identity.Keystore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code roadloop keys list | rotate | export-public}. */
@Command(
        description = "Lists, rotates and exports the keys of a home; no verb shows a secret.",
        mixinStandardHelpOptions = true)
public final class KeysVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw CliException.wrongWords(
                "say what: 'keys list', 'keys rotate' or 'keys export-public'");
    }

    @Command(name = "list", description = "Names, kinds, epochs.", mixinStandardHelpOptions = true)
    int list(@Mixin HomeOptions where) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%-14s %-8s %-6s %-8s %-20s %s%n",
                "name", "kind", "epoch", "use", "made", "fingerprint");
        for (Keystore.KeyInfo key : keystore(where).list()) {
            out.printf(
                    "%-14s %-8s %-6d %-8s %.19sZ %s%n",
                    key.name(),
                    key.kind().name().toLowerCase(Locale.ROOT),
                    key.epoch(),
                    key.current() ? "current" : "past",
                    key.madeAt(),
                    key.fingerprint());
        }
        return ExitCode.OK;
    }

    @Command(
            name = "export-public",
            description = "Public keys as JSON Web Keys with their continuity signatures.",
            mixinStandardHelpOptions = true)
    int exportPublic(@Mixin HomeOptions where) {
        spec.commandLine().getOut().println(keystore(where).exportPublic().toPrettyString());
        return ExitCode.OK;
    }

    @Command(
            name = "rotate",
            description =
                    "Puts a new key in use, through the running platform; the old one stays to"
                            + " verify what it signed.",
            mixinStandardHelpOptions = true)
    int rotate(@Mixin HomeOptions where, @Parameters(paramLabel = "NAME") String name)
            throws IOException {
        try (ApiClient client = where.client()) {
            JsonNode key =
                    client.post(
                            "/api/v1/keys/" + name + "/rotate", Json.mapper().createObjectNode());
            spec.commandLine()
                    .getOut()
                    .println(
                            "key "
                                    + name
                                    + " is at epoch "
                                    + key.get("epoch").asInt()
                                    + ", fingerprint "
                                    + key.get("fingerprint").asString());
        } catch (ApiClient.Refused e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
        return ExitCode.OK;
    }

    private static Keystore keystore(HomeOptions where) {
        Path keys = where.home().resolve("keys");
        if (!Files.isRegularFile(keys.resolve("format"))) {
            throw CliException.environment(
                    "no keys in " + where.home() + "; the first 'roadloop up' makes them");
        }
        return Keystore.open(keys);
    }
}
