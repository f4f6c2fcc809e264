package org.roadloop.app.market;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** {@code roadloop service}: services of the running platform from the command line (服务命令). */
@Command(
        description = "Applies, lists, shows, rolls back, stops and calls services.",
        footer = "docs/compute.md tells the keys of a service file.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ServiceVerb.Apply.class,
            ServiceVerb.Listing.class,
            ServiceVerb.Show.class,
            ServiceVerb.RollBack.class,
            ServiceVerb.Stop.class,
            ServiceVerb.Call.class
        })
public final class ServiceVerb implements Callable<Integer> {
    private static final String SERVICES = "/api/v1/services";

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ExitCode.OK;
    }

    private static String path(String name) {
        return SERVICES + "/" + TaskVerb.encoded(name);
    }

    private static void line(JsonNode service, PrintWriter out) {
        out.printf(
                "%-20s  %-12s  version %d of %d  %-10s  %s%n",
                service.required("name").asString(),
                service.required("state").asString(),
                service.required("serving").asInt(),
                service.required("wanted").asInt(),
                service.path("site").asString("-"),
                service.has("modelAgeSeconds")
                        ? "model %.0f s old".formatted(service.path("modelAgeSeconds").asDouble())
                        : "");
    }

    /** A service, or its next version. */
    @Command(
            name = "apply",
            description = "Begins a service or rolls out its next version (JSON or YAML).",
            mixinStandardHelpOptions = true)
    static final class Apply implements Callable<Integer> {
        @Spec CommandSpec spec = CommandSpec.create();
        @Mixin ServerOptions where = new ServerOptions();

        @Parameters(paramLabel = "FILE", description = "A service.")
        Path file = Path.of("");

        @Override
        public Integer call() throws IOException {
            JsonNode service = ServiceFile.read(file);
            return TaskVerb.ask(
                    where,
                    spec,
                    (client, out) -> {
                        line(client.post(SERVICES, service), out);
                        return ExitCode.OK;
                    });
        }
    }

    /** One line a service. */
    @Command(
            name = "list",
            description = "Lists services with state, version, site and age of the model.",
            mixinStandardHelpOptions = true)
    static final class Listing implements Callable<Integer> {
        @Spec CommandSpec spec = CommandSpec.create();
        @Mixin ServerOptions where = new ServerOptions();

        @Override
        public Integer call() throws IOException {
            return TaskVerb.ask(
                    where,
                    spec,
                    (client, out) -> {
                        client.get(SERVICES).required("items").forEach(s -> line(s, out));
                        return ExitCode.OK;
                    });
        }
    }

    /** All of one service. */
    @Command(
            name = "show",
            description = "Shows a service with its versions and reasons, as JSON.",
            mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        @Spec CommandSpec spec = CommandSpec.create();
        @Mixin ServerOptions where = new ServerOptions();

        @Parameters(paramLabel = "NAME", description = "A service.")
        String name = "";

        @Override
        public Integer call() throws IOException {
            return TaskVerb.ask(
                    where,
                    spec,
                    (client, out) -> {
                        out.println(
                                Json.mapper()
                                        .writerWithDefaultPrettyPrinter()
                                        .writeValueAsString(client.get(path(name))));
                        return ExitCode.OK;
                    });
        }
    }

    /** Back to the former version. */
    @Command(
            name = "rollback",
            description = "Goes back to the version before.",
            mixinStandardHelpOptions = true)
    static final class RollBack implements Callable<Integer> {
        @Spec CommandSpec spec = CommandSpec.create();
        @Mixin ServerOptions where = new ServerOptions();

        @Parameters(paramLabel = "NAME", description = "A service.")
        String name = "";

        @Override
        public Integer call() throws IOException {
            return TaskVerb.ask(
                    where,
                    spec,
                    (client, out) -> {
                        line(
                                client.post(
                                        path(name) + "/rollback", Json.mapper().createObjectNode()),
                                out);
                        return ExitCode.OK;
                    });
        }
    }

    /** Ends a service. */
    @Command(
            name = "stop",
            description = "Ends a service and its processes.",
            mixinStandardHelpOptions = true)
    static final class Stop implements Callable<Integer> {
        @Spec CommandSpec spec = CommandSpec.create();
        @Mixin ServerOptions where = new ServerOptions();

        @Parameters(paramLabel = "NAME", description = "A service.")
        String name = "";

        @Override
        public Integer call() throws IOException {
            return TaskVerb.ask(
                    where,
                    spec,
                    (client, out) -> {
                        client.delete(path(name));
                        return ExitCode.OK;
                    });
        }
    }

    /** Asks a service something. */
    @Command(
            name = "call",
            description = "Calls a service and prints its answer.",
            mixinStandardHelpOptions = true)
    static final class Call implements Callable<Integer> {
        @Spec CommandSpec spec = CommandSpec.create();
        @Mixin ServerOptions where = new ServerOptions();

        @Parameters(index = "0", paramLabel = "NAME", description = "A service.")
        String name = "";

        @Parameters(index = "1", paramLabel = "PATH", description = "Of the service: /predict.")
        String path = "";

        @Option(names = "--data", paramLabel = "JSON", description = "Sent by POST; else GET.")
        String data = "";

        @Override
        public Integer call() throws IOException {
            String target = path(name) + "/call" + (path.startsWith("/") ? path : "/" + path);
            return TaskVerb.ask(
                    where,
                    spec,
                    (client, out) -> {
                        try (InputStream answer = answer(client, target)) {
                            out.println(new String(answer.readAllBytes(), StandardCharsets.UTF_8));
                        }
                        return ExitCode.OK;
                    });
        }

        private InputStream answer(ApiClient client, String target) throws IOException {
            if (data.isEmpty()) {
                return client.stream(target);
            }
            JsonNode json;
            try {
                json = Json.mapper().readTree(data);
            } catch (JacksonException e) {
                throw CliException.wrongWords("--data is no JSON: " + e.getOriginalMessage());
            }
            return client.ask(target, json);
        }
    }
}
