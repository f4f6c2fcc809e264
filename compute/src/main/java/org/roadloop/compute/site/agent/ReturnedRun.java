package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.Site;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What goes back to the platform (结果回传): streams and the checkpoint folder while the run is on,
 * everything when it has ended. One thread at a time.
 */
final class ReturnedRun {
    private static final Logger LOG = LoggerFactory.getLogger(ReturnedRun.class);
    private static final long WATCH_MILLIS = 200;
    private static final int GONE = 410;

    private final String key;
    private final LaidRun laid;
    private final Path folder;
    private final PlatformClient platform;
    private final Map<String, Long> sent = new HashMap<>();
    private long checkpointSeen;

    /**
     * @param folder of the run
     */
    ReturnedRun(String key, LaidRun laid, Path folder, PlatformClient platform) {
        this.key = key;
        this.laid = laid;
        this.folder = folder;
        this.platform = platform;
    }

    /**
     * Until it is interrupted. What fails is tried again at the next round.
     *
     * @param over called when the platform wants the run no more
     */
    void follow(Runnable over) {
        long next = System.nanoTime();
        try {
            while (true) {
                try {
                    streams();
                    if (System.nanoTime() - next >= 0) {
                        checkpoint();
                        next =
                                System.nanoTime()
                                        + TimeUnit.MILLISECONDS.toNanos(laid.checkpointMillis());
                    }
                } catch (PlatformClient.RefusedException e) {
                    if (e.status() == GONE) {
                        over.run();
                        return;
                    }
                    LOG.debug("run {}: {}", key, e.getMessage());
                } catch (IOException e) {
                    LOG.debug("run {}: {}", key, e.toString());
                }
                Thread.sleep(WATCH_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void streams() throws IOException, InterruptedException {
        for (String name : laid.streams()) {
            Path file = folder.resolve("log").resolve(name);
            for (long at = sent.getOrDefault(name, 0L); at < Files.size(file); ) {
                byte[] bytes = read(file, at);
                try {
                    platform.putBytes("/runs/" + key + "/streams/" + name, at, bytes);
                    at += bytes.length;
                } catch (PlatformClient.RefusedException e) {
                    if (e.status() == 413) {
                        at = Long.MAX_VALUE; // the rest stays here
                    } else if (e.offset() >= 0 && e.offset() != at) {
                        at = e.offset();
                    } else {
                        throw e;
                    }
                }
                sent.put(name, at);
            }
        }
    }

    /** A copy of the checkpoint folder, if it has changed. */
    private void checkpoint() throws IOException, InterruptedException {
        Path live = laid.checkpoint().orElse(null);
        if (live == null || !Files.isDirectory(live, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        long now = signature(live);
        if (now == checkpointSeen) {
            return;
        }
        Path copies = folder.resolve("checkpoint");
        FileTree.remove(copies);
        Files.createDirectories(copies);
        FileTree tree;
        try {
            tree = TreeReader.live(live, laid.outputBytes(), copies);
        } catch (TreeReader.TooMuchException e) {
            return; // the sandbox ends it, or the program makes room
        }
        ObjectNode body = AgentJson.object();
        body.set("tree", tree.toJson());
        while (true) {
            JsonNode missing = platform.put("/runs/" + key + "/checkpoint", body).path("missing");
            if (missing.isEmpty()) {
                break;
            }
            for (JsonNode sha : missing) {
                send(sha.asString(), copies.resolve(sha.asString()));
            }
        }
        checkpointSeen = now;
    }

    /** Changes with every file that is written, renamed or removed. */
    private static long signature(Path live) throws IOException {
        long[] sum = {1};
        Files.walkFileTree(
                live,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
                        long one = file.hashCode();
                        one = one * 31 + a.size();
                        one = one * 31 + a.lastModifiedTime().to(TimeUnit.MICROSECONDS);
                        sum[0] += one * 0x9E37_79B9_7F4A_7C15L;
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException gone) {
                        return FileVisitResult.CONTINUE;
                    }
                });
        return sum[0];
    }

    /** Until the platform has taken it, or wants nothing of it. */
    void bring(Site.Observation.Ended ended) throws InterruptedException {
        Site.Observation.Ended told = ended;
        boolean withFolders = true;
        AgentRun.BackOff pause = new AgentRun.BackOff();
        while (true) {
            try {
                Map<String, Path> contents = new HashMap<>();
                ObjectNode body = AgentJson.object();
                ArrayNode trees = body.putArray("trees");
                if (withFolders) {
                    folders(trees, contents);
                }
                streams();
                lengths(body.putObject("streams"));
                body.set("ended", AgentJson.ended(told));
                JsonNode missing = platform.put("/runs/" + key + "/end", body).path("missing");
                if (missing.isEmpty()) {
                    return;
                }
                for (JsonNode sha : missing) {
                    Path file = contents.get(sha.asString());
                    if (file == null) {
                        throw new IOException("the platform asks for a content of no list");
                    }
                    send(sha.asString(), file);
                }
                pause.reset();
            } catch (TreeReader.TooMuchException e) {
                told = tooMuch(told);
                withFolders = false;
            } catch (PlatformClient.RefusedException e) {
                if (e.status() == GONE) {
                    LOG.info("the platform wants nothing of run {} any more", key);
                    return;
                }
                if (withFolders && (e.status() == 413 || e.status() == 422)) {
                    withFolders = false;
                    told =
                            new Site.Observation.Ended(
                                    told.outcomes(),
                                    "its folders could not be brought back: " + e.getMessage());
                } else {
                    LOG.debug("run {} is not taken yet: {}", key, e.getMessage());
                    pause.pause();
                }
            } catch (IOException | IllegalArgumentException e) {
                LOG.debug("run {} is not brought back yet: {}", key, e.toString());
                pause.pause();
            }
        }
    }

    private void folders(ArrayNode trees, Map<String, Path> contents) throws IOException {
        long left = laid.outputBytes();
        for (Map.Entry<Integer, Path> mount : laid.writable().entrySet()) {
            if (!Files.isDirectory(mount.getValue(), LinkOption.NOFOLLOW_LINKS)) {
                continue; // it was never laid
            }
            FileTree tree = TreeReader.still(mount.getValue(), left);
            left -= tree.dataBytes();
            trees.addObject().put("mount", mount.getKey()).set("tree", tree.toJson());
            for (FileTree.Entry entry : tree.entries()) {
                if (entry instanceof FileTree.Entry.Plain file) {
                    contents.put(file.sha256(), mount.getValue().resolve(file.path()));
                }
            }
        }
    }

    private void lengths(ObjectNode json) throws IOException {
        for (String name : laid.streams()) {
            long size = Files.size(folder.resolve("log").resolve(name));
            // what the platform did not want is not claimed
            json.put(name, sent.getOrDefault(name, 0L) == Long.MAX_VALUE ? 0 : size);
        }
    }

    private static Site.Observation.Ended tooMuch(Site.Observation.Ended ended) {
        List<Outcome> outcomes = new ArrayList<>(ended.outcomes());
        if (!outcomes.isEmpty()) {
            Outcome o = outcomes.removeLast();
            outcomes.add(
                    new Outcome(
                            Outcome.Cause.OUTPUT,
                            o.exitCode(),
                            o.cpuTime(),
                            o.peakMemoryBytes(),
                            o.meter(),
                            o.start(),
                            o.end()));
        }
        return new Site.Observation.Ended(outcomes, ended.failure(), ended.preempted());
    }

    private void send(String sha256, Path file) throws IOException, InterruptedException {
        for (long at = 0; at < Files.size(file); ) {
            byte[] bytes = read(file, at);
            try {
                platform.putBytes("/runs/" + key + "/contents/" + sha256, at, bytes);
                at += bytes.length;
            } catch (PlatformClient.RefusedException e) {
                if (e.offset() < 0 || e.offset() == at) {
                    throw e;
                }
                at = e.offset();
            }
        }
    }

    private static byte[] read(Path file, long at) throws IOException {
        try (SeekableByteChannel in =
                Files.newByteChannel(
                        file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            in.position(at);
            ByteBuffer buffer =
                    ByteBuffer.allocate((int) Math.min(AgentRoutes.CHUNK_BYTES, in.size() - at));
            while (buffer.hasRemaining() && in.read(buffer) >= 0) {
                continue;
            }
            return java.util.Arrays.copyOf(buffer.array(), buffer.position());
        }
    }
}
