package org.roadloop.app.operate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.config.Config;
import org.roadloop.app.config.ConfigException;
import org.roadloop.app.platform.HomeOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code roadloop config check | show-default}. */
@Command(
        description = "Checks the configuration, or shows the documented defaults.",
        mixinStandardHelpOptions = true)
public final class ConfigVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw CliException.wrongWords("say what: 'config check' or 'config show-default'");
    }

    @Command(
            name = "check",
            description = "Names every unknown key and wrong value with its line.",
            mixinStandardHelpOptions = true)
    int check(
            @Mixin HomeOptions where,
            @Parameters(arity = "0..1", paramLabel = "FILE", description = "Instead of --config.")
                    @Nullable Path file)
            throws IOException {
        Path checked = file != null ? file : where.configFile();
        if (!Files.exists(checked)) {
            throw CliException.environment(
                    "no file "
                            + checked
                            + "; 'roadloop config show-default' prints one to begin with");
        }
        try {
            Config.load(checked);
        } catch (ConfigException e) {
            spec.commandLine().getErr().println(e.getMessage());
            spec.commandLine().getErr().println(e.faults().size() + " fault(s) in " + checked);
            return ExitCode.WRONG_WORDS;
        }
        spec.commandLine().getOut().println(checked + " is valid");
        return ExitCode.OK;
    }

    @Command(
            name = "show-default",
            description = "Prints every key with its default and meaning.",
            mixinStandardHelpOptions = true)
    int showDefault() throws IOException {
        spec.commandLine().getOut().print(Config.defaultText());
        return ExitCode.OK;
    }
}
