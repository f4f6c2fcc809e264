package org.roadloop.bench;

import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.roadloop.core.ledger.PostgresDatabase;
import org.roadloop.core.ledger.PostgresLedger;

/**
 * The shared ledger of two nodes on one database (共享账本): batches through both at once, and how long
 * an append waits when the session of the node that leads is ended by the server.
 */
final class PostgresAppends {
    private static final int WRITERS = 8;
    private static final int BATCH = 256;
    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long MEASURED_NANOS = TimeUnit.SECONDS.toNanos(8);
    private static final int FAILOVERS = 5;

    /** Held by the node that leads, and by nothing else in a database of a bench. */
    private static final String END_LEADER =
            "SELECT count(pg_terminate_backend(l.pid)) FROM pg_locks l JOIN pg_database d"
                    + " ON d.oid = l.database WHERE l.locktype = 'advisory' AND l.granted"
                    + " AND d.datname = current_database()";

    private final String url;
    private final String user;
    private final String password;

    /**
     * @param url of an empty database, {@code jdbc:postgresql://HOST:PORT/DATABASE}
     */
    PostgresAppends(String url, String user, String password) {
        this.url = url;
        this.user = user;
        this.password = password;
    }

    void measure(Figures figures) throws Exception {
        try (PostgresLedger first = open();
                PostgresLedger second = open()) {
            List<PostgresLedger> nodes = List.of(first, second);
            write(nodes, System.nanoTime() + WARM_UP_NANOS);
            long began = System.nanoTime();
            long entries = write(nodes, began + MEASURED_NANOS);
            double seconds = (System.nanoTime() - began) / 1e9;
            figures.add("ledger.postgres_appends_per_second", entries / seconds, "entries/s");
            double[] waits = new double[FAILOVERS];
            for (int i = 0; i < FAILOVERS; i++) {
                waits[i] = failover(nodes);
            }
            Percentiles waited = new Percentiles(waits);
            figures.add("ledger.postgres_failover_seconds", waited.at(50), "s");
            figures.add("ledger.postgres_slowest_failover_seconds", waited.at(100), "s");
        }
    }

    private PostgresLedger open() {
        return PostgresLedger.open(
                new PostgresDatabase(url, user, () -> password),
                BenchLog.ORIGIN,
                BenchLog.signer(),
                List.of(),
                List.of(),
                UUID.randomUUID());
    }

    /** Entries that were acknowledged on either node. */
    private static long write(List<PostgresLedger> nodes, long until) throws Exception {
        AtomicLong entries = new AtomicLong();
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
            for (int i = 0; i < WRITERS; i++) {
                PostgresLedger node = nodes.get(i % nodes.size());
                UsageEvents events = new UsageEvents(i);
                running.add(
                        writers.submit(
                                () -> {
                                    while (System.nanoTime() < until) {
                                        entries.addAndGet(node.append(events.next(BATCH)).count());
                                    }
                                }));
            }
        }
        for (Future<?> writer : running) {
            writer.get();
        }
        return entries.get();
    }

    /** Seconds from the end of the leader's session until both nodes append again. */
    private double failover(List<PostgresLedger> nodes) throws SQLException {
        UsageEvents events = new UsageEvents(nodes.getFirst().size());
        nodes.forEach(node -> node.append(events.next()));
        long began = System.nanoTime();
        try (Connection session = DriverManager.getConnection(url, user, password);
                Statement statement = session.createStatement();
                ResultSet ended = statement.executeQuery(END_LEADER)) {
            if (!ended.next() || ended.getLong(1) == 0) {
                throw new IllegalStateException("no node of the bench leads " + url);
            }
        }
        for (PostgresLedger node : nodes) {
            appendAtLast(node, events);
        }
        return (System.nanoTime() - began) / 1e9;
    }

    private static void appendAtLast(PostgresLedger node, UsageEvents events) {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (true) {
            try {
                node.append(events.next());
                return;
            } catch (UncheckedIOException refused) {
                if (System.nanoTime() > until) {
                    throw refused;
                }
            }
        }
    }
}
