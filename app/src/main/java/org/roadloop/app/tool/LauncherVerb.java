package org.roadloop.app.tool;

import java.util.concurrent.Callable;
import org.roadloop.app.cli.CliException;
import picocli.CommandLine.Command;

/**
 * A verb that the launcher script itself carries out: it is listed here so that help and
 * suggestions know it.
 */
@Command(
        description = "Carried out by the launcher: ./roadloop VERB --help explains it.",
        mixinStandardHelpOptions = true)
public final class LauncherVerb implements Callable<Integer> {
    private final String name;

    public LauncherVerb(String name) {
        this.name = name;
    }

    @Override
    public Integer call() {
        throw CliException.wrongWords("'" + name + "' is for the launcher: ./roadloop " + name);
    }
}
