package org.roadloop.govern.plan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.table.BatchFeed;
import org.roadloop.core.table.LogPosition;
import org.roadloop.govern.lake.DiskFault;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeMaintenance;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.quality.DuplicateIndex;
import org.roadloop.govern.quality.RowKeys;
import org.roadloop.govern.quality.Scorecard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Exactly once, and why. A table's snapshot carries the log position up to which its rows are in
 * (one atomic commit holds both). After a restart the feed is read from the least position of all
 * tables; a row before its own table's position is passed over. So a row read twice is stored once,
 * and a row of the log that is not stored will be read again: the feed may free the log only up to
 * what `consumed` was told, and that is the least position that is committed on disk. Order of one
 * commit: Parquet fsynced -> passport in the ledger -> snapshot in the catalogue -> consumed. A
 * kill between the last three leaves a passport that no snapshot names; the rows come again and
 * get another one.
 *
 * While storage refuses a step, nothing is read and the same step is tried again: the rows stay in
 * memory, the commit keeps its file and its passport (TableCommit), and whether a snapshot that
 * failed is in the table after all is read there (Lake.commit). Stopped meanwhile, it is as killed.
 */

/*
 * Two threads: while one stretch of rows is written and committed, the next one is governed. A table
 * has one commit at a time, begun with all that is pending; its position moves only when the commit
 * is on disk, so nothing of the above changes. When a table is due again before that, the loop
 * waits: at most two stretches are in memory.
 */

/**
 * The loop from the frame log to the governed tables (入湖). {@link #run} on one thread; {@link
 * #stop}, {@link #status} and {@link #scorecards} from any.
 */
