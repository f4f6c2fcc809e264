package org.roadloop.app.market;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.platform.ServerOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code roadloop place}: where a task would run now; books nothing (试调度). */
@Command(
        description = "Asks every site what it says to a task; books and runs nothing.",
        mixinStandardHelpOptions = true)
public final class PlaceVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin ServerOptions where = new ServerOptions();

    @Parameters(paramLabel = "FILE", description = "A task, as 'task submit' takes it.")
    Path file = Path.of("");

    @Option(names = "--explain", description = "Also why, a line for every site.")
    boolean explain;

    @Option(
            names = "--reservation",
            paramLabel = "ID",
            description = "In the slots of this reservation (POST /api/v1/reservations).")
    String reservation = "";

    @Override
    public Integer call() throws IOException {
        JsonNode task = TaskFile.inReservation(TaskFile.read(file), reservation);
        PrintWriter out = spec.commandLine().getOut();
        try (ApiClient client = where.client()) {
            JsonNode placement = client.post("/api/v1/quotes", task);
            String site = placement.required("site").asString();
            out.println(site.isEmpty() ? "no site" : site);
            if (explain || site.isEmpty()) {
                placement.required("reasons").forEach(line -> out.println("  " + line.asString()));
                out.println("  (" + placement.required("method").asString() + ")");
            }
            return site.isEmpty() ? ExitCode.FAILED : ExitCode.OK;
        } catch (ApiClient.Refused e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        } finally {
            out.flush();
        }
    }
}
