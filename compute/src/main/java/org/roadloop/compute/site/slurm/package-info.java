/**
 * A cluster under Slurm as a site (Slurm 站点): over its REST service, or by its commands where there
 * is none.
 *
 * <p>A run is one job. Its folder lies where the platform and the nodes both see it:
 *
 * <pre>
 * SHARED/cache/SHA256          what was staged, by content
 * SHARED/jobs/KEY/script.sh    the job: claims the key, then one executor after the other
 * SHARED/jobs/KEY/executor-N.sh what every node of the gang does for executor N
 * SHARED/jobs/KEY/mount/TOP    what the executors see as /TOP
 * SHARED/jobs/KEY/log/N.stdout streams of the first node, N.RANK.stdout of the others
 * SHARED/jobs/KEY/state/       claim/job, N.start, N.end, N.times.RANK, done
 * </pre>
 *
 * What must not be changed by a job stands in the platform's own home: {@code journal.jsonl}, one
 * JSON object a line, fsynced: {@code intended} (key, run) before a job is submitted, {@code
 * submitted} (key, job), {@code ended} (key, outcomes, usage). Slurm forgets a finished job after
 * {@code MinJobAge}; the journal does not.
 */
@NullMarked
package org.roadloop.compute.site.slurm;

import org.jspecify.annotations.NullMarked;
