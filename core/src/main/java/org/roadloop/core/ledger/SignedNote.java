package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.roadloop.core.identity.KeyAlgorithm;
import org.roadloop.core.identity.Signer;

/**
 * A text with signatures (签名文书), C2SP signed-note, and the checkpoint inside one, C2SP
 * tlog-checkpoint. Kinds of signature: {@link NoteSignatureType}. Any thread.
 */
public final class SignedNote {
    /** Signature lines that are read at most; the specification wants 16 accepted. */
    public static final int MAX_SIGNATURES = 100;

    /** The end of the year 9999: what no calendar can show was never a time of signing. */
    private static final long LAST_SECOND = 253_402_300_799L;

    private static final String DASH = "\u2014 ";

    private SignedNote() {}

    /**
     * A key that notes are verified with.
     *
     * @param name no white space and no '+'; for a log its origin
     */
    public record VerifierKey(String name, NoteSignatureType type, PublicKey publicKey) {
        public VerifierKey {
            if (!isName(name)) {
                throw new IllegalArgumentException(
                        "key name '" + name + "' is empty or has white space or '+'");
            }
            if (KeyAlgorithm.of(publicKey) != type.algorithm()) {
                throw new IllegalArgumentException(
                        "a key of type " + type + " is " + type.algorithm().label());
            }
        }

        /** The key of a log, of the type by which logs sign. */
        public VerifierKey(String name, PublicKey publicKey) {
            this(name, NoteSignatureType.of(KeyAlgorithm.of(publicKey)), publicKey);
        }

