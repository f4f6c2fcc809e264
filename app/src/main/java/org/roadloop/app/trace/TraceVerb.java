package org.roadloop.app.trace;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.HttpServer;
import org.roadloop.app.platform.ServerOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code roadloop trace}: under which agreement a leaked file left (泄露追溯). */
@Command(
        description = "Finds the agreement whose watermark a file carries, ended ones too.",
        footer = {
            "FILE is Parquet, CSV with a header line, JSON lines, or a ZIP of Parquet files.",
            "A few hundred rows with one marked column are enough; columns are known by their names.",
            "That the file was traced, and the answer, go to the ledger of the platform.",
            "Exit code 0: a mark was found; 1: none was; 2: the words were wrong; 3: no platform"
                    + " runs on the home."
        },
        mixinStandardHelpOptions = true)
public final class TraceVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin ServerOptions where = new ServerOptions();

    /** Shapes of the answer. */
    enum Format {
        text,
        json
    }

    @Parameters(paramLabel = "FILE", description = "What was found outside.")
    @Nullable Path file;

    @Option(names = "--format", description = "One of ${COMPLETION-CANDIDATES}; default: text.")
    Format format = Format.text;

    @Override
    public Integer call() throws IOException {
        if (file == null || !Files.isRegularFile(file)) {
            throw CliException.wrongWords("no file " + file);
        }
        JsonNode answer;
        try (ApiClient client = where.client()) {
            answer = client.upload(HttpServer.TRACES, file);
        } catch (ApiClient.Refused e) {
            throw CliException.wrongWords(String.valueOf(e.getMessage()));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (format == Format.json) {
            out.println(answer.toPrettyString());
        } else {
            print(answer, out);
        }
        out.flush();
        return answer.path("found").isEmpty() ? ExitCode.FAILED : ExitCode.OK;
    }

    private static void print(JsonNode answer, PrintWriter out) {
        for (JsonNode found : answer.path("found")) {
            out.printf(
                    "agreement %s%n  partner %s, asset %s, %s%n",
                    found.path("agreement").asString(),
                    found.path("partner").asString(),
                    found.path("asset").asString(),
                    found.path("inForce").asBoolean(false)
                            ? "in force"
                            : "ended " + found.path("endedAt").asString(""));
            out.printf(
                    "  marked cells that match: %s by value, %s by row (chance: half)%n",
                    of(found.path("byValue")), of(found.path("byRow")));
            out.printf(
                    "  chance would do that with a probability below 1e%d, after all tests%n",
                    found.path("log10Bound").asLong());
        }
        JsonNode power = answer.path("power");
        if (answer.path("found").isEmpty()) {
            out.printf(
                    "no mark found: of at most %d cells that a mark could be in, %d would have to"
                            + " match; %d are enough if all of them do%n",
                    power.path("cells").asLong(),
                    power.path("matchesNeeded").asLong(),
                    power.path("cellsNeeded").asLong());
        }
        out.printf(
                "%d of %d rows and %d agreements tested, columns %s; a wrong one is named once in"
                        + " %.0f traces; ledger entry %d%n",
                answer.path("rowsTested").asLong(),
                answer.path("rows").asLong(),
                answer.path("agreementsTested").asLong(),
                answer.path("columns"),
                1 / answer.path("falseAccusationBound").asDouble(1),
                answer.path("ledgerIndex").asLong());
    }

    private static String of(JsonNode count) {
        return count.path("matched").asLong() + " of " + count.path("cells").asLong();
    }
}
