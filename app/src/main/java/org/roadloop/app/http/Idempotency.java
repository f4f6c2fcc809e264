package org.roadloop.app.http;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Answers of POST requests that carried an {@code Idempotency-Key}, so that a retry gets the first
 * answer instead of a second act (幂等). Bounded by number and bytes, oldest dropped first; kept in
 * memory: across a restart the ledger's expected versions refuse the second act. Any thread.
 */
final class Idempotency {
    /** A larger answer is not kept; its key is forgotten. */
    static final int MAX_ANSWER_BYTES = 1 << 20;

    private final int maxEntries;
    private final long maxBytes;
    private final Map<Key, Entry> entries = new LinkedHashMap<>();
    private long bytes;

    record Key(String caller, String route, String key) {}

    record Answer(int status, String contentType, String location, byte[] body) {}

    private static final class Entry {
        final byte[] requestHash;
        Optional<Answer> answer = Optional.empty();

        Entry(byte[] requestHash) {
            this.requestHash = requestHash;
        }
    }

    Idempotency(int maxEntries, long maxBytes) {
        this.maxEntries = maxEntries;
        this.maxBytes = maxBytes;
    }

    /**
     * Claims a key for one execution.
     *
     * @return the kept answer, or empty if the caller must now execute and then {@link #keep} or
     *     {@link #forget}
     * @throws Problem 409 while the first is still running, 422 if the key came with another body
     */
    synchronized Optional<Answer> claim(Key key, byte[] requestHash) {
        Entry entry = entries.get(key);
        if (entry == null) {
            entries.put(key, new Entry(requestHash));
            evict();
            return Optional.empty();
        }
        if (!Arrays.equals(entry.requestHash, requestHash)) {
            throw new Problem(
                    422,
                    "idempotency_key_reused",
                    "this Idempotency-Key came before with another body; use a new key for a new"
                            + " request");
        }
        if (entry.answer.isEmpty()) {
            throw new Problem(
                    409,
                    "idempotency_in_progress",
                    "the first request with this Idempotency-Key is still running; ask again");
        }
        return entry.answer;
    }

    synchronized void keep(Key key, Answer answer) {
        Entry entry = entries.get(key);
        if (entry == null) {
            return;
        }
        if (answer.body().length > MAX_ANSWER_BYTES) {
            entries.remove(key);
            return;
        }
        entry.answer = Optional.of(answer);
        bytes += answer.body().length;
        evict();
    }

    synchronized void forget(Key key) {
        entries.remove(key);
    }

    private void evict() {
        Iterator<Entry> oldest = entries.values().iterator();
        while ((entries.size() > maxEntries || bytes > maxBytes) && oldest.hasNext()) {
            Entry entry = oldest.next();
            if (entry.answer.isPresent()) {
                bytes -= entry.answer.get().body().length;
                oldest.remove();
            }
        }
    }
}