        /** The key of a witness. */
        public static VerifierKey cosigner(String name, PublicKey publicKey) {
            return new VerifierKey(
                    name, NoteSignatureType.cosignature(KeyAlgorithm.of(publicKey)), publicKey);
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
            NoteSignatureType type = type(typed, vkey);
            VerifierKey key =
                    new VerifierKey(parts[0], type, type.algorithm().publicKey(type.rawKey(typed)));
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

        private static NoteSignatureType type(byte[] typed, String vkey) {
            for (NoteSignatureType type : NoteSignatureType.values()) {
                if (type.types(typed)) {
                    return type;
                }
            }
            throw new IllegalArgumentException(
                    "verifier key '"
                            + vkey
                            + "' is of none of the types 1 (Ed25519), 4 (Ed25519 cosignature), 255"
                            + " (SM2)");
        }

        /** First four bytes of SHA-256 over name, newline, type and key. */
        byte[] hash() {
            byte[] head = (name + "\n").getBytes(UTF_8);
            byte[] typed = typedKey();
            byte[] input =
                    ByteBuffer.allocate(head.length + typed.length).put(head).put(typed).array();
            return Arrays.copyOf(Payloads.sha256(input), 4);
        }

        private byte[] typedKey() {
            return type.typedKey(type.algorithm().rawPublicKey(publicKey));
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

    /**
     * A signature that verified.
     *
     * @param timeSeconds of a cosignature: seconds since 1970, not negative; else -1
     */
    public record Signature(VerifierKey key, long timeSeconds) {}

    /**
     * A note whose signatures verified.
     *
     * @param text without the signatures, with its last newline
     * @param signatures at least one, at most one a key, in the order of the note
     */
    public record Verified(String text, List<Signature> signatures) {
        public Verified {
            signatures = List.copyOf(signatures);
        }

        public boolean signedBy(VerifierKey key) {
            return signatures.stream().anyMatch(s -> s.key().equals(key));
        }
    }

    /** A note of a text and one signature, of the type by which a log signs. */
    public static String sign(String text, String name, Signer signer) {
        return text + "\n" + line(text, new VerifierKey(name, signer.publicKey()), signer, -1);
    }

    /**
     * The line by which a witness cosigns a checkpoint, with its newline.
     *
     * @param name of the witness
     * @param timeSeconds since 1970, not negative
     */
    public static String cosignature(String note, String name, Signer signer, long timeSeconds) {
        if (timeSeconds < 0) {
            throw new IllegalArgumentException("time " + timeSeconds + " s is before 1970");
        }
        String text = split(note).text();
        parseCheckpointUnverified(note);
        return line(text, VerifierKey.cosigner(name, signer.publicKey()), signer, timeSeconds);
    }

    private static String line(String text, VerifierKey key, Signer signer, long timeSeconds) {
        byte[] signature = signer.sign(key.type().message(text, timeSeconds));
        byte[] packed = key.type().packed(timeSeconds, signature);
        byte[] value = ByteBuffer.allocate(4 + packed.length).put(key.hash()).put(packed).array();
        return DASH + key.name() + " " + Base64.getEncoder().encodeToString(value) + "\n";
    }

    /**
     * The note with further signature lines, of which nothing is verified here. A line of a key
     * that has signed already takes the place of the former.
     *
     * @param lines one or more, each with its newline
     */
    public static String add(String note, String lines) {
        Parts parts = split(note);
        Map<String, String> byKey = new LinkedHashMap<>();
        for (Line line : parts.lines()) {
            byKey.put(
                    line.name() + " " + HexFormat.of().formatHex(line.value(), 0, 4), line.text());
        }
        for (Line line : lines(lines, 0, 0)) {
            byKey.put(
                    line.name() + " " + HexFormat.of().formatHex(line.value(), 0, 4), line.text());
        }
        if (byKey.size() > MAX_SIGNATURES) {
            throw new IllegalArgumentException(
                    "the note would have "
                            + byKey.size()
                            + " signatures, more than "
                            + MAX_SIGNATURES);
        }
        return parts.text() + "\n" + String.join("\n", byKey.values()) + "\n";
    }

    static Checkpoint checkpoint(String origin, long size, byte[] root, Signer signer) {
        String text = origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root) + "\n";
        return new Checkpoint(origin, size, root, sign(text, origin, signer));
    }

    /**
     * Asks who of the keys has signed. Lines of other keys are passed over, and so is a second line
     * of the same key.
     *
     * @throws InvalidNoteException if none has, or a known key's signature does not verify
     */
    public static Verified verify(String note, List<VerifierKey> keys) {
        Parts parts = split(note);
        List<Signature> found = new ArrayList<>();
        for (Line line : parts.lines()) {
            for (VerifierKey key : keys) {
                if (line.isBy(key) && found.stream().noneMatch(s -> s.key().equals(key))) {
                    found.add(new Signature(key, verified(parts.text(), line, key)));
                }
            }
        }
        if (found.isEmpty()) {
            throw new InvalidNoteException(
                    "no signature by "
                            + String.join(" or ", keys.stream().map(Object::toString).toList()),
                    bytes(parts.text()) + 1);
        }
        return new Verified(parts.text(), found);
    }

    /** True if a signature line names one of the keys; nothing is verified. */
    public static boolean names(String note, List<VerifierKey> keys) {
        return split(note).lines().stream().anyMatch(line -> keys.stream().anyMatch(line::isBy));
    }

    /** Who the lines of a note say they are by, {@code NAME+HASH}; nothing is verified. */
    static List<String> signers(String note) {
        return split(note).lines().stream()
                .map(line -> line.name() + "+" + HexFormat.of().formatHex(line.value(), 0, 4))
                .toList();
    }

    private static long verified(String text, Line line, VerifierKey key) {
        byte[] packed = Arrays.copyOfRange(line.value(), 4, line.value().length);
        NoteSignatureType type = key.type();
        long timeSeconds = type.timeSeconds(packed);
        if ((type.timed() && (timeSeconds < 0 || timeSeconds > LAST_SECOND))
                || !type.algorithm()
                        .verify(
                                key.publicKey(),
                                type.message(text, timeSeconds),
                                type.signature(packed))) {
            throw new InvalidNoteException(
                    "signature of " + key.name() + " does not verify", line.byteOffset());
        }
        return timeSeconds;
    }

    /** Reads a checkpoint that the log itself has signed with one of the keys. */
    public static Checkpoint parseCheckpoint(String note, List<VerifierKey> keys) {
        Verified verified = verify(note, keys);
        Checkpoint checkpoint = parseCheckpointUnverified(note);
        if (verified.signatures().stream().allMatch(s -> s.key().type().timed())) {
            throw new InvalidNoteException(
                    "only witnesses have signed it, not the log", bytes(verified.text()) + 1);
        }
        return checkpoint;
    }

    /** Reads a checkpoint without asking who signed it. */
    public static Checkpoint parseCheckpointUnverified(String note) {
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

    /** A note taken apart; {@code text} with its last newline, without the blank line. */
    private record Parts(String text, List<Line> lines) {}

    /**
     * A signature line.
     *
     * @param text without its newline
     * @param value key ID and signature, at least 5 bytes
     */
    private record Line(String text, String name, byte[] value, int byteOffset) {
        boolean isBy(VerifierKey key) {
            return key.name().equals(name) && Arrays.equals(value, 0, 4, key.hash(), 0, 4);
        }
    }

    private static Parts split(String note) {
        int split = note.lastIndexOf("\n\n");
        if (split < 0) {
            throw new InvalidNoteException("no blank line before the signatures", 0);
        }
        if (!note.endsWith("\n")) {
            throw new InvalidNoteException("does not end with a newline", bytes(note) - 1);
        }
        for (int i = 0; i < note.length(); i++) {
            if (note.charAt(i) < 0x20 && note.charAt(i) != '\n') {
                throw new InvalidNoteException(
                        "has a control character", bytes(note.substring(0, i)));
            }
        }
        return new Parts(
                note.substring(0, split + 1),
                lines(note, split + 2, bytes(note.substring(0, split + 2))));
    }

    private static List<Line> lines(String note, int from, int fromByte) {
        List<Line> lines = new ArrayList<>();
        int at = from;
        int offset = fromByte;
        while (at < note.length()) {
            int end = note.indexOf('\n', at);
            String line = note.substring(at, end < 0 ? note.length() : end);
            String[] parts = line.split(" ", -1);
            if (end < 0 || !line.startsWith(DASH) || parts.length != 3 || !isName(parts[1])) {
                // or the line break before it is damage that cut a line in two
                throw new InvalidNoteException(
                        "is not a signature line", lines.isEmpty() ? offset : offset - 1);
            }
            byte[] value = base64(parts[2], offset + bytes(DASH + parts[1]) + 1);
            if (value.length < 5) {
                throw new InvalidNoteException("is not a signature line", offset);
            }
            if (lines.size() == MAX_SIGNATURES) {
                throw new InvalidNoteException(
                        "has more than " + MAX_SIGNATURES + " signatures", offset);
            }
            lines.add(new Line(line, parts[1], value, offset));
            offset += bytes(line) + 1;
            at = end + 1;
        }
        return lines;
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

    private static boolean isName(String name) {
        return !name.isEmpty()
                && !name.contains("+")
                && name.chars()
                        .noneMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c));
    }
}
