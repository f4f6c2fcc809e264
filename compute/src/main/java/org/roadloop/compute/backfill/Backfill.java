package org.roadloop.compute.backfill;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/*
 * EASY backfilling (Lifka, "The ANL/IBM SP Scheduling System", JSSPP 1995): the first job of the
 * queue that does not fit gets a reservation for the moment at which, by the estimates of those that
 * run, enough processors are free. A later job may start now if it fits and either ends by its
 * estimate before that moment, or leaves enough processors for the reservation then.
 *
 * EXPANSION orders the queue anew at each decision by the expansion a job would have if it started
 * now, (wait + estimate) / estimate, the greatest first (largest expansion factor, after Srinivasan
 * et al., ICPP Workshops 2002): short jobs rise quickly, but a long one rises as well and cannot
 * wait for ever.
 */

/** A batch queue of one pool of processors, replayed (回填模拟). */
public final class Backfill {
    /** In which order jobs are looked at. */
    public enum Order {
        /** First come, first served; nobody goes before his turn. */
        ARRIVAL_ONLY,
        /** EASY: by arrival, later ones may go before where they delay the first one not. */
        ARRIVAL,
        /** EASY, where those who may go before are tried shortest estimate first (SJBF). */
        SHORTEST_BEHIND_FIRST,
        /** By expansion, with a reservation for the first. */
        EXPANSION
    }

    private record Running(long endEstimate, long end, int processors) {}

    /**
     * What the jobs met with.
     *
     * @param meanBoundedSlowdown at least 1
     * @param longestWaitSeconds of any job
     */
    public record Outcome(
            double meanBoundedSlowdown, long longestWaitSeconds, long makespanSeconds) {}

    private final int processors;
    private final Order order;
    private final List<Job> queue = new ArrayList<>();
    private final PriorityQueue<Running> running =
            new PriorityQueue<>(Comparator.comparingLong(Running::end));
    private int free;
    private double slowdown;
    private long longestWait;
    private long lastEnd;

    private Backfill(int processors, Order order) {
        this.processors = processors;
        this.order = order;
        this.free = processors;
    }

    /**
     * @param jobs by their submit time; one that is wider than the pool is an error
     */
    public static Outcome replay(List<Job> jobs, int processors, Order order) {
        Backfill backfill = new Backfill(processors, order);
        backfill.run(jobs);
        return new Outcome(
                backfill.slowdown / jobs.size(),
                backfill.longestWait,
                backfill.lastEnd - jobs.getFirst().submitSeconds());
    }

    private void run(List<Job> jobs) {
        int next = 0;
        while (next < jobs.size() || !running.isEmpty()) {
            long now =
                    Math.min(
                            next < jobs.size() ? jobs.get(next).submitSeconds() : Long.MAX_VALUE,
                            running.isEmpty() ? Long.MAX_VALUE : running.peek().end());
            while (!running.isEmpty() && running.peek().end() == now) {
                free += running.remove().processors();
            }
            while (next < jobs.size() && jobs.get(next).submitSeconds() == now) {
                Job job = jobs.get(next++);
                if (job.processors() > processors) {
                    throw new IllegalArgumentException(
                            "job %d asks for %d processors, there are %d"
                                    .formatted(job.number(), job.processors(), processors));
                }
                queue.add(job);
            }
            decide(now);
        }
    }

    private void decide(long now) {
        if (order == Order.EXPANSION) {
            queue.sort(
                    Comparator.comparingDouble((Job job) -> expansion(job, now))
                            .reversed()
                            .thenComparingLong(Job::submitSeconds));
        }
        while (!queue.isEmpty() && queue.getFirst().processors() <= free) {
            start(queue.removeFirst(), now);
        }
        if (queue.isEmpty() || free == 0 || order == Order.ARRIVAL_ONLY) {
            return;
        }
        Job first = queue.getFirst();
        List<Running> byEstimate = new ArrayList<>(running);
        byEstimate.sort(Comparator.comparingLong(Running::endEstimate));
        long reserved = now;
        int then = free;
        for (Running job : byEstimate) {
            long end = Math.max(now, job.endEstimate());
            if (then >= first.processors() && end > reserved) {
                break;
            }
            reserved = end;
            then += job.processors();
        }
        int spare = then - first.processors();
        List<Job> behind = new ArrayList<>(queue.subList(1, queue.size()));
        if (order == Order.SHORTEST_BEHIND_FIRST) {
            behind.sort(Comparator.comparingLong(Job::estimateSeconds));
        }
        for (Job job : behind) {
            boolean inTime = now + job.estimateSeconds() <= reserved;
            if (job.processors() <= free && (inTime || job.processors() <= spare)) {
                if (!inTime) {
                    spare -= job.processors();
                }
                queue.remove(job);
                start(job, now);
            }
        }
    }

    private static double expansion(Job job, long now) {
        double estimate = Math.max(10, job.estimateSeconds());
        return (now - job.submitSeconds() + estimate) / estimate;
    }

    private void start(Job job, long now) {
        free -= job.processors();
        long end = now + job.runSeconds();
        running.add(new Running(now + job.estimateSeconds(), end, job.processors()));
        slowdown += job.boundedSlowdown(now);
        longestWait = Math.max(longestWait, now - job.submitSeconds());
        lastEnd = Math.max(lastEnd, end);
    }
}
