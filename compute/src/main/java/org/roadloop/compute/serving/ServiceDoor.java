package org.roadloop.compute.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The way to a service's socket (服务入口). The folder with the socket belongs to the service, which
 * could lay a link to another socket of this machine there; so a second name of what lies there is
 * made in a folder of ours, looked at, and connected to. A name there can't be changed by the
 * service, and a hard link to a link is that link, which is refused. Any thread.
 */
final class ServiceDoor implements AutoCloseable {
    /** {@code sun_path} of unix(7) has 108 bytes. */
    private static final int LONGEST_PATH = 90;

    private final Path socket;
    private final Path names;
    private final @Nullable Path shortcut;
    private final AtomicLong next = new AtomicLong();

    /**
     * @param shared folder that the service sees, with the socket
     * @param names folder of ours on the same file system; both are made
     */
    ServiceDoor(Path shared, Path names) throws IOException {
        this.socket =
                Files.createDirectories(shared).resolve(Path.of(ServiceSpec.SOCKET).getFileName());
        this.names = Files.createDirectories(names);
        if (names.toAbsolutePath().toString().length() > LONGEST_PATH) {
            shortcut = Files.createTempDirectory("roadloop-door").resolve("d");
            Files.createSymbolicLink(shortcut, names.toAbsolutePath());
        } else {
            shortcut = null;
        }
    }

    /**
     * One exchange with whoever listens now.
     *
     * @throws IOException if nobody does, or the answer is late, too large or none
     */
    UnixHttp.Answer exchange(UnixHttp.Request request, Duration limit, int answerBytes)
            throws IOException {
        String name = Long.toString(next.incrementAndGet());
        Path own = names.resolve(name);
        try {
            Files.createLink(own, socket);
        } catch (NoSuchFileException e) {
            throw new IOException("the service does not listen on " + ServiceSpec.SOCKET, e);
        }
        try {
            BasicFileAttributes is =
                    Files.readAttributes(own, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!is.isOther()) {
                throw new IOException(ServiceSpec.SOCKET + " is no socket");
            }
            Path through = shortcut == null ? own.toAbsolutePath() : shortcut.resolve(name);
            return UnixHttp.exchange(through, request, limit, answerBytes);
        } finally {
            Files.deleteIfExists(own);
        }
    }

    @Override
    public void close() throws IOException {
        if (shortcut != null) {
            Files.deleteIfExists(shortcut);
            Path folder = shortcut.getParent();
            if (folder != null) {
                Files.deleteIfExists(folder);
            }
        }
    }
}
