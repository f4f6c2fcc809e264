package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Contents of one run on their way back (结果接收): only what a list named before, in its size, proved
 * by its SHA-256, resumable. One thread at a time.
 */
final class Incoming {
    private final Path folder;
    private Map<String, Long> declared = Map.of();

    Incoming(Path folder) {
        this.folder = folder;
    }

    /** What comes next; what else lies here goes. */
    List<String> declare(Map<String, Long> contents) throws IOException {
        Files.createDirectories(folder);
        declared = Map.copyOf(contents);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName()).replace(".part", "");
                if (!declared.containsKey(name) && Files.isRegularFile(file)) {
                    Files.delete(file);
                }
            }
        }
        List<String> missing = new ArrayList<>();
        for (Map.Entry<String, Long> content : contents.entrySet()) {
            if (!Files.exists(file(content.getKey()))) {
                if (content.getValue() == 0) {
                    Files.createFile(file(content.getKey()));
                } else {
                    missing.add(content.getKey());
                }
            }
        }
        return missing;
    }

    Path file(String sha256) {
        return folder.resolve(sha256);
    }

    Path scratch() {
        return folder.resolve("scratch");
    }

    /**
     * @return whether it is whole now
     */
    boolean append(String sha256, long offset, byte[] bytes) throws IOException {
        Long size = declared.get(sha256);
        if (size == null) {
            throw new WireException(
                    404, "not_declared", "no list of this run names content " + sha256);
        }
        if (Files.exists(file(sha256))) {
            return true;
        }
        Path part = folder.resolve(sha256 + ".part");
        long here = Files.exists(part) ? Files.size(part) : 0;
        if (offset != here) {
            throw new WireException(
                    409,
                    "wrong_offset",
                    "content %s is here up to %d".formatted(sha256, here),
                    here);
        }
        if (here + bytes.length > size) {
            throw new WireException(
                    413, "too_much", "content %s was told as %d bytes".formatted(sha256, size));
        }
        try (FileChannel out =
                FileChannel.open(
                        part,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            if (here + bytes.length < size) {
                return false;
            }
            out.force(true);
        }
        if (!digest(part).equals(sha256)) {
            Files.delete(part);
            throw new WireException(
                    422,
                    "wrong_content",
                    "what came is not what SHA-256 " + sha256 + " stands for");
        }
        Files.move(part, file(sha256));
        return true;
    }

    void remove() throws IOException {
        FileTree.remove(folder);
    }

    static String digest(Path file) throws IOException {
        MessageDigest sha256 = TreeReader.sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha256)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(sha256.digest());
    }
}
