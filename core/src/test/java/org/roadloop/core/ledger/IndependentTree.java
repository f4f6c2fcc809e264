package org.roadloop.core.ledger;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Reads a log directory and computes trees by the text of RFC 6962 §2.1 alone; shares no code with
 * the writer.
 */
final class IndependentTree {
    private final List<byte[]> leaves = new ArrayList<>();

    void add(byte[] leaf) {
        leaves.add(leaf);
    }

    byte[] root(int size) throws Exception {
        return mth(0, size);
    }

    /** MTH(D[from:until]). */
    byte[] mth(int from, int until) throws Exception {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        int n = until - from;
        if (n == 0) {
            return sha.digest();
        }
        if (n == 1) {
            sha.update((byte) 0);
            return sha.digest(leaves.get(from));
        }
        int k = 1;
        while (2 * k < n) {
            k *= 2;
        }
        byte[] left = mth(from, from + k);
        byte[] right = mth(from + k, until);
        sha.update((byte) 1);
        sha.update(left);
        return sha.digest(right);
    }

    /** Loads a log; throws unless its checkpoint is signed by the key and has this root. */
    static int verify(Path dir, byte[] rawKey) throws Exception {
        String note = Files.readString(dir.resolve("checkpoint"));
        String[] lines = note.split("\n");
        int size = Integer.parseInt(lines[1]);
        IndependentTree tree = new IndependentTree();
        for (int first = 0; first < size; first += 256) {
            int n = first / 256;
            int width = Math.min(256, size - first);
            String name = n < 1000 ? String.format("%03d", n) : "x001/" + (n % 1000);
            Path file = dir.resolve("tile/entries/" + name);
            if (!Files.exists(file)) {
                file = dir.resolve("tile/entries/" + name + ".p/" + width);
            }
            byte[] bundle = Files.readAllBytes(file);
            int at = 0;
            for (int i = 0; i < width; i++) {
                int length =
                        Byte.toUnsignedInt(bundle[at]) * 256 + Byte.toUnsignedInt(bundle[at + 1]);
                tree.add(Arrays.copyOfRange(bundle, at + 2, at + 2 + length));
                at += 2 + length;
            }
        }
        if (!Base64.getEncoder().encodeToString(tree.root(size)).equals(lines[2])) {
            throw new AssertionError("root of " + size + " entries is not that of the checkpoint");
        }
        byte[] text = (lines[0] + "\n" + lines[1] + "\n" + lines[2] + "\n").getBytes("UTF-8");
        byte[] line = Base64.getDecoder().decode(lines[4].split(" ")[2]);
        byte[] spki = new byte[44];
        System.arraycopy(
                new byte[] {0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0},
                0,
                spki,
                0,
                12);
        System.arraycopy(rawKey, 0, spki, 12, 32);
        PublicKey key =
                KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(spki));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(key);
        signature.update(text);
        if (!signature.verify(Arrays.copyOfRange(line, 4, line.length))) {
            throw new AssertionError("the checkpoint's signature does not verify");
        }
        return size;
    }
}
