package org.roadloop.compute.broker;

import java.time.Duration;
import java.util.List;

/** The task side of a pre-emption (抢占): who could go, and the order to go. Any thread. */
public interface RunningTasks {
    /**
     * A task that was accepted for less because it may be interrupted.
     *
     * @param hold of its placement
     * @param priority of its wish
     * @param lost work that is done again: since its last checkpoint, or since its start
     * @param preemptions it has had already
     */
    record Candidate(String task, String hold, int priority, Duration lost, int preemptions) {}

    /** Preemptible tasks with a booking at the site. */
    List<Candidate> preemptible(String site);

    /**
     * Ends the run at its site and has the task placed again by itself; its booking is given back
     * by the broker. Nothing happens if that booking is not the task's any more.
     *
     * @param reason for the task's log
     */
    void preempt(Candidate victim, String reason);
}
