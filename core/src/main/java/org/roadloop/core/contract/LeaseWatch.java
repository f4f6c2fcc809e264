package org.roadloop.core.contract;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends leases when their time is over or a fact they rest on is withdrawn (租约到期). Any thread.
 *
 * <p>One thread keeps the alarms of all leases; it never looks anything up and never waits for the
 * ledger. A second one, which may wait for a credential's status, asks every {@link #LOOK} what is
 * known of the consumers with open leases. Both are there only while there are leases.
 */
final class LeaseWatch {
    /** How often facts are asked for. */
    static final Duration LOOK = Duration.ofMillis(250);

    /** Alarms that are further away are set anew: clocks are corrected now and then. */
    private static final Duration FARTHEST = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(LeaseWatch.class);

    private final ContractGate gate;
    private final ScheduledThreadPoolExecutor alarms;
    private final AtomicBoolean looking = new AtomicBoolean();

    /** What each open lease was last judged by. */
    private Map<MeteredLease, UsageJudge.Known> seen = new HashMap<>();

    LeaseWatch(ContractGate gate) {
        this.gate = gate;
        alarms =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("lease-alarms").factory());
        alarms.setKeepAliveTime(1, TimeUnit.MINUTES);
        alarms.allowCoreThreadTimeOut(true);
        alarms.setRemoveOnCancelPolicy(true);
    }

    /**
     * @param exhausted by the metered time that is left; null for never
     */
    void arm(MeteredLease lease, @Nullable Instant exhausted) {
        set(lease, earlier(lease.changesAt(), exhausted));
        look();
    }

    private void set(MeteredLease lease, @Nullable Instant at) {
        lease.alarm(
                at == null
                        ? null
                        : alarms.schedule(
                                () -> ring(lease, at), millis(at), TimeUnit.MILLISECONDS));
    }

    private static @Nullable Instant earlier(@Nullable Instant a, @Nullable Instant b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.isBefore(b) ? a : b;
    }

    private long millis(Instant at) {
        Instant now = gate.now();
        if (!now.isBefore(at)) {
            return 1;
        }
        Duration left = Duration.between(now, at);
        // a nanosecond after the deadline is after it: round up
        return left.compareTo(FARTHEST) > 0 ? FARTHEST.toMillis() : left.toMillis() + 1;
    }

    private void ring(MeteredLease lease, Instant at) {
        if (!gate.leases().contains(lease)) {
            return;
        }
        if (gate.now().isBefore(at)) {
            set(lease, at);
            return;
        }
        UsageJudge.Known known;
        synchronized (this) {
            known = seen.get(lease);
        }
        if (known != null) {
            gate.judgeAgain(lease, known);
        } else {
            Thread.startVirtualThread(() -> gate.judgeAgain(lease));
        }
    }

    private void look() {
        if (!gate.leases().isEmpty() && looking.compareAndSet(false, true)) {
            Thread.ofVirtual().name("lease-facts").start(this::watchFacts);
        }
    }

    private void watchFacts() {
        do {
            try {
                lookOnce();
                Thread.sleep(LOOK);
            } catch (InterruptedException e) {
                break;
            } catch (RuntimeException e) {
                log.error("leases could not be looked after", e);
            }
        } while (!gate.leases().isEmpty());
        looking.set(false);
        look(); // one may have been opened in between
    }

    private void lookOnce() {
        Map<String, UsageJudge.Known> known = new HashMap<>();
        Map<MeteredLease, UsageJudge.Known> now = new HashMap<>();
        for (MeteredLease lease : gate.leases()) {
            now.put(
                    lease,
                    known.computeIfAbsent(
                            lease.agreementId() + ' ' + lease.asked().action(),
                            key -> gate.known(lease.agreement(), lease.asked().action())));
        }
        Map<MeteredLease, UsageJudge.Known> before;
        synchronized (this) {
            before = seen;
            seen = now;
        }
        now.forEach(
                (lease, told) -> {
                    if (!told.equals(before.get(lease))) {
                        gate.judgeAgain(lease, told);
                    }
                });
    }
}
