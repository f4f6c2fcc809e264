package org.roadloop.govern.lake;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.iceberg.io.FileIO;

/**
 * The files of all tables (表文件). A file is known by its place under the lake's directory, whether
 * it stands there or in a bucket; only what {@link #use} gives may be opened. Any thread.
 *
 * <p>Whatever storage refuses for a while comes as {@link java.io.UncheckedIOException} that {@link
 * DiskFault} knows.
 */
sealed interface TableFiles extends FileIO permits DurableFileIO, BucketFileIO {
    /** A file that is stored, and since when. */
    record Stored(Path file, Instant modified) {}

    /** Files that can be opened until they are given back, in the order they were asked for. */
    record Use(List<Path> paths, Runnable release) implements AutoCloseable {
        @Override
        public void close() {
            release.run();
        }
    }

    /** The place of a location that metadata names. */
    Path resolve(String location);

    /** The location that metadata has to name for a place. */
    String locationOf(Path file);

    /**
     * Makes a file that was written at its place durable; nothing is at its place after a failure
     * but what {@link #remove} takes away.
     *
     * @param sha256 lower-case hex
     */
    void store(Path file, String sha256);

    Use use(List<Path> files);

    /**
     * Lower-case hex SHA-256 of a file as it is stored, never of a copy of it.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     */
    String sha256(Path file) throws IOException;

    /** Deletes a file if it is there. */
    void remove(Path file);

    /** All files under a directory, in no order. */
    List<Stored> list(Path directory);

    /** Ends uploads under a directory that were begun before a time and never finished. */
    void abortUnfinished(Path directory, Instant before);

    /** What was written under a directory belongs to a commit that is in. */
    void keepMade(Path directory);

    /** What was written under a directory belongs to a commit that is not in: it goes. */
    void deleteMade(Path directory);
}
