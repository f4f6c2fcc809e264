package org.roadloop.app.operate;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.roadloop.app.http.Json;

/** Writes a backup as one ZIP stream, hashing what passes. One thread. */
final class ArchiveWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final ZipOutputStream zip;
    private final List<Manifest.Item> files = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private final byte[] buffer = new byte[BUFFER_BYTES];

    ArchiveWriter(OutputStream out) {
        zip = new ZipOutputStream(out);
        zip.setLevel(Deflater.BEST_SPEED);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    /**
     * Adds a file as long as it is now: what is appended meanwhile is not in the backup. A file
     * that is gone is noted as skipped.
     */
    void file(String name, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            long length = Files.size(file);
            stream(name, in, length);
        } catch (NoSuchFileException e) {
            skipped.add(name);
        }
    }

    /** Adds at most {@code length} bytes of a stream; less if it ends before. */
    void stream(String name, InputStream in, long length) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        MessageDigest digest = sha256();
        DigestOutputStream out = new DigestOutputStream(zip, digest);
        long left = length;
        while (left > 0) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                break;
            }
            out.write(buffer, 0, read);
            left -= read;
        }
        zip.closeEntry();
        files.add(
                new Manifest.Item(name, length - left, HexFormat.of().formatHex(digest.digest())));
    }

    void skip(String name) {
        skipped.add(name);
    }

    List<Manifest.Item> files() {
        return files;
    }

    List<String> skipped() {
        return skipped;
    }

    void manifest(Manifest manifest) throws IOException {
        zip.putNextEntry(new ZipEntry(Manifest.NAME));
        zip.write(Json.mapper().writeValueAsBytes(manifest));
        zip.closeEntry();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
