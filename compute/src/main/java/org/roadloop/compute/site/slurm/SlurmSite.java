package org.roadloop.compute.site.slurm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.compute.site.Limits;
import org.roadloop.compute.site.Mount;
import org.roadloop.compute.site.SandboxRun;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.SiteException;
import org.roadloop.compute.site.StagedFiles;
import org.roadloop.compute.site.ToolImage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition of a Slurm cluster as a site (超算、智算分区). A run is one job, found again by its name,
 * which holds the key; before a job is submitted the intention is on our disk, and before it is
 * submitted again Slurm is asked. Should a lost submission arrive late all the same, the second job
 * finds the key claimed and ends. Any thread.
 */
public final class SlurmSite implements Site, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SlurmSite.class);
    private static final int SUBMISSIONS = 3;

    /** Shared file systems show a file that another machine wrote after a while. */
    private static final Duration RECORD_LAG = Duration.ofSeconds(15);

    private final SlurmSettings settings;
    private final ToolImage image;
    private final SlurmLink link;
    private final StagedFiles cache;
    private final JobJournal journal;
    private final Map<String, Object> keys = new ConcurrentHashMap<>();
    private final Partition partition;

    /**
     * @param image where the nodes have the JDK and the tools
     */
    public SlurmSite(SlurmSettings settings, SlurmSettings.Access access, ToolImage image)
            throws IOException {
        this.settings = settings;
        this.image = image;
        this.link =
                switch (access) {
                    case SlurmSettings.Access.Rest rest ->
                            new SlurmRest(rest.url(), rest.tokens(), settings.user().user());
                    case SlurmSettings.Access.Commands commands ->
                            new SlurmCommands(commands.configuration());
                };
        this.cache = new StagedFiles(settings.id(), cache(settings.shared()));
        Files.createDirectories(settings.shared().resolve("jobs"));
        this.journal =
                new JobJournal(Files.createDirectories(settings.home()).resolve("journal.jsonl"));
        this.partition = new Partition(settings, link, image, this::cancelAbandoned);
    }

    /** The controller is there again: what nobody waits for any more ends. */
    private void cancelAbandoned() {
        for (String key : journal.abandoned()) {
            journal.abandon(key, false);
            cancel(key);
        }
    }

    /** Where a site with this shared folder keeps what was staged, each file by its SHA-256. */
    public static Path cache(Path shared) {
        return shared.resolve("cache");
    }

    @Override
    public Capabilities capabilities() {
        return partition.capabilities();
    }

    @Override
    public Offer offer(Work work) {
        return partition.offer(work);
    }

    @Override
    public Limits limits(Work work) {
        return new Limits(
                work.memoryBytes(),
                1024,
                work.cpuCores(),
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
        if (!key.matches("[A-Za-z0-9._-]{1,100}")) {
            throw new IllegalArgumentException("run key '" + key + "' is not safe as a name");
        }
        synchronized (keys.computeIfAbsent(key, k -> new Object())) {
            Optional<JobJournal.Entry> known = journal.find(key);
            if (known.isPresent() && (known.get().job != 0 || known.get().ended != null)) {
                return;
            }
            try {
                JobFolder folder = folder(key);
                if (known.isPresent() && found(key, known.get())) {
                    return;
                }
                SlurmSettings.Account account = settings.account(run.agreement());
                JobJournal.Entry entry =
                        known.isPresent() ? known.get() : journal.intend(key, plan(run, account));
                folder.lay(
                        run,
                        cache,
                        image,
                        settings.sandbox(),
                        leaves(run.gang()),
                        account.user().equals(System.getProperty("user.name"))
                                ? Optional.empty()
                                : Optional.of(account.user()));
                submit(key, entry, request(key, run, account, folder));
            } catch (IOException e) {
                throw SiteException.refused(
                        "site %s: %s".formatted(settings.id(), String.valueOf(e.getMessage())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw SiteException.unreachable("interrupted while run " + key + " was submitted");
            }
        }
    }

    /** Sends the job, and asks for it before it sends it again. */
    private void submit(String key, JobJournal.Entry entry, JobRequest request)
            throws InterruptedException {
        for (int n = 1; ; n++) {
            try {
                journal.submitted(key, link.submit(request));
                return;
            } catch (SiteException e) {
                if (e.reachable()) {
                    journal.ended(
                            key,
                            new Observation.Ended(List.of(), String.valueOf(e.getMessage())),
                            Optional.empty());
                    throw e;
                }
                LOG.warn(
                        "site {}: submission {} of run {} got no answer: {}",
                        settings.id(),
                        n,
                        key,
                        e.getMessage());
                Thread.sleep(Math.min(2_000, 250L << n));
                if (found(key, entry)) {
                    return;
                }
                if (n == SUBMISSIONS) {
                    throw e;
                }
            }
        }
    }

    /** Whether Slurm, or the job's own record, knows the key; notes the job if so. */
    private boolean found(String key, JobJournal.Entry entry) throws InterruptedException {
        try {
            Optional<String> claimed = folder(key).state("claim/job");
            if (claimed.isPresent() && claimed.get().matches("[0-9]{1,18}")) {
                journal.submitted(key, Long.parseLong(claimed.get()));
                return true;
            }
        } catch (IOException e) {
            throw SiteException.unreachable(
                    "the shared folder of site %s can't be read: %s"
                            .formatted(settings.id(), e.getMessage()));
        }
        List<JobStatus> jobs = link.named(name(key), entry.plan.account().user());
        if (jobs.isEmpty()) {
            return false;
        }
        journal.submitted(key, jobs.getFirst().id());
        return true;
    }

    private JobFolder folder(String key) {
        return new JobFolder(settings.shared().resolve("jobs").resolve(key));
    }

    private static String name(String key) {
        return "roadloop-" + key;
    }

    private JobJournal.Plan plan(Run run, SlurmSettings.Account account) {
        List<SandboxRun> executors = run.executors();
        return new JobJournal.Plan(
                run.agreement(),
                account,
                run.gang(),
                cpus(executors),
                executors.getFirst().limits().outputBytes(),
                executors.stream()
                        .flatMap(e -> e.mounts().stream())
                        .filter(Mount::writable)
                        .distinct()
                        .toList(),
                executors.stream().map(SandboxRun::stdout).toList(),
                executors.stream().map(SandboxRun::stderr).toList(),
                executors.stream().map(e -> e.limits().time().toSeconds()).toList());
    }

    private static int cpus(List<SandboxRun> executors) {
        return (int) Math.ceil(executors.getFirst().limits().cpus());
    }

    private int leaves(Gang gang) {
        return gang.tier().isEmpty() ? 0 : settings.tiers().getOrDefault(gang.tier(), 0);
    }

    private JobRequest request(String key, Run run, SlurmSettings.Account account, JobFolder folder)
            throws IOException {
        Gang gang = run.gang();
        Limits limits = run.executors().getFirst().limits();
        long seconds = run.executors().stream().mapToLong(e -> e.limits().time().toSeconds()).sum();
        int switches = gang.nodes() > 1 ? leaves(gang) : 0;
        long minutes = partition.clip(seconds / 60 + 2);
        return new JobRequest(
                name(key),
                "roadloop key=%s agreement=%s".formatted(key, run.agreement()),
                settings.partition(),
                account.account(),
                account.user(),
                gang,
                cpus(run.executors()),
                Partition.megabytes(limits.memoryBytes()),
                gang.cardsPerNode() == 0 ? "" : gang.accelerator() + ":" + gang.cardsPerNode(),
                switches,
                partition.nodes(gang, switches),
                minutes,
                folder.folder(),
                folder.scriptText());
    }

    @Override
    public Optional<Observation> find(String key) {
        Optional<JobJournal.Entry> known = journal.find(key);
        if (known.isEmpty()) {
            return Optional.empty();
        }
        JobJournal.Entry entry = known.get();
        if (entry.ended != null) {
            return Optional.of(entry.ended);
        }
        try {
            synchronized (keys.computeIfAbsent(key, k -> new Object())) {
                if (entry.job == 0 && !found(key, entry)) {
                    return Optional.empty();
                }
                return Optional.of(look(key, entry));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw SiteException.unreachable("interrupted while run " + key + " was looked up");
        }
    }

    @Override
    public Observation.Ended await(String key) throws InterruptedException {
        Instant answered = Instant.now();
        while (true) {
            try {
                Optional<Observation> at = find(key);
                if (at.isEmpty()) {
                    throw new IllegalArgumentException(
                            "site " + settings.id() + " has no run '" + key + "'");
                }
                if (at.get() instanceof Observation.Ended ended) {
                    keys.remove(key);
                    return ended;
                }
                answered = Instant.now();
            } catch (SiteException e) {
                if (Duration.between(answered, Instant.now()).compareTo(settings.lostAfter()) > 0) {
                    journal.abandon(key, true);
                    return new Observation.Ended(
                            List.of(),
                            "site %s is lost: %s".formatted(settings.id(), e.getMessage()));
                }
            }
            Thread.sleep(settings.poll());
        }
    }

    /** Asks Slurm about a job; where it has ended, brings everything back and notes the end. */
    private Observation look(String key, JobJournal.Entry entry) throws InterruptedException {
        JobFolder folder = folder(key);
        try {
            Optional<JobStatus> status = status(key, entry);
            Optional<String> claimed = folder.state("claim/job");
            if (claimed.isPresent() && !claimed.get().equals(Long.toString(entry.job))) {
                // our job was the second of two: what counts is the one that has the key
                journal.submitted(key, Long.parseLong(claimed.get()));
                status = status(key, entry);
            }
            JobEnd end = new JobEnd(settings, key, entry, folder);
            boolean done = folder.state("done").isPresent();
            if (status.isEmpty()) {
                return conclude(key, end.forgotten(done), folder);
            }
            JobStatus job = status.get();
            if (job.state().phase() == JobState.Phase.QUEUED
                    && (claimed.isPresent() || job.requeues() > 0)) {
                // it lost its nodes, or none could start it, and Slurm may hold it for good; where
                // to try again is not for Slurm to decide
                link.cancel(job.id(), entry.plan.account().user());
                return conclude(key, end.requeued(job), folder);
            }
            if (job.state().phase() != JobState.Phase.ENDED) {
                return job.state().phase() == JobState.Phase.QUEUED
                        ? new Observation.Queued()
                        : new Observation.Running(end.executor());
            }
            if (!done
                    && job.state() == JobState.COMPLETED
                    && job.end().isPresent()
                    && Duration.between(job.end().get(), Instant.now()).compareTo(RECORD_LAG) < 0) {
                return new Observation.Running(end.executor());
            }
            return conclude(key, end.of(job, done), folder);
        } catch (IOException e) {
            throw SiteException.unreachable(
                    "the shared folder of site %s can't be read: %s"
                            .formatted(settings.id(), e.getMessage()));
        }
    }

    /**
     * A controller that was killed gives numbers again that it had not saved: a job of another name
     * is another's.
     */
    private Optional<JobStatus> status(String key, JobJournal.Entry entry)
            throws InterruptedException {
        return link.find(entry.job, entry.plan.account().user())
                .filter(job -> job.name().equals(name(key)));
    }

    private Observation conclude(String key, JobEnd.Result result, JobFolder folder)
            throws IOException {
        journal.ended(key, result.ended(), result.usage());
        folder.delete();
        return result.ended();
    }

    @Override
    public void cancel(String key) {
        Optional<JobJournal.Entry> known = journal.find(key);
        if (known.isEmpty() || known.get().ended != null) {
            return;
        }
        JobJournal.Entry entry = known.get();
        try {
            if ((entry.job != 0 || found(key, entry)) && status(key, entry).isPresent()) {
                link.cancel(entry.job, entry.plan.account().user());
            }
        } catch (SiteException e) {
            if (!e.reachable()) {
                journal.abandon(key, true); // cancelled when the cluster is back
            }
            LOG.warn(
                    "site {}: run {} could not be cancelled: {}",
                    settings.id(),
                    key,
                    e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What ended jobs have held, in the order in which their ends were seen. */
    public List<SlurmUsage> usage() {
        return journal.usage();
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
