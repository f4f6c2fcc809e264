package org.roadloop.app.market;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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

/** {@code roadloop task}: tasks of the running platform from the command line (任务命令). */
@Command(
        description = "Submits, lists, shows and cancels tasks (GA4GH TES 1.1).",
        footer = "docs/compute.md tells the keys of a task file, in English and Chinese.",
        mixinStandardHelpOptions = true,
        subcommands = {
            TaskVerb.Submit.class,
            TaskVerb.Listing.class,
            TaskVerb.Show.class,
            TaskVerb.Logs.class,
            TaskVerb.Cancel.class
        })
public final class TaskVerb implements Callable<Integer> {
    private static final String TASKS = "/ga4gh/tes/v1/tasks";
    private static final Duration POLL = Duration.ofMillis(500);

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ExitCode.OK;
    }

    interface Asked {
        int answer(ApiClient client, PrintWriter out) throws IOException;
    }

    static int ask(ServerOptions where, CommandSpec spec, Asked asked) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (ApiClient client = where.client()) {
            return asked.answer(client, out);
        } catch (ApiClient.Refused e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        } finally {
            out.flush();
        }
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static boolean ended(String state) {
        return state.endsWith("ERROR")
                || state.equals("COMPLETE")
                || state.equals("CANCELED")
                || state.equals("PREEMPTED");
    }

    /** Takes a file on and prints the id. */
    @Command(
            name = "submit",
            description = "Submits a task file (JSON or YAML) and prints its id.",
            mixinStandardHelpOptions = true)
    static final class Submit implements Callable<Integer> {
        @Spec CommandSpec spec = CommandSpec.create();
        @Mixin ServerOptions where = new ServerOptions();

        @Parameters(paramLabel = "FILE", description = "A task.")
        Path file = Path.of("");

        @Option(names = "--wait", description = "Until it has ended; prints its logs.")
        boolean wait;

        @Option(
                names = "--reservation",
                paramLabel = "ID",
                description = "In the slots of this reservation (POST /api/v1/reservations).")
        String reservation = "";

        @Override
        public Integer call() throws IOException {
            JsonNode task = TaskFile.inReservation(TaskFile.read(file), reservation);
            return ask(
                    where,
                    spec,
                    (client, out) -> {
                        String id = client.post(TASKS, task).required("id").asString();
                        out.println(id);
                        out.flush();
                        return wait ? await(client, id, out) : ExitCode.OK;
                    });
        }

        private static int await(ApiClient client, String id, PrintWriter out) throws IOException {
            String state = "";
            while (!ended(state)) {
                state = client.get(TASKS + "/" + id).required("state").asString();
                try {
                    Thread.sleep(ended(state) ? Duration.ZERO : POLL);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw CliException.failed("interrupted; task " + id + " goes on");
                }
            }
            logs(client.get(TASKS + "/" + encoded(id) + "?view=FULL"), out);
            return state.equals("COMPLETE") ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    /** One line a task. */
    @Command(
            name = "list",
            description = "Lists tasks, the newest first.",
            mixinStandardHelpOptions = true)
    static final class Listing implements Callable<Integer> {
        @Spec CommandSpec spec = CommandSpec.create();
        @Mixin ServerOptions where = new ServerOptions();

        @Option(names = "--state", description = "Only of this state: RUNNING, COMPLETE, …")
        String state = "";

        @Option(names = "--name", paramLabel = "PREFIX", description = "Only names that begin so.")
        String name = "";

        @Option(names = "--limit", description = "Most lines; default: ${DEFAULT-VALUE}.")
        int limit = 50;

        @Override
        public Integer call() throws IOException {
            return ask(
                    where,
                    spec,
                    (client, out) -> {
                        String query =
                                "?view=BASIC&page_size="
                                        + limit
                                        + (state.isEmpty() ? "" : "&state=" + encoded(state))
                                        + (name.isEmpty() ? "" : "&name_prefix=" + encoded(name));
                        JsonNode page = client.get(TASKS + query);
                        for (JsonNode task : page.required("tasks")) {
                            out.printf(
                                    "%s  %s  %-14s  %-12s  %s%n",
                                    task.required("id").asString(),
                                    task.required("creation_time").asString(),
                                    task.required("state").asString(),
                                    task.at("/logs/0/metadata/roadloop.site").asString("-"),
                                    task.path("name").asString(""));
                        }
                        if (page.has("next_page_token")) {
                            out.println("… there are more; give a greater --limit");
                        }
                        return ExitCode.OK;
                    });
        }
    }

    /** All of one task. */
    @Command(
            name = "show",
            description = "Shows a task in full, as JSON, with what was decided about it.",
            mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        @Spec CommandSpec spec = CommandSpec.create();
        @Mixin ServerOptions where = new ServerOptions();

        @Parameters(paramLabel = "ID", description = "A task.")
        String id = "";

        @Override
        public Integer call() throws IOException {
            return ask(
                    where,
                    spec,
                    (client, out) -> {
                        JsonNode task = client.get(TASKS + "/" + encoded(id) + "?view=FULL");
                        out.println(
                                Json.mapper()
                                        .writerWithDefaultPrettyPrinter()
                                        .writeValueAsString(task));
                        return ExitCode.OK;
                    });
        }
    }

    /** What its programs wrote and what the platform says. */
    @Command(
            name = "logs",
            description = "Prints what a task's programs wrote, and the platform's own lines.",
            mixinStandardHelpOptions = true)
    static final class Logs implements Callable<Integer> {
        @Spec CommandSpec spec = CommandSpec.create();
        @Mixin ServerOptions where = new ServerOptions();

        @Parameters(paramLabel = "ID", description = "A task.")
        String id = "";

        @Override
        public Integer call() throws IOException {
            return ask(
                    where,
                    spec,
                    (client, out) -> {
                        logs(client.get(TASKS + "/" + encoded(id) + "?view=FULL"), out);
                        return ExitCode.OK;
                    });
        }
    }

    private static void logs(JsonNode task, PrintWriter out) {
        JsonNode log = task.at("/logs/0");
        int n = 0;
        for (JsonNode executor : log.path("logs")) {
            out.printf(
                    "-- executor %d, exit code %s%n", n++, executor.path("exit_code").asString(""));
            out.print(executor.path("stdout").asString(""));
            String errors = executor.path("stderr").asString("");
            if (!errors.isEmpty()) {
                out.println("-- standard error");
                out.print(errors);
            }
        }
        out.println("-- " + task.required("state").asString());
        log.path("system_logs").forEach(line -> out.println(line.asString()));
        log.path("outputs").forEach(file -> out.println("output " + file.path("url").asString("")));
    }

    /** Ends a task. */
    @Command(
            name = "cancel",
            description = "Ends a task; nothing happens if it has ended.",
            mixinStandardHelpOptions = true)
    static final class Cancel implements Callable<Integer> {
        @Spec CommandSpec spec = CommandSpec.create();
        @Mixin ServerOptions where = new ServerOptions();

        @Parameters(paramLabel = "ID", description = "A task.")
        String id = "";

        @Override
        public Integer call() throws IOException {
            return ask(
                    where,
                    spec,
                    (client, out) -> {
                        client.post(
                                TASKS + "/" + encoded(id) + ":cancel",
                                Json.mapper().createObjectNode());
                        return ExitCode.OK;
                    });
        }
    }
}
