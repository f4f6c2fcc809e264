package org.roadloop.compute.serving;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** All services, a fold of the ledger (服务簿). A change is appended, then it counts. Any thread. */
public final class ServiceBook {
    static final String APPLIED = "service.applied";
    static final String STARTED = "service.started";
    static final String SWITCHED = "service.switched";
    static final String ROLLED_BACK = "service.rolled-back";
    static final String DIED = "service.died";
    static final String FAILED = "service.failed";
    static final String METERED = "service.metered";
    static final String TRAINING = "service.training";
    static final String TRAINED = "service.trained";
    static final String ENDED = "service.ended";

    /** Nobody goes back to a version any more. */
    static final String LEFT = "service.left";

    /** Why something is no more: somebody wanted it so. */
    static final String BY_HAND = "by_hand";

    /** Why a version is rejected: no site takes it. */
    static final String NO_SITE = "no_site";

    /** Who applies a version with a model that was made anew. */
    static final String REFRESH = "refresh";

    private static final String PREFIX = "service:";

    private final Ledger ledger;
    private final Clock clock;
    private final String did;
    private final Map<String, Service> services = new ConcurrentHashMap<>();

    /**
     * @param did in whose name events are recorded
     */
    public ServiceBook(Ledger ledger, Clock clock, String did) {
        this.ledger = ledger;
        this.clock = clock;
        this.did = did;
        Set<String> types =
                Set.of(
                        APPLIED,
                        STARTED,
                        SWITCHED,
                        ROLLED_BACK,
                        DIED,
                        FAILED,
                        METERED,
                        TRAINING,
                        TRAINED,
                        ENDED,
                        LEFT);
        try (var entries = ledger.read(0, types)) {
            entries.forEach(entry -> take(entry.event()));
        }
    }

    public Optional<Service> find(String name) {
        return Optional.ofNullable(services.get(name));
    }

    /** By name, those that have ended too. */
    public List<Service> list() {
        return services.values().stream().sorted(Comparator.comparing(Service::name)).toList();
    }

    static ObjectNode body() {
        return JsonMapper.shared().createObjectNode();
    }

    /** Body of {@link #ENDED}. */
    static ObjectNode ended(String reason, String by, String cause) {
        return body().put("reason", reason).put("by", by).put("cause", cause);
    }

    /**
     * A new version, and with the first the service.
     *
     * @param trainedThrough null if unknown
     * @param task that it comes as, empty for none
     * @param appended takes the evidence to the ledger
     */
    synchronized Service apply(
            String name,
            Owner owner,
            String by,
            JsonNode spec,
            @Nullable Instant trainedThrough,
            String task,
            Consumer<Event> appended) {
        Service before = services.get(name);
        ObjectNode body = body();
        body.put("actor", owner.actor()).put("agreement", owner.agreement());
        body.put("purpose", owner.purpose()).put("by", by);
        body.put("version", before == null ? 1 : before.nextVersion());
        body.put("trainedThrough", trainedThrough == null ? "" : trainedThrough.toString());
        if (!task.isEmpty()) {
            body.put("task", task);
        }
        body.set("spec", spec);
        byte[] payload = JsonMapper.shared().writeValueAsBytes(body);
        Event event = Event.withPayload(APPLIED, now(), did, PREFIX + name, payload);
        return append(name, event, appended);
    }

    /** As above, for who adds nothing to the evidence. */
    Service apply(
            String name,
            Owner owner,
            String by,
            JsonNode spec,
            @Nullable Instant trainedThrough,
            String task) {
        return apply(name, owner, by, spec, trainedThrough, task, ledger::append);
    }

    /**
     * Whose a service is.
     *
     * @param agreement empty for the operator's own
     */
    record Owner(String actor, String agreement, String purpose) {}

    Service append(String name, String type, JsonNode body) {
        return append(name, Event.of(type, now(), did, PREFIX + name, body), ledger::append);
    }

    private synchronized Service append(String name, Event event, Consumer<Event> appended) {
        appended.accept(event);
        take(event);
        Service after = services.get(name);
        if (after == null) {
            throw ServiceRefusedException.unknown(name);
        }
        return after;
    }

    /** The ledger keeps milliseconds; a replayed service is the same service. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private void take(Event event) {
        if (!event.subject().startsWith(PREFIX)) {
            return;
        }
        String name = event.subject().substring(PREFIX.length());
        Service after = Service.on(services.get(name), name, event);
        if (after != null) {
            services.put(name, after);
        }
    }
}
