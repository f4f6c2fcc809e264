package org.roadloop.compute.site.slurm;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.roadloop.compute.site.Mount;
import org.roadloop.compute.site.Outcome;
import org.roadloop.compute.site.ReturnedFolder;
import org.roadloop.compute.site.Site;

/**
 * From the end of a job to the end of a run (作业结束): Slurm's word, and the job's own record of its
 * executors. Also brings folders and streams back. One thread.
 */
final class JobEnd {
    /** Processor time that the shell of each executor measured of its children. */
    private static final String MEASURED = "job-rusage";

    /** A killed executor could not measure: what it held, cores times time, an upper limit. */
    private static final String HELD = "slurm-held";

    record Result(Site.Observation.Ended ended, Optional<SlurmUsage> usage) {}

    private final SlurmSettings settings;
    private final String key;
    private final JobJournal.Entry entry;
    private final JobJournal.Plan plan;
    private final JobFolder folder;

    JobEnd(SlurmSettings settings, String key, JobJournal.Entry entry, JobFolder folder) {
        this.settings = settings;
        this.key = key;
        this.entry = entry;
        this.plan = entry.plan;
        this.folder = folder;
    }

    /** The executor that runs, 0 before the first. */
    int executor() throws IOException {
        int n = 0;
        while (n + 1 < plan.stdout().size() && folder.state((n + 1) + ".start").isPresent()) {
            n++;
        }
        return n;
    }

    /** Slurm knows the job no more: its own record says whether it came to its end. */
    Result forgotten(boolean done) throws IOException {
        if (!done) {
            Site.Observation.Ended ended =
                    bringBack(
                            List.of(),
                            "Slurm of site %s knows job %d no more, and it left no end"
                                    .formatted(settings.id(), entry.job),
                            false);
            return new Result(ended, Optional.empty());
        }
        Optional<Instant> start = time("0.start");
        Optional<Instant> end = time("done");
        JobStatus job =
                new JobStatus(
                        entry.job,
                        key,
                        JobState.COMPLETED,
                        "None",
                        start,
                        end,
                        plan.gang().nodes(),
                        plan.gang().nodes() * plan.cpusPerNode(),
                        0);
        return of(job, true);
    }

    /** Slurm took the job off its nodes and queued it again, for which the record knows no word. */
    Result requeued(JobStatus job) throws IOException {
        Optional<Instant> start = time("0.start");
        JobStatus lost =
                new JobStatus(
                        job.id(),
                        job.name(),
                        JobState.NODE_FAIL,
                        "queued again, " + job.reason(),
                        start,
                        Optional.of(Instant.now()),
                        job.nodes(),
                        job.cpus(),
                        job.requeues());
        return of(lost, false);
    }

    Result of(JobStatus job, boolean done) throws IOException {
        Optional<String> outside = folder.state("outside-tier");
        List<Outcome> outcomes = outcomes(job);
        String failure = outside.map(this::outsideTier).orElseGet(() -> failure(job, done));
        Site.Observation.Ended ended =
                bringBack(outcomes, failure, job.state() == JobState.PREEMPTED);
        Optional<SlurmUsage> usage =
                job.start()
                        .map(
                                start ->
                                        new SlurmUsage(
                                                key,
                                                job.id(),
                                                plan.agreement(),
                                                plan.account().user(),
                                                plan.account().account(),
                                                settings.partition(),
                                                job.state().name(),
                                                start,
                                                job.end().orElse(start),
                                                job.nodes(),
                                                job.cpus(),
                                                plan.gang().accelerator(),
                                                plan.gang().cardsPerNode() * plan.gang().nodes()));
        return new Result(ended, usage);
    }

    private String outsideTier(String leaves) {
        return "Slurm placed the gang on %s leaf switches, outside its tier %s; nothing ran"
                .formatted(leaves.matches("[0-9]{1,4}") ? leaves : "several", plan.gang().tier());
    }

    /** Of the site; what the executors did wrong stands in their outcomes. */
    private String failure(JobStatus job, boolean done) {
        String who = "job %d of site %s ".formatted(job.id(), settings.id());
        return switch (job.state()) {
            case NODE_FAIL -> who + "lost a node (" + job.reason() + ")";
            case PREEMPTED -> who + "was taken off for another of higher priority";
            case COMPLETED -> done ? "" : who + "ended without a record of its own";
            case FAILED -> done ? "" : who + "failed outside its executors (" + job.reason() + ")";
            case CANCELLED ->
                    job.start().isPresent() ? "" : who + "was cancelled before it started";
            case TIMEOUT, OUT_OF_MEMORY -> "";
            case PENDING, CONFIGURING, SUSPENDED, RUNNING, COMPLETING, UNKNOWN ->
                    throw new IllegalStateException(who + "has not ended: " + job.state());
        };
    }