public final class Ingest implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ingest.class);

    private final BatchFeed feed;
    private final TableRun.Shared shared;
    private final Map<String, TableRun> runs = new TreeMap<>(); // by raw table name
    private final BlockingQueue<Joining> joining = new LinkedBlockingQueue<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final StorageWait storage = new StorageWait(stopping);
    private LogPosition read;
    private LogPosition told = LogPosition.START;
    private volatile ErasedSubjects erased = ErasedSubjects.NONE;
    private volatile Map<String, TableStatus> status = Map.of();
    private volatile Map<String, Scorecard> scorecards = Map.of();

    /**
     * @param commitRows a table is committed when it holds this many rows
     * @param commitAfter or when its oldest row has waited this long
     * @param duplicateWindow how long a row is remembered, see {@link DuplicateIndex}
     * @param idleCommitAfter a table without rows moves its position at most this often
     * @param indexMemoryRows rows of a table that {@link DuplicateIndex} holds in memory
     */
    public record Settings(
            int commitRows,
            Duration commitAfter,
            Duration duplicateWindow,
            Duration idleCommitAfter,
            int indexMemoryRows) {
        public static final Settings DEFAULT =
                new Settings(
                        200_000,
                        Duration.ofSeconds(5),
                        Duration.ofDays(7),
                        Duration.ofSeconds(30),
                        300_000);

        public Settings(
                int commitRows,
                Duration commitAfter,
                Duration duplicateWindow,
                Duration idleCommitAfter) {
            this(
                    commitRows,
                    commitAfter,
                    duplicateWindow,
                    idleCommitAfter,
                    DEFAULT.indexMemoryRows());
        }
    }

    /**
     * Counts of one table since this process started.
     *
     * @param lag from the arrival of the latest committed row to its commit
     */
    public record TableStatus(
            String table,
            long rowsIn,
            long governedRows,
            long committedRows,
            long duplicates,
            long conflicts,
            long maskedRows,
            Map<String, Long> rejects,
            long commits,
            LogPosition committed,
            Duration lag) {
        public TableStatus {
            rejects = Map.copyOf(rejects);
        }
    }

    /** A plan that is to be run from now on, and who waits for it. */
    private record Joining(Plan plan, CompletableFuture<Void> done) {}

    /**
     * Checks the plans, opens their tables, rebuilds the duplicate indexes.
     *
     * @param lineageFile OpenLineage events are added to it, one a line; null for none
     */
    public Ingest(
            BatchFeed feed,
            Lake lake,
            List<Plan> plans,
            Keyring keys,
            Ledger ledger,
            Signer signer,
            Clock clock,
            Settings settings,
            @Nullable Path lineageFile) {
        this.feed = feed;
        shared =
                new TableRun.Shared(
                        lake, keys, ledger, signer, clock, settings, lineageFile, writer());
        clearSpill(lake.spillDirectory());
        @Nullable LogPosition least = null;
        for (Plan plan : plans) {
            TableRun run = open(plan);
            if (least == null || run.committed().compareTo(least) < 0) {
                least = run.committed();
            }
        }
        if (least == null) {
            throw new IllegalArgumentException("there is no plan to run");
        }
        read = least;
        publish();
    }

    /** One thread, which ends when it has had nothing to write for a while. */
    private static ExecutorService writer() {
        ThreadPoolExecutor writer =
                new ThreadPoolExecutor(
                        1,
                        1,
                        10,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().name("ingest-write").daemon().factory());
        writer.allowCoreThreadTimeOut(true);
        return writer;
    }

    /** Which row keys a table has, see {@link RowKeys}. */
    public static int rowKeyVersion(Lake lake, String table) {
        return lake.property(table, RowKeys.TABLE_PROPERTY).map(Integer::parseInt).orElse(1);
    }

    private TableRun open(Plan plan) {
        PlanCheck.require(plan);
        if (runs.containsKey(plan.source())) {
            throw new IllegalArgumentException(
                    "two plans govern the raw table '" + plan.source() + "'");
        }
        shared.lake()
                .create(
                        plan.table(),
                        plan.governedSchema(),
                        plan.releaseRule(),
                        Map.of(RowKeys.TABLE_PROPERTY, Integer.toString(RowKeys.VERSION)),
                        LakeMaintenance.Evidence.in(
                                shared.ledger(), shared.signer().did(), shared.clock()));
        TableRun run = new TableRun(plan, shared);
        runs.put(plan.source(), run);
        return run;
    }

    /**
     * Runs one more plan, from where the log is read now; rows of its raw table must not come
     * before. Returns when its table is there and remembers that place. Any thread, while {@link
     * #run} runs.
     *
     * @throws IllegalArgumentException if the plan must not run, or another governs the raw table
     */
    public void add(Plan plan) throws InterruptedException {
        Joining one = new Joining(plan, new CompletableFuture<>());
        joining.add(one);
        if (isStopping()) {
            one.done().completeExceptionally(new IllegalStateException("ingest has stopped"));
        }
        try {
            one.done().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private void join() {
        for (Joining one = joining.poll(); one != null; one = joining.poll()) {
            try {
                TableRun run = open(one.plan());
                if (read.compareTo(run.committed()) > 0 && !untilStored(() -> run.commit(read))) {
                    throw new IllegalStateException("ingest has stopped");
                }
                publish();
                one.done().complete(null);
            } catch (RuntimeException e) {
                one.done().completeExceptionally(e);
            }
        }
    }

    /** Reads, governs and commits until {@link #stop}; what was read is committed at the end. */
    public void run() {
        LOG.info("ingest starts at log position {} for {} tables", read, runs.size());
        untilStored(() -> feed.consumed(read));
        Duration wait = shared.settings().commitAfter().dividedBy(4);
        while (!isStopping()) {
            join();
            untilStored(() -> governNext(wait));
            commitDue(false);
        }
        commitDue(true);
        for (Joining one = joining.poll(); one != null; one = joining.poll()) {
            one.done().completeExceptionally(new IllegalStateException("ingest has stopped"));
        }
        runs.values().forEach(TableRun::close);
        LOG.info("ingest stopped at log position {}", read);
    }

    /** Reads until the feed has nothing more for {@code idle}, then commits all. */
    public void drain(Duration idle) {
        boolean[] more = {true};
        while (more[0] && !isStopping()) {
            untilStored(() -> more[0] = governNext(idle));
            commitDue(false);
        }
        commitDue(true);
    }

    /** False if nothing came. Until a chunk is there whole nothing of it is governed. */
    private boolean governNext(Duration wait) {
        try (BatchFeed.@Nullable Chunk chunk = feed.next(read, wait)) {
            if (chunk != null) {
                govern(chunk);
            }
            return chunk != null;
        }
    }

    private boolean untilStored(Runnable step) {
        return storage.until(step, read);
    }

    /** Asks {@link #run} to end after the present chunk, or at once while it waits for storage. */
    public void stop() {
        stopping.countDown();
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /** What keeps rows from being stored at present, for an operator; empty while they are. */
    public Optional<String> waitsFor() {
        return storage.reason();
    }

    @Override
    public void close() {
        stop();
    }

    /** What a process that was killed while it wrote a piece of an index has left. */
    private static void clearSpill(Path spill) {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(spill, "keys*.run")) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot clear " + spill, e);
        }
    }

    /** From the next chunk on these subjects' rows stay out. */
    public void leaveOut(ErasedSubjects subjects) {
        erased = subjects;
    }

    /** By governed table. */
    public Map<String, TableStatus> status() {
        return status;
    }

    /** By governed table, over everything governed since this process started. */
    public Map<String, Scorecard> scorecards() {
        return scorecards;
    }

    private void govern(BatchFeed.Chunk chunk) {
        chunk.batches()
                .forEach(
                        (name, batch) -> {
                            @Nullable TableRun run = runs.get(name);
                            if (run == null) {
                                throw new IllegalStateException(
                                        "the feed sends raw table '"
                                                + name
                                                + "' and no plan governs it; plans govern "
                                                + String.join(", ", runs.keySet()));
                            }
                            if (chunk.end().compareTo(run.committed()) > 0) {
                                run.govern(batch, erased);
                            }
                        });
        read = chunk.end();
        publish();
    }

    private void commitDue(boolean all) {
        if (storage.reason().isPresent()) {
            return; // stopped while storage refused: the last try was just now
        }
        boolean committed = false;
        for (TableRun run : runs.values()) {
            if (run.isDue(read, all)) {
                committed |= run.isWriting();
                if (!settle(run)) {
                    return;
                }
                run.startCommit(read);
            }
        }
        for (TableRun run : runs.values()) {
            if (run.isWriting() && (all || run.isWritten())) {
                if (!settle(run)) {
                    return;
                }
                committed = true;
            }
        }
        if (!committed) {
            return;
        }
        LogPosition least = read;
        for (TableRun run : runs.values()) {
            least = run.committed().compareTo(least) < 0 ? run.committed() : least;
        }
        publish();
        LogPosition free = least;
        if (free.compareTo(told) > 0 && untilStored(() -> feed.consumed(free))) {
            told = free;
        }
    }

    /**
     * Waits for the commit that the writing thread has of a table, and does it here where storage
     * refused it there.
     *
     * @return false if it was stopped before all was stored
     */
    private boolean settle(TableRun run) {
        if (!run.isWriting()) {
            return true;
        }
        @Nullable RuntimeException[] refused = {null};
        try {
            run.awaitWritten();
            return true;
        } catch (RuntimeException e) {
            if (!DiskFault.is(e)) {
                throw e;
            }
            refused[0] = e;
        }
        // One thread writes at a time: what was given to the other one ends first.
        runs.values().forEach(TableRun::awaitEnd);
        return untilStored(
                () -> {
                    RuntimeException first = refused[0];
                    refused[0] = null;
                    if (first != null) {
                        throw first;
                    }
                    run.commit(read);
                });
    }

    private void publish() {
        Map<String, TableStatus> next = new TreeMap<>();
        Map<String, Scorecard> cards = new TreeMap<>();
        for (TableRun run : runs.values()) {
            next.put(run.plan().table(), run.status());
            cards.put(run.plan().table(), run.scorecard());
        }
        status = Map.copyOf(next);
        scorecards = Map.copyOf(cards);
    }
}
