package org.roadloop.compute.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.booking.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This machine as a site (本机站点): slots are sandboxes, the speed is a processor quota. Two of them
 * with different settings are two sites.
 */
public final class LocalSite implements Site, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalSite.class);

    /** A booked slot is longer than the estimate by this factor, and by a start-up time. */
    private static final double MARGIN = 1.5;

    private static final Duration START_UP = Duration.ofSeconds(1);

    /**
     * @param node of the topology
     * @param home folder of the content cache, made if absent
     * @param speed processor share of a slot's core, above 0; enforced where control groups allow
     * @param slots runs at the same time
     * @param memoryBytes of one slot
     * @param kind as which it is offered
     */
    public record Settings(
            String id,
            String node,
            SiteDeclaration declared,
            Path home,
            double speed,
            int slots,
            long memoryBytes,
            long milliPerSecond,
            Kind kind) {
        /** A trusted machine for any work. */
        public Settings(
                String id,
                String node,
                String region,
                Path home,
                double speed,
                int slots,
                long memoryBytes,
                long milliPerSecond) {
            this(
                    id,
                    node,
                    SiteDeclaration.in(region, 3),
                    home,
                    speed,
                    slots,
                    memoryBytes,
                    milliPerSecond,
                    Kind.GENERAL);
        }

        public Settings {
            if (!(speed > 0) || slots < 1 || milliPerSecond < 0) {
                throw new IllegalArgumentException(
                        "site %s: speed > 0, at least one slot, price ≥ 0".formatted(id));
            }
        }
    }

    private static final class Job {
        final CountDownLatch ended = new CountDownLatch(1);
        volatile Observation at = new Observation.Queued();
        volatile boolean cancelled;
        volatile boolean kept;
        volatile @Nullable Thread thread;
    }

    private final Settings settings;
    private final Sandbox sandbox;
    private final Images images;
    private final KeptRuns kept;
    private final StagedFiles cache;
    private final Semaphore slots;
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private volatile boolean closed;

    public LocalSite(Settings settings, Sandbox sandbox, ToolImage image) throws IOException {
        this(settings, sandbox, new Images(image, List.of()));
    }

    public LocalSite(Settings settings, Sandbox sandbox, Images images) throws IOException {
        this.settings = settings;
        this.sandbox = sandbox;
        this.images = images;
        this.kept = new KeptRuns(settings.home().resolve("runs"));
        this.slots = new Semaphore(settings.slots(), true);
        this.cache = new StagedFiles(settings.id(), cache(settings.home()));
    }

    /** Where a site with this home keeps what was staged, each file by its SHA-256. */
    public static Path cache(Path home) {
        return home.resolve("cache");
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(
                settings.id(),
                settings.node(),
                settings.declared().region(),
                System.getProperty("os.arch").equals("amd64")
                        ? "x86_64"
                        : System.getProperty("os.arch"),
                new Resource("slot:" + settings.id() + "/cpu", settings.slots(), "slot"),
                settings.speed(),
                settings.memoryBytes(),
                settings.milliPerSecond(),
                sandbox.kind(),
                sandbox.notEnforced(),
                settings.declared().profile(settings.id(), settings.kind(), 1, Map.of()));
    }

    @Override
    public Offer offer(Work work) {
        if (images.find(work.image()).isEmpty()) {
            return new Offer.Impossible(
                    "image_unknown",
                    "site %s runs the images %s, not %s"
                            .formatted(
                                    settings.id(),
                                    String.join(", ", images.names()),
                                    work.image()));
        }
        if (work.gang().nodes() > 1 || work.gang().cardsPerNode() > 0) {
            return new Offer.Impossible(
                    "gang",
                    "site %s is one machine without accelerators; the task asks for %d nodes and"
                                    .formatted(settings.id(), work.gang().nodes())
                            + " %d cards on each".formatted(work.gang().cardsPerNode()));
        }
        if (work.memoryBytes() > settings.memoryBytes()) {
            return new Offer.Impossible(
                    "memory",
                    "a slot of site %s has %d MiB, the task asks for %d MiB"
                            .formatted(
                                    settings.id(),
                                    settings.memoryBytes() >> 20,
                                    work.memoryBytes() >> 20));
        }
        if (work.cpuCores() > Runtime.getRuntime().availableProcessors()) {
            return new Offer.Impossible(
                    "cores",
                    "site %s has %d cores, the task asks for %d"
                            .formatted(
                                    settings.id(),
                                    Runtime.getRuntime().availableProcessors(),
                                    work.cpuCores()));
        }
        double seconds = work.cpuSeconds() / (work.cpuCores() * settings.speed());
        Duration expected = Duration.ofMillis((long) Math.ceil(seconds * 1000));
        Duration occupies =
                Duration.ofMillis((long) Math.ceil(seconds * MARGIN * 1000)).plus(START_UP);
        if (expected.compareTo(work.timeLimit()) > 0) {
            return new Offer.Impossible(
                    "time_limit",
                    "%d s at the speed of site %s, the task's limit is %d s"
                            .formatted(
                                    expected.toSeconds(),
                                    settings.id(),
                                    work.timeLimit().toSeconds()));
        }
        long started = (expected.toMillis() + 999) / 1000;
        return new Offer.Possible(
                expected,
                occupies.compareTo(work.timeLimit()) > 0 ? work.timeLimit() : occupies,
                started * work.cpuCores() * settings.milliPerSecond());
    }

    @Override
    public Limits limits(Work work) {
        return new Limits(
                work.memoryBytes(),
                128,
                work.cpuCores() * settings.speed(),
                work.timeLimit(),
                work.memoryBytes() / 4,
                settings.declared().diskBytes(work));
    }

    @Override
    public boolean holds(String content) {
        return cache.find(content).isPresent();
    }

    @Override
    public Optional<Path> replica(String content) {
        return cache.find(content);
    }

    @Override
    public void check(String content) throws IOException {
        cache.findWhole(content);
    }

    @Override
    public Staged stage(Path file, String sha256, long rateBitsPerSecond)
            throws IOException, InterruptedException {
        return cache.stage(file, sha256, rateBitsPerSecond);
    }

    @Override
    public void submit(String key, Run run) {
        Job job = new Job();
        if (find(key).isPresent() || jobs.putIfAbsent(key, job) != null) {
            return;
        }
        if (closed) {
            job.cancelled = true; // it came too late for close to see it
        }
        job.thread =
                Thread.ofVirtual().name(settings.id() + "-" + key).start(() -> work(key, job, run));
    }

    private void work(String key, Job job, Run run) {
        List<Outcome> outcomes = new ArrayList<>();
        String failure = "";
        boolean slot = false;
        try {
            slots.acquire();
            slot = true;
            for (int n = 0; n < run.executors().size(); n++) {
                if (job.cancelled) {
                    break;
                }
                job.at = new Observation.Running(outcomes.size());
                Outcome outcome = sandbox.run(run.executors().get(n), () -> job.cancelled);
                outcomes.add(outcome);
                boolean ignored =
                        run.ignoreError().get(n)
                                && outcome.cause() != Outcome.Cause.CANCELLED
                                && outcome.cause() != Outcome.Cause.NOT_STARTED;
                if (!ignored
                        && (outcome.cause() != Outcome.Cause.EXITED || outcome.exitCode() != 0)) {
                    break;
                }
            }
        } catch (IOException | UncheckedIOException e) {
            failure = "site " + settings.id() + ": " + e.getMessage();
        } catch (InterruptedException e) {
            failure = "site " + settings.id() + " was stopped";
        } finally {
            if (slot) {
                slots.release();
            }
            Observation.Ended ended = new Observation.Ended(outcomes, failure);
            if (failure.isEmpty() && !job.cancelled) {
                job.kept = keep(key, ended);
            }
            job.at = ended;
            job.ended.countDown();
        }
    }

    private boolean keep(String key, Observation.Ended ended) {
        try {
            kept.keep(key, ended);
            return true;
        } catch (IOException e) {
            LOG.warn(
                    "the end of run {} at site {} is not kept, a restart now would run it again:"
                            + " {}",
                    key,
                    settings.id(),
                    e.toString());
            return false;
        }
    }

    /** Ends what runs; a later start finds none of it and runs it again. */
    @Override
    public void close() {
        closed = true;
        jobs.keySet().forEach(this::cancel);
        try {
            for (Job job : jobs.values()) {
                job.ended.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Optional<Observation> find(String key) {
        Job job = jobs.get(key);
        return job != null ? Optional.of(job.at) : kept.find(key).map(ended -> ended);
    }

    @Override
    public Observation.Ended await(String key) throws InterruptedException {
        Job job = jobs.get(key);
        if (job == null) {
            return kept.find(key)
                    .orElseThrow(
                            () ->
                                    new IllegalArgumentException(
                                            "site %s has no run '%s'"
                                                    .formatted(settings.id(), key)));
        }
        job.ended.await();
        Observation.Ended ended = (Observation.Ended) job.at;
        if (job.kept) {
            jobs.remove(key, job);
        }
        return ended;
    }

    @Override
    public void cancel(String key) {
        Job job = jobs.get(key);
        if (job != null) {
            job.cancelled = true;
            Thread thread = job.thread;
            if (thread != null && job.at instanceof Observation.Queued) {
                thread.interrupt();
            }
        }
    }
}
