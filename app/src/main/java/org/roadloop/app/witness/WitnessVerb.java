package org.roadloop.app.witness;

import java.io.PrintWriter;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.core.ledger.SignedNote;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code roadloop witness}: a witness by itself (C2SP tlog-witness), until it is told to stop. */
@Command(
        description = "Runs a witness for the logs of others (C2SP tlog-witness).",
        footer = {
            "Prints its address and its key; a platform names both under ledger.witnesses.",
            "A log's key: curl http://localhost:7080/api/v1/ledger/key",
            "Exit code 0: stopped when asked; 2: a key is wrong; 3: port or folder not fit."
        },
        mixinStandardHelpOptions = true)
public final class WitnessVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--dir",
            required = true,
            paramLabel = "DIR",
            description = "Keys and state; made if missing. Never restore it from an old copy.")
    Path dir = Path.of("");

    @Option(
            names = "--port",
            defaultValue = "7090",
            paramLabel = "N",
            description = "Default 7090; 0 = any free one.")
    int port;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            paramLabel = "ADDRESS",
            description = "Default 127.0.0.1: only this machine.")
    String host = "127.0.0.1";

    @Option(
            names = "--log",
            required = true,
            paramLabel = "VKEY",
            description = "Key of a log to witness; again for each, and for each of its keys.")
    List<String> logs = List.of();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Name in the cosignatures; default: made from the key.")
    @Nullable String name;

    @Override
    public Integer call() throws Exception {
        List<SignedNote.VerifierKey> keys = new ArrayList<>();
        for (String log : logs) {
            try {
                keys.add(SignedNote.VerifierKey.parse(log));
            } catch (IllegalArgumentException e) {
                throw CliException.wrongWords(String.valueOf(e.getMessage()));
            }
        }
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        try (WitnessServer server =
                WitnessServer.start(dir, name, host, port, keys, Clock.systemUTC())) {
            Runtime.getRuntime()
                    .addShutdownHook(
                            Thread.ofPlatform()
                                    .name("shutdown")
                                    .unstarted(
                                            () -> {
                                                stop.countDown();
                                                awaitQuietly(stopped);
                                                Runtime.getRuntime().halt(ExitCode.OK);
                                            }));
            PrintWriter out = spec.commandLine().getOut();
            out.println("witness at " + server.url() + " of " + keys.size() + " log keys");
            out.println(server.key());
            out.flush();
            stop.await();
        } catch (BindException | IllegalStateException e) {
            throw CliException.environment(String.valueOf(e.getMessage()), e);
        } finally {
            stopped.countDown();
        }
        return ExitCode.OK;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
