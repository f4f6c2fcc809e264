package org.roadloop.app.operate;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.http.ApiClient;
import org.roadloop.app.platform.HomeOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code roadloop backup}: asks the running platform for an archive and verifies what came. */
@Command(
        description = "Saves a running platform: ledger, lake, frame log, keys, configuration.",
        footer = {
            "The archive holds keys: it is written with mode 600, keep it as safe as the home.",
            "The admin token is not in it; a restored home makes a new one."
        },
        mixinStandardHelpOptions = true)
public final class BackupVerb implements Callable<Integer> {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin HomeOptions where = new HomeOptions();

    @Parameters(
            paramLabel = "FILE|DIR",
            description = "A new file, or a folder to put roadloop-TIME.zip in.")
    Path target = Path.of("");

    @Override
    public Integer call() throws IOException {
        Path file =
                Files.isDirectory(target)
                        ? target.resolve("roadloop-" + STAMP.format(Instant.now()) + ".zip")
                        : target;
        if (Files.exists(file)) {
            throw CliException.wrongWords(file + " exists; give a new name");
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        Files.createFile(
                part,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (ApiClient client = where.client();
                InputStream in = client.stream("/api/v1/backup");
                OutputStream out = Files.newOutputStream(part, StandardOpenOption.WRITE)) {
            in.transferTo(out);
        } catch (ApiClient.Refused e) {
            Files.delete(part);
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
        Manifest manifest = verified(part);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%s: %d files, %,d bytes, ledger of %d entries, every hash verified%n",
                        file,
                        manifest.files().size(),
                        manifest.totalBytes(),
                        manifest.ledgerSize());
        if (!manifest.skipped().isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println("not in it: " + String.join(", ", manifest.skipped()));
        }
        return ExitCode.OK;
    }

    private static Manifest verified(Path part) throws IOException {
        try {
            return new ArchiveReader(part).verify();
        } catch (ArchiveException | IOException e) {
            Files.delete(part);
            throw CliException.failed("the backup did not arrive whole: " + e.getMessage());
        }
    }
}
