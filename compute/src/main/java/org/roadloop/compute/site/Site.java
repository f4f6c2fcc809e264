package org.roadloop.compute.site;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.roadloop.core.booking.Resource;

/**
 * A place that runs tasks (算力站点). Everything that changes something is idempotent by key; who lost
 * an answer asks {@link #find} before it submits again. Any thread.
 */
public interface Site {
    Capabilities capabilities();

    /** Whether and how the site would run this, at which speed and price; books nothing. */
    Offer offer(Work work);

    /** What the site holds a run of the work to. */
    Limits limits(Work work);

    /**
     * Makes a file available at the site and proves it; at once when the content is there already.
     *
     * @param rateBitsPerSecond booked for the transfer
     */
    Staged stage(Path file, String sha256, long rateBitsPerSecond)
            throws IOException, InterruptedException;

    /** Starts the run, or finds the one that already has this key. */
    void submit(String key, Run run);

    /** What became of a key; empty if it was never submitted here. */
    Optional<Observation> find(String key);

    /** Waits until the run has ended. */
    Observation.Ended await(String key) throws InterruptedException;

    /** Ends the run; nothing happens if it has ended or was never submitted. */
    void cancel(String key);

    /**
     * @param id {@code ai-centre}
     * @param node of the topology where it is
     * @param architecture {@code x86_64}, {@code aarch64}
     * @param slots that can be booked, at most one task each
     * @param speed of one slot relative to the platform's own machine, enforced if so stated
     * @param milliPerSecond price of a slot for each started second
     * @param sandbox kind of isolation
     * @param notEnforced sentences for people
     */
    record Capabilities(
            String id,
            String node,
            String region,
            String architecture,
            Resource slots,
            double speed,
            long memoryBytes,
            long milliPerSecond,
            String sandbox,
            List<String> notEnforced) {
        public Capabilities {
            notEnforced = List.copyOf(notEnforced);
        }
    }

    /**
     * What a task needs, before anything is placed.
     *
     * @param cpuSeconds of work on the platform's own machine, an estimate
     * @param cpuCores asked for, at least 1
     * @param preemptible accepted for less; no local site uses it
     */
    record Work(
            String image,
            double cpuSeconds,
            int cpuCores,
            long memoryBytes,
            long diskBytes,
            Duration timeLimit,
            boolean preemptible) {}

    /** The site's side of a quote. */
    sealed interface Offer {
        /**
         * @param occupies how long the slot is taken at most: the estimate with the site's margin,
         *     never above the task's time limit
         */
        record Possible(Duration expected, Duration occupies, long milliCost) implements Offer {}

        record Impossible(String code, String reason) implements Offer {}
    }

    /**
     * @param file at the site, never written again
     * @param movedBytes 0 when the content was there already
     * @param merkleRoot of the transfer's manifest, empty when nothing moved
     */
    record Staged(Path file, String sha256, long movedBytes, String merkleRoot) {}

    /**
     * The executors of a task, in order; the first that fails ends it.
     *
     * @param ignoreError of each executor: goes on after it whatever its exit code
     */
    record Run(List<SandboxRun> executors, List<Boolean> ignoreError) {
        public Run {
            executors = List.copyOf(executors);
            ignoreError = List.copyOf(ignoreError);
            if (executors.size() != ignoreError.size()) {
                throw new IllegalArgumentException("one ignoreError for each executor");
            }
        }
    }

    /** Where a run stands. */
    sealed interface Observation {
        record Queued() implements Observation {}

        record Running(int executor) implements Observation {}

        /**
         * @param outcomes one of each executor that was started
         * @param failure of the site itself, empty if it worked
         */
        record Ended(List<Outcome> outcomes, String failure) implements Observation {
            public Ended {
                outcomes = List.copyOf(outcomes);
            }

            public Duration cpuTime() {
                return outcomes.stream()
                        .map(Outcome::cpuTime)
                        .reduce(Duration.ZERO, Duration::plus);
            }
        }
    }
}
