package org.roadloop.compute.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.Site;

/**
 * A site that only takes the time that a recorded job took (回放站点). One thread, that of its clock.
 *
 * <p>A run begins when it is submitted, as the booking says that a slot is free then, and ends
 * after the trace's time at the site's speed, at the work's time limit, or when the site is lost.
 * What was staged is kept in a cache of so many bytes; what was longest unused goes first.
 */
public final class ReplaySite implements Site {
    /** As a real site books: longer than the estimate by this factor, and by a start-up time. */
    private static final double MARGIN = 1.5;

    private static final Duration START_UP = Duration.ofSeconds(1);

    /**
     * @param cardSpeed of one accelerator relative to the one that the trace's times are of; the
     *     speed of processor work is {@link Site.Capabilities#speed}
     * @param cacheBytes for staged content
     */
    public record Settings(Capabilities capabilities, double cardSpeed, long cacheBytes) {}

    /** The site is gone from a moment on (站点失联) and comes back. */
    public record Outage(Instant from, Instant until) {}

    /**
     * What the trace knows of a run.
     *
     * @param share of the estimated time that it really takes
     */
    public record Recorded(Work work, double share) {}

    private final Settings settings;
    private final ReplayClock clock;
    private final Function<String, Recorded> trace;
    private final Map<String, Observation> runs = new HashMap<>();
    private final Map<String, Consumer<Observation.Ended>> listeners = new HashMap<>();
    private final LinkedHashMap<String, Long> cache = new LinkedHashMap<>(16, 0.75f, true);
    private long cached;
    private boolean lost;

    /**
     * @param trace what was recorded of a run, by its key
     */
    public ReplaySite(
            Settings settings,
            ReplayClock clock,
            Function<String, Recorded> trace,
            List<Outage> outages) {
        this.settings = settings;
        this.clock = clock;
        this.trace = trace;
        for (Outage outage : outages) {
            clock.at(outage.from(), this::lose);
            clock.at(outage.until(), () -> lost = false);
        }
    }

    private void lose() {
        lost = true;
        for (String key : List.copyOf(runs.keySet())) {
            end(key, "site " + settings.capabilities().id() + " is lost");
        }
    }

    @Override
    public Capabilities capabilities() {
        return settings.capabilities();
    }

    /** Cards of a gang, else cores. */
    private static long slots(Work work) {
        Gang gang = work.gang();
        return gang.cardsPerNode() > 0
                ? (long) gang.nodes() * gang.cardsPerNode()
                : work.cpuCores();
    }

    private double seconds(Work work) {
        double speed =
                work.gang().cardsPerNode() > 0
                        ? settings.cardSpeed()
                        : settings.capabilities().speed();
        return work.cpuSeconds() / work.cpuCores() / speed;
    }

    @Override
    public Offer offer(Work work) {
        Capabilities at = settings.capabilities();
        if (lost) {
            return new Offer.Impossible("site_lost", "site " + at.id() + " does not answer");
        }
        long slots = slots(work);
        if (slots > at.slots().capacity()) {
            return new Offer.Impossible(
                    "slots",
                    "site %s has %d slots, the task asks for %d"
                            .formatted(at.id(), at.slots().capacity(), slots));
        }
        double seconds = seconds(work);
        Duration expected = Duration.ofMillis((long) Math.ceil(seconds * 1000));
        if (expected.compareTo(work.timeLimit()) > 0) {
            return new Offer.Impossible(
                    "time_limit",
                    "%d s at the speed of site %s, the task's limit is %d s"
                            .formatted(
                                    expected.toSeconds(), at.id(), work.timeLimit().toSeconds()));
        }
        Duration occupies =
                Duration.ofMillis((long) Math.ceil(seconds * MARGIN * 1000)).plus(START_UP);
        return new Offer.Possible(
                expected,
                occupies.compareTo(work.timeLimit()) > 0 ? work.timeLimit() : occupies,
                (long) Math.ceil(seconds) * slots * at.milliPerSecond(),
                slots);
    }

    @Override
    public Limits limits(Work work) {
        return new Limits(
                work.memoryBytes(),
                1,
                work.cpuCores(),
                work.timeLimit(),
                work.memoryBytes(),
                work.diskBytes());
    }

    @Override
    public boolean holds(String content) {
        return cache.containsKey(content);
    }

    @Override
    public Staged stage(Path file, String sha256, long rateBitsPerSecond) throws IOException {
        long bytes = holds(sha256) ? 0 : Files.size(file);
        arrive(sha256, Files.size(file));
        return new Staged(file, sha256, bytes, "");
    }

    /** Content is in the cache from now on. */
    public void arrive(String content, long bytes) {
        if (cache.get(content) == null && bytes <= settings.cacheBytes()) {
            cache.put(content, bytes);
            cached += bytes;
            Iterator<Map.Entry<String, Long>> oldest = cache.entrySet().iterator();
            while (cached > settings.cacheBytes()) {
                cached -= oldest.next().getValue();
                oldest.remove();
            }
        }
    }

    /** Called once when a run ends; before it is submitted. */
    public void onEnd(String key, Consumer<Observation.Ended> listener) {
        listeners.put(key, listener);
    }

    @Override
    public void submit(String key, Run run) {
        start(key);
    }

    /** A recorded run needs no program. */
    public void start(String key) {
        if (runs.putIfAbsent(key, new Observation.Running(0)) != null) {
            return;
        }
        if (lost) {
            end(key, "site " + settings.capabilities().id() + " is lost");
            return;
        }
        Recorded recorded = trace.apply(key);
        double seconds =
                Math.min(
                        seconds(recorded.work()) * recorded.share(),
                        recorded.work().timeLimit().toMillis() / 1000.0);
        Instant end = clock.instant().plusMillis((long) Math.ceil(seconds * 1000));
        clock.at(end, () -> end(key, ""));
    }

    private void end(String key, String failure) {
        if (runs.get(key) instanceof Observation.Running) {
            Observation.Ended ended = new Observation.Ended(List.of(), failure);
            runs.put(key, ended);
            Consumer<Observation.Ended> listener = listeners.remove(key);
            if (listener != null) {
                listener.accept(ended);
            }
        }
    }

    @Override
    public Optional<Observation> find(String key) {
        return Optional.ofNullable(runs.get(key));
    }

    /** Virtual time goes on until the run has ended. */
    @Override
    public Observation.Ended await(String key) {
        while (true) {
            switch (runs.get(key)) {
                case null ->
                        throw new IllegalArgumentException(
                                "site %s has no run '%s'"
                                        .formatted(settings.capabilities().id(), key));
                case Observation.Ended ended -> {
                    return ended;
                }
                case Observation.Queued _, Observation.Running _ -> {
                    if (!clock.step()) {
                        throw new IllegalStateException("run " + key + " never ends");
                    }
                }
            }
        }
    }

    @Override
    public void cancel(String key) {
        end(key, "cancelled");
    }
}
