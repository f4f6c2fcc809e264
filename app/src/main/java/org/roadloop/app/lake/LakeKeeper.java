package org.roadloop.app.lake;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.config.LakeKeeping;
import org.roadloop.app.http.Json;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.govern.lake.DiskFault;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeMaintenance;
import org.roadloop.govern.lake.LakeMaintenance.Pin;
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
    private final Clock clock;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile @Nullable Supplier<Set<Pin>> pins;
    private @Nullable Thread thread;

    /**
     * @param did who acts
     */
    public LakeKeeper(Lake lake, LakeKeeping settings, Ledger ledger, String did, Clock clock) {
        this.lake = lake;
        this.clock = clock;
        LakeMaintenance.Settings d = LakeMaintenance.Settings.DEFAULT;
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
                        (step, table, facts) ->
                                ledger.append(
                                        Event.of(
                                                step,
                                                clock.instant(),
                                                did,
                                                table,
                                                Json.mapper().valueToTree(facts))));
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
        Supplier<Set<Pin>> holders = pins;
        if (holders != null) {
            maintenance.pin(holders.get());
        }
        long joined = 0;
        long expired = 0;
        long orphans = 0;
        for (String table : lake.released()) {
            if (stopping.getCount() == 0) {
                break;
            }
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
        return Map.of("joinedFiles", joined, "expiredSnapshots", expired, "orphans", orphans);
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
