package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.Site;
import tools.jackson.databind.JsonNode;

/**
 * A run at an agent that has not ended, and what comes back of it (运行回传). Nothing that the agent
 * says leads outside of the run's own folders and streams, or above the bytes that it may write.
 * Any thread.
 */
final class LiveRun {
    /** A meter may be above the time limit by so much: start-up, the end of the last processes. */
    private static final Duration METER_SLACK = Duration.ofSeconds(60);

    /** What a shell's {@code ulimit -f} lets through above the limit. */
    private static final long STREAM_SLACK = 1024;

    private static final Set<StandardOpenOption> APPEND =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);

    private final String key;
    private final Path record;
    private final Incoming incoming;
    private final Map<String, Path> contents;
    private SentRun run;
    private boolean taken;
    private Instant progress = Instant.now();

    /**
     * @param record of the run, written already
     */
    LiveRun(String key, SentRun run, Path record, Path incoming) {
        this.key = key;
        this.run = run;
        this.record = record;
        this.incoming = new Incoming(incoming);
        this.contents = run.contents();
    }

    String key() {
        return key;
    }

    /** The agent has it on its disk. */
    synchronized void take() {
        taken = true;
    }

    synchronized boolean isTaken() {
        return taken;
    }

    /** A file of its mounts; null for contents that are not its. */
    synchronized @Nullable Path content(String sha256) {
        Path file = contents.get(sha256);
        progress = file == null ? progress : Instant.now();
        return file;
    }

    /** Whether it has taken longer than its limits, and nothing moved for it either. */
    synchronized boolean isOverdue(Duration grace) {
        Instant since = progress.isAfter(run.submittedAt()) ? progress : run.submittedAt();
        return Instant.now().isAfter(since.plus(run.timeLimit()).plus(grace));
    }

    synchronized Optional<Site.Observation.Ended> awaitEnd(Duration most)
            throws InterruptedException {
        if (run.ended().isEmpty()) {
            wait(most.toMillis());
        }
        return run.ended();
    }

    synchronized void stream(String name, long offset, byte[] bytes) throws IOException {
        mustBeOpen();
        Path file = run.stream(name);
        if (file == null) {
            throw new WireException(404, "unknown_stream", "the run has no stream " + name);
        }
        long here = Files.exists(file) ? Files.size(file) : 0;
        if (offset != here) {
            throw new WireException(409, "wrong_offset", name + " is here up to " + here, here);
        }
        if (here + bytes.length > run.outputBytes() + STREAM_SLACK) {
            throw new WireException(
                    413,
                    "too_much",
                    "%s is longer than the %d bytes the run may write"
                            .formatted(name, run.outputBytes()));
        }
        Files.createDirectories(AgentJson.folder(file));
        try (FileChannel out = FileChannel.open(file, APPEND)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        }
    }

    synchronized void append(String sha256, long offset, byte[] bytes) throws IOException {
        mustBeOpen();
        incoming.append(sha256, offset, bytes);
    }

    /**
     * Lays a copy of the checkpoint folder in its place, once all of it is here.
     *
     * @return contents that are missing; empty when it is laid
     */
    synchronized List<String> checkpoint(JsonNode list) throws IOException {
        mustBeOpen();
        Path folder =
                run.checkpoint()
                        .orElseThrow(
                                () ->
                                        new WireException(
                                                404, "no_checkpoint", "the run declares none"));
        FileTree tree = FileTree.of(list);
        mustFit(tree.dataBytes());
        List<String> missing = incoming.declare(tree.contents());
        if (missing.isEmpty()) {
            mustBeReal(folder);
            tree.install(folder, incoming::file, incoming.scratch(), true);
        }
        return missing;
    }

    /**
     * Ends the run, once all of it is here; durable when it returns an empty list.
     *
     * @return contents that are missing
     */
    synchronized List<String> end(JsonNode body) throws IOException {
        mustBeOpen();
        Site.Observation.Ended ended = limited(AgentJson.ended(body.path("ended")));
        Map<Integer, FileTree> trees = new LinkedHashMap<>();
        Map<String, Long> all = new LinkedHashMap<>();
        long bytes = 0;
        for (JsonNode one : body.path("trees")) {
            int mount = one.path("mount").asInt(-1);
            if (!run.isWritable(mount)) {
                throw new WireException(
                        422,
                        "not_writable",
                        "mount %d is none that the run may write".formatted(mount));
            }
            FileTree tree = FileTree.of(one.path("tree"));
            bytes = Math.addExact(bytes, tree.dataBytes());
            tree.contents().forEach(all::putIfAbsent);
            if (trees.put(mount, tree) != null) {
                throw new WireException(422, "twice", "mount %d stands twice".formatted(mount));
            }
        }
        mustFit(bytes);
        streamsMustBeHere(body.path("streams"));
        List<String> missing = incoming.declare(all);
        if (!missing.isEmpty()) {
            return missing;
        }
        for (Map.Entry<Integer, FileTree> tree : trees.entrySet()) {
            Path host = run.hosts().get(tree.getKey());
            tree.getValue().install(host, incoming::file, incoming.scratch(), true);
        }
        conclude(ended);
        return List.of();
    }

    /** Durable when it returns; the first end counts. */
    synchronized void conclude(Site.Observation.Ended ended) throws IOException {
        if (run.ended().isEmpty()) {
            SentRun whole = run.withEnd(ended);
            whole.write(record);
            run = whole;
            incoming.remove();
            notifyAll();
        }
    }

    private void mustBeOpen() {
        if (run.ended().isPresent()) {
            throw new WireException(410, "run_over", "run " + key + " is over here");
        }
    }

    private void mustFit(long bytes) {
        if (bytes > run.outputBytes()) {
            throw new WireException(
                    413,
                    "too_much",
                    "%d bytes come back, the run may write %d".formatted(bytes, run.outputBytes()));
        }
    }

    /** The program may have laid a link in the way to its checkpoint folder in an earlier copy. */
    private void mustBeReal(Path folder) throws IOException {
        for (Path host : run.hosts()) {
            if (folder.startsWith(host)) {
                Path at = host;
                for (Path name : host.relativize(folder)) {
                    at = at.resolve(name);
                    if (!name.toString().isEmpty()
                            && !Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
                        Files.deleteIfExists(at);
                        Files.createDirectory(at);
                    }
                }
            }
        }
    }

    private void streamsMustBeHere(JsonNode lengths) throws IOException {
        for (Map.Entry<String, JsonNode> told : lengths.properties()) {
            Path file = run.stream(told.getKey());
            if (file == null) {
                throw new WireException(
                        404, "unknown_stream", "the run has no stream " + told.getKey());
            }
            if (!Files.exists(file)) {
                Files.createDirectories(AgentJson.folder(file));
                Files.createFile(file);
            }
            if (Files.size(file) < told.getValue().asLong()) {
                throw new WireException(
                        409,
                        "stream_missing",
                        told.getKey() + " is here up to " + Files.size(file),
                        Files.size(file));
            }
        }
    }

    /** Meters above what the limits allow are cut to it: nobody pays for a lie. */
    private Site.Observation.Ended limited(Site.Observation.Ended told) {
        if (told.outcomes().size() > run.streams().size()) {
            throw new WireException(422, "outcomes", "more outcomes than executors");
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (int n = 0; n < told.outcomes().size(); n++) {
            Outcome o = told.outcomes().get(n);
            Limits limits = run.limits(n);
            Duration most =
                    limits.time()
                            .plus(METER_SLACK)
                            .multipliedBy((long) Math.max(1, Math.ceil(limits.cpus())));
            outcomes.add(
                    new Outcome(
                            o.cause(),
                            o.exitCode(),
                            o.cpuTime().compareTo(most) > 0 ? most : o.cpuTime(),
                            o.peakMemoryBytes(),
                            o.meter(),
                            o.start(),
                            o.end().isBefore(o.start()) ? o.start() : o.end()));
        }
        return new Site.Observation.Ended(outcomes, told.failure(), told.preempted());
    }
}
