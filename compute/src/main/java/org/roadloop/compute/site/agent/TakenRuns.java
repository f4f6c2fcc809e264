package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.roadloop.compute.site.Site;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Every key that this agent has taken, on its disk (运行登记): see the package for the files. What a
 * method says is durable when it returns. One thread a key.
 */
final class TakenRuns {
    private static final Logger LOG = LoggerFactory.getLogger(TakenRuns.class);

    /** A platform asks for a key as long as its task is not ended, which is days at most. */
    private static final Duration DONE_KEPT = Duration.ofDays(90);

    private final Path runs;
    private final Path done;

    TakenRuns(Path home) throws IOException {
        this.runs = Files.createDirectories(home.resolve("runs"));
        this.done = Files.createDirectories(home.resolve("done"));
        Instant before = Instant.now().minus(DONE_KEPT);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(done)) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                    Files.delete(file);
                }
            }
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(runs)) {
            for (Path folder : folders) {
                String key = String.valueOf(folder.getFileName());
                if (isDone(key) || !Files.exists(folder.resolve("run.json"))) {
                    FileTree.remove(folder); // killed while it was cleared, or while it was written
                }
            }
        }
    }

    /** Taken and not done. */
    List<String> list() throws IOException {
        List<String> keys = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(runs)) {
            for (Path folder : folders) {
                keys.add(String.valueOf(folder.getFileName()));
            }
        }
        return keys;
    }

    Path folder(String key) {
        if (!AgentJson.isKey(key)) {
            throw new IllegalArgumentException("run key '" + key + "' is not safe as a name");
        }
        return runs.resolve(key);
    }

    boolean isDone(String key) {
        return Files.exists(done.resolve(key));
    }

    boolean isTaken(String key) {
        return Files.exists(folder(key).resolve("run.json"));
    }

    void take(String key, JsonNode run) throws IOException {
        Files.createDirectories(folder(key));
        AgentJson.write(folder(key).resolve("run.json"), run);
        AgentJson.sync(runs, StandardOpenOption.READ);
    }

    JsonNode get(String key) throws IOException {
        return AgentJson.read(folder(key).resolve("run.json"));
    }

    boolean isStarted(String key) {
        return Files.exists(folder(key).resolve("started"));
    }

    void start(String key) throws IOException {
        AgentJson.write(
                folder(key).resolve("started"),
                AgentJson.object().put("at", Instant.now().toString()));
    }

    void end(String key, Site.Observation.Ended ended) throws IOException {
        AgentJson.write(folder(key).resolve("end.json"), AgentJson.ended(ended));
    }

    Optional<Site.Observation.Ended> findEnd(String key) throws IOException {
        Path file = folder(key).resolve("end.json");
        return Files.exists(file)
                ? Optional.of(AgentJson.ended(AgentJson.read(file)))
                : Optional.empty();
    }

    /** Nothing of it is needed any more but its key. */
    void done(String key) throws IOException {
        AgentJson.write(done.resolve(key), AgentJson.object().put("at", Instant.now().toString()));
        try {
            FileTree.remove(folder(key));
        } catch (IOException e) {
            LOG.warn("the folder of run {} stays until the next start: {}", key, e.toString());
        }
    }
}
