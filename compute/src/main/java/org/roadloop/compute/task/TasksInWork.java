package org.roadloop.compute.task;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.compute.broker.RunningTasks;

/** Tasks that workers have in hand, as the broker sees them (在办任务表). Any thread. */
final class TasksInWork implements RunningTasks {
    /** What a task of higher priority, or the pool of the site, took away. */
    static final String PREEMPTED = "preempted";

    static final String SITE_LOST = "site_lost";

    private final Map<String, OpenTask> tasks = new ConcurrentHashMap<>();
    private final TaskBook book;
    private final Clock clock;

    TasksInWork(TaskBook book, Clock clock) {
        this.book = book;
        this.clock = clock;
    }

    void add(OpenTask task) {
        tasks.put(task.id, task);
    }

    void remove(String id) {
        tasks.remove(id);
    }

    @Override
    public List<Candidate> preemptible(String site) {
        List<Candidate> candidates = new ArrayList<>();
        for (OpenTask task : tasks.values()) {
            OpenTask.Booked booked = task.booked();
            if (booked != null
                    && booked.site().equals(site)
                    && task.request().resources().preemptible()
                    && task.interruption() == null
                    && !task.cancelled) {
                candidates.add(
                        new Candidate(
                                task.id,
                                booked.hold(),
                                task.request().priority(),
                                task.lost(clock.instant()),
                                book.retries(task.id, PREEMPTED)));
            }
        }
        candidates.sort(Comparator.comparing(Candidate::task));
        return candidates;
    }

    @Override
    public void preempt(Candidate victim, String reason) {
        interrupt(victim.task(), victim.hold(), PREEMPTED, reason);
    }

    /**
     * What waits for its slot or its data at a lost site is to be placed anew; of what runs there,
     * the site alone can say what became of it.
     *
     * @param holds that ended with the site
     */
    void displace(Collection<String> holds, String reason) {
        Set<String> ended = new HashSet<>(holds);
        for (OpenTask task : tasks.values()) {
            OpenTask.Booked booked = task.booked();
            if (booked != null && ended.contains(booked.hold()) && task.isWaiting()) {
                interrupt(task.id, booked.hold(), SITE_LOST, reason);
            }
        }
    }

    private void interrupt(String id, String hold, String cause, String reason) {
        OpenTask task = tasks.get(id);
        if (task != null) {
            task.interrupt(hold, new OpenTask.Interruption(cause, reason));
        }
    }
}
