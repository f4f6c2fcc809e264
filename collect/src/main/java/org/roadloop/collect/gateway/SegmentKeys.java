package org.roadloop.collect.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.NavigableSet;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The data keys of the segments, each wrapped by the master key in its own file (密钥); dropping the
 * file makes the segment unreadable for good. Any thread.
 */
public final class SegmentKeys {
    private static final byte[] MAGIC = "RLFRKEY1".getBytes(StandardCharsets.US_ASCII);
    private static final int FILE_BYTES = 8 + 8 + 12 + 48;
    private static final int TAG_BITS = 128;

    private final Path directory;
    private final SecretKey master;
    private final SecureRandom random = new SecureRandom();

    public SegmentKeys(Path directory, SecretKey master) {
        this.directory = directory;
        this.master = master;
    }

    /** The key's file, there or not. */
    public Path file(long segment) {
        return directory.resolve("segment-%010d.key".formatted(segment));
    }

    /** Makes, wraps and stores the key of a new segment, durably. */
    public SecretKey create(long segment) throws IOException {
        byte[] key = new byte[32];
        byte[] nonce = new byte[12];
        random.nextBytes(key);
        random.nextBytes(nonce);
        try {
            ByteBuffer file = ByteBuffer.allocate(FILE_BYTES);
            file.put(MAGIC).putLong(segment).put(nonce);
            file.put(cipher(Cipher.ENCRYPT_MODE, segment, nonce).doFinal(key)).flip();
            try (FileChannel out =
                    FileChannel.open(
                            file(segment),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                while (file.hasRemaining()) {
                    out.write(file);
                }
                out.force(true);
            }
            return new SecretKeySpec(key, "AES");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "cannot wrap the key of segment " + segment + ": " + e.getMessage(), e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** Numbers of the segments whose keys are kept. */
    public NavigableSet<Long> list() throws IOException {
        return SegmentFile.list(directory, "key");
    }

    /** Drops a key for good; its segment cannot be read any more. */
    public void drop(long segment) throws IOException {
        if (Files.deleteIfExists(file(segment))) {
            SegmentLog.forceDirectory(directory);
        }
    }

    /** Empty when the key was dropped. */
    public Optional<SecretKey> find(long segment) {
        Path path = file(segment);
        try {
            if (!Files.exists(path)) {
                return Optional.empty();
            }
            byte[] bytes = Files.readAllBytes(path);
            ByteBuffer file = ByteBuffer.wrap(bytes);
            if (bytes.length != FILE_BYTES
                    || !Arrays.equals(bytes, 0, 8, MAGIC, 0, 8)
                    || file.getLong(8) != segment) {
                throw new IllegalStateException(
                        "%s is not the version-1 key of segment %d; restore it from a backup, or delete it to give the segment up"
                                .formatted(path, segment));
            }
            byte[] nonce = Arrays.copyOfRange(bytes, 16, 28);
            byte[] key = cipher(Cipher.DECRYPT_MODE, segment, nonce).doFinal(bytes, 28, 48);
            return Optional.of(new SecretKeySpec(key, "AES"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "%s cannot be unwrapped with this master key; start with the keystore the log was written with"
                            .formatted(path),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Cipher cipher(int mode, long segment, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, master, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(ByteBuffer.allocate(8).putLong(0, segment));
        return cipher;
    }
}
