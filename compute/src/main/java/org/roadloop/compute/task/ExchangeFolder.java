package org.roadloop.compute.task;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of this machine that the owner's own tasks read from and write to by {@code file:///}
 * URLs (交换目录). Tasks under a contract do not see it. Any thread.
 *
 * @param root absolute; links that lead out of it are refused
 */
public record ExchangeFolder(Path root) {
    /**
     * @param name below the URL's folder, or the file's own
     */
    public record Found(Path file, String name) {}

    boolean takes(String url) {
        return url.startsWith("file:///");
    }

    /**
     * The files of a URL: itself, or everything below it.
     *
     * @throws IllegalArgumentException if it lies elsewhere or is not there
     */
    public List<Found> find(String url, TaskRequest.FileType type) throws IOException {
        Path path = below(url);
        if (!Files.exists(path)) {
            throw new IllegalArgumentException(url + " is not there");
        }
        Path real = path.toRealPath();
        if (!real.startsWith(root.toRealPath())) {
            throw new IllegalArgumentException(url + " leads out of " + root);
        }
        boolean folder = Files.isDirectory(real);
        if (folder != (type == TaskRequest.FileType.DIRECTORY)
                && type != TaskRequest.FileType.UNSAID) {
            throw new IllegalArgumentException(
                    url + " is " + (folder ? "a folder" : "a file") + ", not a " + type);
        }
        List<Found> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(real)) {
            for (Path file : files.sorted().toList()) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(
                            new Found(
                                    file,
                                    folder
                                            ? real.relativize(file).toString()
                                            : real.getFileName().toString()));
                }
            }
        }
        return found;
    }

    /** Writes a released file; readers see the whole of it or nothing. */
    void put(Path file, String url) throws IOException {
        Path target = below(url);
        Path folder = target.getParent();
        if (folder == null) {
            throw new IllegalArgumentException(url + " names no file");
        }
        Files.createDirectories(folder);
        if (!folder.toRealPath().startsWith(root.toRealPath())) {
            throw new IllegalArgumentException(url + " leads out of " + root);
        }
        Path part = folder.resolve("." + target.getFileName() + ".part");
        Files.copy(file, part, StandardCopyOption.REPLACE_EXISTING);
        Files.move(
                part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path below(String url) {
        Path path = Path.of(URI.create(url).getPath()).normalize();
        if (!path.startsWith(root)) {
            throw new IllegalArgumentException(
                    "%s is not below the exchange folder file://%s".formatted(url, root));
        }
        return path;
    }
}
