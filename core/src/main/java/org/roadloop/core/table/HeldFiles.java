package org.roadloop.core.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files that were made for a reader and are kept for the next (暂存文件): made once a key, at most so
 * many keys, the longest unused goes first, none goes while it is read. Any thread.
 */
public final class HeldFiles<K, V> {
    private final Path directory;
    private final int most;
    private final Map<K, Place<V>> places = new LinkedHashMap<>(16, 0.75f, true);
    private long made;

    private static final class Place<V> {
        final Path directory;
        final CompletableFuture<V> value = new CompletableFuture<>();
        int readers;
        boolean dropped;

        Place(Path directory) {
            this.directory = directory;
        }
    }

    /** Makes what is held under a key. */
    @FunctionalInterface
    public interface Maker<V> {
        V make(Path emptyDirectory) throws IOException;
    }

    /** Files in use; close gives them back. */
    public final class Use implements AutoCloseable {
        private final Place<V> place;
        private final V value;
        private boolean open = true;

        private Use(Place<V> place, V value) {
            this.place = place;
            this.value = value;
        }

        public V value() {
            return value;
        }

        @Override
        public void close() {
            if (open) {
                open = false;
                giveBack(place);
            }
        }
    }

    /**
     * @param directory of its own; what a former run left in it is removed
     */
    public HeldFiles(Path directory, int most) {
        this.directory = directory;
        this.most = most;
        clear(directory);
    }

    /** What is held under a key; whoever comes while it is made waits for it. */
    public Use use(K key, Maker<V> maker) throws IOException {
        Place<V> place;
        boolean mine = false;
        synchronized (this) {
            @Nullable Place<V> known = places.get(key);
            if (known == null) {
                known = new Place<>(directory.resolve(Long.toString(made++)));
                places.put(key, known);
                mine = true;
            }
            place = known;
            place.readers++;
        }
        try {
            if (mine) {
                make(key, place, maker);
                shrink();
            }
            return new Use(place, place.value.get());
        } catch (IOException | RuntimeException e) {
            giveBack(place);
            throw e;
        } catch (ExecutionException e) {
            giveBack(place);
            throw new CompletionException(e.getCause());
        } catch (InterruptedException e) {
            giveBack(place);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while files were made", e);
        }
    }

    private void make(K key, Place<V> place, Maker<V> maker) throws IOException {
        try {
            Files.createDirectories(place.directory);
            place.value.complete(maker.make(place.directory));
        } catch (IOException | RuntimeException | Error e) {
            place.value.completeExceptionally(e);
            synchronized (this) {
                places.remove(key);
                place.dropped = true;
            }
            throw e;
        }
    }

    private synchronized void shrink() {
        var all = places.values().iterator();
        for (int over = places.size() - most; over > 0 && all.hasNext(); over--) {
            Place<V> oldest = all.next();
            all.remove();
            oldest.dropped = true;
            if (oldest.readers == 0) {
                clear(oldest.directory);
            }
        }
    }

    /**
     * Lets go of what is held under some keys, at once or when its last reader has done with it;
     * the next who asks has it made anew.
     */
    public synchronized void drop(Predicate<K> keys) {
        places.entrySet()
                .removeIf(
                        entry -> {
                            Place<V> place = entry.getValue();
                            if (!keys.test(entry.getKey())) {
                                return false;
                            }
                            place.dropped = true;
                            if (place.readers == 0) {
                                clear(place.directory);
                            }
                            return true;
                        });
    }

    private synchronized void giveBack(Place<V> place) {
        place.readers--;
        if (place.readers == 0 && place.dropped) {
            clear(place.directory);
        }
    }

    private static void clear(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot clear " + directory, e);
        }
    }
}
