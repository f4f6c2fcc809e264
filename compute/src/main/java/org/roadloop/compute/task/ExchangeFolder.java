package org.roadloop.compute.task;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder of this machine that the owner's own tasks read from and write to by {@code file:///}
 * URLs (交换目录). Tasks under a contract do not see it. Any thread.
 *
 * <p>What was read once and has not changed since is known by its content.
 */
public final class ExchangeFolder implements OwnStorage {
    /** Inputs of more files are not told apart before they are staged. */
    private static final int TOLD_APART = 64;

    /**
     * @param name below the URL's folder, or the file's own
     */
    private record Found(Path file, String name) {}

    private final Path root;
    private final String node;
    private final FileDigests digests;

    /**
     * @param root absolute; links that lead out of it are refused
     * @param node of the topology where it is
     */
    public ExchangeFolder(Path root, String node, Clock clock) {
        this.root = root;
        this.node = node;
        this.digests = new FileDigests(clock);
    }

    @Override
    public String base() {
        return "file://" + root;
    }

    @Override
    public InputResolver.Located locate(String url, TaskRequest.FileType type) throws IOException {
        List<Found> found = find(url, type);
        List<InputResolver.Part> parts = new ArrayList<>();
        long dataBytes = 0;
        boolean read = found.size() <= TOLD_APART;
        for (Found at : found) {
            long size = Files.size(at.file());
            Optional<String> sha256 = read ? digests.find(at.file()) : Optional.empty();
            read &= sha256.isPresent();
            dataBytes += size;
            sha256.ifPresent(s -> parts.add(new InputResolver.Part(at.name(), size, s)));
        }
        return read
                ? new InputResolver.Located(List.of(node), parts)
                : InputResolver.Located.unread(node, dataBytes);
    }

    /** The files themselves. */
    @Override
    public List<InputResolver.Content> resolve(
            String url, TaskRequest.FileType type, Path directory) throws IOException {
        List<InputResolver.Content> contents = new ArrayList<>();
        for (Found at : find(url, type)) {
            contents.add(new InputResolver.Content(at.file(), at.name(), digests.read(at.file())));
        }
        return contents;
    }

    @Override
    public boolean takes(String url) {
        return url.startsWith("file:///");
    }

    /**
     * The files of a URL: itself, or everything below it.
     *
     * @throws IllegalArgumentException if it lies elsewhere or is not there
     */
    private List<Found> find(String url, TaskRequest.FileType type) throws IOException {
        Path path = below(url);
        if (!Files.exists(path)) {
            throw new UnfitTaskException(url + " is not there");
        }
        Path real = path.toRealPath();
        if (!real.startsWith(root.toRealPath())) {
            throw new UnfitTaskException(url + " leads out of " + root);
        }
        boolean folder = Files.isDirectory(real);
        if (folder != (type == TaskRequest.FileType.DIRECTORY)
                && type != TaskRequest.FileType.UNSAID) {
            throw new UnfitTaskException(
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

    @Override
    public void put(Path file, String sha256, String url) throws IOException {
        Path target = below(url);
        Path folder = target.getParent();
        if (folder == null) {
            throw new UnfitTaskException(url + " names no file");
        }
        Files.createDirectories(folder);
        if (!folder.toRealPath().startsWith(root.toRealPath())) {
            throw new UnfitTaskException(url + " leads out of " + root);
        }
        Path part = folder.resolve("." + target.getFileName() + ".part");
        Files.copy(file, part, StandardCopyOption.REPLACE_EXISTING);
        Files.move(
                part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path below(String url) {
        Path path = Path.of(URI.create(url).getPath()).normalize();
        if (!path.startsWith(root)) {
            throw new UnfitTaskException(
                    "%s is not below the exchange folder file://%s".formatted(url, root));
        }
        return path;
    }
}
