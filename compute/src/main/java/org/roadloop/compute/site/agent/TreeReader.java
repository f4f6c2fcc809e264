package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a folder that a task writes, also while it writes (目录读取). Every step is taken from the open
 * folder before (openat, no links followed), so a task that swaps a folder for a link meanwhile
 * leads nowhere. Used once, by one thread.
 */
final class TreeReader {
    private static final int MAX_DEPTH = 64;
    private static final Set<OpenOption> READ =
            Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    /** More than a run may write. */
    static final class TooMuchException extends IOException {
        private static final long serialVersionUID = 1;

        TooMuchException(String message) {
            super(message);
        }
    }

    private final Path root;
    private final long limitBytes;
    private final @Nullable Path copies;
    private final List<FileTree.Entry> entries = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
    private long bytes;

    private TreeReader(Path root, long limitBytes, @Nullable Path copies) {
        this.root = root;
        this.limitBytes = limitBytes;
        this.copies = copies;
    }

    /** A folder or a file that nothing writes to any more; links are listed. */
    static FileTree still(Path root, long limitBytes) throws IOException {
        return new TreeReader(root, limitBytes, null).read();
    }

    /**
     * A folder that a task may be writing to; links are left out.
     *
     * @param copies folder that gets every file under its SHA-256
     */
    static FileTree live(Path root, long limitBytes, Path copies) throws IOException {
        return new TreeReader(root, limitBytes, copies).read();
    }

    private FileTree read() throws IOException {
        if (Files.isRegularFile(root, LinkOption.NOFOLLOW_LINKS)) {
            try (SeekableByteChannel in = Files.newByteChannel(root, READ)) {
                plain("", in);
            }
            return new FileTree(entries);
        }
        if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
            throw new NotDirectoryException(root.toString());
        }
        try (DirectoryStream<Path> top = Files.newDirectoryStream(root)) {
            if (!(top instanceof SecureDirectoryStream<Path> secure)) {
                throw new IOException("this system opens no folder relative to another (openat)");
            }
            folder(secure, "", 0);
        }
        return new FileTree(entries);
    }

    private void folder(SecureDirectoryStream<Path> at, String prefix, int depth)
            throws IOException {
        if (depth > MAX_DEPTH) {
            throw new TooMuchException("folders are nested deeper than " + MAX_DEPTH);
        }
        for (Path each : at) {
            Path name = each.getFileName();
            String path = prefix + name;
            try {
                BasicFileAttributes attributes =
                        at.getFileAttributeView(
                                        name,
                                        BasicFileAttributeView.class,
                                        LinkOption.NOFOLLOW_LINKS)
                                .readAttributes();
                if (attributes.isDirectory()) {
                    try (SecureDirectoryStream<Path> below =
                            at.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                        add(new FileTree.Entry.Folder(path));
                        folder(below, path + "/", depth + 1);
                    }
                } else if (attributes.isRegularFile()) {
                    try (SeekableByteChannel in = at.newByteChannel(name, READ)) {
                        plain(path, in);
                    }
                } else if (attributes.isSymbolicLink() && copies == null) {
                    String target = Files.readSymbolicLink(root.resolve(path)).toString();
                    add(new FileTree.Entry.Link(path, target));
                }
            } catch (NoSuchFileException gone) {
                continue; // meanwhile; a later reading has what took its place
            }
        }
    }

    private void add(FileTree.Entry entry) throws IOException {
        if (entries.size() == FileTree.MAX_ENTRIES) {
            throw new TooMuchException("more than " + FileTree.MAX_ENTRIES + " files");
        }
        entries.add(entry);
    }

    private void plain(String path, SeekableByteChannel in) throws IOException {
        MessageDigest digest = sha256();
        long size = 0;
        Path beside = copies == null ? null : copies.resolve("reading");
        try (FileChannel out =
                beside == null
                        ? null
                        : FileChannel.open(
                                beside,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE)) {
            while (in.read(buffer.clear()) >= 0) {
                buffer.flip();
                size += buffer.remaining();
                bytes += buffer.remaining();
                if (bytes > limitBytes) {
                    throw new TooMuchException("more than " + limitBytes + " bytes");
                }
                digest.update(buffer.duplicate());
                while (out != null && buffer.hasRemaining()) {
                    out.write(buffer);
                }
            }
        }
        String sha256 = HexFormat.of().formatHex(digest.digest());
        if (beside != null && copies != null) {
            Files.move(beside, copies.resolve(sha256), StandardCopyOption.REPLACE_EXISTING);
        }
        add(new FileTree.Entry.Plain(path, size, sha256));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
