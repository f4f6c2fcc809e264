package org.roadloop.core.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files that are whole or not there, and on disk when we say so. Any thread. */
public final class DurableFiles {
    private DurableFiles() {}

    /** Whole or not there; on disk only after {@link #sync} of the file and of its directory. */
    static void replace(Path file, byte[] bytes) throws IOException {
        Path draft = draft(file);
        Files.write(draft, bytes);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Whole or not there, and on disk on return. */
    public static void replaceAndSync(Path file, byte[] bytes) throws IOException {
        Path draft = draft(file);
        try (FileChannel channel =
                FileChannel.open(
                        draft,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        sync(directory(file));
    }

    /** Flushes a file, or the names in a directory. */
    static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    static Path directory(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " has no directory");
        }
        return parent;
    }

    private static Path draft(Path file) throws IOException {
        Path dir = directory(file);
        Files.createDirectories(dir);
        return dir.resolve(file.getFileName() + ".draft");
    }
}
