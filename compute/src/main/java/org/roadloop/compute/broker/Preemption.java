package org.roadloop.compute.broker;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.roadloop.core.booking.Booking;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.booking.Claim;

/**
 * Which preemptible tasks make room for one of higher priority (抢占决定). Any thread.
 *
 * <p>Victims are taken by lowest priority, then by least work lost, until the slots are free over
 * the whole time that is wanted; who turns out not to be needed is left alone. A site is preempted
 * only so often in a window, and a task only so often in its life: a storm of urgent tasks wears
 * nobody down.
 */
public final class Preemption {
    /**
     * @param perSite tasks that one site loses at most within the window
     * @param perTask times that one task is interrupted at most
     */
    public record Limits(int perSite, Duration window, int perTask) {
        public static final Limits USUAL = new Limits(8, Duration.ofMinutes(10), 3);

        public Limits {
            if (perSite < 0 || perTask < 0 || window.isNegative() || window.isZero()) {
                throw new IllegalArgumentException(
                        "limits of pre-emption: counts of 0 or more, in a window above 0");
            }
        }
    }

    private final RunningTasks tasks;
    private final Limits limits;
    private final Map<String, ArrayDeque<Instant>> recent = new HashMap<>();

    public Preemption(RunningTasks tasks, Limits limits) {
        this.tasks = tasks;
        this.limits = limits;
    }

    /** A candidate with the part of its booking that lies on the wanted slots. */
    private record Victim(RunningTasks.Candidate candidate, Claim claim) {}

    /**
     * @param bound holds that would not be free at once
     * @return the tasks to interrupt; empty if that would not do or the limits forbid it
     */
    synchronized List<RunningTasks.Candidate> choose(
            Calendar calendar,
            String site,
            Claim wanted,
            int priority,
            Predicate<String> bound,
            Instant now) {
        List<Victim> candidates = new ArrayList<>();
        for (RunningTasks.Candidate candidate : tasks.preemptible(site)) {
            if (candidate.priority() < priority
                    && candidate.preemptions() < limits.perTask()
                    && !bound.test(candidate.hold())) {
                calendar.find(candidate.hold()).map(Booking::claims).orElse(List.of()).stream()
                        .filter(claim -> overlaps(claim, wanted))
                        .forEach(claim -> candidates.add(new Victim(candidate, claim)));
            }
        }
        candidates.sort(
                Comparator.<Victim>comparingInt(v -> v.candidate().priority())
                        .thenComparing(v -> v.candidate().lost())
                        .thenComparing(v -> v.candidate().task()));
        List<Victim> victims = new ArrayList<>();
        for (Victim victim : candidates) {
            if (isFree(calendar, wanted, victims)) {
                break;
            }
            victims.add(victim);
        }
        if (victims.isEmpty() || !isFree(calendar, wanted, victims)) {
            return List.of();
        }
        for (Victim victim : List.copyOf(victims).reversed()) {
            List<Victim> without = new ArrayList<>(victims);
            without.remove(victim);
            if (isFree(calendar, wanted, without)) {
                victims = without;
            }
        }
        ArrayDeque<Instant> past = recent.computeIfAbsent(site, s -> new ArrayDeque<>());
        past.removeIf(at -> !at.isAfter(now.minus(limits.window())));
        if (past.size() + victims.size() > limits.perSite()) {
            return List.of();
        }
        return victims.stream().map(Victim::candidate).distinct().toList();
    }

    synchronized void preempt(
            String site, List<RunningTasks.Candidate> victims, String reason, Instant now) {
        for (RunningTasks.Candidate victim : victims) {
            recent.computeIfAbsent(site, s -> new ArrayDeque<>()).add(now);
            tasks.preempt(victim, reason);
        }
    }

    private static boolean overlaps(Claim claim, Claim wanted) {
        return claim.resource().equals(wanted.resource())
                && claim.from().isBefore(wanted.until())
                && wanted.from().isBefore(claim.until());
    }

    /** Whether the wanted slots would be free throughout if the victims' were. */
    private static boolean isFree(Calendar calendar, Claim wanted, List<Victim> victims) {
        TreeSet<Instant> edges = new TreeSet<>(List.of(wanted.from(), wanted.until()));
        for (Victim victim : victims) {
            for (Instant edge : List.of(victim.claim().from(), victim.claim().until())) {
                if (edge.isAfter(wanted.from()) && edge.isBefore(wanted.until())) {
                    edges.add(edge);
                }
            }
        }
        Instant from = wanted.from();
        for (Instant until : edges.tailSet(wanted.from(), false)) {
            long free = calendar.free(wanted.resource(), from, until);
            for (Victim victim : victims) {
                if (!victim.claim().from().isAfter(from)
                        && !victim.claim().until().isBefore(until)) {
                    free += victim.claim().amount();
                }
            }
            if (free < wanted.amount()) {
                return false;
            }
            from = until;
        }
        return true;
    }
}
