package org.roadloop.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.roadloop.app.home.ServerFile;
import org.roadloop.app.http.ApiClient;

/**
 * A participant of a data space (参与方): {@code up --only dataspace}, or a whole platform, as a process
 * of its own, which can be killed and started again. {@link #api} is for any thread, the rest for
 * one.
 */
final class Participant implements AutoCloseable {
    private static final List<String> CONNECTOR = List.of("--only", "dataspace");

    private final Path home;
    private final List<String> parts;
    private PlatformProcess process;
    private volatile Running running;

    private record Running(ServerFile server, ApiClient api) {}

    private Participant(
            Path home, List<String> parts, PlatformProcess process, ServerFile server)
            throws IOException {
        this.home = home;
        this.parts = parts;
        this.process = process;
        this.running = new Running(server, PlatformProcess.operator(server, home));
    }

    /** On a fresh home; others reach it where it listens. */
    static Participant start(Path home) throws IOException, InterruptedException {
        return start(home, CONNECTOR, "http: {port: 0}\n");
    }

    /**
     * @param publicUrl where others reach it
     */
    static Participant start(Path home, URI publicUrl) throws IOException, InterruptedException {
        return start(home, CONNECTOR, "http: {port: 0, publicUrl: '" + publicUrl + "'}\n");
    }

    /** With tables and all else that a platform has. */
    static Participant startWhole(Path home) throws IOException, InterruptedException {
        return start(
                home,
                List.of(),
                """
                http: {port: 0}
                collect: {platformPort: 0, terminalPort: 0, udpPort: 0}
                govern: {commitSeconds: 1}
                """);
    }

    private static Participant start(Path home, List<String> parts, String configuration)
            throws IOException, InterruptedException {
        Files.createDirectories(home);
        Files.writeString(configuration(home), configuration);
        PlatformProcess process = launch(home, parts);
        try {
            return new Participant(home, parts, process, process.awaitServer(home));
        } catch (IOException | InterruptedException e) {
            process.close();
            throw e;
        }
    }

    private static Path configuration(Path home) {
        return home.resolveSibling(home.getFileName() + ".yaml");
    }

    private static PlatformProcess launch(Path home, List<String> parts) throws IOException {
        List<String> words = new ArrayList<>(List.of("up", "--home", home.toString()));
        words.addAll(List.of("--config", configuration(home).toString()));
        words.addAll(parts);
        return PlatformProcess.start(home.resolveSibling(home.getFileName() + ".log"), words);
    }

    /** {@code kill -9}, and a start on what it left. */
    void killAndRestart() throws IOException, InterruptedException {
        process.kill();
        process = launch(home, parts);
        ServerFile server = process.awaitServer(home);
        running = new Running(server, PlatformProcess.operator(server, home));
    }

    ApiClient api() {
        return running.api();
    }

    /** Where it listens now. */
    URI url() {
        return running.server().url();
    }

    ProcessHandle process() {
        return process.handle();
    }

    @Override
    public void close() {
        running.api().close();
        process.close();
    }
}
