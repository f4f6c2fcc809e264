package org.roadloop.core.ledger;

import java.util.Arrays;
import java.util.List;

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
     * empty tree nothing can be proven: false, unless both are empty.
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
            return path.isEmpty() && Arrays.equals(oldRoot, newRoot);
        }
        if (oldSize == 0 || path.isEmpty()) {
            return false;
        }
        long fn = oldSize - 1;
        long sn = newSize - 1;
        while ((fn & 1) == 1) {
            fn >>= 1;
            sn >>= 1;
        }
        // A perfect old tree is a node of the new one: its root is not repeated in the path.
        boolean perfect = Long.bitCount(oldSize) == 1;
        byte[] fr = perfect ? oldRoot : path.getFirst();
        byte[] sr = fr;
        for (byte[] c : path.subList(perfect ? 0 : 1, path.size())) {
            if (sn == 0) {
                return false;
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
        return sn == 0 && Arrays.equals(fr, oldRoot) && Arrays.equals(sr, newRoot);
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
