package org.roadloop.compute.task;

import java.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.roadloop.compute.broker.FairShare;

/**
 * Tasks that wait for a worker, and whose turn it is (候办队列). Any thread.
 *
 * <p>Tasks with a priority have workers of their own, so that one that may interrupt others need
 * not wait until these have ended: highest priority first, then oldest. All others wait in one line
 * for each organisation. Next is the organisation with the highest {@link FairShare} factor, of
 * equal ones that which was served longest ago; and whoever was passed over {@value #PATIENCE}
 * times in a row, whatever the factors: nobody starves beside an organisation whose sites cost
 * nothing. A take looks at organisations, never at tasks.
 */
final class WaitingTasks {
    /** Times that others may go first in a row. */
    static final int PATIENCE = 1_000;

    /** Whom a worker serves. */
    enum Lane {
        ORDINARY,
        URGENT
    }

    private static final class Line {
        private final Set<String> tasks = new LinkedHashSet<>();
        private long servedAt;
        private int passed;
    }

    private record Urgent(int priority, long number, String id) {}

    private final FairShare shares;
    private final Clock clock;

    /** Of organisations with a task that waits, by name. */
    private final Map<String, Line> lines = new TreeMap<>();

    /** When those without a waiting task were served last. */
    private final Map<String, Long> idle = new HashMap<>();

    private final Map<String, String> organisationOf = new HashMap<>();
    private final Map<String, Urgent> urgentOf = new HashMap<>();
    private final TreeSet<Urgent> urgent =
            new TreeSet<>(
                    Comparator.comparingInt(Urgent::priority)
                            .reversed()
                            .thenComparingLong(Urgent::number));
    private long number;

    WaitingTasks(FairShare shares, Clock clock) {
        this.shares = shares;
        this.clock = clock;
    }

    synchronized void add(String id, String organisation, int priority) {
        if (priority > 0) {
            Urgent task = new Urgent(priority, number++, id);
            urgent.add(task);
            urgentOf.put(id, task);
        } else {
            line(organisation).tasks.add(id);
            organisationOf.put(id, organisation);
        }
        notifyAll();
    }

    private Line line(String organisation) {
        return lines.computeIfAbsent(
                organisation,
                name -> {
                    Line line = new Line();
                    Long served = idle.remove(name);
                    line.servedAt = served == null ? 0 : served;
                    return line;
                });
    }

    /** Takes a task out; false if it does not wait. */
    synchronized boolean remove(String id) {
        Urgent task = urgentOf.remove(id);
        if (task != null) {
            return urgent.remove(task);
        }
        String organisation = organisationOf.remove(id);
        if (organisation == null) {
            return false;
        }
        Line line = line(organisation);
        line.tasks.remove(id);
        leaveIfEmpty(organisation, line);
        return true;
    }

    synchronized int size() {
        return organisationOf.size() + urgentOf.size();
    }

    /** Waits for the next task. */
    synchronized String take(Lane lane) throws InterruptedException {
        while (lane == Lane.URGENT ? urgent.isEmpty() : lines.isEmpty()) {
            wait();
        }
        if (lane == Lane.URGENT) {
            String id = urgent.removeFirst().id();
            urgentOf.remove(id);
            return id;
        }
        String organisation = next();
        Line line = line(organisation);
        for (Line other : lines.values()) {
            other.passed++;
        }
        line.passed = 0;
        line.servedAt = ++number;
        String id = line.tasks.iterator().next();
        line.tasks.remove(id);
        organisationOf.remove(id);
        leaveIfEmpty(organisation, line);
        return id;
    }

    private void leaveIfEmpty(String organisation, Line line) {
        if (line.tasks.isEmpty()) {
            lines.remove(organisation);
            idle.put(organisation, line.servedAt);
        }
    }

    private String next() {
        Map<String, Double> factors = shares.factors(lines.keySet(), clock.instant());
        return lines.keySet().stream()
                .max(
                        Comparator.comparing((String o) -> line(o).passed >= PATIENCE)
                                .thenComparing(o -> factors.getOrDefault(o, 0.0))
                                .thenComparing(o -> -line(o).servedAt)
                                .thenComparing(Comparator.reverseOrder()))
                .orElseThrow();
    }
}
