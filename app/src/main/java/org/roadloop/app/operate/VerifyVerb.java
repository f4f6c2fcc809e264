package org.roadloop.app.operate;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.ServerFile;
import org.roadloop.app.http.Json;
import org.roadloop.app.platform.HomeOptions;
import org.roadloop.app.platform.LedgerKeys;
import org.roadloop.core.identity.DidDocument;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.HttpLog;
import org.roadloop.core.ledger.LogDirectory;
import org.roadloop.core.ledger.SignedNote;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;

/** {@code roadloop verify}: one line says what is proven, or what is wrong and where. */
@Command(
        description = "Verifies a whole ledger, one entry of it, or the proof of an entry.",
        footer = {
            "Without --key the keys of the home are used: that proves that nothing was changed since"
                    + " its keys signed. Give a key you got another way to prove who signed.",
            "A running platform is verified over its address, as of its checkpoint at the start.",
            "Exit code 0: it holds; 1: it does not, the line says where; 2: the words were wrong; 3:"
                    + " the log can't be read."
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
            names = "--log",
            paramLabel = "DIR|URL",
            description =
                    "A log directory, or the prefix of a tlog-tiles log: https://HOST/log of a"
                            + " Roadloop.")
    @Nullable String log;

    @Option(
            names = "--key",
            paramLabel = "VKEY",
            description =
                    "Key of the log as text, NAME+HASH+BASE64: its first or any later one; the log"
                            + " leads from it to the newest. A proof file needs the one that signed"
                            + " it.")
    List<String> keys = List.of();

    @Option(
            names = "--participant",
            paramLabel = "FILE",
            description =
                    "DID document of whose log it is: its keys vouch for a log key that was"
                            + " replaced because the one before was lost or leaked.")
    @Nullable Path participant;

    @Option(
            names = "--witness",
            paramLabel = "VKEY",
            description = "Key of a witness that must have cosigned; may be given several times.")
    List<String> witnesses = List.of();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Holds the bearer token (role auditor) for a log behind a URL.")
    @Nullable Path tokenFile;

    @Option(
            names = "--entry",
            paramLabel = "N",
            description = "Verifies only entry N, counted from 0, from a few tiles.")
    @Nullable Long entry;

    @Option(
            names = "--from",
            paramLabel = "N",
            description = "Reads entries from N on; those before are taken by their hashes.")
    @Nullable Long from;

    @Option(
            names = "--since",
            paramLabel = "FILE",
            description =
                    "An older checkpoint of this log that you kept: proves that the log has only"
                            + " grown since, or names both roots.")
    @Nullable Path since;

    @Option(names = "--show", description = "Prints the entry, too; with --entry or a proof file.")
    boolean show;

    @Override
    public Integer call() throws IOException {
        LedgerCheck.Result result;
        try {
            result = check();
        } catch (IllegalArgumentException e) {
            throw CliException.wrongWords(String.valueOf(e.getMessage()));
        }
        PrintWriter out = spec.commandLine().getOut();
        (result.holds() ? out : spec.commandLine().getErr()).println(result.says());
        if (show && result.holds()) {
            result.leaf().ifPresent(out::println);
        }
        return result.holds() ? ExitCode.OK : ExitCode.FAILED;
    }

    private LedgerCheck.Result check() throws IOException {
        if (log != null && path != null) {
            throw CliException.wrongWords("give --log or PATH, not both");
        }
        if (entry != null && from != null) {
            throw CliException.wrongWords("give --entry or --from, not both");
        }
        if (log != null && log.matches("(?i)https?://.*")) {
            return remote(URI.create(log));
        }
        Path given = log != null ? Path.of(log) : path;
        Path target = given != null ? given.toAbsolutePath().normalize() : where.home();
        if (!Files.exists(target)) {
            throw CliException.wrongWords("nothing is at " + target);
        }
        if (Files.isRegularFile(target)) {
            return LedgerCheck.proof(target, question(where.home()));
        }
        boolean isHome = Files.isDirectory(target.resolve("ledger"));
        Path home = isHome ? target : homeOf(target);
        refuseWhileWritten(home);
        return LedgerCheck.log(
                new LogDirectory(isHome ? target.resolve("ledger") : target),
                question(hasKeys(home) ? home : where.home()));
    }

    private LedgerCheck.Result remote(URI prefix) {
        LedgerCheck.Question question = question(where.home());
        try (HttpLog source = new HttpLog(prefix, token())) {
            if (source.find("checkpoint").isEmpty()) {
                throw CliException.environment(
                        "not verified, and nothing found: no log is at "
                                + prefix
                                + ", it has no checkpoint; that of a Roadloop is at"
                                + " https://HOST/log");
            }
            return LedgerCheck.log(source, question);
        } catch (IOException e) {
            throw CliException.environment("not verified, and nothing found: " + e.getMessage(), e);
        }
    }

    /** Files change under our eyes; the address shows one state. */
    private static void refuseWhileWritten(Path home) throws IOException {
        Optional<ServerFile> server = Home.findServer(home);
        if (server.isPresent()) {
            throw CliException.environment(
                    "a platform is writing to "
                            + home
                            + " now; verify it over its address ('roadloop verify --home "
                            + home
                            + " --log "
                            + server.get().url()
                            + "/log --token-file "
                            + home.resolve("admin.token")
                            + "'), or a backup of it ('roadloop backup')");
        }
    }

    private static Path homeOf(Path logDirectory) {
        Path parent = logDirectory.getParent();
        return parent == null ? logDirectory : parent;
    }

    private LedgerCheck.Question question(Path home) {
        return new LedgerCheck.Question(
                keys(home),
                participants(home),
                witnessKeys(),
                entry == null ? OptionalLong.empty() : OptionalLong.of(entry),
                from == null ? 0 : from,
                Optional.ofNullable(since).map(VerifyVerb::read),
                log == null ? cosigned(home) : Optional.empty(),
                progress());
    }

    /** Where a platform keeps what its witnesses answered. */
    private static Optional<String> cosigned(Path home) {
        Path file = home.resolve("witness").resolve("cosigned");
        return Files.isRegularFile(file) ? Optional.of(read(file)) : Optional.empty();
    }

    private static boolean hasKeys(Path home) {
        return Files.isRegularFile(home.resolve("keys").resolve("format"));
    }

    private List<SignedNote.VerifierKey> keys(Path home) {
        if (!keys.isEmpty()) {
            return parse("--key", keys);
        }
        if (!hasKeys(home)) {
            throw CliException.wrongWords(
                    "there are no keys in "
                            + home
                            + "; give the key of the log with --key, or its"
                            + " home with --home");
        }
        return LedgerCheck.keys(home);
    }

    private List<PublicKey> participants(Path home) {
        if (participant != null) {
            try {
                return DidDocument.fromJson(Json.mapper().readTree(read(participant)))
                        .keys()
                        .stream()
                        .map(DidDocument.Key::publicKey)
                        .toList();
            } catch (JacksonException e) {
                throw CliException.wrongWords(
                        participant + " is no DID document: " + e.getOriginalMessage());
            }
        }
        return keys.isEmpty()
                ? LedgerKeys.of(Keystore.open(home.resolve("keys"))).participants()
                : List.of();
    }

    private List<SignedNote.VerifierKey> witnessKeys() {
        List<SignedNote.VerifierKey> parsed = parse("--witness", witnesses);
        for (SignedNote.VerifierKey key : parsed) {
            if (!key.type().timed()) {
                throw CliException.wrongWords(
                        "--witness: '"
                                + key
                                + "' is the key of a log; a witness has one for cosignatures (type"
                                + " 4)");
            }
        }
        return parsed;
    }

    private static List<SignedNote.VerifierKey> parse(String option, List<String> texts) {
        List<SignedNote.VerifierKey> parsed = new ArrayList<>();
        for (String text : texts) {
            try {
                parsed.add(SignedNote.VerifierKey.parse(text));
            } catch (IllegalArgumentException e) {
                throw CliException.wrongWords(option + ": " + e.getMessage());
            }
        }
        return parsed;
    }

    private @Nullable String token() {
        return tokenFile == null ? null : read(tokenFile).strip();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw CliException.wrongWords("file " + file + " can't be read (" + e + ")");
        }
    }

    /** A line every few seconds, for logs that take longer. */
    private LongConsumer progress() {
        PrintWriter err = spec.commandLine().getErr();
        long began = System.nanoTime();
        long[] saidAt = {began};
        return done -> {
            long now = System.nanoTime();
            if (now - saidAt[0] > 3_000_000_000L) {
                saidAt[0] = now;
                err.printf(
                        Locale.ROOT,
                        "%,d entries, %,.0f a second%n",
                        done,
                        done / ((now - began) / 1e9));
                err.flush();
            }
        };
    }
}
