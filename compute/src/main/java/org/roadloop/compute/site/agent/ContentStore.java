package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files by SHA-256 that come from the platform in ranges (内容寻址缓存): what has arrived stays, also
 * over a kill, and the rest is fetched from there on. Any thread.
 */
final class ContentStore {
    private static final int ATTEMPTS = 3;

    private final Path folder;
    private final PlatformClient platform;
    private final Map<String, Object> fetching = new ConcurrentHashMap<>();

    ContentStore(Path folder, PlatformClient platform) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.platform = platform;
    }

    Path file(String sha256) {
        return folder.resolve(sha256);
    }

    boolean holds(String sha256) {
        return Files.exists(file(sha256));
    }

    List<String> list() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (FileTree.isSha256(name)) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    void drop(String sha256) throws IOException {
        Files.deleteIfExists(file(sha256));
        Files.deleteIfExists(folder.resolve(sha256 + ".part"));
    }

    /**
     * @return bytes that came over the line
     * @throws IOException after three arrivals that are not what the SHA-256 stands for
     */
    long fetch(String sha256, long dataBytes) throws IOException, InterruptedException {
        if (!FileTree.isSha256(sha256) || dataBytes < 0) {
            throw new IllegalArgumentException("'" + sha256 + "' is no SHA-256 in hex");
        }
        synchronized (fetching.computeIfAbsent(sha256, s -> new Object())) {
            long moved = 0;
            for (int n = 0; n < ATTEMPTS && !holds(sha256); n++) {
                moved += fetchRest(sha256, dataBytes);
                Path part = folder.resolve(sha256 + ".part");
                if (Incoming.digest(part).equals(sha256)) {
                    Files.move(part, file(sha256), StandardCopyOption.ATOMIC_MOVE);
                } else {
                    Files.delete(part);
                }
            }
            if (!holds(sha256)) {
                throw new IOException("what arrives is not what SHA-256 " + sha256 + " stands for");
            }
            return moved;
        }
    }

    private long fetchRest(String sha256, long dataBytes) throws IOException, InterruptedException {
        Path part = folder.resolve(sha256 + ".part");
        long moved = 0;
        try (FileChannel out =
                FileChannel.open(
                        part,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND)) {
            for (long at = out.size(); at < dataBytes; ) {
                byte[] bytes = platform.content(sha256, at);
                if (bytes.length == 0) {
                    throw new IOException("the platform sends nothing of content " + sha256);
                }
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
                at += bytes.length;
                moved += bytes.length;
            }
            out.force(true);
        }
        return moved;
    }
}
