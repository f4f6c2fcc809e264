package org.roadloop.app.lake;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.config.LakeKeeping;
import org.roadloop.app.config.LakeRetention;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.govern.lake.DiskFault;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeMaintenance;
import org.roadloop.govern.lake.LakeMaintenance.Pin;
import org.roadloop.govern.lake.RowRemoval;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the lake small on a thread of its own (数据湖维护线程): pins first, then joining, expiry and
 * orphans, each with evidence in the ledger. While storage refuses, the round ends and the next one
 * begins anew.
 */
public final class LakeKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LakeKeeper.class);

    private final Lake lake;
    private final LakeMaintenance maintenance;
    private final RowRemoval removal;
    private final LakeRetention retention;
    private final Function<String, Optional<String>> clockColumn;
    private final Clock clock;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile @Nullable Supplier<Set<Pin>> pins;
    private volatile @Nullable Runnable begun;
    private @Nullable Thread thread;

    /**
     * @param clockColumn of a table, by which the age of its rows is told; empty: they do not age
     * @param did who acts
     */
    public LakeKeeper(
            Lake lake,
            LakeKeeping settings,
            LakeRetention retention,
            Function<String, Optional<String>> clockColumn,
            Ledger ledger,
            String did,
            Clock clock) {
        this.lake = lake;
        this.clock = clock;
        LakeMaintenance.Settings d = LakeMaintenance.Settings.DEFAULT;
        this.retention = retention;
        this.clockColumn = clockColumn;
        LakeMaintenance.Evidence evidence = LakeMaintenance.Evidence.in(ledger, did, clock);
        removal = new RowRemoval(lake, evidence);
        maintenance =
                new LakeMaintenance(
                        lake,
                        new LakeMaintenance.Settings(
                                d.smallRows(),
                                d.targetRows(),
                                d.leastFiles(),
                                settings.keep(),
                                settings.leastSnapshots(),
                                settings.orphanAge()),
                        evidence);
    }

    /** Erasures that were begun are finished in each round before all else. */
    public void finishFirst(Runnable erasures) {
        begun = erasures;
    }

    /**
     * Takes rows out of a table, all its snapshots and files.
     *
     * @param why stands in the evidence
     */
    public synchronized Optional<RowRemoval.Removal> remove(
            String table, RowRemoval.Rows which, String why) {
        return removal.remove(table, which, why);
    }

    /** Identities in any snapshot of a table. */
    public synchronized void identities(String table, Consumer<String> token) {
        removal.identities(table, token);
    }

    /** Somebody's rows of a table as CSV; returns how many. */
    public synchronized long export(String table, Set<String> tokens, Path csv) {
        return removal.export(table, tokens, csv);
    }

    /** Whose snapshots stay; until this is known the pins that there are stay. */
    public void keepFor(Supplier<Set<Pin>> holders) {
        pins = holders;
    }

    /**
     * Begins; the first round is after one pause.
     *
     * @param fail takes what is no fault of storage
     */
    public void start(Duration every, Consumer<Throwable> fail) {
        thread =
                Thread.ofPlatform()
                        .name("lake-keeper")
                        .daemon()
                        .start(
                                () -> {
                                    try {
                                        while (!stopping.await(
                                                every.toMillis(), TimeUnit.MILLISECONDS)) {
                                            roundUnlessStorageRefuses();
                                        }
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    } catch (RuntimeException e) {
                                        fail.accept(e);
                                    }
                                });
    }

    private void roundUnlessStorageRefuses() {
        try {
            round();
        } catch (RuntimeException e) {
            if (!DiskFault.is(e)) {
                throw e;
            }
            LOG.warn("the lake is kept later, storage refuses: {}", e.getMessage());
        }
    }

    /** One round over all tables; returns what was done by step. */
    public Map<String, Long> round() {
        Runnable first = begun;
        if (first != null) {
            first.run(); // not within the lock: it calls back, and others do at the same time
        }
        return keep();
    }

    private synchronized Map<String, Long> keep() {
        Supplier<Set<Pin>> holders = pins;
        if (holders != null) {
            maintenance.pin(holders.get());
        }
        long aged = 0;
        long joined = 0;
        long expired = 0;
        long orphans = 0;
        for (String table : lake.released()) {
            if (stopping.getCount() == 0) {
                break;
            }
            aged += sweep(table);
            joined += maintenance.compact(table).map(c -> (long) c.filesBefore()).orElse(0L);
            Instant now = clock.instant();
            expired += maintenance.expire(table, now);
            orphans += maintenance.removeOrphans(table, now).size();
        }
        if (joined + expired + orphans > 0) {
            LOG.info(
                    "lake kept: {} files joined, {} snapshots expired, {} orphans removed",
                    joined,
                    expired,
                    orphans);
        }
        return Map.of(
                "agedRows",
                aged,
                "joinedFiles",
                joined,
                "expiredSnapshots",
                expired,
                "orphans",
                orphans);
    }

    /**
     * Removes rows past their time (留存清理). By whole days, so that a file is written again once a
     * day at most; a pin does not keep a row for longer.
     */
    private long sweep(String table) {
        Optional<Duration> longest = retention.of(lake.schema(table));
        Optional<String> column = clockColumn.apply(table);
        if (longest.isEmpty() || column.isEmpty()) {
            return 0;
        }
        Instant first = clock.instant().minus(longest.get()).truncatedTo(ChronoUnit.DAYS);
        RowRemoval.Rows old =
                new RowRemoval.Rows.Before(
                        column.get(), ChronoUnit.MICROS.between(Instant.EPOCH, first), List.of());
        return removal.remove(table, old, "retention").map(RowRemoval.Removal::rows).orElse(0L);
    }

    @Override
    public void close() {
        stopping.countDown();
        Thread on = thread;
        if (on != null) {
            try {
                on.join(Duration.ofMinutes(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
