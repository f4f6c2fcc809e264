package org.roadloop.govern.plan;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.quality.DuplicateIndex;
import org.roadloop.govern.quality.Report;
import org.roadloop.govern.quality.Scorecard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One table's part of {@link Ingest} (单表入湖): what is governed and not committed yet, and the commit
 * under way. One thread, but for what the writing thread does.
 */
final class TableRun {
    private static final Logger LOG = LoggerFactory.getLogger(TableRun.class);

    /**
     * What all tables of one loop share.
     *
     * @param lineageFile null for none
     * @param writer one thread that writes and commits
     */
    record Shared(
            Lake lake,
            Keyring keys,
            Ledger ledger,
            Signer signer,
            Clock clock,
            Ingest.Settings settings,
            @Nullable Path lineageFile,
            ExecutorService writer) {}

    private final Shared shared;
    private final Plan plan;
    private final Pipeline pipeline;
    private final DuplicateIndex index;
    private final InputDigest digest;
    private List<Batch> pending = new ArrayList<>();
    private final Report total;
    private Report sinceCommit;
    private LogPosition committed;
    private long pendingRows;
    private long pendingSince; // nanoTime of the oldest pending row
    private long lastCommit = System.nanoTime();
    private long committedRows;
    private long commits;
    private @Nullable TableCommit begun; // not all of it is on disk
    private @Nullable Future<?> writing; // where the writing thread has it
    private List<Batch> begunBatches = List.of();
    private long begunRows;
    private long begunArrivalMicros;
    private Duration lag = Duration.ZERO;

    /** Remembers the rows of the table's window of duplicates. */
    TableRun(Plan plan, Shared shared) {
        this.plan = plan;
        this.shared = shared;
        index =
                new DuplicateIndex(
                        shared.settings().duplicateWindow(),
                        shared.lake().spillDirectory(),
                        shared.settings().indexMemoryRows(),
                        plan.timeInRowKey());
        rebuild(plan, index);
        pipeline =
                new Pipeline(
                        plan,
                        shared.keys(),
                        index,
                        Ingest.rowKeyVersion(shared.lake(), plan.table()));
        digest = new InputDigest(plan, pipeline);
        total = pipeline.emptyReport();
        sinceCommit = pipeline.emptyReport();
        committed = shared.lake().committedPosition(plan.table());
        LOG.info(
                "table {} continues at log position {}, {} rows remembered",
                plan.table(),
                committed,
                index.size());
    }

