package org.roadloop.govern.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a lake (湖目录), held by this process until it is closed, and the files of its
 * tables, there or in a bucket. Any thread.
 */
final class LakeDirectory implements AutoCloseable {
    private final Path root;
    private final FileChannel lockChannel;
    private final FileLock lock;
    private final TableFiles files;

    /**
     * @throws IllegalStateException if another process holds it, or it was made with another
     *     storage
     */
    LakeDirectory(Path directory, LakeStorage storage) throws IOException {
        Files.createDirectories(directory.resolve("tables"));
        Files.createDirectories(directory.resolve("spill"));
        root = directory.toRealPath();
        lockChannel =
                FileChannel.open(
                        root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        lock = lock(lockChannel, root);
        files = open(storage, lockChannel);
    }

    private static FileLock lock(FileChannel channel, Path root) throws IOException {
        @Nullable FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
            throw new IllegalStateException(
                    "the lake in "
                            + root
                            + " is open in another process; stop that one, or use another"
                            + " directory");
        }
        return lock;
    }

    /** A lake that can't be opened is not held. */
    private TableFiles open(LakeStorage storage, FileChannel held) throws IOException {
        try {
            String now =
                    switch (storage) {
                        case LakeStorage.Disk disk -> root.toString();
                        case LakeStorage.Bucket bucket -> bucket.base();
                    };
            String made = madeUnder(root).orElse(now);
            boolean wasBucket = made.startsWith("s3:");
            TableFiles opened =
                    switch (storage) {
                        case LakeStorage.Disk disk when !wasBucket ->
                                new DurableFileIO(Path.of(made), root);
                        case LakeStorage.Bucket bucket when made.equals(now) ->
                                BucketFileIO.open(bucket, root);
                        case LakeStorage other ->
                                throw new IllegalStateException(
                                        "the lake in "
                                                + root
                                                + " has its files under "
                                                + made
                                                + " and roadloop.yaml wants "
                                                + now
                                                + "; give govern.storage back what it was, or use"
                                                + " another home");
                    };
            rememberMadeUnder(root, made);
            return opened;
        } catch (IOException | RuntimeException e) {
            held.close();
            throw e;
        }
    }

    /** Where the files were when the lake was made. */
    private static Optional<String> madeUnder(Path root) throws IOException {
        Path file = root.resolve("lake.properties");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            properties.load(in);
        }
        String format = properties.getProperty("format", "?");
        if (!format.equals("1")) {
            throw new IllegalStateException(
                    file + " has format " + format + "; this version reads format 1");
        }
        return Optional.ofNullable(properties.getProperty("root"));
    }

    private static void rememberMadeUnder(Path root, String made) throws IOException {
        Path file = root.resolve("lake.properties");
        if (Files.exists(file)) {
            return;
        }
        Properties properties = new Properties();
        properties.setProperty("format", "1");
        properties.setProperty("root", made);
        try (var out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
        DurableFileIO.sync(file);
        DurableFileIO.sync(root);
    }

    Path root() {
        return root;
    }

    TableFiles files() {
        return files;
    }

    /** For what need not outlive the process. */
    Path spill() {
        return root.resolve("spill");
    }

    Path tables() {
        return root.resolve("tables");
    }

    Path table(String table) {
        return tables().resolve(table);
    }

    /** Where a table's rows are written. */
    Path data(String table) {
        return table(table).resolve("data");
    }

    @Override
    public void close() {
        files.close();
        try {
            lock.release();
            lockChannel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot release the lake's lock in " + root, e);
        }
    }
}
