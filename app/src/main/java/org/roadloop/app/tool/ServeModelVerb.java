package org.roadloop.app.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.apply.model.Model;
import org.roadloop.apply.model.ModelServer;
import org.roadloop.compute.serving.ServiceSpec;
import org.roadloop.compute.serving.SocketServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code roadloop serve-model}: the program of a service (模型服务程序). */
@Command(
        description = "Answers /health, /model and /predict with a model, over a local socket.",
        footer = "As a service: docs/compute.md, Services.",
        mixinStandardHelpOptions = true)
public final class ServeModelVerb implements Callable<Integer> {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "FILE",
            description = "A model, as fit-model writes it.")
    @Nullable Path model;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "Where to listen; default: $" + ServiceSpec.SOCKET_VARIABLE + ".")
    @Nullable Path socket;

    @Override
    public Integer call() throws IOException {
        Path file = model;
        if (file == null || !Files.isRegularFile(file)) {
            throw CliException.wrongWords("no file " + file + "; give --model a model");
        }
        String told = System.getenv(ServiceSpec.SOCKET_VARIABLE);
        Path at = socket != null || told == null ? socket : Path.of(told);
        if (at == null) {
            throw CliException.wrongWords(
                    "no --socket, and $" + ServiceSpec.SOCKET_VARIABLE + " is not set");
        }
        ModelServer answers;
        try {
            answers = new ModelServer(Model.read(file));
        } catch (IllegalArgumentException e) {
            throw CliException.failed(String.valueOf(e.getMessage()));
        }
        try (SocketServer server = new SocketServer(at, answers)) {
            server.run();
        }
        return ExitCode.OK;
    }
}
