package org.roadloop.compute.site;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.roadloop.core.booking.Resource;

/**
 * A place that runs tasks (算力站点). Everything that changes something is idempotent by key; who lost
 * an answer asks {@link #find} before it submits again. Any thread.
 *
 * <p>The mounts and streams of a run are folders and files of the platform. A site elsewhere takes
 * the folders to itself before the run, with what is in them, and brings the writable ones and the
 * streams back before it says that the run has ended, however it ended: what a checkpoint folder
 * holds is there for the next site.
 */
public interface Site {
    Capabilities capabilities();

    /** Whether and how the site would run this, at which speed and price; books nothing. */
    Offer offer(Work work);

    /** What the site holds a run of the work to. */
    Limits limits(Work work);

    /**
     * Whether content lies in the site's cache, so that nothing has to move; a site that can't tell
     * says no.
     *
     * @param content SHA-256 in hex
     */
    default boolean holds(String content) {
        return false;
    }

    /**
     * The content in the site's cache as a file that this machine can read, for other sites to take
     * it from (副本); empty if there is none.
     *
     * @param content SHA-256 in hex
     */
    default Optional<Path> replica(String content) {
        return Optional.empty();
    }

    /** Reads a kept content through; one that is damaged is kept no longer. */
    default void check(String content) throws IOException {}

    /**
     * Makes a file available at the site and proves it; at once, and without the file, when the
     * content is there already.
     *
     * @param rateBitsPerSecond booked for the transfer
     */
    Staged stage(Path file, String sha256, long rateBitsPerSecond)
            throws IOException, InterruptedException;

    /**
     * Starts the run, or finds the one that already has this key.
     *
     * @throws SiteException if the site refuses it, or can't be reached and the run may or may not
     *     be there: {@link #find} tells when it can be reached again
     */
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
     * @param profile what it is offered as
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
            List<String> notEnforced,
            Profile profile) {
        public Capabilities {
            notEnforced = List.copyOf(notEnforced);
        }

        Capabilities measured(FloatingPointRate rate) {
            return new Capabilities(
                    id,
                    node,
                    region,
                    architecture,
                    slots,
                    speed,
                    memoryBytes,
                    milliPerSecond,
                    sandbox,
                    notEnforced,
                    profile.measured(rate.fp16GigaFlops(), rate.fp64GigaFlops()));
        }
    }

    /** What a site mostly does: 通用, 智算, 超算, 边缘. */
    enum Kind {
        GENERAL,
        ACCELERATOR,
        HPC,
        EDGE
    }

    /**
     * A site as an asset (算力资源): what offers show and wishes ask for.
     *
     * @param identifier stable name of the offer (算力标识)
     * @param owner DID or name of the organisation
     * @param nodes that one gang can have at most
     * @param accelerators cards of a node by kind ({@code npu}, {@code gpu}); empty for none
     * @param fp16GigaFlops measured rate of one core ({@link MeasuredRates}), 0 if it was not
     *     measured; likewise fp64
     * @param greenShare of its energy, 0 to 1
     * @param trust 0 (anyone) to 3 (own machine)
     */
    record Profile(
            String identifier,
            Kind kind,
            String owner,
            int nodes,
            Map<String, Integer> accelerators,
            double fp16GigaFlops,
            double fp64GigaFlops,
            double greenShare,
            int trust) {
        public Profile {
            accelerators = Map.copyOf(accelerators);
            if (!(greenShare >= 0 && greenShare <= 1) || nodes < 1 || trust < 0 || trust > 3) {
                throw new IllegalArgumentException(
                        "offer %s: green share 0 to 1, at least one node, trust 0 to 3"
                                .formatted(identifier));
            }
        }

        /** The same with its rates. */
        public Profile measured(double fp16, double fp64) {
            return new Profile(
                    identifier, kind, owner, nodes, accelerators, fp16, fp64, greenShare, trust);
        }

        /** One node without accelerators. */
        public static Profile plain(String identifier, Kind kind, String owner) {
            return new Profile(identifier, kind, owner, 1, Map.of(), 0, 0, 0, 3);
        }
    }

    /**
     * Nodes that are needed together, all or none (成组调度).
     *
     * @param nodes at least 1
     * @param accelerator kind, empty for none
     * @param cardsPerNode 0 for none
     * @param tier of the topology inside which all must lie, such as {@code leaf} or {@code
     *     supernode}; empty for any
     * @param hard false: outside the tier rather than not at all
     */
    record Gang(int nodes, String accelerator, int cardsPerNode, String tier, boolean hard) {
        public static final Gang ONE = new Gang(1, "", 0, "", false);

        public Gang {
            if (nodes < 1 || cardsPerNode < 0 || accelerator.isEmpty() != (cardsPerNode == 0)) {
                throw new IllegalArgumentException(
                        "a gang has at least one node, and cards of a named kind or none");
            }
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
            boolean preemptible,
            Gang gang) {}

    /** The site's side of a quote. */
    sealed interface Offer {
        /**
         * @param occupies how long the slot is taken at most: the estimate with the site's margin,
         *     never above the task's time limit
         * @param slots of the site that are taken all that time, at least 1
         */
        record Possible(Duration expected, Duration occupies, long milliCost, long slots)
                implements Offer {
            /** One slot. */
            public Possible(Duration expected, Duration occupies, long milliCost) {
                this(expected, occupies, milliCost, 1);
            }
        }

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
     * @param agreement under which it runs, for the account at the site; empty for the owner's own
     * @param checkpoint host folder that a resumed run finds as the last one left it (断点续训)
     */
    record Run(
            List<SandboxRun> executors,
            List<Boolean> ignoreError,
            String agreement,
            Gang gang,
            Optional<Path> checkpoint) {
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
         * @param failure of the site itself, empty if it worked; such a run may be tried again
         * @param preempted taken off for another (抢占), not for a fault: the failure says so
         */
        record Ended(List<Outcome> outcomes, String failure, boolean preempted)
                implements Observation {
            public Ended {
                outcomes = List.copyOf(outcomes);
            }

            public Ended(List<Outcome> outcomes, String failure) {
                this(outcomes, failure, false);
            }

            public Duration cpuTime() {
                return outcomes.stream()
                        .map(Outcome::cpuTime)
                        .reduce(Duration.ZERO, Duration::plus);
            }
        }
    }
}
