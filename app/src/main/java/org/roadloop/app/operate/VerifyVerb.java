package org.roadloop.app.operate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.home.Home;
import org.roadloop.app.platform.HomeOptions;
import org.roadloop.core.ledger.SignedNote;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code roadloop verify}: one line says what is proven, or what is wrong and where. */
@Command(
        description = "Verifies a whole ledger, or the proof of one entry; needs no server.",
        footer = {
            "Without --key the keys of the home are used: that proves that nothing was changed since"
                    + " its keys signed. Give a key you got another way to prove who signed.",
            "Exit code 0: it holds; 1: it does not, the line says where."
        },
        mixinStandardHelpOptions = true)
public final class VerifyVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin HomeOptions where = new HomeOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "PATH",
            description = "A home, a log directory or a .tlog-proof file; default: the home.")
    @Nullable Path path;

    @Option(
            names = "--key",
            paramLabel = "VKEY",
            description = "Key of the log as text, NAME+HASH+BASE64.")
    @Nullable String key;

    @Override
    public Integer call() throws IOException {
        Path target = path != null ? path.toAbsolutePath().normalize() : where.home();
        if (!Files.exists(target)) {
            throw CliException.wrongWords("nothing is at " + target);
        }
        LedgerCheck.Result result = check(target);
        (result.holds() ? spec.commandLine().getOut() : spec.commandLine().getErr())
                .println(result.says());
        return result.holds() ? ExitCode.OK : ExitCode.FAILED;
    }

    private LedgerCheck.Result check(Path target) throws IOException {
        if (Files.isRegularFile(target)) {
            return LedgerCheck.proof(target, keys(where.home()));
        }
        boolean isHome = Files.isDirectory(target.resolve("ledger"));
        Path home = isHome ? target : homeOf(target);
        if (Home.findServer(home).isPresent()) {
            throw CliException.environment(
                    "a platform is writing to "
                            + home
                            + " now; stop it, or take a backup ('roadloop"
                            + " backup') and verify that");
        }
        return LedgerCheck.log(
                isHome ? target.resolve("ledger") : target, keys(home), participants(home));
    }

    /** Nobody's word counts where the reader gave the key. */
    private List<PublicKey> participants(Path home) {
        return key == null ? LedgerCheck.participants(home) : List.of();
    }

    private static Path homeOf(Path logDirectory) {
        Path parent = logDirectory.getParent();
        return parent == null ? logDirectory : parent;
    }

    private List<SignedNote.VerifierKey> keys(Path home) {
        if (key != null) {
            try {
                return List.of(SignedNote.VerifierKey.parse(key));
            } catch (IllegalArgumentException e) {
                throw CliException.wrongWords("--key: " + e.getMessage());
            }
        }
        if (!Files.isRegularFile(home.resolve("keys").resolve("format"))) {
            throw CliException.wrongWords(
                    "there are no keys in "
                            + home
                            + "; give the key of the log with --key, or its"
                            + " home with --home");
        }
        return LedgerCheck.keys(home);
    }
}
