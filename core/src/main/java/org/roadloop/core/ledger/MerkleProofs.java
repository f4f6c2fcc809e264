package org.roadloop.core.ledger;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Checking of proofs (证明校验), RFC 9162 §2.1.3.2 and §2.1.4.2. Pure functions: what is proven depends
 * on nothing but the arguments.
 */
public final class MerkleProofs {
    private MerkleProofs() {}

    /**
     * True if a leaf with this hash is number {@code index} of the tree of {@code size} leaves with
     * this root.
     */
    public static boolean verifyInclusion(
            long index, long size, byte[] leafHash, List<byte[]> path, byte[] root) {
        return verifyInclusion(TreeHash.sha256(), index, size, leafHash, path, root);
    }

    /** The same of a log that hashes otherwise. */
    public static boolean verifyInclusion(
            TreeHash hash, long index, long size, byte[] leafHash, List<byte[]> path, byte[] root) {
        if (index < 0 || index >= size || leafHash.length != TreeHash.BYTES || !sound(path)) {
            return false;
        }
        long fn = index;
        long sn = size - 1;
        byte[] r = leafHash;
        for (byte[] p : path) {
            if (sn == 0) {
                return false;
            }
            if ((fn & 1) == 1 || fn == sn) {
                r = hash.node(p, r);
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                r = hash.node(r, p);
            }
            fn >>= 1;
            sn >>= 1;
        }
        return sn == 0 && Arrays.equals(r, root);
    }

    /**
     * True if the tree of {@code newSize} leaves begins with the tree of {@code oldSize}. From an
     * empty tree nothing can be proven: false, unless both are empty and have the empty tree's
     * root.
     */
    public static boolean verifyConsistency(
            long oldSize, long newSize, List<byte[]> path, byte[] oldRoot, byte[] newRoot) {
        return verifyConsistency(TreeHash.sha256(), oldSize, newSize, path, oldRoot, newRoot);
    }

    /** The same of a log that hashes otherwise. */
    public static boolean verifyConsistency(
            TreeHash hash,
            long oldSize,
            long newSize,
            List<byte[]> path,
            byte[] oldRoot,
            byte[] newRoot) {
        if (oldSize < 0 || oldSize > newSize || !sound(path)) {
            return false;
        }
        if (oldSize == newSize) {
            return path.isEmpty()
                    && Arrays.equals(oldRoot, newRoot)
                    && (oldSize > 0 || Arrays.equals(oldRoot, hash.empty()));
        }
        if (oldSize == 0 || path.isEmpty() || !sound(List.of(oldRoot, newRoot))) {
            return false;
        }
        byte[][] roots = roots(hash, oldSize, newSize, path, oldRoot);
        return roots.length == 2
                && Arrays.equals(roots[0], oldRoot)
                && Arrays.equals(roots[1], newRoot);
    }

    /**
     * The root that the tree with {@code newRoot} had at {@code oldSize}, as the path itself shows:
     * who signed another root for that size has two histories. Empty if the path does not lead to
     * {@code newRoot}, and where {@code oldSize} is a power of two, whose path does not hold the
     * old root.
     */
    public static Optional<byte[]> oldRoot(
            TreeHash hash, long oldSize, long newSize, List<byte[]> path, byte[] newRoot) {
        if (oldSize < 1
                || oldSize >= newSize
                || path.isEmpty()
                || Long.bitCount(oldSize) == 1
                || !sound(path)) {
            return Optional.empty();
        }
        byte[][] roots = roots(hash, oldSize, newSize, path, newRoot);
        return roots.length == 2 && Arrays.equals(roots[1], newRoot)
                ? Optional.of(roots[0])
                : Optional.empty();
    }

    /**
     * Old and new root that a path leads to; none if its length is wrong.
     *
     * @param perfectRoot where the path begins if {@code oldSize} is a power of two
     */
    private static byte[][] roots(
            TreeHash hash, long oldSize, long newSize, List<byte[]> path, byte[] perfectRoot) {
        long fn = oldSize - 1;
        long sn = newSize - 1;
        while ((fn & 1) == 1) {
            fn >>= 1;
            sn >>= 1;
        }
        // A perfect old tree is a node of the new one: its root is not repeated in the path.
        boolean perfect = Long.bitCount(oldSize) == 1;
        byte[] fr = perfect ? perfectRoot : path.getFirst();
        byte[] sr = fr;
        for (byte[] c : path.subList(perfect ? 0 : 1, path.size())) {
            if (sn == 0) {
                return new byte[0][];
            }
            if ((fn & 1) == 1 || fn == sn) {
                fr = hash.node(c, fr);
                sr = hash.node(c, sr);
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                sr = hash.node(sr, c);
            }
            fn >>= 1;
            sn >>= 1;
        }
        return sn == 0 ? new byte[][] {fr, sr} : new byte[0][];
    }

    private static boolean sound(List<byte[]> path) {
        for (byte[] hash : path) {
            if (hash.length != TreeHash.BYTES) {
                return false;
            }
        }
        return true;
    }
}
