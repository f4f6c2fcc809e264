package org.roadloop.govern.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Local copies of objects (本地缓存), each under a hash of its key and its name, the one longest unused
 * gone first. What a former run left is compared with the object's SHA-256 before its first use.
 * Any thread.
 *
 * <p>No more than the given bytes are kept, except copies in use: a scan needs all of its files
 * until it ends.
 */
final class FileCache {
    private static final int STRIPES = 64;
    private static final String FETCHING = ".part";

    private final Path directory;
    private final long mostBytes;
    private final ObjectStore store;

    /** One fetch of an object at a time. */
    private final List<Object> stripes =
            IntStream.range(0, STRIPES).mapToObj(i -> new Object()).toList();

    /** By file name, the one longest unused first; guarded by this. */
    private final Map<String, Copy> copies = new LinkedHashMap<>(16, 0.75f, true);

    private long dataBytes; // guarded by this

    private static final class Copy {
        final Path file;
        final long dataBytes;
        int users;
        boolean checked;

        Copy(Path file, long dataBytes, boolean checked) {
            this.file = file;
            this.dataBytes = dataBytes;
            this.checked = checked;
        }
    }

    /** A copy that stays until it is given back. */
    final class Hold implements AutoCloseable {
        private final Copy copy;
        private boolean open = true;

        private Hold(Copy copy) {
            this.copy = copy;
        }

        Path path() {
            return copy.file;
        }

        @Override
        public void close() {
            synchronized (FileCache.this) {
                if (open) {
                    open = false;
                    copy.users--;
                    makeRoom(0);
                }
            }
        }
    }

    FileCache(Path directory, long mostBytes, ObjectStore store) throws IOException {
        this.directory = directory;
        this.mostBytes = mostBytes;
        this.store = store;
        Files.createDirectories(directory);
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> left =
                    files.sorted(Comparator.comparing((Path f) -> f.toFile().lastModified()))
                            .toList();
            for (Path file : left) {
                if (file.toString().endsWith(FETCHING)) {
                    Files.delete(file);
                } else {
                    add(new Copy(file, Files.size(file), false));
                }
            }
        }
        synchronized (this) {
            makeRoom(0);
        }
    }

    synchronized long dataBytes() {
        return dataBytes;
    }

    /** Takes a file in that was just stored as an object; the file is gone from its place. */
    void admit(String key, Path file) throws IOException {
        take(key, file).close();
    }

    /** The copy of an object, fetched if need be. */
    Hold hold(String key) throws IOException {
        synchronized (stripes.get(Math.floorMod(key.hashCode(), STRIPES))) {
            @Nullable Hold there = find(key);
            if (there != null) {
                if (isGood(there.copy, key)) {
                    return there;
                }
                there.close();
                forget(key);
            }
            return fetch(key);
        }
    }

    /** The object goes: no copy outlives it. */
    synchronized void forget(String key) {
        @Nullable Copy copy = copies.remove(place(key).toString());
        if (copy != null) {
            dataBytes -= copy.dataBytes;
            DurableFileIO.delete(copy.file);
        }
    }

    private Path place(String key) {
        return directory.resolve(Sql.digest(key) + "-" + key.substring(key.lastIndexOf('/') + 1));
    }

    private synchronized @Nullable Hold find(String key) {
        @Nullable Copy copy = copies.get(place(key).toString());
        if (copy == null) {
            return null;
        }
        copy.users++;
        return new Hold(copy);
    }

    private boolean isGood(Copy copy, String key) throws IOException {
        if (!Files.exists(copy.file)) {
            return false;
        }
        synchronized (this) {
            if (copy.checked) {
                return true;
            }
        }
        boolean same =
                store.head(key)
                        .sha256()
                        .filter(ParquetWriter.sha256(copy.file)::equals)
                        .isPresent();
        synchronized (this) {
            copy.checked = same;
        }
        return same;
    }

    private Hold fetch(String key) throws IOException {
        ObjectStore.Head head = store.head(key);
        synchronized (this) {
            makeRoom(head.dataBytes());
        }
        Path fetched = directory.resolve(UUID.randomUUID() + FETCHING);
        try {
            store.get(key, fetched);
            String sha256 = ParquetWriter.sha256(fetched);
            if (Files.size(fetched) != head.dataBytes()
                    || !head.sha256().orElse(sha256).equals(sha256)) {
                throw new IOException(
                        "object '"
                                + key
                                + "' came with other bytes than were stored; see the bucket's"
                                + " server");
            }
            return take(key, fetched);
        } finally {
            Files.deleteIfExists(fetched);
        }
    }

    private synchronized Hold take(String key, Path file) throws IOException {
        forget(key);
        Copy copy = new Copy(place(key), Files.size(file), true);
        makeRoom(copy.dataBytes);
        Files.move(file, copy.file, StandardCopyOption.ATOMIC_MOVE);
        add(copy);
        copy.users++;
        return new Hold(copy);
    }

    private synchronized void add(Copy copy) {
        copies.put(copy.file.toString(), copy);
        dataBytes += copy.dataBytes;
    }

    /** The caller holds the lock. */
    private void makeRoom(long forBytes) {
        Iterator<Copy> oldest = copies.values().iterator();
        while (dataBytes + forBytes > mostBytes && oldest.hasNext()) {
            Copy copy = oldest.next();
            if (copy.users == 0) {
                try {
                    Files.deleteIfExists(copy.file);
                } catch (IOException e) {
                    throw new UncheckedIOException("cannot delete " + copy.file, e);
                }
                oldest.remove();
                dataBytes -= copy.dataBytes;
            }
        }
    }
}
