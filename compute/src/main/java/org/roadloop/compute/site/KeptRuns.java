package org.roadloop.compute.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How the runs of a site ended, one file a key (运行记录), so that a platform that was killed between
 * the end of a run and its record finds the end again and runs nothing twice. Any thread.
 */
final class KeptRuns {
    /** A platform that was off for longer runs its tasks again. */
    private static final Duration KEPT = Duration.ofDays(7);

    private final Path folder;

    KeptRuns(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        Instant before = Instant.now().minus(KEPT);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    Optional<Site.Observation.Ended> find(String key) {
        try {
            JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(file(key)));
            List<Outcome> outcomes = new ArrayList<>();
            for (JsonNode o : json.required("outcomes")) {
                outcomes.add(
                        new Outcome(
                                Outcome.Cause.valueOf(o.required("cause").asString()),
                                o.required("exitCode").asInt(),
                                Duration.ofNanos(o.required("cpuNanos").asLong()),
                                o.required("peakMemoryBytes").asLong(),
                                o.required("meter").asString(),
                                Instant.parse(o.required("start").asString()),
                                Instant.parse(o.required("end").asString())));
            }
            return Optional.of(
                    new Site.Observation.Ended(outcomes, json.required("failure").asString()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty(); // cut short by a crash of the machine
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void keep(String key, Site.Observation.Ended ended) throws IOException {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        ArrayNode outcomes = json.putArray("outcomes");
        for (Outcome o : ended.outcomes()) {
            outcomes.addObject()
                    .put("cause", o.cause().name())
                    .put("exitCode", o.exitCode())
                    .put("cpuNanos", o.cpuTime().toNanos())
                    .put("peakMemoryBytes", o.peakMemoryBytes())
                    .put("meter", o.meter())
                    .put("start", o.start().toString())
                    .put("end", o.end().toString());
        }
        json.put("failure", ended.failure());
        Path written = folder.resolve(key + ".part");
        Files.write(written, JsonMapper.shared().writeValueAsBytes(json));
        Files.move(
                written,
                file(key),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private Path file(String key) {
        if (!key.matches("[A-Za-z0-9._-]{1,120}") || key.startsWith(".")) {
            throw new IllegalArgumentException("key '" + key + "' is not safe as a file name");
        }
        return folder.resolve(key + ".json");
    }
}
