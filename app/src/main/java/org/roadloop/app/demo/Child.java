package org.roadloop.app.demo;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.platform.StartCache;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A platform run as a child process of the demo: {@code roadloop up --home HOME}. One thread. */
final class Child implements AutoCloseable {
    private final String name;
    private final Path home;
    private final List<String> jvmFlags;
    private final List<String> arguments;
    private volatile @Nullable Process process;
    private @Nullable Thread lastResort;

    Child(String name, Path home, List<String> jvmFlags, List<String> arguments) {
        this.name = name;
        this.home = home;
        this.jvmFlags = List.copyOf(jvmFlags);
        this.arguments = List.copyOf(arguments);
    }

    /** Starts the process and waits until its {@code server.json} says where it listens. */
    Api start(Duration limit) throws IOException, InterruptedException {
        Files.createDirectories(home);
        Path server = home.resolve("server.json");
        Files.deleteIfExists(server);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(StartCache.flags(distribution().resolve("lib")));
        command.addAll(jvmFlags);
        command.addAll(List.of("-cp", distribution().resolve("lib") + File.separator + "*"));
        command.add("org.roadloop.app.Main");
        command.addAll(List.of("up", "--home", home.toString()));
        command.addAll(arguments);
        Process started =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        home.resolveSibling(home.getFileName() + ".log").toFile()))
                        .start();
        process = started;
        endWithTheDemo();
        Instant end = Instant.now().plus(limit);
        while (Instant.now().isBefore(end)) {
            if (!started.isAlive()) {
                throw new IOException(
                        name
                                + " ended with exit code "
                                + started.exitValue()
                                + "; see "
                                + logFile());
            }
            if (Files.exists(server)) {
                JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(server));
                if (json.required("pid").asLong() == started.pid()) {
                    String token = Files.readString(home.resolve("admin.token")).strip();
                    return new Api(URI.create(json.required("url").asString()), token);
                }
            }
            Thread.sleep(20);
        }
        throw new IOException(name + " was not ready within " + limit + "; see " + logFile());
    }

    /** Whatever ends the demo, Ctrl-C too, ends its children and what they started. */
    private void endWithTheDemo() {
        if (lastResort == null) {
            Thread hook = new Thread(this::endAll, name + "-end");
            Runtime.getRuntime().addShutdownHook(hook);
            lastResort = hook;
        }
    }

    private void endAll() {
        Process last = process;
        if (last != null && last.isAlive()) {
            last.descendants().forEach(ProcessHandle::destroyForcibly);
            last.destroyForcibly();
        }
    }

    Path logFile() {
        return home.resolveSibling(home.getFileName() + ".log");
    }

    /** {@code kill -9}: nothing gets the chance to say goodbye. */
    void kill() throws InterruptedException {
        Process last = process;
        if (last != null) {
            last.destroyForcibly().waitFor();
        }
    }

    /** Asks it to stop and waits; kills it when it does not. */
    @Override
    public void close() {
        Process last = process;
        if (last == null || !last.isAlive()) {
            return;
        }
        last.destroy();
        try {
            if (!last.waitFor(20, TimeUnit.SECONDS)) {
                endAll();
                last.waitFor();
            }
        } catch (InterruptedException e) {
            endAll();
            Thread.currentThread().interrupt();
        }
    }

    static Path distribution() {
        return Path.of(System.getProperty("roadloop.dist", "target/dist")).toAbsolutePath();
    }
}
