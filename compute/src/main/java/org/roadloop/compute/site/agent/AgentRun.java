package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.roadloop.compute.site.Images;
import org.roadloop.compute.site.Site;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run at the agent (代理侧运行): contents → folders → sandbox → end on disk → back to the platform.
 * After a kill it goes on from its files:
 *
 * <pre>
 * run.json            nothing ran: laid anew and run
 * started             the sandbox died with the agent: lost, unless the site kept its end
 * end.json            brought back again, from where the platform has it
 * </pre>
 *
 * One thread, and {@link #cancel} from any.
 */
final class AgentRun implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentRun.class);
    private static final int FAILURES = 5;
    private static final long WATCH_MILLIS = 100;

    private final String key;
    private final TakenRuns taken;
    private final ContentStore staged;
    private final PlatformClient platform;
    private final Site local;
    private final Images images;
    private final Semaphore slots;
    private final BooleanSupplier closing;
    private volatile boolean cancelled;

    AgentRun(
            String key,
            TakenRuns taken,
            ContentStore staged,
            PlatformClient platform,
            Site local,
            Images images,
            Semaphore slots,
            BooleanSupplier closing) {
        this.key = key;
        this.taken = taken;
        this.staged = staged;
        this.platform = platform;
        this.local = local;
        this.images = images;
        this.slots = slots;
        this.closing = closing;
    }

    void cancel() {
        cancelled = true;
        local.cancel(key);
    }

    @Override
    public void run() {
        try {
            LaidRun laid = new LaidRun(key, taken.get(key), taken.folder(key), images);
            ReturnedRun back = new ReturnedRun(key, laid, taken.folder(key), platform);
            Optional<Site.Observation.Ended> before = taken.findEnd(key);
            Site.Observation.Ended ended = before.isPresent() ? before.get() : ran(laid, back);
            if (before.isEmpty()) {
                if (closing.getAsBoolean()) {
                    return; // cut off by us: the next start says that it is lost
                }
                taken.end(key, ended);
            }
            back.bring(ended);
            taken.done(key);
        } catch (IOException e) {
            LOG.error("run {} stays on disk until the next start: {}", key, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Site.Observation.Ended ran(LaidRun laid, ReturnedRun back)
            throws IOException, InterruptedException {
        if (taken.isStarted(key)) {
            if (local.find(key).orElse(null) instanceof Site.Observation.Ended kept) {
                return kept;
            }
            return new Site.Observation.Ended(
                    List.of(), "the agent was killed while the run was on: the run is lost");
        }
        Optional<String> failure = prepare(laid);
        if (failure.isPresent() || cancelled) {
            return new Site.Observation.Ended(List.of(), failure.orElse(""));
        }
        // Waits here and not in the site: what waits has not begun, and begins after a kill.
        while (!slots.tryAcquire(WATCH_MILLIS, TimeUnit.MILLISECONDS)) {
            if (cancelled) {
                return new Site.Observation.Ended(List.of(), "");
            }
        }
        try {
            return started(laid, back);
        } finally {
            slots.release();
        }
    }

    private Site.Observation.Ended started(LaidRun laid, ReturnedRun back)
            throws IOException, InterruptedException {
        taken.start(key);
        local.submit(key, laid.run());
        if (cancelled) {
            local.cancel(key);
        }
        Thread watch = Thread.ofVirtual().start(() -> back.follow(this::cancel));
        try {
            return local.await(key);
        } finally {
            watch.interrupt();
            watch.join();
        }
    }

    /** What keeps the run from being started; empty if it is laid. */
    private Optional<String> prepare(LaidRun laid) throws InterruptedException {
        BackOff pause = new BackOff();
        int failures = 0;
        while (!cancelled) {
            try {
                ContentStore own = new ContentStore(taken.folder(key).resolve("content"), platform);
                laid.lay(staged, own);
                return Optional.empty();
            } catch (PlatformClient.RefusedException e) {
                if (e.status() == 404) {
                    return Optional.of("the platform gives a content of the run no more");
                }
            } catch (java.net.ConnectException | java.net.http.HttpTimeoutException e) {
                LOG.debug("run {} waits for the platform: {}", key, e.toString());
            } catch (IOException | IllegalArgumentException e) {
                LOG.warn("run {} can't be laid out yet: {}", key, e.toString());
                if (++failures == FAILURES) {
                    return Optional.of("its folders can't be laid out: " + e.getMessage());
                }
            }
            pause.pause();
        }
        return Optional.empty();
    }

    /** Longer pauses from attempt to attempt, up to 10 s. One thread. */
    static final class BackOff {
        private static final Duration MOST = Duration.ofSeconds(10);
        private long millis = 100;

        void pause() throws InterruptedException {
            // half of it at random, so that agents do not come back all at once
            Thread.sleep(millis / 2 + (long) (Math.random() * millis / 2));
            millis = Math.min(MOST.toMillis(), millis * 2);
        }

        void reset() {
            millis = 100;
        }
    }
}
