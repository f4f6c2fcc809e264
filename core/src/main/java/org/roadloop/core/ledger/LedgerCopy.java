package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Copies a log that is being written, while its journal is not rotated and nothing is deleted.
 *
 * <p>The order makes it consistent: the checkpoint is fixed first; tiles never change once there;
 * the journal is read after them and so holds every entry they have; payloads were on disk before
 * the journal named them.
 */
final class LedgerCopy {
    private LedgerCopy() {}

    static void copy(Path from, Path to, Checkpoint checkpoint, LongSupplier journalBytes)
            throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> inside = Files.list(to)) {
            if (inside.findAny().isPresent()) {
                throw new IllegalArgumentException(
                        "backup directory " + to + " is not empty; name a new one");
            }
        }
        copyTree(from.resolve("tile"), to.resolve("tile"), false);
        copyJournal(from.resolve("journal"), to.resolve("journal"), journalBytes.getAsLong());
        copyTree(from.resolve("payload"), to.resolve("payload"), true);
        copyTree(from.resolve("salt"), to.resolve("salt"), true);
        DurableFiles.replaceAndSync(to.resolve("checkpoint"), checkpoint.note().getBytes(UTF_8));
        DurableFiles.replaceAndSync(
                to.resolve("format"), Files.readAllBytes(from.resolve("format")));
    }

    /** Only what is on disk: a frame that is being written now is left out. */
    private static void copyJournal(Path from, Path to, long good) throws IOException {
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel out =
                        FileChannel.open(
                                to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
            long at = 0;
            while (at < good) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), good - at));
                if (in.read(buffer, at) < 0) {
                    throw new IOException(from + " became shorter while it was copied");
                }
                buffer.flip();
                while (buffer.hasRemaining()) {
                    at += out.write(buffer);
                }
            }
            out.force(true);
        }
    }

    /**
     * @param mayVanish a payload whose append is refused is removed; no entry names it
     */
    private static void copyTree(Path from, Path to, boolean mayVanish) throws IOException {
        if (!Files.isDirectory(from)) {
            return;
        }
        Files.createDirectories(to);
        List<Path> inside;
        try (Stream<Path> list = Files.list(from)) {
            inside = list.toList();
        }
        for (Path path : inside) {
            Path target = to.resolve(path.getFileName().toString());
            if (Files.isDirectory(path)) {
                copyTree(path, target, mayVanish);
            } else if (!path.toString().endsWith(".draft")) {
                try {
                    Files.copy(path, target);
                    DurableFiles.sync(target);
                } catch (NoSuchFileException gone) {
                    if (!mayVanish) {
                        throw new IOException(path + " vanished while it was copied", gone);
                    }
                }
            }
        }
        DurableFiles.sync(to);
    }
}
