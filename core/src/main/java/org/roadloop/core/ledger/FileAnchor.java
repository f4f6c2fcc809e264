package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Base64;
import tools.jackson.databind.json.JsonMapper;

/**
 * Anchors in a file of JSON lines that only grows (文件锚定), for write-once storage or a directory
 * that another keeps: {@code {"at", "origin", "size", "root", "note"}}. Any thread of one process.
 */
public final class FileAnchor implements Anchor {
    private final String name;
    private final Path file;
    private final InstantSource clock;

    public FileAnchor(String name, Path file, InstantSource clock) {
        this.name = name;
        this.file = file;
        this.clock = clock;
    }

    @Override
    public String name() {
        return name;
    }

    /** On disk on return; the receipt is where the line begins: {@code byte N}. */
    @Override
    public synchronized String anchor(TransparencyLog log, Checkpoint checkpoint)
            throws IOException {
        String line =
                JsonMapper.shared()
                                .createObjectNode()
                                .put("at", clock.instant().toString())
                                .put("origin", checkpoint.origin())
                                .put("size", checkpoint.size())
                                .put(
                                        "root",
                                        Base64.getEncoder().encodeToString(checkpoint.rootHash()))
                                .put("note", checkpoint.note())
                                .toString()
                        + "\n";
        Path folder = DurableFiles.directory(file);
        Files.createDirectories(folder);
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            long at = wholeLines(channel);
            ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(UTF_8));
            long to = at;
            while (bytes.hasRemaining()) {
                to += channel.write(bytes, to);
            }
            channel.force(true);
            DurableFiles.sync(folder);
            return "byte " + at;
        }
    }

    /**
     * A line cut short by a full disk or a power cut gets an end of its own; nothing is deleted.
     */
    private static long wholeLines(FileChannel channel) throws IOException {
        long size = channel.size();
        if (size == 0) {
            return 0;
        }
        ByteBuffer last = ByteBuffer.allocate(1);
        channel.read(last, size - 1);
        if (last.get(0) == '\n') {
            return size;
        }
        channel.write(ByteBuffer.wrap(new byte[] {'\n'}), size);
        return size + 1;
    }
}
