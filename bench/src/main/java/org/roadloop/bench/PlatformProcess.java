package org.roadloop.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.ServerFile;
import org.roadloop.app.http.ApiClient;

/**
 * A verb of this distribution as a process of its own, started as a user does: by the launcher. One
 * thread.
 */
final class PlatformProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path log;

    private PlatformProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts {@code roadloop WORDS…}; what it prints is added to the file. */
    static PlatformProcess start(Path log, List<String> words) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("roadloop.root"), "roadloop").toString());
        command.addAll(words);
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        return new PlatformProcess(process, log);
    }

    /** Waits until the platform on this home answers. */
    ServerFile awaitServer(Path home) throws IOException, InterruptedException {
        Instant end = Instant.now().plus(PATIENCE);
        while (process.isAlive() && Instant.now().isBefore(end)) {
            if (Files.exists(home.resolve("server.json"))) {
                // a killed process leaves the file of its own
                Optional<ServerFile> server =
                        Home.findServer(home).filter(found -> found.pid() == process.pid());
                if (server.isPresent()) {
                    return server.get();
                }
            }
            Thread.sleep(5);
        }
        throw new IOException("no platform on " + home + ":\n" + Files.readString(log));
    }

    /** Waits for the end of a verb that ends by itself. */
    void awaitSuccess(Duration limit) throws IOException, InterruptedException {
        if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("the verb did not end well:\n" + Files.readString(log));
        }
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    static ApiClient operator(ServerFile server, Path home) throws IOException {
        return new ApiClient(server.url(), Files.readString(home.resolve("admin.token")).strip());
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
