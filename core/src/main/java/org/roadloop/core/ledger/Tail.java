package org.roadloop.core.ledger;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a shared ledger (跟随): hands each entry to the folds, in order, on one thread of its own,
 * so that what another node has appended counts here too.
 *
 * <p>Own entries come along; a fold knows them by their index. While the ledger can't be read it is
 * tried again; a fold that fails ends the platform, for what it holds is no longer the ledger.
 */
public final class Tail implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Tail.class);
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Ledger ledger;
    private final List<Consumer<Entry>> folds;
    private final Consumer<Throwable> fail;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile long next;

    private Tail(Ledger ledger, long from, List<Consumer<Entry>> folds, Consumer<Throwable> fail) {
        this.ledger = ledger;
        this.next = from;
        this.folds = List.copyOf(folds);
        this.fail = fail;
        thread = new Thread(this::run, "ledger-tail");
    }

    /**
     * @param from first entry that the folds may not have yet
     * @param fail told when a fold fails; nothing follows after that
     */
    public static Tail follow(
            Ledger ledger, long from, List<Consumer<Entry>> folds, Consumer<Throwable> fail) {
        Tail tail = new Tail(ledger, from, folds, fail);
        tail.thread.setDaemon(true);
        tail.thread.start();
        return tail;
    }

    /** Entries before this are in the folds. */
    public long next() {
        return next;
    }

    private void run() {
        boolean lost = false;
        while (closing.getCount() > 0) {
            try {
                if (ledger.awaitGrowth(next, LOOK) > next) {
                    fold();
                }
                if (lost) {
                    LOG.info("the ledger is followed again, from entry {}", next);
                    lost = false;
                }
            } catch (java.io.UncheckedIOException e) {
                if (!lost) {
                    LOG.warn("the ledger can't be followed: {}", e.getMessage());
                    lost = true;
                }
                pause();
            } catch (RuntimeException e) {
                if (closing.getCount() > 0) {
                    LOG.error("entry {} can't be folded", next, e);
                    fail.accept(e);
                }
                return;
            }
        }
    }

    private void fold() {
        try (Stream<Entry> entries = ledger.read(next)) {
            entries.takeWhile(entry -> closing.getCount() > 0)
                    .forEach(
                            entry -> {
                                folds.forEach(fold -> fold.accept(entry));
                                next = entry.index() + 1;
                            });
        }
    }

    private void pause() {
        try {
            if (closing.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("closing");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
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
