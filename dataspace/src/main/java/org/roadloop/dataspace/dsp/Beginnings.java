package org.roadloop.dataspace.dsp;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * First messages of peers on their way into the book (起始消息): one that is said twice at once begins
 * one dialogue. Any thread.
 */
final class Beginnings {
    private final Map<String, String> pids = new ConcurrentHashMap<>();

    /**
     * @param known our pid of it, where the book has it
     * @param step what is done under our pid, known or new
     */
    <T> T begin(
            String peer,
            String peerPid,
            Supplier<Optional<String>> known,
            Function<String, T> step) {
        String key = peer + " " + peerPid;
        // the book is asked inside: what another thread began stands there before its key goes
        String pid =
                pids.computeIfAbsent(
                        key, k -> known.get().orElseGet(() -> "urn:uuid:" + UUID.randomUUID()));
        try {
            return step.apply(pid);
        } finally {
            pids.remove(key);
        }
    }
}
