package org.roadloop.compute.task;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * All tasks, a fold of the ledger (任务簿). A change is appended, then it counts. Any thread; callers
 * that append at the same time share one fsync.
 *
 * <p>A start reads only what stands in the leaves. Requests are payloads, two files each: they are
 * read when a task is looked at, and in the background for the index of names and tags, for which
 * the first query by one of them waits. What had not ended when the platform stopped is {@link
 * #unfinished}, for the service to go on with.
 */
public final class TaskBook {
    static final String CREATED = "task.created";
    static final String QUEUED = "task.queued";
    static final String PLACED = "task.placed";
    static final String STARTED = "task.started";
    static final String RETRIED = "task.retried";
    static final String CANCELING = "task.canceling";
    static final String PAUSED = "task.paused";
    static final String FINISHED = "task.finished";
    private static final Logger LOG = LoggerFactory.getLogger(TaskBook.class);

    /** Longest wait of one query by name or tag for the index. */
    private static final Duration DESCRIBING = Duration.ofSeconds(60);

    private static final Set<String> TYPES =
            Set.of(QUEUED, PLACED, STARTED, RETRIED, CANCELING, PAUSED, FINISHED);

    private final Ledger ledger;
    private final Clock clock;
    private final String actor;
    private final TaskTable tasks = new TaskTable();
    private final CountDownLatch described = new CountDownLatch(1);

    /**
     * @param actor DID in whose name events are recorded
     */
    public TaskBook(Ledger ledger, Clock clock, String actor) {
        this.ledger = ledger;
        this.clock = clock;
        this.actor = actor;
        boolean[] older = {false};
        long size = ledger.size();
        try (var entries = ledger.read(0, TYPES)) {
            entries.forEach(
                    entry -> {
                        if (!replay(entry)) {
                            older[0] = true;
                        }
                    });
        }
        if (older[0]) {
            readOlder();
        }
        if (tasks.isEmpty()) {
            described.countDown();
        } else {
            Thread.ofVirtual().name("task-book").start(() -> describeUpTo(size));
        }
    }

    /** Tasks of a log from before {@code task.queued}: their owner stands in the payload. */
    private void readOlder() {
        LOG.info("the log has tasks of an older version: their requests are read first");
        Set<String> all =
                Set.of(CREATED, QUEUED, PLACED, STARTED, RETRIED, CANCELING, PAUSED, FINISHED);
        try (var entries = ledger.read(0, all)) {
            entries.forEach(
                    entry -> {
                        Event event = entry.event();
                        if (!event.type().equals(CREATED)) {
                            if (!event.type().equals(QUEUED)) {
                                replay(entry);
                            }
                        } else if (event.body() instanceof Event.Payload payload
                                && tasks.find(event.subject()) == null) {
                            JsonNode body = JsonMapper.shared().readTree(payload.bytes());
                            tasks.add(event.subject(), entry.index(), body, event.at(), null);
                        }
                    });
        }
    }

    Task create(
            String id,
            JsonNode request,
            String owner,
            String agreement,
            String purpose,
            int priority) {
        ObjectNode open = open(owner, agreement, purpose);
        if (priority > 0) {
            open.put("priority", priority);
        }
        return create(id, request, open, List.of());
    }

    /**
     * A task whose program is a version of a service; its states are told by who keeps that.
     *
     * @param version evidence of the version, appended with that of the task
     */
    public void createService(
            String id,
            JsonNode request,
            String owner,
            String agreement,
            String purpose,
            String service,
            Event version) {
        ObjectNode open = open(owner, agreement, purpose).put("service", service);
        create(id, request, open, List.of(version));
    }

    private static ObjectNode open(String owner, String agreement, String purpose) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("actor", owner)
                .put("agreement", agreement)
                .put("purpose", purpose);
    }

    private Task create(String id, JsonNode request, ObjectNode open, List<Event> further) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.set("task", request);
        body.setAll(open);
        // The ledger keeps milliseconds; a replayed task is the same task.
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        byte[] payload = JsonMapper.shared().writeValueAsBytes(body);
        List<Event> events = new ArrayList<>();
        events.add(Event.withPayload(CREATED, now, actor, id, payload));
        events.add(Event.of(QUEUED, now, actor, id, open));
        events.addAll(further);
        Receipt receipt = ledger.append(events);
        Task task =
                tasks.add(
                        id,
                        receipt.firstIndex(),
                        open,
                        now,
                        JsonMapper.shared().writeValueAsBytes(request));
        tasks.describe(task.number(), request);
        return task;
    }

    /** Somebody wants its end: whoever comes back to it does not begin it again. */
    void cancel(String id) {
        append(CANCELING, id, JsonMapper.shared().createObjectNode());
    }

    /** What no evidence hangs on: INITIALIZING. */
    void note(String id, TaskState state) {
        tasks.change(
                id, task -> task.state().ended() ? task : task.with(task.unlessCanceling(state)));
    }

    public void place(String id, JsonNode placement) {
        append(PLACED, id, placement);
    }

    public void start(String id, JsonNode body) {
        append(STARTED, id, body);
    }

    /** It runs no more, and may again. */
    public void pause(String id) {
        append(PAUSED, id, JsonMapper.shared().createObjectNode());
    }

    /**
     * What was begun is given up, and the task waits for its next attempt.
     *
     * @param cause short stable name, each with a budget of its own
     * @param key of the next attempt, empty for a new one
     * @return attempts given up so far
     */
    int retry(String id, String cause, String reason, String key) {
        ObjectNode before = retried(id);
        int attempts = before.path("attempts").asInt(0) + 1;
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("cause", cause).put("reason", reason).put("attempts", attempts);
        body.put("key", key.isEmpty() ? id + ".r" + attempts : key);
        ObjectNode causes = body.putObject("causes");
        causes.setAll((ObjectNode) before.withObject("causes"));
        causes.put(cause, causes.path(cause).asInt(0) + 1);
        append(RETRIED, id, body);
        return attempts;
    }

    /** Attempts that this cause has ended. */
    int retries(String id, String cause) {
        return retried(id).path("causes").path(cause).asInt(0);
    }

    /** Under which the next attempt is known at a site. */
    String nextKey(String id) {
        return retried(id).path("key").asString(id);
    }

    private ObjectNode retried(String id) {
        Task task = tasks.find(id);
        byte[] json = task == null ? null : task.retriedJson();
        return json == null
                ? JsonMapper.shared().createObjectNode()
                : (ObjectNode) JsonMapper.shared().readTree(json);
    }

    /** Bookings of tasks that have ended; nearly all are released already. */
    List<String> holdsOfEnded() {
        List<String> holds = new ArrayList<>();
        for (Task task : tasks.all()) {
            byte[] placement = task.placementJson();
            if (placement != null && task.state().ended()) {
                String hold = member(placement, HOLD_MEMBER);
                if (!hold.isEmpty()) {
                    holds.add(hold);
                }
            }
        }
        return holds;
    }

    /** See {@link OrphanedUses}. */
    Map<String, List<Receipt>> orphanedUses(String action) {
        return OrphanedUses.find(ledger, unfinished(), tasks.all(), action);
    }

    /** The end of a task; a second end changes nothing. */
    public void finish(String id, JsonNode body) {
        append(FINISHED, id, body);
    }

    /** Throws when there is none. */
    public Task get(String id) {
        return find(id).orElseThrow(() -> new IllegalArgumentException("no task '" + id + "'"));
    }

    public Optional<Task> find(String id) {
        Task task = tasks.find(id);
        // until all requests were looked at, an erased one may still be in the book
        boolean unsure = task != null && task.requestJson() == null && described.getCount() > 0;
        return task == null || (unsure && findRequest(task).isEmpty())
                ? Optional.empty()
                : Optional.of(task);
    }

    /** The request as the client sent it; empty once it was erased. */
    public Optional<JsonNode> findRequest(Task task) {
        byte[] known = task.requestJson();
        if (known != null) {
            return Optional.of(JsonMapper.shared().readTree(known));
        }
        try (var entries = ledger.read(task.createdIndex())) {
            return entries.findFirst()
                    .map(Entry::event)
                    .filter(e -> e.type().equals(CREATED) && e.subject().equals(task.id()))
                    .flatMap(
                            e ->
                                    e.body() instanceof Event.Payload payload
                                            ? Optional.of(
                                                    JsonMapper.shared()
                                                            .readTree(payload.bytes())
                                                            .required("task"))
                                            : Optional.empty());
        }
    }

    /** In no order. */
    Collection<Task> all() {
        return tasks.all();
    }

    /** Tasks that have not ended, oldest first, without services. */
    List<Task> unfinished() {
        return tasks.unfinished(false);
    }

    /** Services that have not ended, oldest first. */
    public List<Task> unfinishedServices() {
        return tasks.unfinished(true);
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
    Page list(TaskIndex.Query query, int from, int pageSize) {
        if (!query.namePrefix().isEmpty() || !query.tags().isEmpty()) {
            awaitDescribed();
        }
        return tasks.list(query, from, pageSize);
    }

    private void awaitDescribed() {
        try {
            if (!described.await(
                    DESCRIBING.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)) {
                throw new TaskRefusedException(
                        TaskRefusedException.Kind.BUSY,
                        "names and tags are still being read after the start; try again later");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void describeUpTo(long size) {
        try (var entries = ledger.read(0, Set.of(CREATED))) {
            entries.takeWhile(entry -> entry.index() < size)
                    .forEach(
                            entry -> {
                                Task task = tasks.find(entry.event().subject());
                                if (task == null) {
                                    return;
                                }
                                if (entry.event().body() instanceof Event.Payload payload) {
                                    tasks.describe(
                                            task.number(),
                                            JsonMapper.shared()
                                                    .readTree(payload.bytes())
                                                    .required("task"));
                                } else {
                                    tasks.remove(task); // its request was erased
                                }
                            });
        } catch (RuntimeException e) {
            // the ledger closed under it, or a file is damaged: its own check says which
            LOG.warn("names and tags of tasks can't be read: {}", e.toString());
        } finally {
            described.countDown();
        }
    }

    private void append(String type, String id, JsonNode body) {
        Task task = tasks.find(id);
        if (task == null) {
            throw new IllegalArgumentException("no task '" + id + "'");
        }
        // One task at a time, so that it ends once; others append beside it.
        synchronized (lock(id)) {
            Task now = tasks.find(id);
            if (now != null && !now.state().ended()) {
                Event event = Event.of(type, clock.instant(), actor, id, body);
                Receipt receipt = ledger.append(event);
                apply(type, id, JsonMapper.shared().writeValueAsBytes(body), receipt.firstIndex());
            }
        }
    }

    private static Object lock(String id) {
        return LOCKS[Math.floorMod(id.hashCode(), LOCKS.length)];
    }

    private static final Object[] LOCKS = new Object[256];

    static {
        for (int i = 0; i < LOCKS.length; i++) {
            LOCKS[i] = new Object();
        }
    }

    /** False for an event about a task that was never queued. */
    private boolean replay(Entry entry) {
        Event event = entry.event();
        if (event.body() instanceof Event.Erased) {
            return true;
        }
        if (event.type().equals(QUEUED)) {
            // the request stands one before, in the same append
            tasks.add(event.subject(), entry.index() - 1, event.json(), event.at(), null);
            return true;
        }
        if (tasks.find(event.subject()) == null) {
            return false;
        }
        apply(event.type(), event.subject(), bytes(event), entry.index());
        return true;
    }

    private static byte[] bytes(Event event) {
        byte[] unparsed = event.body() instanceof Event.Inline inline ? inline.unparsed() : null;
        return unparsed != null ? unparsed : JsonMapper.shared().writeValueAsBytes(event.json());
    }

    private void apply(String type, String id, byte[] body, long at) {
        tasks.change(
                id,
                t ->
                        switch (type) {
                            case PLACED ->
                                    t.with(
                                            t.unlessCanceling(TaskState.INITIALIZING),
                                            body,
                                            // a version that comes back has served
                                            t.isService() ? t.startedJson() : null,
                                            null,
                                            -1,
                                            t.retriedJson());
                            case STARTED ->
                                    t.with(
                                            t.unlessCanceling(TaskState.RUNNING),
                                            t.placementJson(),
                                            body,
                                            null,
                                            at,
                                            t.retriedJson());
                            case CANCELING -> t.with(TaskState.CANCELING);
                            case PAUSED -> t.with(t.unlessCanceling(TaskState.PAUSED));
                            case RETRIED ->
                                    t.with(
                                            t.unlessCanceling(TaskState.QUEUED),
                                            null,
                                            null,
                                            null,
                                            -1,
                                            body);
                            case FINISHED ->
                                    t.with(
                                            state(body),
                                            t.placementJson(),
                                            t.startedJson(),
                                            body,
                                            t.startedAtIndex(),
                                            t.retriedJson());
                            // Another package may record what it did with a task.
                            default -> t;
                        });
    }

    /** The task when it has ended or the time is over. */
    Task awaitEnd(String id, Duration atMost) {
        return tasks.awaitEnd(id, atMost);
    }

    private static TaskState state(byte[] body) {
        return TaskState.valueOf(member(body, STATE_MEMBER));
    }

    /**
     * The value of a text member that occurs once in a body, of which a start parses nothing else:
     * inside of a string its quotes would be escaped.
     */
    private static String member(byte[] body, String member) {
        String text = new String(body, StandardCharsets.UTF_8);
        int at = text.lastIndexOf(member);
        int from = at + member.length();
        return at < 0 ? "" : text.substring(from, text.indexOf('"', from));
    }

    private static final String STATE_MEMBER = "\"state\":\"";
    private static final String HOLD_MEMBER = "\"hold\":\"";
}
