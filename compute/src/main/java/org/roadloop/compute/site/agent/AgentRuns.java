package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.SiteException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The runs that were given to an agent (已交运行表): each on disk before the agent is asked, looked up
 * there before anything is said of it, ended once. Any thread.
 */
final class AgentRuns {
    private static final Logger LOG = LoggerFactory.getLogger(AgentRuns.class);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
    private static final Duration RECORDS_KEPT = Duration.ofDays(7);

    private final AgentSettings settings;
    private final AgentLink link;
    private final Map<String, LiveRun> live = new ConcurrentHashMap<>();
    private final Map<String, Object> keys = new ConcurrentHashMap<>();

    AgentRuns(AgentSettings settings, AgentLink link) throws IOException {
        this.settings = settings;
        this.link = link;
        Files.createDirectories(runs());
        takeUp();
    }

    private Path runs() {
        return settings.home().resolve("runs");
    }

    private Path record(String key) {
        if (!AgentJson.isKey(key)) {
            throw new IllegalArgumentException("run key '" + key + "' is not safe as a name");
        }
        return runs().resolve(key + ".json");
    }

    /** Runs that an earlier platform gave away; ends that are old go. */
    private void takeUp() throws IOException {
        Instant before = Instant.now().minus(RECORDS_KEPT);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(runs(), "*.json")) {
            for (Path file : files) {
                SentRun run = SentRun.find(file).orElseThrow();
                String key = run.sent().required("key").asString();
                if (run.ended().isEmpty()) {
                    live.put(key, liveRun(key, run));
                } else if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                    Files.delete(file);
                }
            }
        }
    }

    private LiveRun liveRun(String key, SentRun run) {
        return new LiveRun(key, run, record(key), settings.home().resolve("incoming").resolve(key));
    }

    void submit(String key, Site.Run run) {
        synchronized (keys.computeIfAbsent(key, k -> new Object())) {
            LiveRun sent;
            SentRun whole;
            try {
                Optional<SentRun> known = SentRun.find(record(key));
                if (known.isPresent() && known.get().ended().isPresent()) {
                    return;
                }
                if (link.isAway()) {
                    throw SiteException.refused(link.away() + "; nothing was sent");
                }
                whole = SentRun.of(key, run, settings.checkpointEvery());
                whole.write(record(key));
                sent = liveRun(key, whole);
            } catch (IOException | IllegalArgumentException e) {
                throw SiteException.refused(
                        "site %s: %s".formatted(settings.id(), String.valueOf(e.getMessage())));
            }
            live.put(key, sent);
            ObjectNode body = AgentJson.object();
            body.set("run", whole.sent());
            AgentLink.Call call = link.call("submit", body);
            try {
                if (AgentLink.answer(call, ANSWER_LIMIT).isPresent()) {
                    sent.take();
                    return;
                }
            } catch (SiteException e) {
                forget(key);
                throw e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw SiteException.unreachable("interrupted while run " + key + " was submitted");
            }
            // The call stays: an agent that comes back gets it, and then is asked for the key.
            throw SiteException.unreachable(
                    "the agent of site %s has not said whether it took run %s"
                            .formatted(settings.id(), key));
        }
    }

    private void forget(String key) {
        try {
            live.remove(key);
            Files.deleteIfExists(record(key));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<Site.Observation> find(String key) {
        LiveRun run = live.get(key);
        if (run == null) {
            return ended(key).map(end -> end);
        }
        Optional<Site.Observation.Ended> lost = lost(run);
        if (lost.isPresent()) {
            return lost.map(end -> end);
        }
        if (link.isAway()) {
            throw SiteException.unreachable(link.away());
        }
        JsonNode answer = link.ask("find", AgentJson.object().put("key", key), ANSWER_LIMIT);
        if (!live.containsKey(key)) {
            return ended(key).map(end -> end);
        }
        String state = answer.path("state").asString("");
        if (state.equals("unknown")) {
            forget(key);
            return Optional.empty();
        }
        run.take();
        return Optional.of(
                state.equals("queued")
                        ? new Site.Observation.Queued()
                        : new Site.Observation.Running(
                                Math.clamp(answer.path("executor").asLong(0), 0, 999)));
    }

    private Optional<Site.Observation.Ended> ended(String key) {
        try {
            return SentRun.find(record(key)).flatMap(SentRun::ended);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends a run whose agent stays away, or holds it for longer than it may take. */
    private Optional<Site.Observation.Ended> lost(LiveRun run) {
        String why = "";
        if (link.awayFor().compareTo(settings.lostAfter()) > 0) {
            why = "site %s is lost: %s".formatted(settings.id(), link.away());
        } else if (run.isOverdue(settings.lostAfter())) {
            why = "site %s has not ended run %s in its time".formatted(settings.id(), run.key());
        }
        if (why.isEmpty()) {
            return Optional.empty();
        }
        cancel(run.key());
        conclude(run, new Site.Observation.Ended(List.of(), why));
        return ended(run.key());
    }

    private void conclude(LiveRun run, Site.Observation.Ended ended) {
        try {
            run.conclude(ended);
            live.remove(run.key(), run);
            LOG.info("run {} at site {}: {}", run.key(), settings.id(), ended.failure());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Site.Observation.Ended await(String key) throws InterruptedException {
        while (true) {
            LiveRun run = live.get(key);
            Optional<Site.Observation.Ended> ended =
                    run == null ? ended(key) : run.awaitEnd(Duration.ofMillis(500));
            if (ended.isEmpty() && run != null) {
                ended = lost(run);
            }
            if (ended.isPresent()) {
                keys.remove(key);
                return ended.get();
            }
            if (run == null) {
                throw new IllegalArgumentException(
                        "site %s has no run '%s'".formatted(settings.id(), key));
            }
        }
    }

    /** An agent that is away hears of it when it is back. */
    void cancel(String key) {
        if (live.containsKey(key)) {
            link.call("cancel", AgentJson.object().put("key", key));
        }
    }

    /** A file that the agent may fetch for a run that is there; null for anything else. */
    @Nullable Path content(String sha256) {
        for (LiveRun run : live.values()) {
            Path file = run.content(sha256);
            if (file != null) {
                return file;
            }
        }
        return null;
    }

    /**
     * Ends what the agent came back without.
     *
     * @param there keys that it has; those that nobody here waits for remain in the answer
     */
    Set<String> reconcile(Set<String> there) {
        for (LiveRun run : List.copyOf(live.values())) {
            if (run.isTaken() && !there.contains(run.key())) {
                conclude(
                        run,
                        new Site.Observation.Ended(
                                List.of(),
                                "the agent of site %s came back without run %s"
                                        .formatted(settings.id(), run.key())));
            }
        }
        there.removeAll(live.keySet());
        return there;
    }

    LiveRun run(String key) {
        LiveRun run = live.get(key);
        if (run == null) {
            throw new WireException(410, "run_over", "run is over here, or never was");
        }
        return run;
    }

    /** Ends the run if all of it is here. */
    List<String> end(LiveRun run, JsonNode body) throws IOException {
        List<String> missing = run.end(body);
        if (missing.isEmpty()) {
            live.remove(run.key(), run);
        }
        return missing;
    }
}
