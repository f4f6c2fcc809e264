package org.roadloop.core.ledger;

import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.roadloop.core.identity.SecurityProviders;

/**
 * Hashing of the Merkle tree (默克尔树), RFC 6962 §2.1: 0x00 before a leaf, 0x01 before two nodes, so
 * that neither can be taken for the other. One thread.
 *
 * <p>The algorithm is any JCA digest of 32 bytes: which one, a log's {@link LedgerProfile} says.
 */
public final class TreeHash {
    public static final int BYTES = 32;
    private final MessageDigest digest;

    public TreeHash(String algorithm) {
        digest = SecurityProviders.digest(algorithm);
        if (digest.getDigestLength() != BYTES) {
            throw new IllegalArgumentException(
                    algorithm + " has " + digest.getDigestLength() + " bytes, a tile needs 32");
        }
    }

    public static TreeHash sha256() {
        return new TreeHash("SHA-256");
    }

    public byte[] empty() {
        return digest.digest();
    }

    public byte[] leaf(byte[] bytes) {
        return leaf(bytes, 0, bytes.length);
    }

    public byte[] leaf(byte[] bytes, int offset, int length) {
        digest.update((byte) 0);
        digest.update(bytes, offset, length);
        return digest.digest();
    }

    /** As {@link #leaf(byte[], int, int)}, into 32 bytes of an array there is. */
    void leaf(byte[] bytes, int offset, int length, byte[] into, int at) {
        digest.update((byte) 0);
        digest.update(bytes, offset, length);
        try {
            digest.digest(into, at, BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("digest of 32 bytes does not fit 32 bytes", e);
        }
    }

    public byte[] node(byte[] left, byte[] right) {
        digest.update((byte) 1);
        digest.update(left);
        digest.update(right);
        return digest.digest();
    }

    /** Hash of the two neighbouring hashes at {@code from}, put at {@code to} of the same array. */
    void pair(byte[] hashes, int from, int to) {
        try {
            digest.update((byte) 1);
            digest.update(hashes, from, 2 * BYTES);
            digest.digest(hashes, to, BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("digest of 32 bytes does not fit 32 bytes", e);
        }
    }

    /**
     * Root over neighbouring subtrees of equal size, the last of which may be smaller. Bottom-up in
     * pairs, the odd one carried up, is the same tree as RFC 6962's split at the largest power of
     * two.
     *
     * @param hashes packed, 32 bytes each
     * @param from first hash
     * @param count at least 1
     */
    public byte[] root(byte[] hashes, int from, int count) {
        byte[] work = Arrays.copyOfRange(hashes, from * BYTES, (from + count) * BYTES);
        try {
            while (count > 1) {
                int pairs = count / 2;
                for (int i = 0; i < pairs; i++) {
                    digest.update((byte) 1);
                    digest.update(work, 2 * i * BYTES, 2 * BYTES);
                    digest.digest(work, i * BYTES, BYTES);
                }
                if (count % 2 == 1) {
                    System.arraycopy(work, (count - 1) * BYTES, work, pairs * BYTES, BYTES);
                }
                count = pairs + count % 2;
            }
        } catch (DigestException e) {
            throw new IllegalStateException("digest of 32 bytes does not fit 32 bytes", e);
        }
        return Arrays.copyOf(work, BYTES);
    }

    byte[] root(List<byte[]> hashes) {
        byte[] packed = new byte[hashes.size() * BYTES];
        for (int i = 0; i < hashes.size(); i++) {
            System.arraycopy(hashes.get(i), 0, packed, i * BYTES, BYTES);
        }
        return root(packed, 0, hashes.size());
    }
}
