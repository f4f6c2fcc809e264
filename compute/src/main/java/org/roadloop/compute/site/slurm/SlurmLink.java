package org.roadloop.compute.site.slurm;

import java.util.List;
import java.util.Optional;
import org.roadloop.compute.site.SiteException;

/**
 * The way to a Slurm controller (接口). Each call says by {@link SiteException#reachable} whether the
 * controller itself said no, or nobody answered. Any thread.
 */
sealed interface SlurmLink permits SlurmRest, SlurmCommands {
    /** What this Slurm is and has. */
    Cluster probe() throws InterruptedException;

    /**
     * @return the job's id
     */
    long submit(JobRequest request) throws InterruptedException;

    /** Jobs that Slurm still knows by this name, the oldest first. */
    List<JobStatus> named(String name, String user) throws InterruptedException;

    /** Empty where Slurm has forgotten it. */
    Optional<JobStatus> find(long job, String user) throws InterruptedException;

    /** Nothing happens where the job has ended or was forgotten. */
    void cancel(long job, String user) throws InterruptedException;
}
