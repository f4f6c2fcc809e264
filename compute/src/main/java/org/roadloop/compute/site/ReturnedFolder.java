package org.roadloop.compute.site;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** A folder that a run has written elsewhere, on its way back to the platform (结果取回). */
public final class ReturnedFolder {
    /** The files of a run would be more than it may write; nothing of them is brought back. */
    public static final class TooMuchException extends IOException {
        private static final long serialVersionUID = 1;

        TooMuchException(String message) {
            super(message);
        }
    }

    private ReturnedFolder() {}

    /**
     * Files, folders and links as they are; no link is followed, for the run may have laid some. A
     * file with a second name may be one that is not the run's: then nothing is brought back.
     *
     * @param there what the run has written
     * @throws TooMuchException above the limit, in the sum of all files
     */
    public static void bringBack(Path there, Mount mount, long limitBytes) throws IOException {
        long[] left = {limitBytes};
        Files.walkFileTree(
                there,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        left[0] -= attributes.size();
                        if (left[0] < 0) {
                            throw new TooMuchException(
                                    "more than %d bytes in %s"
                                            .formatted(limitBytes, mount.inside()));
                        }
                        if (attributes.isRegularFile()
                                && (Integer)
                                                Files.getAttribute(
                                                        file,
                                                        "unix:nlink",
                                                        LinkOption.NOFOLLOW_LINKS)
                                        > 1) {
                            throw new IOException(
                                    "a file in %s has a second name elsewhere (hard link); nothing of"
                                                    .formatted(mount.inside())
                                            + " the run is brought back");
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        Files.walkFileTree(
                there,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a)
                            throws IOException {
                        Path place = place(dir);
                        if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                            Files.deleteIfExists(place);
                            Files.createDirectory(place);
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes a)
                            throws IOException {
                        Path place = place(file);
                        if (a.isSymbolicLink()) {
                            Files.deleteIfExists(place);
                            Files.createSymbolicLink(place, Files.readSymbolicLink(file));
                        } else if (a.isRegularFile()) {
                            try (InputStream in =
                                    Files.newInputStream(
                                            file,
                                            StandardOpenOption.READ,
                                            LinkOption.NOFOLLOW_LINKS)) {
                                Files.copy(in, place, StandardCopyOption.REPLACE_EXISTING);
                            }
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    private Path place(Path file) {
                        return mount.host().resolve(there.relativize(file).toString());
                    }
                });
    }
}
