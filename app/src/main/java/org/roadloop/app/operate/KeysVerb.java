package org.roadloop.app.operate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.HomeException;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.app.platform.HomeOptions;
import org.roadloop.core.identity.KeyHandover;
import org.roadloop.core.identity.Keystore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code roadloop keys list | rotate | replace | revoke | export-public}. */
@Command(
        description =
                "Lists, rotates, replaces, revokes and exports the keys of a home; no verb shows a"
                        + " secret.",
        mixinStandardHelpOptions = true)
public final class KeysVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw CliException.wrongWords(
                "say what: 'keys list', 'keys rotate', 'keys replace', 'keys revoke' or"
                        + " 'keys export-public'");
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
                    use(key),
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
                                    + key.get("fingerprint").asString()
                                    + "; what signs takes it at the next start");
        } catch (ApiClient.Refused e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
        return ExitCode.OK;
    }

    @Command(
            name = "replace",
            description =
                    "Puts a new key in use without the word of the old one, which is lost or known to"
                            + " others; while no platform runs on the home.",
            mixinStandardHelpOptions = true)
    int replace(
            @Mixin HomeOptions where,
            @Parameters(paramLabel = "NAME") String name,
            @Option(
                            names = "--because",
                            required = true,
                            paramLabel = "lost|leaked",
                            description = "What happened to the old key.")
                    String because)
            throws IOException {
        KeyHandover.Because why =
                switch (because) {
                    case "lost" -> KeyHandover.Because.LOST;
                    case "leaked" -> KeyHandover.Because.LEAKED;
                    default -> throw CliException.wrongWords("--because is 'lost' or 'leaked'");
                };
        keystore(where);
        try (Home home = Home.open(where.home())) {
            Keystore.KeyInfo key = Replacement.of(Keystore.open(home.keys()), name, why);
            PrintWriter out = spec.commandLine().getOut();
            out.println(
                    "key "
                            + name
                            + " is at epoch "
                            + key.epoch()
                            + ", fingerprint "
                            + key.fingerprint()
                            + "; in use from the next 'roadloop up'");
            Replacement.remains(Keystore.open(home.keys()), name, why).forEach(out::println);
        } catch (HomeException e) {
            throw CliException.environment(String.valueOf(e.getMessage()), e);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
        return ExitCode.OK;
    }

    @Command(
            name = "revoke",
            description =
                    "Takes back a former signing key, through the running platform: what it signs"
                            + " from now on does not count.",
            mixinStandardHelpOptions = true)
    int revoke(
            @Mixin HomeOptions where,
            @Parameters(paramLabel = "NAME") String name,
            @Parameters(paramLabel = "EPOCH") int epoch,
            @Option(
                            names = "--from-size",
                            paramLabel = "N",
                            description =
                                    "Of the ledger's key: the largest tree whose checkpoint by it"
                                            + " still counts; default: that of its retirement.")
                    @Nullable Long fromSize)
            throws IOException {
        ObjectNode body = Json.mapper().createObjectNode().put("epoch", epoch);
        if (fromSize != null) {
            body.put("fromSize", fromSize);
        }
        try (ApiClient client = where.client()) {
            JsonNode answer = client.post("/api/v1/keys/" + name + "/revoke", body);
            spec.commandLine()
                    .getOut()
                    .println(
                            "key "
                                    + name
                                    + " of epoch "
                                    + epoch
                                    + " is revoked"
                                    + (answer.has("fromSize")
                                            ? ": its checkpoints of more than "
                                                    + answer.get("fromSize").asLong()
                                                    + " entries do not count"
                                            : " from " + answer.get("revokedAt").asString()));
        } catch (ApiClient.Refused e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
        return ExitCode.OK;
    }

    private static String use(Keystore.KeyInfo key) {
        if (key.lost()) {
            return "lost";
        }
        if (key.revokedAt().isPresent()) {
            return "revoked";
        }
        return key.current() ? "current" : "past";
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
