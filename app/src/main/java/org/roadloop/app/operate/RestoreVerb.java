package org.roadloop.app.operate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.platform.HomeOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code roadloop restore}: a new home from a backup, verified before it is put in place. */
@Command(
        description = "Makes a home from a backup: every hash and the whole ledger are verified.",
        footer = "Exit code 1: the backup is damaged, nothing was put in place.",
        mixinStandardHelpOptions = true)
public final class RestoreVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin HomeOptions where = new HomeOptions();

    @Parameters(paramLabel = "FILE", description = "What 'roadloop backup' wrote.")
    Path file = Path.of("");

    @Override
    public Integer call() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw CliException.wrongWords("no file " + file);
        }
        try {
            Restore.Result result = Restore.into(where.home(), file);
            spec.commandLine()
                    .getOut()
                    .printf(
                            Locale.ROOT,
                            "%s restored: %d files, %,d bytes; %s%n",
                            where.home(),
                            result.manifest().files().size(),
                            result.manifest().totalBytes(),
                            result.proven());
            return ExitCode.OK;
        } catch (ArchiveException e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
    }
}
