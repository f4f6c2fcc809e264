package org.roadloop.dataspace.access;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checksums of what is transferred (校验和), RFC 9530: {@code Repr-Digest} is that of the whole file,
 * {@code Content-Digest} that of the bytes in one message, both {@code sha-256=:base64:}.
 */
public final class Digests {
    public static final String WHOLE = "Repr-Digest";
    public static final String CONTENT = "Content-Digest";
    private static final Pattern SHA_256 =
            Pattern.compile("(?:^|,)\\s*sha-256=:([A-Za-z0-9+/]{43}=):");

    private Digests() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The SHA-256 of bytes {@code from} to {@code until} (exclusive) of a file. */
    public static byte[] sha256(Path file, long from, long until) throws IOException {
        MessageDigest digest = sha256();
        byte[] chunk = new byte[64 * 1024];
        try (SeekableByteChannel channel = Files.newByteChannel(file);
                InputStream in = Channels.newInputStream(channel.position(from))) {
            for (long left = until - from; left > 0; ) {
                int n = in.read(chunk, 0, (int) Math.min(left, chunk.length));
                if (n < 0) {
                    throw new IOException(file + " ended " + left + " bytes early");
                }
                digest.update(chunk, 0, n);
                left -= n;
            }
        }
        return digest.digest();
    }

    /** The value of a digest header. */
    public static String header(byte[] sha256) {
        return "sha-256=:" + Base64.getEncoder().encodeToString(sha256) + ":";
    }

    /** The SHA-256 in a digest header, if it has one. */
    public static Optional<byte[]> find(String header) {
        Matcher matcher = SHA_256.matcher(header);
        return matcher.find()
                ? Optional.of(Base64.getDecoder().decode(matcher.group(1)))
                : Optional.empty();
    }
}
