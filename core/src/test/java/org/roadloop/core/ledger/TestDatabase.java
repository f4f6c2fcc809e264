package org.roadloop.core.ledger;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** A real PostgreSQL for tests: one server a test run, durable, a fresh database a test. */
public final class TestDatabase {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static @Nullable EmbeddedPostgres server;
    private static @Nullable Exception missing;

    private TestDatabase() {}

    /** A new, empty database; skips the test where no server can be started. */
    public static synchronized String url() {
        if (server == null && missing == null) {
            try {
                server =
                        EmbeddedPostgres.builder()
                                .setServerConfig("fsync", "on")
                                .setServerConfig("synchronous_commit", "on")
                                .setServerConfig("shared_buffers", "32MB")
                                .setServerConfig("max_connections", "120")
                                .start();
            } catch (IOException | RuntimeException e) {
                missing = e;
            }
        }
        EmbeddedPostgres running = server;
        Assumptions.assumeTrue(
                running != null, "no PostgreSQL: the embedded one can't start: " + missing);
        String name = "ledger" + NUMBER.incrementAndGet();
        execute(running.getJdbcUrl("postgres", "postgres"), "CREATE DATABASE " + name);
        return running.getJdbcUrl("postgres", name).replaceFirst("\\?.*", "");
    }

    public static PostgresDatabase of(String url) {
        return new PostgresDatabase(url, "postgres", () -> "");
    }

    /** Any statement; the first column of the first row as text, empty if there is none. */
    public static String execute(String url, String sql) {
        try (Connection session = DriverManager.getConnection(url, "postgres", "");
                Statement statement = session.createStatement()) {
            if (statement.execute(sql)) {
                try (ResultSet row = statement.getResultSet()) {
                    return row.next() ? String.valueOf(row.getString(1)) : "";
                }
            }
            return "";
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Ends the session that holds the advisory lock of the log; empty if nobody leads. */
    static String killLeader(String url) {
        return execute(
                url,
                "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_database d"
                        + " ON d.oid = l.database WHERE l.locktype = 'advisory' AND l.granted"
                        + " AND d.datname = current_database()");
    }
}
