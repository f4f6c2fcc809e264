package org.roadloop.core.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sessions for reading and for small writes (会话池), a few, opened when wanted. Any thread. */
final class PostgresPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresPool.class);
    private static final int SESSIONS = 8;

    /** Work with one session; it may be run again with a fresh one, so it only reads. */
    interface Work<T> {
        T with(Connection session) throws SQLException, IOException;
    }

    private final PostgresDatabase database;
    private final Semaphore permits = new Semaphore(SESSIONS);
    private final ArrayDeque<Connection> idle = new ArrayDeque<>();
    private boolean closed;

    PostgresPool(PostgresDatabase database) {
        this.database = database;
    }

    /** Tries once more with a new session if a kept one turns out to be dead. */
    <T> T read(String what, Work<T> work) {
        permits.acquireUninterruptibly();
        try {
            Connection kept = take();
            if (kept != null) {
                try {
                    return run(kept, work);
                } catch (SQLException e) {
                    if (!dead(e)) {
                        throw e;
                    }
                }
            }
            return run(database.connect(), work);
        } catch (SQLException | IOException e) {
            throw unreadable(what, e);
        } finally {
            permits.release();
        }
    }

    /** Work on one state of the database. */
    interface SnapshotWork<T> {
        T run() throws SQLException;
    }

    /** Whatever others commit meanwhile. */
    static <T> T inSnapshot(Connection session, SnapshotWork<T> work) throws SQLException {
        session.setAutoCommit(false);
        try (Statement statement = session.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            T result = work.run();
            session.commit();
            session.setAutoCommit(true);
            return result;
        }
    }

    UncheckedIOException unreadable(String what, Exception e) {
        return new UncheckedIOException(
                "ledger " + database + ": " + what + " failed: " + e.getMessage(),
                e instanceof IOException io ? io : new IOException(e));
    }

    /** True where the session is of no use any more: SQL states 08, 57P and lost sockets. */
    static boolean dead(SQLException e) {
        String state = e.getSQLState();
        return state == null || state.startsWith("08") || state.startsWith("57P");
    }

    private <T> T run(Connection session, Work<T> work) throws SQLException, IOException {
        boolean good = false;
        try {
            T result = work.with(session);
            good = true;
            return result;
        } catch (SQLException e) {
            good = !dead(e) && session.getAutoCommit();
            throw e;
        } finally {
            if (good) {
                giveBack(session);
            } else {
                close(session);
            }
        }
    }

    private synchronized @org.jspecify.annotations.Nullable Connection take() {
        return idle.pollFirst();
    }

    private void giveBack(Connection session) {
        synchronized (this) {
            if (!closed) {
                idle.addFirst(session);
                return;
            }
        }
        close(session);
    }

    static void close(Connection session) {
        try {
            session.close();
        } catch (SQLException e) {
            LOG.debug("a session was lost before it was closed: {}", e.toString());
        }
    }

    @Override
    public void close() {
        ArrayDeque<Connection> rest;
        synchronized (this) {
            closed = true;
            rest = new ArrayDeque<>(idle);
            idle.clear();
        }
        rest.forEach(PostgresPool::close);
    }
}
