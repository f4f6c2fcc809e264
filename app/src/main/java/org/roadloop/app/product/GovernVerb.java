package org.roadloop.app.product;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.http.Json;
import org.roadloop.app.platform.HomeOptions;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.lake.Workspace;
import org.roadloop.govern.plan.Plan;
import org.roadloop.govern.plan.PlanException;
import org.roadloop.govern.plan.PlanReader;
import org.roadloop.govern.privacy.PseudonymColumns;
import org.roadloop.govern.product.Input;
import org.roadloop.govern.product.PlanSchema;
import org.roadloop.govern.product.ProductCheck;
import org.roadloop.govern.product.ProductPlanReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code roadloop govern}: plans of data products (产品治理方案). */
@Command(
        description = {
            "Checks, tries and runs plans of data products.",
            "PLAN is a file, or one of the examples: energy_by_hour, traffic_flow,",
            "shared_trajectories."
        },
        mixinStandardHelpOptions = true)
public final class GovernVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw CliException.wrongWords(
                "say what to do: check, dry-run, run, verify, close-epoch or schema; 'roadloop govern --help'"
                        + " shows what there is");
    }

    @Command(
            name = "check",
            description = {
                "Checks a plan before any row is seen, without a running platform.",
                "Exit code 0: it may run; 1: it has errors."
            },
            mixinStandardHelpOptions = true)
    int check(@Mixin HomeOptions where, @Parameters(index = "0", paramLabel = "PLAN") String plan)
            throws IOException {
        String text = text(plan);
        try {
            ProductCheck check =
                    ProductCheck.of(ProductPlanReader.parse(text), input -> known(where, input));
            JsonNode view = Json.mapper().valueToTree(PlanViews.check(check));
            showCheck(view);
            return view.path("mayRun").asBoolean() ? ExitCode.OK : ExitCode.FAILED;
        } catch (PlanException e) {
            throw CliException.failed(plan + ": " + e.getMessage());
        }
    }

    /** The columns of an input, as far as plans and files tell. */
    private static Schema known(HomeOptions where, Input input) {
        String table = input.table();
        try {
            if (table == null) {
                List<String> files = input.files();
                return files != null && input.columns() == null
                        ? Workspace.schema(where.home().resolve("inputs").resolve(files.getFirst()))
                        : input.declaredSchema();
            }
            for (Path file : where.config().govern().plans()) {
                Plan plan = PlanReader.read(file);
                if (plan.table().equals(table)) {
                    return plan.governedSchema();
                }
            }
        } catch (IOException e) {
            throw new NoSuchElementException("the columns of the input can't be read: " + e);
        }
        if (PlanReader.STANDARD.contains(table)) {
            return PlanReader.standard(table).governedSchema();
        }
        throw new NoSuchElementException(
                "no plan known here makes the table '"
                        + table
                        + "'; 'govern dry-run' asks the running platform");
    }

    @Command(
            name = "dry-run",
            description = "Tries a plan on a sample: rows, drops, k, leaks, cost; keeps nothing.",
            mixinStandardHelpOptions = true)
    int dryRun(
            @Mixin HomeOptions where,
            @Option(
                            names = "--rows",
                            paramLabel = "N",
                            defaultValue = "100000",
                            description = "Most rows of the sample; default: ${DEFAULT-VALUE}.")
                    int rows,
            @Parameters(index = "0", paramLabel = "PLAN") String plan)
            throws IOException {
        JsonNode view = post(where, "/api/v1/govern/dry-runs", body(plan).put("rows", rows));
        showCheck(view);
        PrintWriter out = out();
        out.printf(
                "sample   %d of %d rows, %d come out%n",
                view.path("sampleRows").asLong(),
                view.path("inputRows").asLong(),
                view.path("rowsOut").asLong());
        showSteps(view.path("steps"));
        if (view.has("sampleK")) {
            out.printf(
                    "k        %d in the sample; the whole input may have less%n",
                    view.path("sampleK").asLong());
        }
        out.printf(
                "leaks    %s of %d identities searched%n",
                view.path("leaks").isEmpty() ? "none" : view.path("leaks").toString(),
                view.path("secretsSearched").asLong());
        out.printf(
                Locale.ROOT,
                "cost     %.1f CPU s (at most %.1f), %.1f MB (at most %.1f)%n",
                view.at("/cpuSeconds/estimate").asDouble(),
                view.at("/cpuSeconds/upper").asDouble(),
                view.at("/outputBytes/estimate").asDouble() / 1e6,
                view.at("/outputBytes/upper").asDouble() / 1e6);
        out.println("         " + view.path("method").asString(""));
        out.flush();
        boolean clean = view.path("mayRun").asBoolean() && view.path("leaks").isEmpty();
        return clean ? ExitCode.OK : ExitCode.FAILED;
    }

    @Command(
            name = "run",
            description = "Runs a plan into its table and puts the passport into the ledger.",
            mixinStandardHelpOptions = true)
    int run(@Mixin HomeOptions where, @Parameters(index = "0", paramLabel = "PLAN") String plan)
            throws IOException {
        JsonNode view = post(where, "/api/v1/govern/runs", body(plan));
        showSteps(view.path("steps"));
        JsonNode passport = view.path("passport");
        PrintWriter out = out();
        out.printf(
                "table    %s, %d rows, snapshot %s%n",
                view.path("table").asString(""),
                view.path("rows").asLong(),
                view.path("snapshot").asString(""));
        for (JsonNode clause : passport.path("clauses")) {
            out.printf(
                    "%-14s %s: %s%n",
                    clause.path("status").asString("").replace('_', ' '),
                    clause.path("mapsTo").asString(""),
                    clause.path("because").asString(""));
        }
        if (passport.has("anonymity")) {
            out.printf(
                    "k        %d (wanted %d)%n",
                    passport.at("/anonymity/k").asLong(), passport.at("/anonymity/minK").asLong());
        }
        out.println("passport " + view.path("passportSha256").asString(""));
        out.flush();
        return ExitCode.OK;
    }

    @Command(
            name = "verify",
            description = {
                "Holds a product against its passport: the plan given, the input and output files.",
                "Exit code 0: nothing changed; 1: the lines say what did."
            },
            mixinStandardHelpOptions = true)
    int verify(@Mixin HomeOptions where, @Parameters(index = "0", paramLabel = "PLAN") String plan)
            throws IOException {
        JsonNode view = post(where, "/api/v1/govern/verifications", body(plan));
        PrintWriter out = out();
        view.path("faults").forEach(fault -> out.println(fault.asString("")));
        boolean holds = view.path("faults").isEmpty();
        if (holds) {
            out.println(
                    view.path("table").asString("")
                            + " is what passport "
                            + view.path("passport").asString("")
                            + " says");
        }
        out.flush();
        return holds ? ExitCode.OK : ExitCode.FAILED;
    }

    @Command(
            name = "close-epoch",
            description = {
                "Ends an epoch of one-way pseudonyms of a contract: its key is destroyed, and nobody",
                "can compute its pseudonyms again. This cannot be undone."
            },
            mixinStandardHelpOptions = true)
    int closeEpoch(
            @Mixin HomeOptions where,
            @Parameters(index = "0", paramLabel = "CONTRACT") String contract,
            @Parameters(index = "1", paramLabel = "EPOCH") int epoch)
            throws IOException {
        if (!contract.matches(PseudonymColumns.CONTRACT) || epoch < 1) {
            throw CliException.wrongWords(
                    "a contract is of letters, digits and . _ : -, an epoch is from 1");
        }
        JsonNode view =
                post(
                        where,
                        "/api/v1/govern/epochs/" + contract + "/" + epoch + "/close",
                        Json.mapper().createObjectNode());
        out().printf(
                        "epoch %d of %s is closed%s%n",
                        epoch, contract, view.path("closedNow").asBoolean() ? "" : " since before");
        out().flush();
        return ExitCode.OK;
    }

    @Command(
            name = "schema",
            description = "Prints the JSON Schema of plans, for editors.",
            mixinStandardHelpOptions = true)
    int schema() {
        out().print(PlanSchema.text());
        out().flush();
        return ExitCode.OK;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private static String text(String plan) throws IOException {
        if (ProductPlanReader.EXAMPLES.contains(plan)) {
            return ProductPlanReader.example(plan);
        }
        Path file = Path.of(plan);
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw CliException.environment(
                    "no readable file '"
                            + plan
                            + "', and no such example; there are "
                            + ProductPlanReader.EXAMPLES);
        }
        return Files.readString(file);
    }

    private static ObjectNode body(String plan) throws IOException {
        return Json.mapper().createObjectNode().put("plan", text(plan));
    }

    private static JsonNode post(HomeOptions where, String path, ObjectNode body)
            throws IOException {
        try (ApiClient client = where.client()) {
            return client.post(path, body);
        } catch (ApiClient.Refused e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
    }

    private void showCheck(JsonNode view) {
        PrintWriter out = out();
        for (JsonNode finding : view.path("findings")) {
            out.printf(
                    "%-6s   %s: %s%n",
                    finding.path("error").asBoolean() ? "error" : "remark",
                    finding.path("rule").asString(""),
                    finding.path("message").asString(""));
        }
        for (JsonNode column : view.path("columns")) {
            out.printf(
                    "column   %-28s %-9s %-14s %s%n",
                    column.path("name").asString(""),
                    column.path("unit").asString(""),
                    column.path("class").asString(""),
                    column.path("grade").asString(""));
        }
        out.println(view.path("mayRun").asBoolean() ? "the plan may run" : "the plan must not run");
        out.flush();
    }

    private void showSteps(JsonNode steps) {
        for (JsonNode step : steps) {
            out().printf(
                            "%-14s %d rows in, %d out%s%s%n",
                            step.path("operator").asString(""),
                            step.path("rowsIn").asLong(),
                            step.path("rowsOut").asLong(),
                            step.path("dropped").isEmpty()
                                    ? ""
                                    : ", dropped " + step.path("dropped"),
                            step.path("changed").isEmpty()
                                    ? ""
                                    : ", changed " + step.path("changed"));
        }
    }
}
