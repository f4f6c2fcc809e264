package org.roadloop.network.bulk;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What was moved, chunk by chunk (清单): evidence that a receiver can check alone.
 *
 * @param chunkBytes of every chunk but the last
 * @param sha256 of the whole file, lower-case hex
 * @param chunkSha256 of each chunk in order, lower-case hex; empty for an empty file
 * @param root RFC 6962 §2.1 tree hash whose leaves are the 32-byte chunk hashes, lower-case hex
 */
public record Manifest(
        long dataBytes, int chunkBytes, String sha256, List<String> chunkSha256, String root) {
    public Manifest {
        chunkSha256 = List.copyOf(chunkSha256);
        if (chunkSha256.size() != (dataBytes + chunkBytes - 1) / chunkBytes) {
            throw new IllegalArgumentException(
                    "%d chunks of %d bytes can't hold %d bytes"
                            .formatted(chunkSha256.size(), chunkBytes, dataBytes));
        }
    }

    static Manifest of(long dataBytes, int chunkBytes, byte[] sha256, List<byte[]> chunks) {
        HexFormat hex = HexFormat.of();
        return new Manifest(
                dataBytes,
                chunkBytes,
                hex.formatHex(sha256),
                chunks.stream().map(hex::formatHex).toList(),
                hex.formatHex(tree(chunks)));
    }

    /** RFC 6962 §2.1: leaves 0x00, nodes 0x01, split at the largest power of two below the size. */
    static byte[] tree(List<byte[]> leaves) {
        MessageDigest digest = newDigest();
        if (leaves.isEmpty()) {
            return digest.digest();
        }
        if (leaves.size() == 1) {
            digest.update((byte) 0);
            return digest.digest(leaves.getFirst());
        }
        int split = Integer.highestOneBit(leaves.size() - 1);
        byte[] left = tree(leaves.subList(0, split));
        byte[] right = tree(leaves.subList(split, leaves.size()));
        digest.update((byte) 1);
        digest.update(left);
        return digest.digest(right);
    }

    static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
