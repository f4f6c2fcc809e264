package org.roadloop.app.tool;

import java.util.concurrent.Callable;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.compute.site.FloatingPointRate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code roadloop rate}: what a site runs to be measured (实测算力). */
@Command(
        description = "Measures how fast one thread of this machine computes; takes a second.",
        mixinStandardHelpOptions = true)
public final class RateVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        spec.commandLine().getOut().println(FloatingPointRate.measure().line());
        return ExitCode.OK;
    }
}
