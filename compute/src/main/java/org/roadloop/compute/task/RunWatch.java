package org.roadloop.compute.task;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.SiteException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run at its site, from its submission to its end (运行监视). Used once, by one thread. */
final class RunWatch {
    private static final Logger LOG = LoggerFactory.getLogger(RunWatch.class);
    private static final Duration WATCH = Duration.ofMillis(50);

    private final OpenTask task;
    private final Clock clock;
    private final SiteWatch sites;
    private final Site site;
    private final String key;
    private final Checkpoint checkpoint;

    RunWatch(
            OpenTask task,
            Clock clock,
            SiteWatch sites,
            Site site,
            String key,
            Checkpoint checkpoint) {
        this.task = task;
        this.clock = clock;
        this.sites = sites;
        this.site = site;
        this.key = key;
        this.checkpoint = checkpoint;
    }

    /** Waits until the site has said how the run ended. */
    Site.Observation.Ended await() throws InterruptedException {
        Thread waiter = Thread.currentThread();
        Thread watcher = Thread.ofVirtual().start(() -> watch(waiter));
        try {
            while (true) {
                try {
                    return site.await(key);
                } catch (SiteException e) {
                    if (e.reachable()) {
                        return new Site.Observation.Ended(
                                List.of(), String.valueOf(e.getMessage()));
                    }
                    sites.unreachable(site, key, e);
                    Thread.sleep(1000);
                }
            }
        } finally {
            watcher.interrupt();
            watcher.join();
        }
    }

    /** Brings an end to the site and keeps checkpoints while the run goes on. */
    private void watch(Thread waiter) {
        boolean told = false;
        try {
            while (waiter.isAlive()) {
                if (!told && (task.cancelled || task.interruption() != null)) {
                    told = cancel();
                }
                if (checkpoint.keepWhenDue()) {
                    task.safe(clock.instant());
                }
                Thread.sleep(WATCH);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("the checkpoint of task {} can't be kept: {}", task.id, e.toString());
        }
    }

    /** False if the site could not be told; it is told again. */
    private boolean cancel() throws InterruptedException {
        try {
            site.cancel(key);
            return true;
        } catch (SiteException e) {
            LOG.warn("task {} can't be ended at its site: {}", task.id, e.getMessage());
            Thread.sleep(1000);
            return e.reachable();
        }
    }
}
