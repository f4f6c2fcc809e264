package org.roadloop.compute.task;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * All tasks, a fold of the ledger (任务簿). A change is appended, then it counts. Any thread.
 *
 * <p>Tasks that had not ended when the platform stopped end as {@code SYSTEM_ERROR} at replay:
 * their sandboxes died with it, and their leases are gone.
 */
public final class TaskBook {
    static final String CREATED = "task.created";
    static final String PLACED = "task.placed";
    static final String STARTED = "task.started";
    static final String FINISHED = "task.finished";
    private static final Logger LOG = LoggerFactory.getLogger(TaskBook.class);

    /**
     * @param request as the client sent it
     * @param placement body of {@code task.placed}, absent before
     * @param started body of {@code task.started}, absent before
     * @param result body of {@code task.finished}, absent before
     */
    public record Task(
            String id,
            JsonNode request,
            String actor,
            String agreement,
            String purpose,
            Instant createdAt,
            TaskState state,
            @Nullable JsonNode placement,
            @Nullable JsonNode started,
            @Nullable JsonNode result) {
        private Task with(TaskState next) {
            return new Task(
                    id, request, actor, agreement, purpose, createdAt, next, placement, started,
                    result);
        }
    }

    private final Ledger ledger;
    private final Clock clock;
    private final String actor;
    private final Map<String, Task> tasks = new HashMap<>();
    private final List<String> order = new ArrayList<>();

    /**
     * @param actor DID in whose name events are recorded
     */
    public TaskBook(Ledger ledger, Clock clock, String actor) {
        this.ledger = ledger;
        this.clock = clock;
        this.actor = actor;
        try (var entries = ledger.read(0, Set.of(CREATED, PLACED, STARTED, FINISHED))) {
            entries.forEach(this::replay);
        }
        List<Task> lost = tasks.values().stream().filter(t -> !t.state().ended()).toList();
        for (Task task : lost) {
            ObjectNode body = JsonMapper.shared().createObjectNode();
            body.put("state", TaskState.SYSTEM_ERROR.name());
            body.putArray("systemLogs")
                    .add("the platform was restarted while the task was " + task.state());
            finish(task.id(), body);
        }
        if (!lost.isEmpty()) {
            LOG.warn("{} tasks had not ended at the last stop: SYSTEM_ERROR", lost.size());
        }
    }

    synchronized Task create(
            String id, JsonNode request, String owner, String agreement, String purpose) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.set("task", request);
        body.put("actor", owner).put("agreement", agreement).put("purpose", purpose);
        // The ledger keeps milliseconds; a replayed task is the same task.
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        ledger.append(
                Event.withPayload(
                        CREATED, now, actor, id, JsonMapper.shared().writeValueAsBytes(body)));
        return add(id, body, now);
    }

    /** What no evidence hangs on: QUEUED, INITIALIZING, CANCELING. */
    synchronized void note(String id, TaskState state) {
        Task task = get(id);
        if (!task.state().ended()) {
            tasks.put(id, task.with(state));
        }
    }

    synchronized void place(String id, JsonNode placement) {
        append(PLACED, id, placement);
    }

    synchronized void start(String id, JsonNode body) {
        append(STARTED, id, body);
    }

    /** The end of a task; a second end changes nothing. */
    synchronized void finish(String id, JsonNode body) {
        if (!get(id).state().ended()) {
            append(FINISHED, id, body);
        }
    }

    /** Throws when there is none. */
    public synchronized Task get(String id) {
        Task task = tasks.get(id);
        if (task == null) {
            throw new IllegalArgumentException("no task '" + id + "'");
        }
        return task;
    }

    public synchronized Optional<Task> find(String id) {
        return Optional.ofNullable(tasks.get(id));
    }

    /** Bookings of all tasks that were placed; most are released already. */
    synchronized List<String> holds() {
        List<String> holds = new ArrayList<>();
        for (Task task : tasks.values()) {
            JsonNode placement = task.placement();
            if (placement != null) {
                holds.add(placement.required("hold").asString());
            }
        }
        return holds;
    }

    /**
     * @param next position to go on from, −1 at the end
     */
    record Page(List<Task> tasks, int next) {}

    /**
     * Newest first.
     *
     * @param from a {@link Page#next}, or −1 for the newest
     */
    synchronized Page list(Predicate<Task> filter, int from, int pageSize) {
        List<Task> page = new ArrayList<>();
        int at = from < 0 ? order.size() - 1 : Math.min(from, order.size() - 1);
        for (; at >= 0 && page.size() < pageSize; at--) {
            Task task = get(order.get(at));
            if (filter.test(task)) {
                page.add(task);
            }
        }
        return new Page(page, at);
    }

    private void append(String type, String id, JsonNode body) {
        Event event = Event.of(type, clock.instant(), actor, id, body);
        ledger.append(event);
        apply(event);
    }

    private Task add(String id, JsonNode body, Instant at) {
        Task task =
                new Task(
                        id,
                        body.required("task"),
                        body.required("actor").asString(),
                        body.required("agreement").asString(),
                        body.required("purpose").asString(),
                        at,
                        TaskState.QUEUED,
                        null,
                        null,
                        null);
        if (tasks.put(id, task) == null) {
            order.add(id);
        }
        return task;
    }

    private void replay(Entry entry) {
        Event event = entry.event();
        if (event.type().equals(CREATED)) {
            // An erased request takes its task out of the book; later events of it are skipped.
            if (event.body() instanceof Event.Payload payload) {
                add(event.subject(), JsonMapper.shared().readTree(payload.bytes()), event.at());
            }
        } else if (event.type().startsWith("task.") && tasks.containsKey(event.subject())) {
            apply(event);
        }
    }

    private void apply(Event event) {
        Task t = get(event.subject());
        JsonNode body = event.json();
        tasks.put(
                t.id(),
                switch (event.type()) {
                    case PLACED ->
                            new Task(
                                    t.id(),
                                    t.request(),
                                    t.actor(),
                                    t.agreement(),
                                    t.purpose(),
                                    t.createdAt(),
                                    TaskState.INITIALIZING,
                                    body,
                                    null,
                                    null);
                    case STARTED ->
                            new Task(
                                    t.id(),
                                    t.request(),
                                    t.actor(),
                                    t.agreement(),
                                    t.purpose(),
                                    t.createdAt(),
                                    TaskState.RUNNING,
                                    t.placement(),
                                    body,
                                    null);
                    case FINISHED ->
                            new Task(
                                    t.id(),
                                    t.request(),
                                    t.actor(),
                                    t.agreement(),
                                    t.purpose(),
                                    t.createdAt(),
                                    TaskState.valueOf(body.required("state").asString()),
                                    t.placement(),
                                    t.started(),
                                    body);
                    // Another package may record what it did with a task.
                    default -> t;
                });
    }
}
