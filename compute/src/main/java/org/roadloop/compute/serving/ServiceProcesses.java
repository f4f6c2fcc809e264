package org.roadloop.compute.serving;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.contract.UsageGate;
import tools.jackson.databind.node.ObjectNode;

/** Begins, meters and ends the processes of one service (服务进程). One thread. */
final class ServiceProcesses {
    private final ServiceWiring wiring;
    private final ServiceBook book;
    private final VersionFiles files;
    private final String name;
    private final UsageGate.@Nullable Lease lease;
    private final Placing placing;
    private final Deque<Runnable> owed = new ArrayDeque<>();
    private String refusal = "";
    private volatile String lastOutput = "";

    ServiceProcesses(
            ServiceWiring wiring,
            ServiceBook book,
            VersionFiles files,
            String name,
            UsageGate.@Nullable Lease lease) {
        this.wiring = wiring;
        this.book = book;
        this.files = files;
        this.name = name;
        this.lease = lease;
        this.placing = new Placing(wiring, name);
    }

    /** Why its use is refused, empty while it is not. */
    String refusal() {
        return refusal;
    }

    /**
     * Begins a process of a version; its start is in the ledger first.
     *
     * @param prefer site, empty for any
     */
    ServiceInstance start(Service s, int version, String prefer)
            throws IOException, Placing.NowhereException {
        ServiceSpec spec =
                s.find(version)
                        .orElseThrow(() -> new IllegalStateException("version " + version))
                        .parsed();
        String key = "svc-%s-v%d-r%d".formatted(name, version, s.starts() + 1);
        Placing.Seat seat = placing.take(spec, s.agreement(), lease, key, prefer);
        boolean started = false;
        try {
            ObjectNode body = ServiceBook.body().put("version", version).put("key", key);
            body.put("site", seat.site().capabilities().id()).put("hold", seat.hold());
            body.put("flow", seat.flow()).put("boundNanos", seat.boundNanos());
            seat.reasons().forEach(body.putArray("reasons")::add);
            boolean first = lease != null && !s.debited();
            body.put("use", first);
            book.append(name, ServiceBook.STARTED, body);
            if (first && !debit(seat, new UsageGate.Quantity(1, "use"))) {
                throw new Placing.NowhereException(List.of(refusal));
            }
            Path folder = files.process(name, s.starts() + 1);
            ServiceInstance instance =
                    new ServiceInstance(
                            wiring,
                            spec,
                            version,
                            key,
                            seat,
                            s.agreement(),
                            files.of(spec, version),
                            folder);
            started = true;
            return instance;
        } finally {
            if (!started) {
                placing.leave(seat);
            }
        }
    }

    /** What the last process that went had written, for its owner. */
    String lastOutput() {
        return lastOutput;
    }

    /**
     * Before it is told that this process failed: whoever hears it asks for what it had written.
     */
    void keepOutput(ServiceInstance instance) {
        lastOutput = instance.tail(ServiceJson.LOG_BYTES);
    }

    /** Ends a process, then meters it and gives its place back. */
    void retire(ServiceInstance instance) {
        keepOutput(instance);
        instance.end();
        Instant until = wiring.clock().instant();
        owed.add(() -> meter(instance, until, true));
        owed.add(() -> placing.leave(instance.seat));
        pay();
    }

    /** What was taken away already is told as soon as it can be. */
    void pay() {
        while (!owed.isEmpty()) {
            owed.element().run();
            owed.remove();
        }
    }

    /** What runs on is metered from time to time. */
    void meterWhenDue(@Nullable ServiceInstance... running) {
        Instant now = wiring.clock().instant();
        for (ServiceInstance instance : running) {
            if (instance != null
                    && !now.isBefore(instance.metered.plus(wiring.pace().metering()))) {
                meter(instance, now, false);
            }
        }
    }

    /** False, with {@link #refusal}, if the contract does not allow it. */
    private boolean debit(Placing.Seat seat, UsageGate.Quantity quantity) {
        if (lease != null) {
            try {
                lease.useAt(seat.site().capabilities().id(), quantity);
            } catch (UsageGate.RefusedException e) {
                refusal = "use refused: " + e.getMessage();
                return false;
            }
        }
        return true;
    }

    /** Whole seconds while it runs, each started one at its end. */
    private void meter(ServiceInstance instance, Instant until, boolean last) {
        long millis = Duration.between(instance.metered, until).toMillis();
        long seconds = Math.max(0, last ? (millis + 999) / 1000 : millis / 1000);
        if (seconds > 0 && refusal.isEmpty()) {
            debit(instance.seat, new UsageGate.Quantity(seconds, "compute-second"));
        }
        Instant to = last ? until : instance.metered.plusSeconds(seconds);
        book.append(
                name,
                ServiceBook.METERED,
                ServiceBook.body()
                        .put("version", instance.version)
                        .put("key", instance.key)
                        .put("from", instance.metered.toString())
                        .put("until", to.toString())
                        .put("slotSeconds", seconds)
                        .put("calls", instance.calls.getAndSet(0))
                        .put("last", last));
        instance.metered = to;
    }
}