    /** Reads the keys of the window's rows back from the table. */
    private void rebuild(Plan plan, DuplicateIndex index) {
        List<String> columns = new ArrayList<>();
        columns.add(plan.time());
        columns.add(Plan.ROW_KEY_HI);
        columns.add(Plan.ROW_KEY_LO);
        columns.add(Plan.CONTENT_HASH);
        @Nullable String arrival = plan.arrival();
        if (arrival != null) {
            columns.add(arrival);
        }
        String clockColumn = arrival == null ? plan.time() : arrival;
        long latest = latest(plan.table(), clockColumn);
        if (latest == Long.MIN_VALUE) {
            return;
        }
        long oldest = latest - shared.settings().duplicateWindow().toNanos() / 1000;
        Filter window = new Filter.During(clockColumn, oldest, latest + 1);
        try (TableSource.Scan scan = shared.lake().bookkeeping(plan.table(), columns, window)) {
            Schema schema = scan.schema();
            int arrivalIndex = schema.indexOf(clockColumn);
            for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                for (int row = 0; row < batch.rows(); row++) {
                    index.add(
                            batch.longs(0)[row],
                            batch.longs(arrivalIndex)[row],
                            batch.longs(1)[row],
                            batch.longs(2)[row],
                            batch.longs(3)[row]);
                }
            }
        }
    }

    private long latest(String table, String column) {
        long latest = Long.MIN_VALUE;
        try (TableSource.Scan scan =
                shared.lake().bookkeeping(table, List.of(column), Filter.ALL)) {
            for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                for (int row = 0; row < batch.rows(); row++) {
                    if (batch.state(0, row) == CellState.OK) {
                        latest = Math.max(latest, batch.longs(0)[row]);
                    }
                }
            }
        }
        return latest;
    }

    void govern(Batch batch, ErasedSubjects erased) {
        digest.add(batch, committed);
        Pipeline.Result result = pipeline.process(batch, committed, erased);
        sinceCommit.add(result.report());
        total.add(result.report());
        if (result.batch().rows() > 0) {
            if (pendingRows == 0) {
                pendingSince = System.nanoTime();
            }
            pending.add(result.batch());
            pendingRows += result.batch().rows();
        }
    }

    /**
     * @param read how far the log is read
     */
    boolean isDue(LogPosition read, boolean all) {
        TableCommit before = begun;
        LogPosition taken = before == null ? committed : before.upTo();
        if (read.compareTo(taken) <= 0) {
            return false;
        }
        long now = System.nanoTime();
        boolean due =
                pendingRows == 0
                        ? before == null
                                && now - lastCommit >= shared.settings().idleCommitAfter().toNanos()
                        : pendingRows >= shared.settings().commitRows()
                                || now - pendingSince >= shared.settings().commitAfter().toNanos();
        return due || all;
    }

    /** Called again after a failure it goes on with the same commit. */
    void commit(LogPosition read) {
        begin(read).advance();
        end();
    }

    /** Gives what is pending to the writing thread; no commit may be begun. */
    void startCommit(LogPosition read) {
        TableCommit commit = begin(read);
        writing = shared.writer().submit(commit::advance);
    }

    boolean isWriting() {
        return writing != null;
    }

    boolean isWritten() {
        return writing != null && writing.isDone();
    }

    /** Throws what the writing thread threw; then the commit is still begun. */
    void awaitWritten() {
        RuntimeException failed = awaitEnd();
        writing = null;
        if (failed != null) {
            throw failed;
        }
        end();
    }

    /** Waits until the writing thread has done with the table; null if all went well. */
    @Nullable RuntimeException awaitEnd() {
        Future<?> running = writing;
        boolean interrupted = false;
        try {
            while (running != null) {
                try {
                    running.get();
                    return null;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof RuntimeException unchecked) {
                        return unchecked;
                    }
                    return new IllegalStateException("a commit has failed", e.getCause());
                }
            }
            return null;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void end() {
        TableCommit commit = begun;
        if (commit == null) {
            throw new IllegalStateException("no commit of " + plan.table() + " is begun");
        }
        begun = null;
        committed = commit.upTo();
        committedRows += begunRows;
        commits++;
        lastCommit = System.nanoTime();
        if (begunArrivalMicros != Long.MIN_VALUE) {
            long nowMicros = shared.clock().millis() * 1000;
            lag = Duration.ofNanos(Math.max(0, nowMicros - begunArrivalMicros) * 1000);
        }
        begunBatches.forEach(Batch::close);
        begunBatches = List.of();
    }

    /** The commit that is begun, or one of all that is pending. */
    private TableCommit begin(LogPosition read) {
        TableCommit before = begun;
        if (before != null) {
            return before;
        }
        long rawRows = digest.rows();
        TableCommit commit =
                new TableCommit(
                        shared.lake(),
                        shared.ledger(),
                        shared.lineageFile(),
                        shared.signer(),
                        new TableCommit.Stretch(
                                plan,
                                committed,
                                read,
                                rawRows,
                                rawRows == 0 ? "" : digest.finish(),
                                pending,
                                sinceCommit,
                                shared.keys().epoch(),
                                shared.clock().instant()));
        begun = commit;
        begunBatches = pending;
        begunRows = pendingRows;
        begunArrivalMicros = sinceCommit.latestArrivalMicros;
        pending = new ArrayList<>();
        pendingRows = 0;
        sinceCommit = pipeline.emptyReport();
        return commit;
    }

    Ingest.TableStatus status() {
        return new Ingest.TableStatus(
                plan.table(),
                total.rowsIn,
                total.rowsOut,
                committedRows,
                total.duplicates,
                total.conflicts,
                total.maskedRows,
                total.rejects(),
                commits,
                committed,
                lag);
    }

    Plan plan() {
        return plan;
    }

    /** Up to where its rows are in the table on disk. */
    LogPosition committed() {
        return committed;
    }

    Scorecard scorecard() {
        return Scorecard.of(plan.table(), total, committedRows);
    }

    /** Gives back what the index holds. */
    void close() {
        index.close();
    }
}
