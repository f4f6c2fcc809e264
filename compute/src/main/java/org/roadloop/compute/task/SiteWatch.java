package org.roadloop.compute.task;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.compute.broker.Broker;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.SiteException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sites that can't be reached (站点失联): the broker asks them no more, tasks that waited there are
 * placed anew, and a site that answers again is taken in again. What ran there stays in doubt until
 * the site has said what became of its key. Any thread.
 */
final class SiteWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SiteWatch.class);
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final Broker broker;
    private final TasksInWork tasks;
    private final Map<String, Thread> lost = new ConcurrentHashMap<>();
    private boolean closed;

    SiteWatch(Broker broker, TasksInWork tasks) {
        this.broker = broker;
        this.tasks = tasks;
    }

    /**
     * @param key of a run, which the site is asked for until it answers
     */
    synchronized void unreachable(Site site, String key, SiteException why) {
        String id = site.capabilities().id();
        if (closed || lost.containsKey(id)) {
            return;
        }
        String reason = String.valueOf(why.getMessage());
        List<String> ended = broker.lose(id, reason);
        LOG.warn("site {} can't be reached, {} bookings there end: {}", id, ended.size(), reason);
        lost.put(id, Thread.ofVirtual().name("site-" + id).start(() -> probe(site, id, key)));
        tasks.displace(ended, "site %s can't be reached: %s".formatted(id, reason));
    }

    /** A task that was placed while its site was being lost. */
    void placed(OpenTask task, OpenTask.Booked at) {
        if (lost.containsKey(at.site())) {
            tasks.displace(List.of(at.hold()), "site %s can't be reached".formatted(at.site()));
        }
    }

    private void probe(Site site, String id, String key) {
        Duration pause = FIRST;
        try {
            while (true) {
                Thread.sleep(pause);
                if (answers(site, key)) {
                    break;
                }
                pause = pause.multipliedBy(2);
                pause = pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
            }
        } catch (InterruptedException e) {
            return;
        }
        synchronized (this) {
            lost.remove(id);
            broker.recover(id);
        }
        LOG.info("site {} is back", id);
    }

    private static boolean answers(Site site, String key) {
        try {
            site.find(key);
            return true;
        } catch (SiteException e) {
            return e.reachable();
        } catch (RuntimeException e) {
            LOG.warn("site {}: {}", site.capabilities().id(), e.toString());
            return false;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        lost.values().forEach(Thread::interrupt);
    }
}
