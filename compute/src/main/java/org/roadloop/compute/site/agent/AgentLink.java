package org.roadloop.compute.site.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.roadloop.compute.site.SiteException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one live agent of a site and what is asked of it (会话与调用). A call stays open until it is
 * answered or withdrawn: it is told again to whoever has not seen it, also after a new connection,
 * so every verb is idempotent. Any thread.
 */
final class AgentLink {
    private static final int CALLS_AT_ONCE = 64;

    /** One question to the agent. */
    static final class Call {
        final long id;
        final ObjectNode body;
        final CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        private boolean told;

        private Call(long id, ObjectNode body) {
            this.id = id;
            this.body = body;
        }
    }

    private final String site;
    private final Duration poll;
    private final Duration awayAfter;
    private final Instant opened = Instant.now();
    private final TreeMap<Long, Call> open = new TreeMap<>();

    /** Above those of every platform before: a late answer to one of theirs is none to ours. */
    private long calls = System.currentTimeMillis() << 10;

    private long polls;
    private String session = "";
    private String instance = "";
    private Instant seen = opened;
    private boolean closed;

    AgentLink(String site, Duration poll, Duration awayAfter) {
        this.site = site;
        this.poll = poll;
        this.awayAfter = awayAfter;
    }

    /**
     * The newest wins; a request that waits for the former is answered at once.
     *
     * @param process random name of the agent's process
     * @return the new session
     */
    synchronized String connect(String process) {
        session = UUID.randomUUID().toString();
        instance = process;
        seen = Instant.now();
        open.values().forEach(call -> call.told = false);
        notifyAll();
        return session;
    }

    /** Notes a sign of life. */
    synchronized void mustBe(String claimed, String process) {
        if (session.isEmpty() || !claimed.equals(session)) {
            if (session.isEmpty() || process.equals(instance)) {
                throw new WireException(
                        409, "session_unknown", "this session is over; register again");
            }
            throw new WireException(
                    409,
                    "superseded",
                    "another agent has registered for site %s; this one is no longer asked"
                            .formatted(site));
        }
        seen = Instant.now();
    }

    /**
     * Waits for calls; a newer request of the same agent ends an older one.
     *
     * @param after highest call that the agent has got in this session
     */
    synchronized List<Call> poll(String claimed, String process, long after)
            throws InterruptedException {
        mustBe(claimed, process);
        long mine = ++polls;
        notifyAll();
        long end = System.nanoTime() + poll.toNanos();
        while (true) {
            List<Call> news =
                    open.tailMap(after, false).values().stream().limit(CALLS_AT_ONCE).toList();
            long leftMillis = (end - System.nanoTime()) / 1_000_000;
            if (!news.isEmpty() || leftMillis <= 0 || mine != polls || closed) {
                news.forEach(call -> call.told = true);
                return news;
            }
            wait(leftMillis);
            mustBe(claimed, process);
        }
    }

    synchronized void answer(long id, JsonNode json) {
        Call call = open.remove(id);
        if (call != null) {
            call.answer.complete(json);
        }
    }

    synchronized Call call(String verb, ObjectNode body) {
        Call call = new Call(++calls, body.put("id", calls).put("verb", verb));
        open.put(call.id, call);
        notifyAll();
        return call;
    }

    /**
     * @return false if it may have been told: the agent may act on it
     */
    synchronized boolean withdraw(Call call) {
        open.remove(call.id);
        return !call.told;
    }

    /** How long nothing was heard; zero while the agent is there. */
    synchronized Duration awayFor() {
        Duration silent = Duration.between(seen, Instant.now());
        boolean here = !session.isEmpty() && silent.compareTo(awayAfter) < 0;
        return here ? Duration.ZERO : silent;
    }

    boolean isAway() {
        return !awayFor().isZero();
    }

    /** For people: since when. */
    synchronized String away() {
        return session.isEmpty()
                ? "the agent of site %s has not connected since the platform started at %s"
                        .formatted(site, opened)
                : "the agent of site %s is away, last heard at %s".formatted(site, seen);
    }

    /**
     * Asks and waits.
     *
     * @throws SiteException refused, or unreachable if no answer came in time
     */
    JsonNode ask(String verb, ObjectNode body, Duration limit) {
        AgentLink.Call call = call(verb, body);
        try {
            return answer(call, limit)
                    .orElseThrow(
                            () ->
                                    SiteException.unreachable(
                                            "the agent of site %s gave no answer to '%s' in %d ms"
                                                    .formatted(site, verb, limit.toMillis())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw SiteException.unreachable("interrupted while site was asked: " + verb);
        } finally {
            withdraw(call);
        }
    }

    /** The answer; empty if none came in time. */
    static Optional<JsonNode> answer(AgentLink.Call call, Duration limit)
            throws InterruptedException {
        try {
            JsonNode answer = call.answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (answer.has("refused")) {
                throw SiteException.refused(AgentJson.text(answer, "refused"));
            }
            return Optional.of(answer);
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("answers are completed, never failed", e);
        }
    }

    /** Ends a waiting request, so that the server can stop. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