    private List<Outcome> outcomes(JobStatus job) throws IOException {
        List<Outcome> outcomes = new ArrayList<>();
        for (int n = 0; n < plan.stdout().size(); n++) {
            Optional<Instant> start = time(n + ".start");
            if (start.isEmpty()) {
                break;
            }
            String end = folder.state(n + ".end").orElse("");
            if (end.matches("[0-9]{1,3} [0-9]{1,15}")) {
                String[] words = end.split(" ");
                outcomes.add(
                        exited(
                                n,
                                job,
                                Integer.parseInt(words[0]),
                                start.get(),
                                Instant.ofEpochMilli(Long.parseLong(words[1]))));
            } else {
                outcomes.add(killed(job, start.get()));
                break;
            }
        }
        return outcomes;
    }

    private Outcome exited(int n, JobStatus job, int exitCode, Instant start, Instant end)
            throws IOException {
        Outcome.Cause cause = Outcome.Cause.EXITED;
        boolean last = folder.state((n + 1) + ".start").isEmpty();
        if (folder.stateBeginsWith(n + ".not-started.")) {
            cause = Outcome.Cause.NOT_STARTED;
        } else if (job.state() == JobState.OUT_OF_MEMORY && last && exitCode != 0) {
            cause = Outcome.Cause.MEMORY;
        } else if ((exitCode == 124 || exitCode == 137)
                && !Duration.between(start, end)
                        .minusSeconds(plan.timeSeconds().get(n))
                        .isNegative()) {
            cause = Outcome.Cause.TIME;
        }
        double seconds = folder.cpuSeconds(n);
        boolean measured =
                cause == Outcome.Cause.EXITED && seconds > 0 || cause == Outcome.Cause.NOT_STARTED;
        return new Outcome(
                cause,
                exitCode,
                measured ? Duration.ofMillis((long) (seconds * 1000)) : held(start, end),
                -1,
                measured ? MEASURED : HELD,
                start,
                end);
    }

    private Outcome killed(JobStatus job, Instant start) {
        Instant end = job.end().filter(e -> e.isAfter(start)).orElse(start);
        return new Outcome(
                switch (job.state()) {
                    case OUT_OF_MEMORY -> Outcome.Cause.MEMORY;
                    case TIMEOUT -> Outcome.Cause.TIME;
                    default -> Outcome.Cause.CANCELLED;
                },
                137,
                held(start, end),
                -1,
                HELD,
                start,
                end);
    }

    private Duration held(Instant start, Instant end) {
        return Duration.between(start, end)
                .multipliedBy((long) plan.gang().nodes() * plan.cpusPerNode());
    }

    private Optional<Instant> time(String name) throws IOException {
        return folder.state(name)
                .filter(t -> t.matches("[0-9]{1,15}"))
                .map(t -> Instant.ofEpochMilli(Long.parseLong(t)));
    }

    private Site.Observation.Ended bringBack(
            List<Outcome> outcomes, String failure, boolean preempted) throws IOException {
        List<Outcome> all = new ArrayList<>(outcomes);
        String fault = failure;
        for (int n = 0; n < plan.stdout().size(); n++) {
            folder.bringBackStream(n, "stdout", plan.gang().nodes(), plan.stdout().get(n));
            folder.bringBackStream(n, "stderr", plan.gang().nodes(), plan.stderr().get(n));
        }
        for (Mount mount : plan.writable()) {
            try {
                folder.bringBack(mount, plan.outputBytes());
            } catch (ReturnedFolder.TooMuchException e) {
                if (!all.isEmpty()) {
                    Outcome last = all.removeLast();
                    all.add(
                            new Outcome(
                                    Outcome.Cause.OUTPUT,
                                    last.exitCode(),
                                    last.cpuTime(),
                                    last.peakMemoryBytes(),
                                    last.meter(),
                                    last.start(),
                                    last.end()));
                }
            } catch (IOException e) {
                fault = fault.isEmpty() ? "site " + settings.id() + ": " + e.getMessage() : fault;
            }
        }
        return new Site.Observation.Ended(all, fault, preempted);
    }
}
