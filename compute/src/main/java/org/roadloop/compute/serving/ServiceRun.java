package org.roadloop.compute.serving;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.contract.UsageGate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a service to what the ledger says of it (服务运行): starts, switches, rolls back, restarts and
 * ends its processes. One thread does that, look after look; calls come by any thread.
 */
final class ServiceRun {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceRun.class);
    private static final Duration SAME_TROUBLE = Duration.ofSeconds(30);

    private final ServiceWiring wiring;
    private final ServiceBook book;
    private final VersionFiles files;
    private final String name;
    private final UsageGate.@Nullable Lease lease;
    private final ServiceProcesses processes;
    private final ModelRefresh refresh;
    private final VersionTasks tasks;
    private final Thread thread;

    private volatile @Nullable ServiceInstance current;
    private volatile @Nullable ServiceInstance candidate;
    private @Nullable ServiceInstance former;
    private volatile Instant watchUntil = Instant.MIN;
    private Instant notBefore = Instant.MIN;
    private volatile String trouble = "";
    private Instant toldAt = Instant.MIN;
    private volatile String revoked = "";
    private volatile boolean closed;

    /**
     * @param lease null for the operator's own
     */
    ServiceRun(
            ServiceWiring wiring,
            ServiceBook book,
            VersionFiles files,
            VersionTasks tasks,
            String name,
            UsageGate.@Nullable Lease lease) {
        this.wiring = wiring;
        this.book = book;
        this.files = files;
        this.tasks = tasks;
        this.name = name;
        this.lease = lease;
        this.processes = new ServiceProcesses(wiring, book, files, name, lease);
        this.refresh = new ModelRefresh(wiring, book, files);
        if (lease != null) {
            lease.onRevoked(() -> revoked = "access was revoked" + reasons(lease));
        }
        thread = Thread.ofVirtual().name("service-" + name).start(this::work);
    }

    private static String reasons(UsageGate.Lease lease) {
        String why = String.join("; ", lease.endedFor().stream().map(r -> r.english()).toList());
        return why.isEmpty() ? "" : ": " + why;
    }

    Optional<ServiceInstance> findCurrent() {
        return Optional.ofNullable(current);
    }

    /** Of the process that is or was seen last. */
    String output() {
        return findCandidate()
                .or(this::findCurrent)
                .map(i -> i.tail(ServiceJson.LOG_BYTES))
                .orElseGet(processes::lastOutput);
    }

    Optional<ServiceInstance> findCandidate() {
        return Optional.ofNullable(candidate);
    }

    /** What keeps it from running, empty for nothing. */
    String trouble() {
        return trouble.isEmpty() ? refresh.trouble() : trouble;
    }

    boolean isWatching() {
        return wiring.clock().instant().isBefore(watchUntil);
    }

    private void work() {
        boolean goesOn = true;
        while (goesOn && !closed) {
            try {
                goesOn = look();
                if (goesOn) {
                    Thread.sleep(wiring.pace().tick());
                }
            } catch (InterruptedException e) {
                break;
            } catch (RuntimeException | IOException e) {
                if (!closed) {
                    note("a look failed and is repeated: " + e);
                    pause();
                }
            }
        }
        wind();
    }

    private void pause() {
        try {
            Thread.sleep(wiring.pace().firstPause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    /** Says it once, and again only after a while. */
    private void note(String what) {
        Instant now = wiring.clock().instant();
        if (!what.equals(trouble) || now.isAfter(toldAt.plus(SAME_TROUBLE))) {
            LOG.warn("service {}: {}", name, what);
            toldAt = now;
        }
        trouble = what;
    }

    /** One look; false if the service is no more. */
    private boolean look() throws IOException {
        if (!revoked.isEmpty()) {
            // access is taken away first, its evidence follows
            retireAll();
            if (!book.find(name).map(Service::isEnded).orElse(true)) {
                book.append(name, ServiceBook.ENDED, ServiceBook.ended(revoked, wiring.did(), ""));
            }
        }
        tasks.obey();
        Service s = book.find(name).orElseThrow();
        if (s.isEnded()) {
            retireAll();
            files.prune(s);
            tasks.tell(version -> null);
            return false;
        }
        processes.pay();
        leave(s);
        if (s.serving() == 0 && s.wanted() == 0) {
            retireAll();
            tasks.tell(version -> null);
            return true;
        }
        serve(s);
        s = book.find(name).orElseThrow();
        former(s);
        rollOut(s);
        tasks.tell(this::findRunning);
        processes.meterWhenDue(current, candidate, former);
        if (!processes.refusal().isEmpty()) {
            revoked = processes.refusal();
        }
        ServiceInstance serves = current;
        if (serves != null && serves.isHealthy() && s.wanted() == s.serving()) {
            trouble = "";
            refresh.look(s, serves.spec);
        }
        return true;
    }

    private @Nullable ServiceInstance findRunning(int version) {
        for (ServiceInstance instance : new ServiceInstance[] {current, candidate, former}) {
            if (instance != null && instance.version == version) {
                return instance;
            }
        }
        return null;
    }

    private void serveBy(ServiceInstance instance) {
        current = instance;
        if (lease != null) {
            lease.at(instance.seat.site().capabilities().id());
        }
    }

    /** Keeps a process of the version with the traffic. */
    private void serve(Service s) throws IOException {
        ServiceInstance serves = current;
        if (serves != null && serves.version != s.serving()) {
            current = null;
            processes.retire(serves);
            serves = null;
        }
        if (serves == null) {
            if (s.serving() > 0 && !wiring.clock().instant().isBefore(notBefore)) {
                try {
                    serveBy(processes.start(s, s.serving(), ""));
                } catch (Placing.NowhereException e) {
                    note(String.valueOf(e.getMessage()));
                    notBefore = wiring.clock().instant().plus(wiring.pace().longestPause());
                }
            }
            return;
        }
        Optional<Fault> fault = Fault.of(serves, wiring.clock().instant());
        if (fault.isPresent()) {
            lost(s, serves, fault.get());
        }
    }

    /** What has the traffic is gone: back to the former at once, or again after a pause. */
    private void lost(Service s, ServiceInstance bad, Fault fault) {
        ServiceInstance before = former;
        if (before != null && before.isHealthy()) {
            rollBack(bad.version, before.version, true, fault.reason(), fault.cause());
            serveBy(before);
            former = null;
            watchUntil = Instant.MIN;
            processes.retire(bad);
            return;
        }
        Instant now = wiring.clock().instant();
        boolean steady = bad.began.plus(wiring.pace().steady()).isBefore(now);
        int attempts = steady ? 1 : s.faults().getOrDefault(fault.cause(), 0) + 1;
        book.append(
                name,
                ServiceBook.DIED,
                ServiceBook.body()
                        .put("version", bad.version)
                        .put("key", bad.key)
                        .put("cause", fault.cause())
                        .put("reason", fault.reason())
                        .put("attempts", attempts));
        current = null;
        long factor = 1L << Math.min(attempts - 1, 20);
        Duration pause = wiring.pace().firstPause().multipliedBy(factor);
        notBefore =
                now.plus(
                        pause.compareTo(wiring.pace().longestPause()) > 0
                                ? wiring.pace().longestPause()
                                : pause);
        note("version %d died (%s): %s".formatted(bad.version, fault.cause(), fault.reason()));
        if (attempts >= fault.budget()) {
            processes.keepOutput(bad);
            String why = fault.reason() + "; given up after " + attempts + " times";
            if (s.former() > 0 && s.find(s.former()).isPresent()) {
                rollBack(bad.version, s.former(), true, why, fault.cause());
                notBefore = Instant.MIN;
            } else {
                fail(bad.version, why, fault.cause());
            }
        }
        processes.retire(bad);
    }

    private void rollBack(int version, int to, boolean traffic, String reason, String cause) {
        LOG.warn("service {}: version {} is rolled back to {}: {}", name, version, to, reason);
        book.append(
                name,
                ServiceBook.ROLLED_BACK,
                ServiceBook.body()
                        .put("version", version)
                        .put("to", to)
                        .put("traffic", traffic)
                        .put("reason", reason)
                        .put("cause", cause)
                        .put("by", wiring.did()));
    }

    private void fail(int version, String reason, String cause) {
        LOG.warn("service {}: version {} failed, nothing serves: {}", name, version, reason);
        book.append(
                name,
                ServiceBook.FAILED,
                ServiceBook.body()
                        .put("version", version)
                        .put("reason", reason)
                        .put("cause", cause));
    }

    /** A former version to which nobody goes back runs no more. */
    private void leave(Service s) throws IOException {
        ServiceInstance before = former;
        if (before != null && before.version != s.former() && before.version != s.wanted()) {
            former = null;
            processes.retire(before);
            files.prune(s);
        }
    }

    /** The former runs on until the watch is over, unless it shall come back. */
    private void former(Service s) throws IOException {
        ServiceInstance before = former;
        if (before != null
                && before.version != s.wanted()
                && (before.findEnd().isPresent() || !isWatching())) {
            former = null;
            processes.retire(before);
            files.prune(s);
        }
    }

    /** The wanted version beside the one that serves, until it may take the traffic. */
    private void rollOut(Service s) throws IOException {
        ServiceInstance next = candidate;
        if (next != null && next.version != s.wanted()) {
            candidate = null;
            processes.retire(next);
            next = null;
        }
        if (s.wanted() == s.serving() || s.wanted() == 0) {
            return;
        }
        if (next == null) {
            ServiceInstance before = former;
            if (before != null && before.version == s.wanted()) {
                former = null;
                next = before;
            } else {
                ServiceInstance serves = current;
                try {
                    next =
                            processes.start(
                                    s,
                                    s.wanted(),
                                    serves == null ? "" : serves.seat.site().capabilities().id());
                } catch (Placing.NowhereException e) {
                    reject(s, String.valueOf(e.getMessage()), ServiceBook.NO_SITE);
                    return;
                }
            }
            candidate = next;
        }
        Optional<Fault> fault = Fault.of(next, wiring.clock().instant());
        if (fault.isPresent()) {
            processes.keepOutput(next);
            candidate = null;
            reject(s, fault.get().reason(), fault.get().cause());
            processes.retire(next);
        } else if (next.isHealthy()) {
            take(s, next);
        }
    }

    private void take(Service s, ServiceInstance next) throws IOException {
        book.append(
                name,
                ServiceBook.SWITCHED,
                ServiceBook.body()
                        .put("version", next.version)
                        .put("from", s.serving())
                        .put("key", next.key));
        ServiceInstance older = former;
        former = current;
        serveBy(next);
        candidate = null;
        watchUntil = wiring.clock().instant().plus(next.spec.rollout().watch());
        LOG.info("service {}: version {} has the traffic", name, next.version);
        if (older != null) {
            processes.retire(older);
        }
    }

    private void reject(Service s, String reason, String cause) {
        if (s.serving() == 0) {
            fail(s.wanted(), reason, cause);
        } else {
            rollBack(s.wanted(), s.serving(), false, reason, cause);
        }
    }

    private void retireAll() {
        ServiceInstance[] all = {current, candidate, former};
        current = null;
        candidate = null;
        former = null;
        for (ServiceInstance instance : all) {
            if (instance != null) {
                processes.retire(instance);
            }
        }
        processes.pay();
    }

    /** One call to the version with the traffic. */
    UnixHttp.Answer call(UnixHttp.Request request) {
        ServiceInstance serves = current;
        if (serves == null || !serves.isHealthy() || !revoked.isEmpty()) {
            throw ServiceRefusedException.notHealthy(name);
        }
        return ServiceCall.make(name, serves, lease, request);
    }

    /** The platform stops or the service is no more; the ledger knows which. */
    private void wind() {
        try {
            retireAll();
        } catch (UncheckedIOException e) {
            LOG.warn("service {}: its last use is not recorded: {}", name, e.toString());
        } finally {
            if (lease != null) {
                lease.close();
            }
        }
    }

    boolean isOver() {
        return !thread.isAlive();
    }

    /** Ends its processes soon; the service itself goes on with the next platform. */
    void close() {
        closed = true;
    }

    void join() {
        try {
            thread.join(Duration.ofSeconds(60));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
