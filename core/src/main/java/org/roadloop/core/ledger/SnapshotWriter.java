package org.roadloop.core.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes snapshots beside the appends (写快照). A snapshot costs as much as there are subjects, so the
 * next is due when the log has grown by an eighth: opening then hashes at most that much anew, and
 * what all snapshots cost together stays in proportion to the log. Called from one thread.
 */
final class SnapshotWriter {
    /** No snapshot before the log has grown by as many entries: hashing them takes 0.1 s. */
    static final long EVERY = 1 << 17;

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotWriter.class);

    private final Path dir;
    private final Versions versions;
    private final Step.Listener steps;
    private final long every;

    /** Erasures in the log whose payload may still be there. Any thread. */
    private final Set<Long> erasures = ConcurrentHashMap.newKeySet();

    private volatile long size;
    private @Nullable Thread running;

    /**
     * @param size of the snapshot that is there; 0 if none
     */
    SnapshotWriter(Path dir, Versions versions, Step.Listener steps, long every, long size) {
        this.dir = dir;
        this.versions = versions;
        this.steps = steps;
        this.every = every;
        this.size = size;
    }

    Set<Long> erasures() {
        return erasures;
    }

    boolean due(long base) {
        Thread last = running;
        boolean busy = last != null && last.isAlive();
        return !busy && base - size >= Math.max(every, base / 8);
    }

    /** At a clean end a smaller growth is worth a snapshot too. */
    boolean dueAtClose(long base) {
        return base - size >= every / 4;
    }

    /**
     * Begins to write the state at the journal's base.
     *
     * @param newest number of events after the base by subject
     */
    void start(long base, byte[] root, byte[] edge, Map<String, Long> newest) {
        versions.freeze(newest);
        List<Long> pending = List.copyOf(erasures);
        Thread thread = new Thread(() -> write(base, root, edge, pending), "ledger-snapshot");
        thread.setDaemon(true);
        running = thread;
        thread.start();
    }

    private void write(long base, byte[] root, byte[] edge, List<Long> pending) {
        try {
            Snapshot.write(dir, base, root, edge, pending, versions, steps);
            size = base;
        } catch (IOException e) {
            LOG.warn("snapshot of ledger {} can't be written: {}", dir, e.toString());
        } finally {
            versions.thaw();
        }
    }

    /** Waits for what was begun. */
    void finish() {
        Thread thread = running;
        boolean interrupted = false;
        while (thread != null && thread.isAlive()) {
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
