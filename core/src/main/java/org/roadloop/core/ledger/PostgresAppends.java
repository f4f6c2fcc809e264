package org.roadloop.core.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.PostgresRequest.Decision;

/** Puts requests to whoever leads, and waits for what becomes of them (等候回执). Any thread. */
final class PostgresAppends {
    /** How long an append waits for the database or for a new leader before it is refused. */
    static final Duration PATIENCE = Duration.ofSeconds(6);

    private final String database;
    private final PostgresPool pool;
    private final PostgresWriter writer;

    PostgresAppends(String database, PostgresPool pool, PostgresWriter writer) {
        this.database = database;
        this.pool = pool;
        this.writer = writer;
    }

    /** Waits for what the leader makes of a request. */
    Receipt settle(PostgresRequest request) {
        writer.queue().enqueue(request);
        boolean interrupted = false;
        try {
            while (true) {
                long rest = PATIENCE.toNanos() - (System.nanoTime() - request.beganNanos);
                try {
                    return request.done.get(Math.max(0, rest), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    return giveUp(request);
                } catch (ExecutionException e) {
                    throw own(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** An exception of this thread's own, so that its trace says who asked. */
    private RuntimeException own(@Nullable Throwable cause) {
        return switch (cause) {
            case ConflictException conflict -> conflict;
            case UncheckedIOException io ->
                    new UncheckedIOException(String.valueOf(io.getMessage()), new IOException(io));
            case null, default -> new IllegalStateException("ledger " + database, cause);
        };
    }

    /**
     * Patience is over. What the database can't know of is refused; else it is asked to refuse it,
     * and its answer counts: the entries may be in the log after all.
     */
    private Receipt giveUp(PostgresRequest request) {
        String why = writer.queue().troubleText();
        if (!writer.queue().takeBack(request)) {
            Decision decision;
            try {
                decision =
                        pool.read(
                                "giving up an append",
                                session -> PostgresReceipts.withdraw(session, request));
            } catch (UncheckedIOException unreachable) {
                writer.forget(request);
                request.done.cancel(false);
                throw new UncheckedIOException(
                        "ledger "
                                + database
                                + " was lost while it was written ("
                                + why
                                + "): the act must not happen, though the log may come to hold its"
                                + " entry",
                        new IOException(unreachable));
            }
            if (decision.refusal().isEmpty()) {
                writer.forget(request);
                return decision.receipt();
            }
        }
        writer.forget(request);
        request.done.cancel(false);
        why = held().map(hold -> "it is on hold: " + hold).orElse(why);
        throw new UncheckedIOException(
                "ledger " + database + " can't be written (" + why + "); the act must not happen",
                new IOException(why));
    }

    /** No leader appends anything then, so none answers. */
    private Optional<String> held() {
        try {
            return pool.read("hold", PostgresSchema::findHold);
        } catch (UncheckedIOException unreachable) {
            return Optional.empty();
        }
    }
}
