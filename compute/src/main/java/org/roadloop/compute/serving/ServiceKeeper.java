package org.roadloop.compute.serving;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.broker.WishParameters;
import org.roadloop.compute.site.Image;
import org.roadloop.compute.site.ToolImage;
import org.roadloop.compute.task.ServiceTasks;
import org.roadloop.compute.task.Task;
import org.roadloop.compute.task.TaskAuthorizer;
import org.roadloop.compute.task.TaskRefusedException;
import org.roadloop.compute.task.TaskRequest;
import org.roadloop.compute.task.TaskState;
import org.roadloop.core.contract.UsageGate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes services on and keeps them (服务受理): request → agreement → files → evidence → {@link
 * ServiceRun}. Any thread.
 */
public final class ServiceKeeper implements ServiceTasks, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceKeeper.class);

    /** What a service under a contract does to the data, as its tasks do. */
    private static final String ACTION = "computeToData";

    private static final int MOST = 1_000;

    private final ServiceBook book;
    private final ServiceWiring wiring;
    private final VersionFiles files;
    private final Map<String, ServiceRun> runs = new ConcurrentHashMap<>();
    private final Map<String, VersionTasks> tasks = new ConcurrentHashMap<>();

    /** Goes on with the services of an earlier platform. */
    public ServiceKeeper(ServiceBook book, ServiceWiring wiring) throws IOException {
        this.book = book;
        this.wiring = wiring;
        this.files = new VersionFiles(wiring);
        Files.createDirectories(wiring.home());
        for (Service service : book.list()) {
            // their processes died with the platform that booked
            service.open().values().forEach(wiring.calendar()::release);
            files.removeProcesses(service.name());
        }
        for (String flow : wiring.admission().list()) {
            if (flow.startsWith(Placing.FLOWS)) {
                String name = flow.substring(Placing.FLOWS.length()).replaceAll("/.*", "");
                if (book.find(name).map(Service::isEnded).orElse(true)) {
                    wiring.admission().release(flow);
                }
            }
        }
        for (Task task : wiring.tasks().book().unfinishedServices()) {
            if (book.find(task.service()).isPresent()) {
                tasks(task.service()).add(task.id());
            } else {
                ObjectNode end = ServiceBook.body().put("state", TaskState.SYSTEM_ERROR.name());
                end.putArray("systemLogs").add("what its service was is erased");
                wiring.tasks().book().finish(task.id(), end);
            }
        }
        for (Service service : book.list()) {
            if (!service.isEnded()) {
                resume(service);
            }
            if (service.isEnded()) {
                // its end was told, that of its tasks may not have been
                tasks(service.name()).tell(version -> null);
            }
        }
        wiring.tasks().keep(this);
    }

    private VersionTasks tasks(String name) {
        return tasks.computeIfAbsent(
                name, n -> new VersionTasks(wiring.tasks().book(), book, n, wiring.clock()));
    }

    private void resume(Service service) {
        try {
            Optional<UsageGate.Lease> lease =
                    lease(
                            service.agreement(),
                            service.actor(),
                            service.purpose(),
                            service.debited());
            run(service.name(), lease.orElse(null));
        } catch (ServiceRefusedException e) {
            String reason = "access ended while the platform was off: " + e.getMessage();
            LOG.warn("service {}: {}", service.name(), reason);
            book.append(
                    service.name(), ServiceBook.ENDED, ServiceBook.ended(reason, wiring.did(), ""));
            tasks(service.name()).tell(version -> null);
        }
    }

    private void run(String name, UsageGate.@Nullable Lease lease) {
        runs.put(name, new ServiceRun(wiring, book, files, tasks(name), name, lease));
    }

    /**
     * A new service, or a new version of one.
     *
     * @param json see {@link ServiceSpec}
     */
    public Service apply(JsonNode json, TaskAuthorizer.Caller caller) throws IOException {
        return apply(json, caller, null);
    }

    /**
     * A task that comes as a version of a service.
     *
     * @param json as the client sent it
     */
    private record Coming(String id, JsonNode json) {}

    @Override
    public String begin(ObjectNode task, TaskAuthorizer.Caller caller) {
        Coming coming = new Coming(UUID.randomUUID().toString(), task);
        try {
            apply(ServiceSpec.ofTask(task), caller, coming);
            return coming.id();
        } catch (IllegalArgumentException e) {
            throw refused(TaskRefusedException.Kind.INVALID, e);
        } catch (ServiceRefusedException e) {
            TaskRefusedException.Kind kind =
                    switch (e.status()) {
                        case 403 -> TaskRefusedException.Kind.FORBIDDEN;
                        case 409 -> TaskRefusedException.Kind.CONFLICT;
                        case 503 -> TaskRefusedException.Kind.BUSY;
                        default -> TaskRefusedException.Kind.INVALID;
                    };
            throw refused(kind, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TaskRefusedException refused(
            TaskRefusedException.Kind kind, RuntimeException why) {
        return new TaskRefusedException(
                kind, "backend_parameters.%s: %s".formatted(TaskRequest.SERVICE, why.getMessage()));
    }

    private synchronized Service apply(
            JsonNode json, TaskAuthorizer.Caller caller, @Nullable Coming task) throws IOException {
        ServiceSpec spec;
        try {
            spec = ServiceSpec.parse(json);
            WishParameters.terms("", key -> spec.task().parameter(key, ""));
        } catch (IllegalArgumentException e) {
            throw ServiceRefusedException.invalid(String.valueOf(e.getMessage()));
        }
        checkImage(spec.task().executors().getFirst());
        ServiceBook.Owner owner = owner(spec.task(), caller);
        Optional<Service> before = book.find(spec.name()).filter(s -> !s.isEnded());
        if (before.isEmpty()) {
            return create(spec, owner, task);
        }
        Service service = before.get();
        if (!service.actor().equals(owner.actor())
                || !service.agreement().equals(owner.agreement())) {
            throw new ServiceRefusedException(
                    409,
                    "name_taken",
                    "service '" + spec.name() + "' is another's, or under another agreement");
        }
        files.keep(spec, service.nextVersion(), owner);
        synchronized (book) {
            if (book.find(spec.name()).map(Service::isEnded).orElse(true)) {
                throw new ServiceRefusedException(
                        409,
                        "ended",
                        "service '" + spec.name() + "' ended meanwhile; ask again for a new one");
            }
            return append(spec, owner, task);
        }
    }

    /** The version, and the task that it comes as, in one append. */
    private Service append(ServiceSpec spec, ServiceBook.Owner owner, @Nullable Coming task) {
        if (task == null) {
            return book.apply(spec.name(), owner, owner.actor(), spec.json(), null, "");
        }
        Service service =
                book.apply(
                        spec.name(),
                        owner,
                        owner.actor(),
                        spec.json(),
                        null,
                        task.id(),
                        version ->
                                wiring.tasks()
                                        .book()
                                        .createService(
                                                task.id(),
                                                task.json(),
                                                owner.actor(),
                                                owner.agreement(),
                                                owner.purpose(),
                                                spec.name(),
                                                version));
        tasks(spec.name()).add(task.id());
        return service;
    }

    private Service create(ServiceSpec spec, ServiceBook.Owner owner, @Nullable Coming task)
            throws IOException {
        ServiceRun old = runs.get(spec.name());
        if (old != null) {
            old.join(); // it is being ended
        }
        if (runs.values().stream().filter(r -> !r.isOver()).count() >= MOST) {
            throw new ServiceRefusedException(503, "busy", MOST + " services are kept here");
        }
        int version = book.find(spec.name()).map(Service::nextVersion).orElse(1);
        files.keep(spec, version, owner);
        Optional<UsageGate.Lease> lease =
                lease(owner.agreement(), owner.actor(), owner.purpose(), false);
        boolean taken = false;
        try {
            Service service = append(spec, owner, task);
            taken = true;
            run(spec.name(), lease.orElse(null));
            return service;
        } finally {
            if (!taken) {
                lease.ifPresent(UsageGate.Lease::close);
            }
        }
    }

    private void checkImage(TaskRequest.Executor executor) {
        Image image =
                wiring.images()
                        .find(executor.image())
                        .orElseThrow(
                                () ->
                                        ServiceRefusedException.invalid(
                                                "image '%s' is not available; this platform runs %s"
                                                        .formatted(
                                                                executor.image(),
                                                                String.join(
                                                                        ", ",
                                                                        wiring.images().names()))));
        if (image instanceof ToolImage && !executor.command().getFirst().equals("roadloop")) {
            throw ServiceRefusedException.invalid(
                    "image %s runs commands that start with 'roadloop', not '%s'"
                            .formatted(ToolImage.NAME, executor.command().getFirst()));
        }
    }

    private static ServiceBook.Owner owner(TaskRequest request, TaskAuthorizer.Caller caller) {
        String agreement = request.parameter(TaskRequest.AGREEMENT, caller.agreement().orElse(""));
        if (caller.agreement().isPresent() && !caller.agreement().get().equals(agreement)) {
            throw new ServiceRefusedException(
                    403,
                    "other_agreement",
                    "the token is for agreement " + caller.agreement().get());
        }
        if (agreement.isEmpty() && !caller.operator()) {
            throw ServiceRefusedException.invalid(
                    "task.resources.backend_parameters."
                            + TaskRequest.AGREEMENT
                            + " is missing: a service of others than the operator runs under a"
                            + " contract");
        }
        return new ServiceBook.Owner(
                caller.actor(), agreement, request.parameter(TaskRequest.PURPOSE, ""));
    }

    /**
     * @param debited whether its use was counted by an earlier platform
     */
    private Optional<UsageGate.Lease> lease(
            String agreement, String actor, String purpose, boolean debited) {
        if (agreement.isEmpty()) {
            return Optional.empty();
        }
        Instant now = wiring.clock().instant();
        return switch (debited
                ? wiring.gate().resume(agreement, actor, ACTION, purpose, now)
                : wiring.gate().open(agreement, actor, ACTION, purpose, now)) {
            case UsageGate.Lease given -> Optional.of(given);
            case UsageGate.Refusal refusal ->
                    throw new ServiceRefusedException(
                            403,
                            "refused",
                            String.join(
                                    "; ",
                                    refusal.reasons().stream()
                                            .map(UsageGate.Reason::english)
                                            .toList()));
        };
    }

    /** Back to the version before, by hand. */
    public synchronized Service rollBack(String name, TaskAuthorizer.Caller caller) {
        Service s = living(name, caller);
        boolean rollsOut = s.wanted() != s.serving() && s.serving() > 0;
        int from = rollsOut ? s.wanted() : s.serving();
        int to = rollsOut ? s.serving() : s.former();
        if (from == 0 || to == 0 || s.find(to).isEmpty()) {
            throw new ServiceRefusedException(
                    409, "no_former", "service '" + name + "' has no version to go back to");
        }
        return book.append(
                name,
                ServiceBook.ROLLED_BACK,
                ServiceBook.body()
                        .put("version", from)
                        .put("to", to)
                        .put("traffic", false)
                        .put("reason", "by hand")
                        .put("cause", ServiceBook.BY_HAND)
                        .put("by", caller.actor()));
    }

    /** Ends a service and all its processes. */
    public synchronized void end(String name, TaskAuthorizer.Caller caller) {
        living(name, caller);
        book.append(
                name,
                ServiceBook.ENDED,
                ServiceBook.ended("by hand", caller.actor(), ServiceBook.BY_HAND));
    }

    private Service living(String name, TaskAuthorizer.Caller caller) {
        Service service = get(name, caller);
        if (service.isEnded()) {
            throw new ServiceRefusedException(
                    409, "ended", "service '%s' has ended: %s".formatted(name, service.ended()));
        }
        return service;
    }

    /** Who may not see a service learns nothing of it. */
    public Service get(String name, TaskAuthorizer.Caller caller) {
        return book.find(name)
                .filter(s -> maySee(s, caller))
                .orElseThrow(() -> ServiceRefusedException.unknown(name));
    }

    public List<Service> list(TaskAuthorizer.Caller caller) {
        return book.list().stream().filter(s -> maySee(s, caller)).toList();
    }

    private static boolean maySee(Service service, TaskAuthorizer.Caller caller) {
        return caller.operator()
                || (caller.actor().equals(service.actor())
                        && caller.agreement().map(service.agreement()::equals).orElse(true));
    }

    Optional<ServiceRun> findRun(String name) {
        return Optional.ofNullable(runs.get(name)).filter(run -> !run.isOver());
    }

    /** A call to the healthy version. */
    UnixHttp.Answer call(Service service, UnixHttp.Request request) {
        return findRun(service.name())
                .orElseThrow(() -> ServiceRefusedException.notHealthy(service.name()))
                .call(request);
    }

    Instant now() {
        return wiring.clock().instant();
    }

    /** Of the model that serves; empty if nobody knows what it was trained on. */
    static Optional<Duration> modelAge(Service service, Instant now) {
        return service.find(service.serving())
                .map(Service.Version::trainedThrough)
                .map(through -> Duration.between(through, now));
    }

    /** Gauges by name. */
    public Map<String, LongSupplier> metrics() {
        Map<String, LongSupplier> metrics = new TreeMap<>();
        metrics.put(
                "services_healthy_count",
                () ->
                        runs.values().stream()
                                .flatMap(run -> run.findCurrent().stream())
                                .filter(ServiceInstance::isHealthy)
                                .count());
        for (Service service : book.list()) {
            if (!service.isEnded() && modelAge(service, now()).isPresent()) {
                String name = service.name();
                metrics.put(
                        "service_model_age_seconds{service=" + name + "}",
                        () ->
                                book.find(name)
                                        .flatMap(s -> modelAge(s, now()))
                                        .map(Duration::toSeconds)
                                        .orElse(0L));
            }
        }
        return metrics;
    }

    /** Ends the processes; the next start goes on with every service. */
    @Override
    public void close() {
        runs.values().forEach(ServiceRun::close);
        try {
            runs.values().forEach(ServiceRun::join);
        } catch (UncheckedIOException e) {
            LOG.warn("services did not end in order: {}", e.toString());
        }
    }
}
