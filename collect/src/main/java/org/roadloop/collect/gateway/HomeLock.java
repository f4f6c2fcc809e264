package org.roadloop.collect.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** One process writes a frame log's directory (写锁); a kill releases it. */
public final class HomeLock implements AutoCloseable {
    private final FileChannel file;

    /**
     * Takes the lock; makes the directory.
     *
     * @throws IllegalStateException when another process, or another log of this one, holds it
     */
    public HomeLock(Path directory) {
        try {
            Files.createDirectories(directory);
            file =
                    FileChannel.open(
                            directory.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            requireLock(file, directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open the frame log at " + directory, e);
        }
    }

    /** Releases the lock with its file. */
    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireLock(FileChannel file, Path directory) throws IOException {
        @Nullable FileLock held;
        try {
            held = file.tryLock();
        } catch (OverlappingFileLockException e) {
            held = null;
        }
        if (held == null) {
            file.close();
            throw new IllegalStateException(
                    "the frame log at %s is written by another process; stop it or use another home"
                            .formatted(directory));
        }
    }
}
