package org.roadloop.compute.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 of files that have not changed since they were read (文件摘要). A file that was written less
 * than {@link #SETTLED} before it was read is read again: a change within one tick of the file
 * system's clock would not show. Any thread.
 */
final class FileDigests {
    static final Duration SETTLED = Duration.ofSeconds(2);

    private static final int MOST = 10_000;

    private record State(long dataBytes, Instant modified, @Nullable Object fileKey) {
        static State of(Path file) throws IOException {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return new State(now.size(), now.lastModifiedTime().toInstant(), now.fileKey());
        }
    }

    private record Digest(State state, String sha256) {}

    private final Clock clock;

    private final Map<Path, Digest> read =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Path, Digest> eldest) {
                    return size() > MOST;
                }
            };

    FileDigests(Clock clock) {
        this.clock = clock;
    }

    /** Empty if it was not read as it is now. */
    Optional<String> find(Path file) throws IOException {
        State now = State.of(file);
        synchronized (read) {
            Digest digest = read.get(file);
            return digest != null && digest.state().equals(now)
                    ? Optional.of(digest.sha256())
                    : Optional.empty();
        }
    }

    String read(Path file) throws IOException {
        Optional<String> known = find(file);
        if (known.isPresent()) {
            return known.get();
        }
        State before = State.of(file);
        Instant begun = clock.instant();
        String sha256 = Objects.requireNonNull(OutputRelease.sha256(file));
        if (before.equals(State.of(file)) && before.modified().plus(SETTLED).isBefore(begun)) {
            synchronized (read) {
                read.put(file, new Digest(before, sha256));
            }
        }
        return sha256;
    }
}
