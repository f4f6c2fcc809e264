package org.roadloop.app.demo;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.report.Figure;
import org.roadloop.app.report.Report;
import org.roadloop.app.report.Station;
import org.roadloop.app.report.Summary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code roadloop demo}: the whole loop once, on this machine (演示). */
@Command(
        description = "Carries data once around the whole loop and leaves a report.",
        footer = {
            "Without --data the recordings are taken from ../shared/data where it exists.",
            "Exit code 0: every station held what it promises; 1: one did not."
        },
        mixinStandardHelpOptions = true)
public final class DemoVerb implements Callable<Integer> {
    private final String version;

    @Spec CommandSpec spec = CommandSpec.create();

    @Option(names = "--data", paramLabel = "DIR", description = "Recordings, read only.")
    @Nullable Path data;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder that is made anew; default: ${DEFAULT-VALUE}.")
    Path out = Path.of("roadloop-demo");

    @Option(names = "--seed", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    long seed = 20260601;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Town time; default: ${DEFAULT-VALUE}.")
    int seconds = 120;

    @Option(
            names = "--pace",
            paramLabel = "X",
            description = "Town seconds per second; default: ${DEFAULT-VALUE}.")
    double pace = 5;

    public DemoVerb(String version) {
        this.version = version;
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter console = spec.commandLine().getOut();
        DemoOptions options =
                new DemoOptions(
                        prepare(out),
                        findData(),
                        seed,
                        520,
                        180,
                        seconds,
                        pace,
                        new double[] {0.45});
        Summary summary = new Demo(options, version, console).run();
        Path report = Report.write(summary, options.out());
        print(console, summary);
        console.println();
        console.println("report: " + report.toAbsolutePath());
        console.println("summary: " + options.out().resolve(Report.SUMMARY_FILE).toAbsolutePath());
        return summary.closed() ? ExitCode.OK : ExitCode.FAILED;
    }

    private Optional<Path> findData() {
        if (data != null) {
            if (!Files.isDirectory(data)) {
                throw CliException.wrongWords("--data " + data + " is no directory");
            }
            return Optional.of(data);
        }
        String root = System.getProperty("roadloop.root", ".");
        Path shared = Path.of(root).resolve("../shared/data").normalize();
        return Files.isDirectory(shared) ? Optional.of(shared) : Optional.empty();
    }

    /** Empties a folder that an earlier demo made; refuses any other that is not empty. */
    static Path prepare(Path out) throws Exception {
        Path mark = out.resolve(".roadloop-demo");
        if (Files.isDirectory(out)) {
            try (var inside = Files.list(out)) {
                if (inside.findAny().isPresent() && !Files.exists(mark)) {
                    throw CliException.wrongWords(
                            out + " is not empty and was not made by a demo; give another --out");
                }
            }
            try (var all = Files.walk(out)) {
                for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        Files.createDirectories(out);
        Files.createFile(mark);
        return out;
    }

    private static void print(PrintWriter console, Summary summary) {
        console.println();
        console.printf("%-9s %-8s %7s  %s%n", "station", "status", "seconds", "figures");
        for (Station station : summary.stations()) {
            console.printf(
                    Locale.ROOT,
                    "%-9s %-8s %7.1f  %s%n",
                    station.name().text().en(),
                    station.status().text().en(),
                    station.seconds(),
                    station.figures().stream()
                            .limit(4)
                            .map(DemoVerb::words)
                            .collect(Collectors.joining(", ")));
            if (station.remark() != null) {
                console.printf("%-26s  (%s)%n", "", station.remark().en());
            }
        }
        console.printf(
                Locale.ROOT,
                "whole loop %.1f s, peak memory of all processes %.0f MiB%n",
                summary.run().totalSeconds(),
                summary.run().machine().peakPssMebibytes());
    }

    private static String words(Figure figure) {
        double value = figure.value();
        String number =
                value == Math.rint(value)
                        ? String.format(Locale.ROOT, "%,d", (long) value)
                        : String.format(Locale.ROOT, "%.2f", value);
        return figure.hint().en()
                + " "
                + number
                + (figure.unit().isEmpty() ? "" : " " + figure.unit());
    }
}
