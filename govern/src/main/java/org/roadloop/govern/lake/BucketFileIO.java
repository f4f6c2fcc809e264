package org.roadloop.govern.lake;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;

/**
 * Iceberg's files in a bucket (桶内文件): each is written locally, put there whole when its stream is
 * closed, and read through a {@link FileCache}. A file that was put is durable once the server has
 * answered; one whose answer was lost is deleted with the rest of its commit. Any thread.
 */
final class BucketFileIO implements TableFiles {
    private static final long serialVersionUID = 1L;

    private final String base;
    private final int keyAt;
    private final String root;
    private final transient Path staging;
    private final transient ObjectStore store;
    private final transient FileCache cache;

    /** Files begun since {@link #keepMade}: those of a commit that may fail. */
    private final Set<Path> made = ConcurrentHashMap.newKeySet();

    /**
     * @param root the lake's directory; what a former run left of unfinished files goes
     * @throws IllegalStateException if the files of another lake are there
     */
    static BucketFileIO open(LakeStorage.Bucket place, Path root) throws IOException {
        ObjectStore store = new ObjectStore(place.place());
        try {
            store.check(place.base());
            BucketFileIO files = new BucketFileIO(place, root, store);
            files.claim();
            return files;
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /**
     * Two lakes under one prefix would remove each other's files as orphans: the first one's id is
     * an object there, and no object is written twice.
     */
    private void claim() throws IOException {
        Path id = Path.of(root, "lake.id");
        if (!Files.exists(id)) {
            Files.writeString(id, UUID.randomUUID().toString());
            DurableFileIO.sync(id);
        }
        try {
            store.put(key(base + "lake.id"), id, ParquetWriter.sha256(id));
        } catch (FileAlreadyExistsException e) {
            throw new IllegalStateException(
                    base
                            + " has the files of another lake; give govern.storage another prefix or"
                            + " bucket, or restore the home that it belongs to",
                    e);
        }
    }

    private BucketFileIO(LakeStorage.Bucket place, Path root, ObjectStore store)
            throws IOException {
        this.base = place.base();
        this.keyAt = ("s3://" + place.bucket() + "/").length();
        this.root = root + "/";
        this.store = store;
        staging = Files.createDirectories(root.resolve("staging"));
        for (Path left : List.of(staging, root.resolve("tables"))) {
            try (Stream<Path> files = Files.walk(left)) {
                files.filter(Files::isRegularFile).forEach(DurableFileIO::delete);
            }
        }
        cache = new FileCache(root.resolve("cache"), place.cacheBytes(), store);
    }

    @Override
    public Path resolve(String location) {
        return Path.of(
                location.startsWith(base) ? root + location.substring(base.length()) : location);
    }

    @Override
    public String locationOf(Path file) {
        String path = file.toString();
        return path.startsWith(root) ? base + path.substring(root.length()) : path;
    }

    private String key(String location) {
        if (!location.startsWith(base)) {
            throw new IllegalStateException(
                    "file "
                            + location
                            + " is not under "
                            + base
                            + "; was the lake's prefix changed in roadloop.yaml?");
        }
        return location.substring(keyAt);
    }

    @Override
    public void store(Path file, String sha256) {
        String key = key(locationOf(file));
        try {
            store.put(key, file, sha256);
            cache.admit(key, file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot store " + file.getFileName(), e);
        }
    }

    @Override
    public Use use(List<Path> files) {
        List<FileCache.Hold> holds = new ArrayList<>();
        Runnable release = () -> holds.forEach(FileCache.Hold::close);
        try {
            List<Path> paths = new ArrayList<>();
            for (Path file : files) {
                if (!isStored(file)) {
                    paths.add(file);
                    continue;
                }
                FileCache.Hold hold = cache.hold(key(locationOf(file)));
                holds.add(hold);
                paths.add(hold.path());
            }
            return new Use(List.copyOf(paths), release);
        } catch (IOException e) {
            release.run();
            throw new UncheckedIOException("cannot fetch files of a table", e);
        } catch (RuntimeException e) {
            release.run();
            throw e;
        }
    }

    /** Other files stand where they are. */
    private boolean isStored(Path file) {
        return file.toString().startsWith(root + "tables/");
    }

    @Override
    public String sha256(Path file) throws IOException {
        return isStored(file) ? store.sha256(key(locationOf(file))) : ParquetWriter.sha256(file);
    }

    @Override
    public void remove(Path file) {
        DurableFileIO.delete(file);
        deleteFile(locationOf(file));
    }

    @Override
    public List<Stored> list(Path directory) {
        String under = key(locationOf(directory) + "/");
        try {
            String bucket = base.substring(0, keyAt);
            return store.list(under).stream()
                    .map(o -> new Stored(resolve(bucket + o.key()), o.modified()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + under, e);
        }
    }

    @Override
    public void abortUnfinished(Path directory, Instant before) {
        String under = key(locationOf(directory) + "/");
        try {
            store.abortUnfinished(under, before);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot end unfinished uploads under " + under, e);
        }
    }

    @Override
    public void keepMade(Path directory) {
        made.removeIf(file -> file.startsWith(directory));
    }

    @Override
    public void deleteMade(Path directory) {
        for (Path file : made) {
            if (file.startsWith(directory)) {
                remove(file);
                made.remove(file);
            }
        }
    }

    @Override
    public InputFile newInputFile(String location) {
        return new Input(location);
    }

    @Override
    public OutputFile newOutputFile(String location) {
        return new Output(location);
    }

    @Override
    public void deleteFile(String location) {
        String key = key(location);
        cache.forget(key);
        try {
            store.delete(key);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + location, e);
        }
    }

    @Override
    public void close() {
        store.close();
    }

    private final class Input implements InputFile {
        private final String location;

        Input(String location) {
            this.location = location;
        }

        @Override
        public long getLength() {
            try (FileCache.Hold hold = cache.hold(key(location))) {
                return Files.size(hold.path());
            } catch (NoSuchFileException e) {
                throw new NotFoundException(e, "no file %s", location);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the size of " + location, e);
            }
        }

        /** An open file outlives its name: the copy needs no holding. */
        @Override
        public SeekableInputStream newStream() {
            try (FileCache.Hold hold = cache.hold(key(location))) {
                return new DurableFileIO.In(FileChannel.open(hold.path(), StandardOpenOption.READ));
            } catch (NoSuchFileException e) {
                throw new NotFoundException(e, "no file %s", location);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot open " + location, e);
            }
        }

        @Override
        public String location() {
            return location;
        }

        @Override
        public boolean exists() {
            try {
                store.head(key(location));
                return true;
            } catch (NoSuchFileException e) {
                return false;
            } catch (IOException e) {
                throw new UncheckedIOException("cannot look for " + location, e);
            }
        }
    }

    /** No name is written twice, so both ways to create refuse what is there. */
    private final class Output implements OutputFile {
        private final String location;

        Output(String location) {
            this.location = location;
        }

        @Override
        public PositionOutputStream create() {
            Path file = staging.resolve(UUID.randomUUID().toString());
            try {
                made.add(resolve(location));
                return new Upload(location, file, Files.newOutputStream(file));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write " + location, e);
            }
        }

        @Override
        public PositionOutputStream createOrOverwrite() {
            return create();
        }

        @Override
        public String location() {
            return location;
        }

        @Override
        public InputFile toInputFile() {
            return newInputFile(location);
        }
    }

    private final class Upload extends PositionOutputStream {
        private final String location;
        private final Path file;
        private final OutputStream out;
        private long position;
        private boolean open = true;

        Upload(String location, Path file, OutputStream out) {
            this.location = location;
            this.file = file;
            this.out = out;
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
            position++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            position += length;
        }

        @Override
        public void close() throws IOException {
            if (!open) {
                return;
            }
            open = false;
            try {
                out.close();
                String key = key(location);
                store.put(key, file, ParquetWriter.sha256(file));
                cache.admit(key, file);
            } catch (FileAlreadyExistsException e) {
                throw new AlreadyExistsException(e, "%s exists already", location);
            } finally {
                Files.deleteIfExists(file);
            }
        }
    }
}
