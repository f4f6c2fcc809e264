package org.roadloop.compute.task;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which a program saves its state, kept for its next attempt (断点续训). One thread.
 *
 * <p>Every interval the live folder is copied beside the last copy and takes its place by one
 * rename, so a kill leaves the older copy or the newer, whole. The program's part is to write a
 * file under another name and rename it: what is copied while it is written may be half of it. Work
 * lost is at most one interval and the time of a copy.
 */
final class Checkpoint {
    private static final Duration INTERVAL = Duration.ofSeconds(60);
    private static final String KEPT = "kept";
    private static final String NEXT = "next";

    private final Path live;
    private final Path folder;
    private final Duration interval;
    private final long maxBytes;
    private Instant copied = Instant.EPOCH;

    /**
     * @param live of the run, null where the task declares none
     * @param maxBytes of one copy; a larger one is not taken
     */
    Checkpoint(@Nullable Path live, Workspace space, Duration interval, long maxBytes) {
        this.live = live == null ? Path.of("") : live;
        this.folder = space.checkpoint();
        this.interval = interval;
        this.maxBytes = maxBytes;
    }

    static Duration interval(TaskRequest request) {
        double seconds =
                request.number(TaskRequest.CHECKPOINT_SECONDS, INTERVAL.toMillis() / 1000.0);
        return Duration.ofMillis((long) (Math.max(0.1, seconds) * 1000));
    }

    boolean isDeclared() {
        return !live.toString().isEmpty();
    }

    /**
     * Lays the last copy into the live folder.
     *
     * @return a sentence about it, empty for a first attempt
     */
    String restore() throws IOException {
        if (!isDeclared()) {
            return "";
        }
        Files.createDirectories(live);
        Path kept = folder.resolve(KEPT);
        if (!Files.isDirectory(kept)) {
            return "";
        }
        long bytes = copy(kept, live);
        return "goes on from the checkpoint of %s: %d bytes"
                .formatted(Files.getLastModifiedTime(kept).toInstant(), bytes);
    }

    /** Copies if the interval is over; true if the copy is whole. */
    boolean keepWhenDue() throws IOException {
        return isDeclared() && Instant.now().isAfter(copied.plus(interval)) && keep();
    }

    /** The state at the end of a run that is to go on; an empty folder tells nothing. */
    void keepLast() throws IOException {
        if (isDeclared() && Files.isDirectory(live)) {
            try (Stream<Path> files = Files.list(live)) {
                if (files.findAny().isEmpty()) {
                    return;
                }
            }
            keep();
        }
    }

    private boolean keep() throws IOException {
        if (!Files.isDirectory(live)) {
            return false;
        }
        Path next = folder.resolve(NEXT);
        Workspace.remove(next);
        Files.createDirectories(next);
        boolean whole = copy(live, next) >= 0;
        if (whole) {
            Path kept = folder.resolve(KEPT);
            Path older = folder.resolve("older");
            Workspace.remove(older);
            if (Files.exists(kept)) {
                Files.move(kept, older, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(next, kept, StandardCopyOption.ATOMIC_MOVE);
            Workspace.remove(older);
        }
        copied = Instant.now();
        return whole;
    }

    /** A kill between the two renames of {@link #keep} left the last copy under its other name. */
    void recover() throws IOException {
        Path kept = folder.resolve(KEPT);
        Path older = folder.resolve("older");
        if (!Files.exists(kept) && Files.isDirectory(older)) {
            Files.move(older, kept, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    void remove() throws IOException {
        Workspace.remove(folder);
    }

    /** Regular files only, no links; −1 when there are too many bytes. */
    private long copy(Path from, Path to) throws IOException {
        long[] bytes = {0};
        Files.walkFileTree(
                from,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path at, BasicFileAttributes attributes) throws IOException {
                        Files.createDirectories(to.resolve(from.relativize(at).toString()));
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        if (!attributes.isRegularFile()) {
                            return FileVisitResult.CONTINUE;
                        }
                        bytes[0] += attributes.size();
                        if (bytes[0] > maxBytes) {
                            return FileVisitResult.TERMINATE;
                        }
                        try {
                            Files.copy(
                                    file,
                                    to.resolve(from.relativize(file).toString()),
                                    LinkOption.NOFOLLOW_LINKS,
                                    StandardCopyOption.REPLACE_EXISTING);
                        } catch (NoSuchFileException renamed) {
                            bytes[0] -= attributes.size(); // meanwhile; the next copy has it
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException gone) {
                        return FileVisitResult.CONTINUE;
                    }
                });
        return bytes[0] > maxBytes ? -1 : bytes[0];
    }
}
