package org.roadloop.core.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.PostgresRequest.Decision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's way into the log (写入). Its thread asks for the advisory lock; while it has it, it
 * leads and appends by {@link PostgresSequencer}, else it hands its requests to whoever leads
 * through the intake table. What waits stands in {@link PostgresQueue}.
 *
 * <p>A request in the intake needs no flush of its own: the commit that appends it comes later in
 * the same write-ahead log, so its receipt cannot be durable without it.
 */
final class PostgresWriter {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresWriter.class);
    private static final long PERIOD_NANOS = PostgresQueue.PERIOD_NANOS;
    private static final long TIDY_NANOS = TimeUnit.MINUTES.toNanos(1);

    /**
     * A leader that is silent for longer has its session ended by the server, and with it loses the
     * lock: one that hangs cannot keep the others out. A host that vanished is found by TCP.
     */
    private static final String SESSION =
            """
            SET idle_session_timeout = '5s';
            SET idle_in_transaction_session_timeout = '5s';
            SET tcp_keepalives_idle = 3;
            SET tcp_keepalives_interval = 1;
            SET tcp_keepalives_count = 3;
            SET tcp_user_timeout = '6s';
            SET lock_timeout = '10s';
            SELECT set_config('synchronous_commit', 'on', false)
                WHERE current_setting('synchronous_commit') IN ('off', 'local')
            """;

    private final PostgresDatabase database;
    private final PostgresKeys keys;
    private final PostgresTiles.Cache cache;
    private final String channel;
    private final long lockKey;
    private final LongConsumer grown;
    private final Thread thread = new Thread(this::run, "ledger-postgres-write");

    /** Requests that were handed over and have no answer yet. */
    private final Map<UUID, PostgresRequest> waiting = new ConcurrentHashMap<>();

    private final PostgresQueue queue;

    private @Nullable Connection session;
    private volatile @Nullable PostgresSequencer sequencer;
    private boolean holdsLock;

    /** True after a hand-over that ended without an answer. */
    private boolean handing;

    private long campaignNanos = System.nanoTime();
    private long lookedNanos = System.nanoTime() - PERIOD_NANOS;
    private long publishedNanos = System.nanoTime() - PERIOD_NANOS;
    private long tidiedNanos = System.nanoTime();

    /**
     * @param grown told the size after a commit of this node
     */
    PostgresWriter(
            PostgresDatabase database,
            PostgresKeys keys,
            PostgresTiles.Cache cache,
            String channel,
            long lockKey,
            LongConsumer grown) {
        this.database = database;
        this.keys = keys;
        this.cache = cache;
        this.channel = channel;
        this.lockKey = lockKey;
        this.grown = grown;
        queue = new PostgresQueue(database.toString(), waiting::isEmpty);
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    boolean leads() {
        return sequencer != null;
    }

    /** Where requests are put, by any thread. */
    PostgresQueue queue() {
        return queue;
    }

    // ------------------------------------------------------------ from any thread

    /** Asked by another node: nothing to do unless this one leads. */
    void signAsked() {
        if (leads()) {
            queue.wantCheckpoint();
        }
    }

    /** Looks for answers to what was handed over. */
    void answers(Connection listening) throws SQLException {
        waiting.values().removeIf(request -> request.done.isDone());
        if (!waiting.isEmpty()) {
            tell(PostgresReceipts.of(listening, List.copyOf(waiting.keySet())));
        }
    }

    void forget(PostgresRequest request) {
        waiting.remove(request.id);
    }

    private void tell(List<Decision> decisions) {
        for (Decision decision : decisions) {
            PostgresRequest request = waiting.remove(decision.request());
            if (request != null) {
                decision.tell(request);
            }
        }
    }

    // ------------------------------------------------------------ the writing thread

    private void run() {
        while (true) {
            List<PostgresRequest> group = queue.take();
            if (queue.closing() && group.isEmpty() && done()) {
                break;
            }
            try {
                Connection open = session();
                campaign(open);
                PostgresSequencer leading = sequencer;
                if (leading != null) {
                    lead(open, leading, group);
                } else {
                    handOver(open, group);
                }
                queue.reached();
            } catch (SQLException e) {
                failed(group, e);
            } catch (RuntimeException e) {
                broken(group, e);
            }
        }
        leave();
    }

    private boolean done() {
        return waiting.isEmpty() || queue.troubled();
    }

    private Connection session() throws SQLException {
        Connection open = session;
        if (open == null) {
            open = database.connect();
            session = open;
            try (Statement statement = open.createStatement()) {
                statement.execute(SESSION);
            }
            open.setAutoCommit(false);
        }
        return open;
    }

    /** Asks for the lock, without waiting for it: a waiting statement would hold back vacuum. */
    private void campaign(Connection open) throws SQLException {
        if (sequencer != null) {
            return;
        }
        long now = System.nanoTime();
        if (!holdsLock && now - campaignNanos < 0) {
            return;
        }
        // No even beat: nodes whose beats fall together would win, and lose, for ever.
        campaignNanos = now + PERIOD_NANOS / 2 + ThreadLocalRandom.current().nextLong(PERIOD_NANOS);
        if (!holdsLock) {
            try (PreparedStatement asked =
                    open.prepareStatement("SELECT pg_try_advisory_lock(?)")) {
                asked.setLong(1, lockKey);
                try (ResultSet row = asked.executeQuery()) {
                    row.next();
                    holdsLock = row.getBoolean(1);
                }
            }
            open.commit();
        }
        if (holdsLock) {
            PostgresSequencer begun = PostgresSequencer.begin(open, channel, keys, cache);
            sequencer = begun;
            lookedNanos = now - PERIOD_NANOS;
            LOG.info("ledger {}: this node leads, from entry {}", database, begun.size());
        }
    }

    private void lead(Connection open, PostgresSequencer leading, List<PostgresRequest> group)
            throws SQLException {
        long now = System.nanoTime();
        boolean look = queue.takeIntake() || now - lookedNanos >= PERIOD_NANOS;
        if (!group.isEmpty() || look) {
            for (PostgresRequest request : group) {
                waiting.put(request.id, request);
            }
            PostgresSequencer.Committed committed = leading.commit(group, look);
            if (look) {
                lookedNanos = now;
            }
            if (committed.claimed() > 0) {
                queue.intake();
            }
            grown.accept(committed.size());
            tell(committed.decisions());
        }
        boolean due =
                now - publishedNanos >= PERIOD_NANOS
                        && leading.last().map(c -> c.size() < leading.size()).orElse(true);
        if (queue.takeSignWanted() || due) {
            leading.publish(keys);
            publishedNanos = now;
        }
        if (now - tidiedNanos > TIDY_NANOS) {
            tidiedNanos = now;
            PostgresReceipts.tidy(open);
        }
    }

    private void handOver(Connection open, List<PostgresRequest> group) throws SQLException {
        queue.takeIntake();
        boolean sign = queue.takeSignWanted();
        if (group.isEmpty()) {
            if (sign) {
                notify(open, PostgresListener.SIGN);
                open.commit();
            }
            return;
        }
        for (PostgresRequest request : group) {
            waiting.put(request.id, request);
        }
        try (Statement lazily = open.createStatement();
                PreparedStatement insert =
                        open.prepareStatement(
                                "INSERT INTO ledger_intake (request, leaves, expected) SELECT * FROM"
                                        + " unnest(?::uuid[], ?::bytea[], ?::bytea[])"
                                        + " ON CONFLICT (request) DO NOTHING")) {
            lazily.execute("SET LOCAL synchronous_commit = off");
            PostgresPayloads.insert(
                    open, group.stream().flatMap(r -> r.payloads.stream()).toList());
            insert.setArray(1, open.createArrayOf("uuid", group.stream().map(r -> r.id).toArray()));
            insert.setArray(
                    2,
                    open.createArrayOf(
                            "bytea",
                            group.stream().map(PostgresRequest::bundle).toArray(byte[][]::new)));
            insert.setArray(
                    3,
                    open.createArrayOf(
                            "bytea",
                            group.stream()
                                    .map(PostgresRequest::expectedJson)
                                    .toArray(byte[][]::new)));
            insert.executeUpdate();
        }
        notify(open, PostgresListener.INTAKE);
        if (sign) {
            notify(open, PostgresListener.SIGN);
        }
        handing = true;
        open.commit();
        handing = false;
    }

    private void notify(Connection open, String text) throws SQLException {
        try (PreparedStatement notify = open.prepareStatement("SELECT pg_notify(?, ?)")) {
            notify.setString(1, channel);
            notify.setString(2, text);
            notify.execute();
        }
    }

    // ------------------------------------------------------------ trouble

    /**
     * After a lost session nobody knows whether the commit came through: the requests are tried
     * again under their ids. After an error of the statement they were rolled back for certain.
     */
    private void failed(List<PostgresRequest> group, SQLException e) {
        boolean dead = PostgresPool.dead(e) || !rolledBack();
        String state = String.valueOf(e.getSQLState());
        // a writer gave its request up meanwhile: its receipt is there already
        boolean given = state.equals("23505");
        boolean again = dead || given || state.startsWith("40");
        PostgresSequencer leading = sequencer;
        boolean perhaps = given || handing || (leading != null && leading.committing());
        handing = false;
        if (leading != null) {
            LOG.warn("ledger {}: this node leads no more: {}", database, PostgresQueue.text(e));
        }
        sequencer = null;
        if (dead) {
            drop();
        }
        if (again) {
            group.forEach(request -> request.uncertain |= perhaps);
            queue.putBack(group);
        } else {
            refuse(group, e);
        }
        if (!again || dead) {
            refuse(queue.pause(e), e);
        }
    }

    /** The tables are not what they must be, or we are at fault: nothing is appended. */
    private void broken(List<PostgresRequest> group, RuntimeException e) {
        sequencer = null;
        drop();
        refuse(group, e);
        refuse(queue.pause(e), e);
    }

    private boolean rolledBack() {
        Connection open = session;
        try {
            if (open != null) {
                open.rollback();
            }
            return open != null;
        } catch (SQLException lost) {
            return false;
        }
    }

    private void drop() {
        Connection open = session;
        session = null;
        holdsLock = false;
        if (open != null) {
            PostgresPool.close(open);
        }
    }

    private void refuse(List<PostgresRequest> group, Exception why) {
        for (PostgresRequest request : group) {
            waiting.remove(request.id);
            request.done.completeExceptionally(queue.refusal(why));
        }
    }

    // ------------------------------------------------------------ the end

    private void leave() {
        PostgresSequencer leading = sequencer;
        try {
            if (leading != null) {
                leading.publish(keys);
            }
        } catch (SQLException | RuntimeException e) {
            LOG.warn("ledger {}: no last checkpoint: {}", database, e.toString());
        }
        sequencer = null;
        drop();
    }

    /** Finishes what waits and gives the lock free. */
    void close() {
        queue.close();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
