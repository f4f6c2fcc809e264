package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.roadloop.core.identity.Ed25519;
import org.roadloop.core.identity.Signer;

/**
 * A text with signatures (签名文书), C2SP signed-note, and the checkpoint inside one, C2SP
 * tlog-checkpoint. Signature type 0x01, Ed25519.
 */
public final class SignedNote {
    /** C2SP signed-note: signature type of Ed25519. */
    static final byte ED25519 = 0x01;

    private static final String DASH = "\u2014 ";

    private SignedNote() {}

    /**
     * A key that notes are verified with.
     *
     * @param name no white space and no '+'; for a log its origin
     */
    public record VerifierKey(String name, PublicKey publicKey) {
        public VerifierKey {
            if (name.isEmpty() || name.contains("+") || name.chars().anyMatch(SignedNote::space)) {
                throw new IllegalArgumentException(
                        "key name '" + name + "' is empty or has white space or '+'");
            }
        }

        /** Reads {@code name+hash+base64(type, key)}. */
        public static VerifierKey parse(String vkey) {
            String[] parts = vkey.strip().split("\\+", 3);
            if (parts.length != 3) {
                throw new IllegalArgumentException(
                        "verifier key '" + vkey + "' is not of the form name+hash+key");
            }
            byte[] typed;
            try {
                typed = Base64.getDecoder().decode(parts[2]);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("verifier key '" + vkey + "': no base64", e);
            }
            if (typed.length != 33 || typed[0] != ED25519) {
                throw new IllegalArgumentException(
                        "verifier key '" + vkey + "' is not of type 1 (Ed25519)");
            }
            VerifierKey key =
                    new VerifierKey(parts[0], Ed25519.publicKey(Arrays.copyOfRange(typed, 1, 33)));
            if (!HexFormat.of().formatHex(key.hash()).equals(parts[1])) {
                throw new IllegalArgumentException(
                        "verifier key '"
                                + vkey
                                + "' has key hash "
                                + parts[1]
                                + ", its name and key give "
                                + HexFormat.of().formatHex(key.hash()));
            }
            return key;
        }

        /** First four bytes of SHA-256 over name, newline, type and key. */
        byte[] hash() {
            byte[] head = (name + "\n").getBytes(UTF_8);
            byte[] input = ByteBuffer.allocate(head.length + 33).put(head).put(typedKey()).array();
            return Arrays.copyOf(Payloads.sha256(input), 4);
        }

        private byte[] typedKey() {
            return ByteBuffer.allocate(33)
                    .put(ED25519)
                    .put(Ed25519.rawPublicKey(publicKey))
                    .array();
        }

        @Override
        public String toString() {
            return name
                    + "+"
                    + HexFormat.of().formatHex(hash())
                    + "+"
                    + Base64.getEncoder().encodeToString(typedKey());
        }
    }

    /** A note that can't be believed, and where it stops making sense. */
    public static final class InvalidNoteException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int byteOffset;

        InvalidNoteException(String message, int byteOffset) {
            super(message);
            this.byteOffset = byteOffset;
        }

        public int byteOffset() {
            return byteOffset;
        }
    }

    static String sign(String text, String name, Signer signer) {
        VerifierKey key = new VerifierKey(name, signer.publicKey());
        byte[] signature = signer.sign(text.getBytes(UTF_8));
        byte[] line =
                ByteBuffer.allocate(4 + signature.length).put(key.hash()).put(signature).array();
        return text + "\n" + DASH + name + " " + Base64.getEncoder().encodeToString(line) + "\n";
    }

    static Checkpoint checkpoint(String origin, long size, byte[] root, Signer signer) {
        String text = origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root) + "\n";
        return new Checkpoint(origin, size, root, sign(text, origin, signer));
    }

    /**
     * The text of a note that at least one of the keys has signed.
     *
     * @throws InvalidNoteException if none has, or a known key's signature does not verify
     */
    public static String verify(String note, List<VerifierKey> keys) {
        int split = note.lastIndexOf("\n\n");
        if (split < 0) {
            throw new InvalidNoteException("no blank line before the signatures", 0);
        }
        String text = note.substring(0, split + 1);
        if (!note.endsWith("\n")) {
            throw new InvalidNoteException("does not end with a newline", bytes(note) - 1);
        }
        boolean signed = false;
        int at = split + 2;
        while (at < note.length()) {
            int end = note.indexOf('\n', at);
            String line = note.substring(at, end);
            int offset = bytes(note.substring(0, at));
            String[] parts = line.split(" ", -1);
            if (!line.startsWith(DASH) || parts.length != 3) {
                throw new InvalidNoteException("is not a signature line", offset);
            }
            byte[] value = base64(parts[2], offset + bytes(DASH + parts[1]) + 1);
            for (VerifierKey key : keys) {
                if (key.name().equals(parts[1])
                        && value.length > 4
                        && Arrays.equals(value, 0, 4, key.hash(), 0, 4)) {
                    if (!Ed25519.verify(
                            key.publicKey(),
                            text.getBytes(UTF_8),
                            Arrays.copyOfRange(value, 4, value.length))) {
                        throw new InvalidNoteException(
                                "signature of " + key.name() + " does not verify", offset);
                    }
                    signed = true;
                }
            }
            at = end + 1;
        }
        if (!signed) {
            throw new InvalidNoteException(
                    "no signature by "
                            + String.join(" or ", keys.stream().map(Object::toString).toList()),
                    bytes(note.substring(0, split + 2)));
        }
        return text;
    }

    /** Reads and verifies a checkpoint. */
    public static Checkpoint parseCheckpoint(String note, List<VerifierKey> keys) {
        verify(note, keys);
        return parseCheckpointUnverified(note);
    }

    /** Reads a checkpoint without asking who signed it. */
    static Checkpoint parseCheckpointUnverified(String note) {
        String[] lines = note.split("\n", -1);
        if (lines.length < 4 || lines[0].isEmpty()) {
            throw new InvalidNoteException("has no origin, size and root", 0);
        }
        int sizeAt = bytes(lines[0]) + 1;
        if (!lines[1].matches("0|[1-9][0-9]{0,17}")) {
            throw new InvalidNoteException("tree size is not a decimal number", sizeAt);
        }
        int rootAt = sizeAt + bytes(lines[1]) + 1;
        byte[] root = base64(lines[2], rootAt);
        if (root.length != TreeHash.BYTES) {
            throw new InvalidNoteException(
                    "root hash has " + root.length + " bytes, not 32", rootAt);
        }
        return new Checkpoint(lines[0], Long.parseLong(lines[1]), root, note);
    }

    /** Base64 that would be written the same again: unused bits are no hiding place. */
    private static byte[] base64(String text, int offset) {
        try {
            byte[] value = Base64.getDecoder().decode(text);
            if (Base64.getEncoder().encodeToString(value).equals(text)) {
                return value;
            }
        } catch (IllegalArgumentException malformed) {
            // said below
        }
        throw new InvalidNoteException("is not canonical base64", offset);
    }

    private static int bytes(String text) {
        return text.getBytes(UTF_8).length;
    }

    private static boolean space(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }
}
