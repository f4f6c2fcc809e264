package org.roadloop.outside;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;

/**
 * A verifier as an outsider would write it: from RFC 6962, C2SP tlog-tiles, signed-note and
 * tlog-checkpoint, with the JDK alone. It must not import anything of the log it judges.
 *
 * <p>The tree is built on a stack of complete subtrees, as a binary counter; proofs are followed by
 * the recursive definitions of RFC 6962 §2.1.1 and §2.1.2.
 */
final class OutsideVerifier {
    /** Why a log is not believed. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String why) {
            super(why);
        }
    }

    /**
     * A log that is believed.
     *
     * @param files that this rests on
     */
    record Head(String origin, long size, byte[] root, List<Path> files) {}

    /** A complete subtree of 2^height leaves. */
    private record Node(int height, long number, byte[] hash) {}

    private final Path dir;
    private final List<Path> files = new ArrayList<>();
    private long size;

    private OutsideVerifier(Path dir) {
        this.dir = dir;
    }

    static Head verify(Path dir, String vkey)
            throws Refused, IOException, GeneralSecurityException {
        return new OutsideVerifier(dir).run(vkey);
    }

    private Head run(String vkey) throws Refused, IOException, GeneralSecurityException {
        String note = new String(read(dir.resolve("checkpoint")), StandardCharsets.UTF_8);
        String text = signedText(note, vkey);
        String[] lines = text.split("\n", -1);
        demand(lines.length >= 4, "checkpoint has no three lines");
        demand(lines[0].equals(vkey.substring(0, vkey.indexOf('+'))), "checkpoint of another log");
        demand(lines[1].matches("0|[1-9][0-9]*"), "size is not decimal");
        size = Long.parseLong(lines[1]);
        byte[] root = Base64.getDecoder().decode(lines[2]);
        byte[] own = rootOfEntries();
        demand(Arrays.equals(root, own), "entries hash to " + HexFormat.of().formatHex(own));
        return new Head(lines[0], size, root, List.copyOf(files));
    }

    /** The text above the signatures, if the key has signed it. */
    static String signedText(String note, String vkey) throws Refused, GeneralSecurityException {
        int nameEnd = vkey.indexOf('+');
        int idEnd = vkey.indexOf('+', nameEnd + 1);
        String name = vkey.substring(0, nameEnd);
        byte[] typed = Base64.getDecoder().decode(vkey.substring(idEnd + 1));
        demand(typed.length == 33 && typed[0] == 1, "the key is not Ed25519");
        byte[] id = vkeyId(name, typed);
        demand(
                HexFormat.of().formatHex(id).equals(vkey.substring(nameEnd + 1, idEnd)),
                "the key's hash is not its own");
        int blank = note.lastIndexOf("\n\n");
        demand(blank > 0 && note.endsWith("\n"), "this is no signed note");
        String text = note.substring(0, blank + 1);
        for (String line : note.substring(blank + 2).split("\n")) {
            String[] words = line.split(" ");
            demand(words.length == 3 && words[0].equals("—"), "not a signature line: " + line);
            byte[] value = base64(words[2]);
            if (words[1].equals(name) && Arrays.equals(id, Arrays.copyOf(value, 4))) {
                Signature ed25519 = Signature.getInstance("Ed25519");
                ed25519.initVerify(key(Arrays.copyOfRange(typed, 1, 33)));
                ed25519.update(text.getBytes(StandardCharsets.UTF_8));
                byte[] signature = Arrays.copyOfRange(value, 4, value.length);
                demand(verifies(ed25519, signature), "the signature does not verify");
                return text;
            }
        }
        throw new Refused("the key has not signed");
    }

    /** 64 bytes that are no signature at all make the JDK throw. */
    private static boolean verifies(Signature ed25519, byte[] signature) {
        try {
            return signature.length == 64 && ed25519.verify(signature);
        } catch (GeneralSecurityException noPointOnTheCurve) {
            return false;
        }
    }

