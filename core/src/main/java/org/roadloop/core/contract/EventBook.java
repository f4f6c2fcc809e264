package org.roadloop.core.contract;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.ledger.Receipt;
import org.roadloop.core.policy.Usage;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Events that policies name (策略事件), as the operator of this platform planned, began and ended them:
 * a testing campaign, a flood. Each step says what proves it. A fold of the ledger. Any thread.
 *
 * <p>What a consumer says alone begins nothing: it could let itself in.
 */
public final class EventBook {
    public static final String PLANNED = "policy.event.planned";
    public static final String BEGUN = "policy.event.begun";
    public static final String ENDED = "policy.event.ended";

    private static final Set<String> TYPES = Set.of(PLANNED, BEGUN, ENDED);
    private static final int MOST_TEXT = 2_000;

    private final Ledger ledger;
    private final String did;
    private final Clock clock;
    private final Map<String, Named> events = new TreeMap<>();
    private volatile Map<String, Usage.Happening> happenings = Map.of();
    private long nextIndex;

    /** A step of an event: what happened, when, and what proves it. */
    public record Step(String type, Instant at, Instant notedAt, String evidence, long index) {}

    /**
     * @param name as the right operand of {@code event} has it
     * @param steps all of them, oldest first
     */
    public record Named(String name, Usage.Happening happening, List<Step> steps) {
        public Named {
            steps = List.copyOf(steps);
        }

        /** {@code planned, running, ended}; by the clock: a begin may lie ahead. */
        public String state(Instant now) {
            if (now.isBefore(happening.begin())) {
                return "planned";
            }
            return now.isBefore(happening.end()) ? "running" : "ended";
        }
    }

    public EventBook(Ledger ledger, String did, Clock clock) {
        this.ledger = ledger;
        this.did = did;
        this.clock = clock;
        catchUp();
    }

    /**
     * Notes that an event has not begun, so that what is allowed before it is.
     *
     * @throws IllegalStateException if it is running
     */
    public Receipt plan(String name, String evidence) {
        return note(PLANNED, name, clock.instant(), evidence);
    }

    /**
     * @param at may lie ahead, or back as far as the last step
     * @throws IllegalStateException if it is running
     */
    public Receipt begin(String name, Instant at, String evidence) {
        return note(BEGUN, name, at, evidence);
    }

    /**
     * @throws IllegalStateException if it is not running
     */
    public Receipt end(String name, Instant at, String evidence) {
        return note(ENDED, name, at, evidence);
    }

    private synchronized Receipt note(String type, String name, Instant at, String evidence) {
        if (name.isBlank() || name.length() > MOST_TEXT) {
            throw new IllegalArgumentException("an event has a name of at most 2000 characters");
        }
        if (evidence.isBlank() || evidence.length() > MOST_TEXT) {
            throw new IllegalArgumentException(
                    "evidence says in at most 2000 characters what proves it: a notice, a URL with"
                            + " its SHA-256");
        }
        catchUp();
        Named known = events.get(name);
        boolean going = known != null && goesOn(known.happening());
        if (type.equals(ENDED) != going) {
            throw new IllegalStateException(
                    "event '" + name + "' is " + (going ? "running already" : "not running"));
        }
        if (going && known != null && at.isBefore(known.happening().begin())) {
            throw new IllegalStateException(
                    "event '" + name + "' begins at " + known.happening().begin());
        }
        if (!going && known != null && at.isBefore(known.steps().getLast().at())) {
            throw new IllegalStateException(
                    "event '" + name + "' had its last step at " + known.steps().getLast().at());
        }
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("event", name).put("at", at.toString()).put("evidence", evidence);
        String subject = "event:" + name;
        Receipt receipt =
                ledger.append(
                        List.of(Event.of(type, clock.instant(), did, subject, body)),
                        Map.of(subject, ledger.version(subject)));
        catchUp();
        return receipt;
    }

    private static boolean goesOn(Usage.Happening happening) {
        return !happening.begin().equals(Instant.MAX) && happening.end().equals(Instant.MAX);
    }

    /** What is known of each event. */
    public Map<String, Usage.Happening> happenings() {
        return happenings;
    }

    /** By name. */
    public synchronized List<Named> list() {
        return List.copyOf(events.values());
    }

    /** Takes over what another node has appended. */
    public void follow(Entry entry) {
        if (TYPES.contains(entry.event().type())) {
            catchUp();
        }
    }

    private synchronized void catchUp() {
        long size = ledger.size();
        if (size <= nextIndex) {
            return;
        }
        try (Stream<Entry> entries = ledger.read(nextIndex, TYPES)) {
            entries.forEach(this::take);
        }
        nextIndex = Math.max(nextIndex, size);
        Map<String, Usage.Happening> now = new TreeMap<>();
        events.forEach((name, event) -> now.put(name, event.happening()));
        happenings = Map.copyOf(now);
    }

    private void take(Entry entry) {
        nextIndex = entry.index() + 1;
        if (!(entry.event().body() instanceof Event.Inline inline)) {
            return;
        }
        String name = inline.json().required("event").asString();
        Instant at = Instant.parse(inline.json().required("at").asString());
        Named known = events.get(name);
        List<Step> steps = new ArrayList<>(known == null ? List.of() : known.steps());
        String type = entry.event().type();
        steps.add(
                new Step(
                        type,
                        at,
                        entry.event().at(),
                        inline.json().required("evidence").asString(),
                        entry.index()));
        Instant begin = known == null ? at : known.happening().begin();
        Usage.Happening happening =
                switch (type) {
                    case PLANNED -> Usage.Happening.NOT_YET;
                    case BEGUN -> new Usage.Happening(at, Instant.MAX);
                    default -> new Usage.Happening(begin.isAfter(at) ? at : begin, at);
                };
        events.put(name, new Named(name, happening, steps));
    }
}
