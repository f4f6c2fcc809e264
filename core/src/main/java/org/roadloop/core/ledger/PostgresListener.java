package org.roadloop.core.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what the other nodes do (监听): LISTEN, and a look of its own at least every {@value
 * #POLL_MILLIS} ms, because a notice may be lost with a connection. One thread of its own.
 */
final class PostgresListener {
    /** Followed by the size: entries were committed. */
    static final String HEAD = "head ";

    /** A checkpoint was signed. */
    static final String CHECKPOINT = "checkpoint";

    /** The leader is asked to sign one. */
    static final String SIGN = "sign";

    /** Requests wait for the leader. */
    static final String INTAKE = "intake";

    static final int POLL_MILLIS = 250;

    private static final Logger LOG = LoggerFactory.getLogger(PostgresListener.class);

    /** Who is told. */
    interface Ear {
        /** Entries were committed; anything may have been decided. */
        void head(Connection session, long size) throws SQLException;

        void checkpoint(Connection session) throws SQLException;

        void signWanted();

        void intake();
    }

    private final PostgresDatabase database;
    private final String channel;
    private final Ear ear;
    private final Thread thread = new Thread(this::run, "ledger-postgres-listen");
    private volatile boolean closing;
    private volatile @Nullable Connection session;

    PostgresListener(PostgresDatabase database, String channel, Ear ear) {
        this.database = database;
        this.channel = channel;
        this.ear = ear;
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!closing) {
            try (Connection opened = database.connect()) {
                session = opened;
                try (Statement statement = opened.createStatement()) {
                    statement.execute("LISTEN " + channel);
                }
                hear(opened, PostgresNotices.of(opened));
            } catch (SQLException | RuntimeException e) {
                if (!closing) {
                    LOG.debug("ledger {}: not listening: {}", database, e.toString());
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
                }
            } finally {
                session = null;
            }
        }
    }

    private void hear(Connection opened, PostgresNotices notices) throws SQLException {
        look(opened);
        while (!closing) {
            List<String> texts = notices.await(POLL_MILLIS);
            if (texts.isEmpty()) {
                look(opened);
                continue;
            }
            long size = -1;
            boolean signed = false;
            for (String text : texts) {
                if (text.startsWith(HEAD)) {
                    size = Math.max(size, Long.parseLong(text.substring(HEAD.length())));
                }
                signed |= text.equals(CHECKPOINT);
            }
            if (texts.contains(INTAKE)) {
                ear.intake();
            }
            if (texts.contains(SIGN)) {
                ear.signWanted();
            }
            if (size >= 0) {
                ear.head(opened, size);
            }
            if (signed) {
                ear.checkpoint(opened);
            }
        }
    }

    private void look(Connection opened) throws SQLException {
        ear.head(opened, PostgresTiles.head(opened).size());
        ear.checkpoint(opened);
    }

    void close() {
        closing = true;
        Connection open = session;
        if (open != null) {
            PostgresPool.close(open);
        }
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
