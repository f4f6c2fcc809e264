package org.roadloop.dataspace.dcp;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again at the status lists that something running depends on (状态列表监视): one virtual
 * thread a list, there only while the list is asked for. Any thread.
 *
 * <p>From the moment an issuer's answer would show a revocation, it is known here after the poll
 * and the time of two answers at most.
 */
final class StatusListWatch {
    /** Leases ask four times a second; a list that nobody asked for so long is left alone. */
    private static final Duration UNASKED = Duration.ofSeconds(1);

    /** Between two looks at an issuer that does not answer. */
    private static final Duration MOST_PAUSE = Duration.ofSeconds(2);

    /** Issuers whose lists are watched at a time; those of others are seen when they get old. */
    private static final int MOST = 32;

    private static final Logger log = LoggerFactory.getLogger(StatusListWatch.class);

    private final Predicate<String> look;
    private final Duration poll;
    private final Map<String, Watched> watched = new ConcurrentHashMap<>();

    private static final class Watched {
        volatile long askedNanos = System.nanoTime();
    }

    /**
     * @param look reads a list anew; false if it can't be had
     */
    StatusListWatch(Predicate<String> look, Duration poll) {
        this.look = look;
        this.poll = poll;
    }

    /** Someone needs to know of this list now. */
    void touch(String url) {
        Watched known = watched.get(url);
        if (known != null) {
            known.askedNanos = System.nanoTime();
            return;
        }
        if (watched.size() >= MOST) {
            return;
        }
        Watched mine = new Watched();
        if (watched.putIfAbsent(url, mine) == null) {
            Thread.ofVirtual().name("status-list").start(() -> watch(url, mine));
        }
    }

    private void watch(String url, Watched mine) {
        Duration pause = poll;
        try {
            while (System.nanoTime() - mine.askedNanos < UNASKED.plus(pause).toNanos()) {
                Thread.sleep(pause);
                if (look.test(url)) {
                    pause = poll;
                } else {
                    pause = longer(pause);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.error("status list {} can't be watched", url, e);
        } finally {
            watched.remove(url, mine);
        }
    }

    private Duration longer(Duration pause) {
        Duration most = poll.compareTo(MOST_PAUSE) > 0 ? poll : MOST_PAUSE;
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(most) > 0 ? most : twice;
    }
}
