package org.roadloop.compute.site.slurm;

import java.util.List;
import java.util.Locale;

/** States of a Slurm job (作业状态) as far as a platform acts on them; see {@code squeue(1)}. */
enum JobState {
    PENDING(Phase.QUEUED),
    CONFIGURING(Phase.QUEUED),
    SUSPENDED(Phase.RUNNING),
    RUNNING(Phase.RUNNING),
    COMPLETING(Phase.RUNNING),
    COMPLETED(Phase.ENDED),
    FAILED(Phase.ENDED),
    CANCELLED(Phase.ENDED),
    /** At the limit of the job; {@code DEADLINE} likewise. */
    TIMEOUT(Phase.ENDED),
    OUT_OF_MEMORY(Phase.ENDED),
    /** A node was lost, or did not start. */
    NODE_FAIL(Phase.ENDED),
    PREEMPTED(Phase.ENDED),
    /** A word of a later Slurm: looked at again. */
    UNKNOWN(Phase.RUNNING);

    enum Phase {
        QUEUED,
        RUNNING,
        ENDED
    }

    private final Phase phase;

    JobState(Phase phase) {
        this.phase = phase;
    }

    Phase phase() {
        return phase;
    }

    /**
     * @param words {@code [COMPLETED]}; later versions add flags: {@code [RUNNING, COMPLETING]};
     *     the commands add who did it: {@code CANCELLED by 1000}
     */
    static JobState of(List<String> words) {
        JobState state = UNKNOWN;
        for (String word : words) {
            String name = word.strip().split("[ +]", 2)[0].toUpperCase(Locale.ROOT);
            switch (name) {
                case "COMPLETING", "STAGE_OUT", "SIGNALING", "STOPPED", "RESIZING" -> {
                    return COMPLETING; // over, but its processes are not all gone
                }
                case "DEADLINE" -> state = TIMEOUT;
                case "BOOT_FAIL", "LAUNCH_FAILED", "RECONFIG_FAIL" -> state = NODE_FAIL;
                case "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD" ->
                        state = PENDING;
                case "REVOKED" -> state = CANCELLED;
                default -> {
                    for (JobState known : values()) {
                        if (known.name().equals(name)) {
                            state = known;
                        }
                    }
                }
            }
        }
        return state;
    }
}
