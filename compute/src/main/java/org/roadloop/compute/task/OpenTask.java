package org.roadloop.compute.task;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.contract.UsageGate;

/** A task that is in work, or was taken on by this very process (在办任务). Any thread. */
final class OpenTask {
    /**
     * Why an attempt is broken off without the task's own doing (中断).
     *
     * @param cause short stable name, as in {@link TaskBook#retry}
     */
    record Interruption(String cause, String reason) {}

    /**
     * What an attempt has booked.
     *
     * @param hold of its placement
     */
    record Booked(String site, String hold) {}

    final String id;
    private final TaskRequest request;
    private final String organisation;
    private final UsageGate.@Nullable Lease lease;
    volatile boolean cancelled;
    volatile boolean revoked;
    private @Nullable Booked booked;
    private @Nullable Interruption interruption;

    /** When its work was last safe: at the start of the run, or at its last checkpoint. */
    private @Nullable Instant safeAt;

    /**
     * @param organisation DID whose task it is
     * @param lease null for the owner's own task
     */
    OpenTask(String id, TaskRequest request, String organisation, UsageGate.@Nullable Lease lease) {
        this.id = id;
        this.request = request;
        this.organisation = organisation;
        this.lease = lease;
        if (lease != null) {
            lease.onRevoked(
                    () -> {
                        revoked = true;
                        cancelled = true;
                    });
        }
    }

    TaskRequest request() {
        return request;
    }

    String organisation() {
        return organisation;
    }

    UsageGate.@Nullable Lease lease() {
        return lease;
    }

    /** Empty for the owner's own task. */
    String leaseId() {
        return lease == null ? "" : lease.id();
    }

    /** The owner's own use: no contract, no contract data. */
    boolean isOwn() {
        return lease == null;
    }

    /** A new attempt has this booking; what interrupted the one before is over. */
    synchronized void begins(Booked at) {
        booked = at;
        interruption = null;
        safeAt = null;
    }

    /** The attempt is over: nothing is left to interrupt. */
    synchronized void ends() {
        booked = null;
        safeAt = null;
    }

    synchronized @Nullable Booked booked() {
        return booked;
    }

    /** Null unless the attempt is to be broken off. */
    synchronized @Nullable Interruption interruption() {
        return interruption;
    }

    /** Breaks off the attempt with this booking; nothing happens to a later one. */
    synchronized boolean interrupt(String hold, Interruption why) {
        if (booked == null || !booked.hold().equals(hold) || interruption != null) {
            return false;
        }
        interruption = why;
        return true;
    }

    /** From here on the site has it; null unless it was broken off before. */
    synchronized @Nullable Interruption beginWork(Instant at) {
        if (interruption == null) {
            safeAt = at;
        }
        return interruption;
    }

    synchronized void safe(Instant at) {
        safeAt = at;
    }

    /** It has not begun to work at its site, or what it did there is not known to us yet. */
    synchronized boolean isWaiting() {
        return booked != null && safeAt == null;
    }

    /** Work that an interruption now would have done again. */
    synchronized Duration lost(Instant now) {
        return safeAt == null || now.isBefore(safeAt)
                ? Duration.ZERO
                : Duration.between(safeAt, now);
    }

    void waitUntil(Clock clock, Instant at) throws InterruptedException {
        for (Instant now = clock.instant();
                !cancelled && interruption() == null && now.isBefore(at);
                now = clock.instant()) {
            Thread.sleep(Staging.pauseMillis(now, at));
        }
    }

    void close() {
        if (lease != null) {
            lease.close();
        }
    }
}