    /** A character that decodes to the same bits is a change, too. */
    private static byte[] base64(String text) throws Refused {
        byte[] value;
        try {
            value = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new Refused("not base64: " + text);
        }
        demand(Base64.getEncoder().encodeToString(value).equals(text), "not base64: " + text);
        return value;
    }

    private static byte[] vkeyId(String name, byte[] typed) throws GeneralSecurityException {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        sha.update(name.getBytes(StandardCharsets.UTF_8));
        sha.update((byte) '\n');
        return Arrays.copyOf(sha.digest(typed), 4);
    }

    /** RFC 8410: the raw key behind the fixed head of its SubjectPublicKeyInfo. */
    private static PublicKey key(byte[] raw) throws GeneralSecurityException {
        String spki = "302a300506032b6570032100" + HexFormat.of().formatHex(raw);
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(HexFormat.of().parseHex(spki)));
    }

    private byte[] rootOfEntries() throws Refused, IOException, GeneralSecurityException {
        ArrayDeque<Node> stack = new ArrayDeque<>();
        for (long bundle = 0; bundle * 256 < size; bundle++) {
            int count = (int) Math.min(256, size - bundle * 256);
            byte[] bytes = file("entries", bundle, count);
            int at = 0;
            for (int i = 0; i < count; i++) {
                demand(at + 2 <= bytes.length, "bundle " + bundle + " ends early");
                int length =
                        Byte.toUnsignedInt(bytes[at]) * 256 + Byte.toUnsignedInt(bytes[at + 1]);
                demand(at + 2 + length <= bytes.length, "bundle " + bundle + " ends early");
                push(
                        stack,
                        new Node(
                                0,
                                bundle * 256 + i,
                                sha(0, Arrays.copyOfRange(bytes, at + 2, at + 2 + length))));
                at += 2 + length;
            }
            demand(at == bytes.length, "bundle " + bundle + " goes on");
        }
        if (stack.isEmpty()) {
            return MessageDigest.getInstance("SHA-256").digest();
        }
        Iterator<Node> smallestFirst = stack.iterator();
        byte[] root = smallestFirst.next().hash();
        while (smallestFirst.hasNext()) {
            root = sha(1, smallestFirst.next().hash(), root);
        }
        return root;
    }

    private void push(ArrayDeque<Node> stack, Node leaf)
            throws Refused, IOException, GeneralSecurityException {
        Node node = leaf;
        compareWithTile(node);
        while (!stack.isEmpty() && stack.peek().height() == node.height()) {
            Node left = stack.pop();
            node = new Node(node.height() + 1, left.number() / 2, sha(1, left.hash(), node.hash()));
            compareWithTile(node);
        }
        stack.push(node);
    }

    private final byte[][] tiles = new byte[8][];
    private final long[] tileNumbers = new long[8];

    /** Every eighth level of the tree is kept in tiles. */
    private void compareWithTile(Node node) throws Refused, IOException {
        if (node.height() % 8 != 0) {
            return;
        }
        int level = node.height() / 8;
        long tile = node.number() / 256;
        if (tiles[level] == null || tileNumbers[level] != tile) {
            long hashesOfLevel = size >>> node.height();
            int width = (int) Math.min(256, hashesOfLevel - tile * 256);
            tiles[level] = file(Integer.toString(level), tile, width);
            tileNumbers[level] = tile;
            demand(
                    tiles[level].length == 32 * width,
                    "tile " + level + "/" + tile + " has " + tiles[level].length + " bytes");
        }
        int at = 32 * (int) (node.number() % 256);
        demand(
                Arrays.equals(Arrays.copyOfRange(tiles[level], at, at + 32), node.hash()),
                "tile " + level + "/" + tile + " hash " + node.number() % 256);
    }

    private byte[] file(String kind, long n, int width) throws Refused, IOException {
        StringBuilder number = new StringBuilder();
        String digits = Long.toString(n);
        digits = "0".repeat((3 - digits.length() % 3) % 3) + digits;
        for (int i = 0; i < digits.length(); i += 3) {
            boolean last = i + 3 == digits.length();
            number.append(last ? "" : "x").append(digits, i, i + 3).append(last ? "" : "/");
        }
        Path full = dir.resolve("tile").resolve(kind).resolve(number.toString());
        return width == 256
                ? read(full)
                : read(full.resolveSibling(full.getFileName() + ".p").resolve("" + width));
    }

    private byte[] read(Path file) throws Refused, IOException {
        demand(Files.isRegularFile(file), file + " is missing");
        files.add(file);
        return Files.readAllBytes(file);
    }

    /** RFC 6962 §2.1.1: the root that a leaf and its audit path lead to. */
    static boolean includes(long index, long size, byte[] leaf, List<byte[]> path, byte[] root)
            throws GeneralSecurityException {
        if (index < 0 || index >= size || leaf.length != 32) {
            return false;
        }
        ArrayDeque<byte[]> rest = new ArrayDeque<>(path);
        byte[] own = up(index, size, leaf, rest);
        return own != null && rest.isEmpty() && Arrays.equals(own, root);
    }

    private static byte[] up(long m, long n, byte[] leaf, ArrayDeque<byte[]> path)
            throws GeneralSecurityException {
        if (n == 1) {
            return leaf;
        }
        byte[] sibling = path.pollLast();
        if (sibling == null || sibling.length != 32) {
            return null;
        }
        long k = Long.highestOneBit(n - 1);
        byte[] below = m < k ? up(m, k, leaf, path) : up(m - k, n - k, leaf, path);
        return below == null ? null : m < k ? sha(1, below, sibling) : sha(1, sibling, below);
    }

    /** RFC 6962 §2.1.2. From an empty tree nothing is proven. */
    static boolean extendsTree(
            long oldSize, long newSize, List<byte[]> path, byte[] oldRoot, byte[] newRoot)
            throws GeneralSecurityException {
        if (oldSize < 0 || newSize < oldSize || (oldSize == 0 && newSize > 0)) {
            return false;
        }
        if (oldSize == newSize) {
            boolean rootOfNothing =
                    Arrays.equals(
                            oldRoot, MessageDigest.getInstance("SHA-256").digest(new byte[0]));
            return path.isEmpty()
                    && Arrays.equals(oldRoot, newRoot)
                    && (oldSize > 0 || rootOfNothing);
        }
        ArrayDeque<byte[]> rest = new ArrayDeque<>(path);
        byte[][] both = sub(oldSize, newSize, true, oldRoot, rest);
        return both != null
                && rest.isEmpty()
                && Arrays.equals(both[0], oldRoot)
                && Arrays.equals(both[1], newRoot);
    }

    /** The old and the new hash of one subtree. */
    private static byte[][] sub(
            long m, long n, boolean whole, byte[] oldRoot, ArrayDeque<byte[]> path)
            throws GeneralSecurityException {
        if (m == n && whole) {
            return new byte[][] {oldRoot, oldRoot};
        }
        byte[] hash = path.pollLast();
        if (hash == null || hash.length != 32) {
            return null;
        }
        if (m == n) {
            return new byte[][] {hash, hash};
        }
        long k = Long.highestOneBit(n - 1);
        byte[][] below =
                m <= k ? sub(m, k, whole, oldRoot, path) : sub(m - k, n - k, false, oldRoot, path);
        if (below == null) {
            return null;
        }
        return m <= k
                ? new byte[][] {below[0], sha(1, below[1], hash)}
                : new byte[][] {sha(1, hash, below[0]), sha(1, hash, below[1])};
    }

    static byte[] leafHash(byte[] leaf) throws GeneralSecurityException {
        return sha(0, leaf);
    }

    private static byte[] sha(int prefix, byte[]... parts) throws GeneralSecurityException {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        sha.update((byte) prefix);
        for (byte[] part : parts) {
            sha.update(part);
        }
        return sha.digest();
    }

    private static void demand(boolean holds, String otherwise) throws Refused {
        if (!holds) {
            throw new Refused(otherwise);
        }
    }
}
