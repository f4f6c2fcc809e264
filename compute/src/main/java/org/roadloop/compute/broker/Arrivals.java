package org.roadloop.compute.broker;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.roadloop.network.calendar.Estimate;

/**
 * Content that booked transfers are bringing to sites (在途数据): the next task that needs it there
 * waits for it and books no second transfer. Any thread.
 *
 * <p>A task that ends before its transfer is done, while another waits for the content, keeps its
 * booking until then: the other can still move the bytes over the same booked lines.
 */
final class Arrivals {
    private record Key(String site, String content) {}

    /**
     * @param hold of the placement that pays for it
     */
    record Arrival(String hold, Estimate transfer) {}

    private final Map<Key, Arrival> coming = new HashMap<>();

    /** Arrivals that others wait for, by the hold that pays; each with the holds that wait. */
    private final Map<String, Set<String>> waiting = new HashMap<>();

    synchronized Optional<Arrival> find(String site, String content) {
        return Optional.ofNullable(coming.get(new Key(site, content)));
    }

    synchronized void note(String site, String content, Arrival arrival) {
        coming.putIfAbsent(new Key(site, content), arrival);
    }

    /** False if the payer has been released meanwhile: then nothing comes. */
    synchronized boolean share(String payer, String hold) {
        if (coming.values().stream().noneMatch(a -> a.hold().equals(payer))) {
            return false;
        }
        waiting.computeIfAbsent(payer, p -> new HashSet<>()).add(hold);
        return true;
    }

    /**
     * A placement ends.
     *
     * @return until when its booking must stay because others wait for what it brings; empty if it
     *     can go now
     */
    synchronized Optional<Instant> end(String hold, Instant now) {
        waiting.values().forEach(holds -> holds.remove(hold));
        Optional<Instant> last =
                coming.values().stream()
                        .filter(a -> a.hold().equals(hold))
                        .map(a -> a.transfer().finish())
                        .filter(now::isBefore)
                        .max(Instant::compareTo);
        if (last.isPresent() && !waiting.getOrDefault(hold, Set.of()).isEmpty()) {
            return last;
        }
        waiting.remove(hold);
        coming.values().removeIf(a -> a.hold().equals(hold));
        return Optional.empty();
    }

    /** Whether a placement's booking would outlive it, because others wait for what it brings. */
    synchronized boolean isAwaited(String hold, Instant now) {
        return !waiting.getOrDefault(hold, Set.of()).isEmpty()
                && coming.values().stream()
                        .anyMatch(a -> a.hold().equals(hold) && a.transfer().finish().isAfter(now));
    }

    /** Nothing comes of it, whoever waits. */
    synchronized void forget(String hold) {
        waiting.remove(hold);
        coming.values().removeIf(a -> a.hold().equals(hold));
    }

    /** What has arrived is the site's cache from then on. */
    synchronized void arrive(Instant now) {
        coming.values().removeIf(a -> !a.transfer().finish().isAfter(now));
    }
}
