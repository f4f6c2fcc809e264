package org.roadloop.app.operate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.config.Config;
import org.roadloop.app.http.Json;
import org.roadloop.app.platform.HomeOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code roadloop doctor}. */
@Command(
        description = "Looks whether this machine can run a platform.",
        footer = "Exit code 0: fit, perhaps with notes; 1: there are problems.",
        mixinStandardHelpOptions = true)
public final class DoctorVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin HomeOptions where = new HomeOptions();

    @Option(names = "--json", description = "One JSON object instead of a table.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        Path home = where.home();
        Config config = where.config();
        List<Doctor.Check> checks =
                new Doctor(home, config, System.getenv().getOrDefault("PATH", "")).examine();
        boolean fit = checks.stream().noneMatch(c -> c.verdict() == Doctor.Verdict.PROBLEM);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            printJson(out, checks, fit);
        } else {
            printTable(out, checks, fit);
        }
        return fit ? ExitCode.OK : ExitCode.FAILED;
    }

    private static void printJson(PrintWriter out, List<Doctor.Check> checks, boolean fit) {
        var root = Json.mapper().createObjectNode().put("fit", fit);
        var array = root.putArray("checks");
        for (Doctor.Check check : checks) {
            array.addObject()
                    .put("name", check.name())
                    .put("verdict", check.verdict().name().toLowerCase(Locale.ROOT))
                    .put("found", check.found())
                    .put("advice", check.advice());
        }
        out.println(root);
    }

    private static void printTable(PrintWriter out, List<Doctor.Check> checks, boolean fit) {
        int width = checks.stream().mapToInt(c -> c.name().length()).max().orElse(0);
        for (Doctor.Check check : checks) {
            String verdict = check.verdict().name().toLowerCase(Locale.ROOT);
            out.printf("%-8s %-" + width + "s  %s%n", verdict, check.name(), check.found());
            if (!check.advice().isEmpty()) {
                out.printf("%-8s %-" + width + "s  -> %s%n", "", "", check.advice());
            }
        }
        out.println(fit ? "fit to run a platform" : "there are problems, see above");
    }
}
