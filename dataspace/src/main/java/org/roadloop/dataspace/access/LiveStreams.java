package org.roadloop.dataspace.access;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.table.TableSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live streams of a provider (实时流): one a transfer and purpose, with one reader at a time, who
 * may come back. Which wire carries it is {@link StreamRoutes}' business. Any thread.
 */
public final class LiveStreams implements DataFlow, AutoCloseable {
    /** The transfer format. */
    public static final String FORMAT = "LiveStream-PULL";

    public static final String PATH = "/dataspace/v1/stream/";

    private static final Logger log = LoggerFactory.getLogger(LiveStreams.class);

    /** How long a lease waits for its reader to come back. */
    private static final Duration IDLE = Duration.ofMinutes(15);

    /** A reader that is told that access ended and does not listen is cut off after this. */
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private final AccessTokens tokens;
    private final Releases releases;
    private final URI origin;
    private final Pace pace;
    private final Map<Releases.Use, Session> sessions = new ConcurrentHashMap<>();
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("live-streams").factory());

    /**
     * @param heartbeat how often a silent stream says that it lives
     * @param slow how long a reader may take for one chunk of {@link GovernedStream#CHUNK_BYTES}
     */
    public record Pace(Duration heartbeat, Duration slow) {
        public static final Pace DEFAULT = new Pace(Duration.ofSeconds(10), Duration.ofSeconds(30));
    }

    /** What a reader is connected by. One thread, but for {@link #cut}. */
    interface Wire {
        void opened(String leaseId) throws IOException;

        void rows(GovernedStream.Chunk chunk) throws IOException;

        void heartbeat() throws IOException;

        /** The last word. */
        void end(String code, String reason) throws IOException;

        /** Ends the connection at once, from any thread, however stuck it is. */
        void cut();
    }

    private static final class Session {
        final GovernedStream stream;
        @Nullable Wire reader;
        long leftNanos = System.nanoTime();

        Session(GovernedStream stream) {
            this.stream = stream;
        }
    }

    /**
     * @param origin where we are reached, without a path
     */
    public LiveStreams(AccessTokens tokens, Releases releases, URI origin, Pace pace) {
        this.tokens = tokens;
        this.releases = releases;
        this.origin = origin;
        this.pace = pace;
    }

    AccessTokens tokens() {
        return tokens;
    }

    @Override
    public boolean serves(String format) {
        return format.equals(FORMAT);
    }

    @Override
    public void requested(String transferPid, String format, @Nullable DataAddress destination) {
        // the consumer comes for it
    }

    @Override
    public Optional<DataAddress> address(TransferProcess transfer) {
        String pid = DataRoute.segment(transfer.dialogue().pid());
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put(DataAddress.AUTHORIZATION, tokens.issue(transfer));
        properties.put(DataAddress.AUTH_TYPE, "bearer");
        properties.put(DataRoute.TOKEN_ENDPOINT, origin + DataRoute.PATH + pid + "/token");
        properties.put("webSocket", origin.toString().replaceFirst("^http", "ws") + PATH + pid);
        return Optional.of(
                new DataAddress(
                        "https://roadloop.org/ns/endpoint#event-stream",
                        origin + PATH + pid,
                        properties));
    }

    @Override
    public void started(TransferProcess transfer) {
        // the consumer comes for it
    }

    /**
     * Feeds a reader until it goes or access ends.
     *
     * @param cursor of the last event it received; empty for rows from now on
     * @throws UsageGate.RefusedException before anything was said to the reader
     */
    void feed(AccessTokens.Claims claims, String purpose, String cursor, Wire wire)
            throws InterruptedException {
        Releases.Use use = Releases.Use.of(claims, purpose);
        Session session = take(use, wire);
        Runnable leave = () -> leave(use, session, wire);
        try {
            // before the first word, a wrong cursor is an answer of its own
            String from = cursor.isEmpty() ? session.stream.now() : cursor;
            Cursor.parse(from);
            run(session, from, wire);
        } catch (IOException e) {
            log.info("a reader of stream {} is gone: {}", claims.transferPid(), e + "");
        } finally {
            leave.run();
        }
    }

    private Session take(Releases.Use use, Wire wire) {
        Session taken =
                sessions.compute(
                        use,
                        (u, known) -> {
                            if (known != null && !known.stream.ended()) {
                                return known;
                            }
                            if (known != null) {
                                known.stream.close();
                            }
                            return new Session(open(use));
                        });
        Wire former;
        synchronized (taken) {
            former = taken.reader;
            taken.reader = wire;
        }
        if (former != null) {
            former.cut();
        }
        return taken;
    }

    private GovernedStream open(Releases.Use use) {
        UsageGate.Lease lease = releases.open(use);
        try {
            Asset.Dataset dataset = releases.dataset(lease);
            if (dataset.snapshot() != TableSource.LATEST) {
                throw new AccessProblem(
                        409, "asset_is_pinned", "the data set is one snapshot: nothing new comes");
            }
            GovernedStream stream = new GovernedStream(lease, releases.feed(), dataset);
            lease.onRevoked(() -> lastWords(use));
            return stream;
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
    }

    private void lastWords(Releases.Use use) {
        watch.schedule(
                () -> {
                    Session session = sessions.get(use);
                    if (session != null && session.stream.ended()) {
                        synchronized (session) {
                            if (session.reader != null) {
                                session.reader.cut();
                            }
                        }
                    }
                },
                LAST_WORDS.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void leave(Releases.Use use, Session session, Wire wire) {
        synchronized (session) {
            if (session.reader != wire) {
                return;
            }
            session.reader = null;
            session.leftNanos = System.nanoTime();
        }
        if (session.stream.ended()) {
            drop(use, session);
        } else if (!watch.isShutdown()) {
            watch.schedule(
                    () -> dropIdle(use, session), IDLE.toMillis() + 1, TimeUnit.MILLISECONDS);
        }
    }

    private void dropIdle(Releases.Use use, Session session) {
        boolean idle;
        synchronized (session) {
            idle =
                    session.reader == null
                            && System.nanoTime() - session.leftNanos >= IDLE.toNanos();
        }
        if (idle) {
            drop(use, session);
        }
    }

    private void drop(Releases.Use use, Session session) {
        sessions.remove(use, session);
        session.stream.close();
    }

    private void run(Session session, String from, Wire wire)
            throws IOException, InterruptedException {
        GovernedStream stream = session.stream;
        wire.opened(stream.leaseId());
        String cursor = from;
        try {
            while (!stream.ended()) {
                GovernedStream.Chunk chunk = stream.next(cursor, pace.heartbeat());
                if (chunk != null) {
                    send(wire, chunk);
                    cursor = chunk.cursor();
                } else if (!stream.ended()) {
                    wire.heartbeat();
                }
            }
            UsageGate.Reason why = stream.endedFor();
            wire.end(why.code(), why.english());
        } catch (UsageGate.RefusedException e) {
            wire.end(e.refusal().reasons().getFirst().code(), String.valueOf(e.getMessage()));
        } catch (AccessProblem e) {
            wire.end(e.code(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            log.error("a stream ends: its rows can't be read or metered", e);
            wire.end("provider_fault", "the provider can't read or meter rows now; come again");
        }
    }

    private void send(Wire wire, GovernedStream.Chunk chunk) throws IOException {
        ScheduledFuture<?> tooSlow =
                watch.schedule(
                        () -> {
                            log.info(
                                    "a reader took more than {} s for {} bytes and is cut off"
                                            + " (slow_reader)",
                                    pace.slow().toSeconds(),
                                    chunk.lines().length);
                            wire.cut();
                        },
                        pace.slow().toMillis(),
                        TimeUnit.MILLISECONDS);
        try {
            wire.rows(chunk);
        } finally {
            tooSlow.cancel(false);
        }
    }

    /** Ends all streams; their readers may come back after a restart. */
    @Override
    public void close() {
        watch.shutdownNow();
        sessions.forEach(
                (use, session) -> {
                    synchronized (session) {
                        if (session.reader != null) {
                            session.reader.cut();
                        }
                    }
                    session.stream.close();
                });
        sessions.clear();
    }
}
