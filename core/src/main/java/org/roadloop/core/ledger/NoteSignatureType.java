package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.roadloop.core.identity.KeyAlgorithm;

/**
 * The kinds of signature a note can carry (签名类型), C2SP signed-note: what is signed, and how the
 * type is written in a key.
 */
public enum NoteSignatureType {
    /** 0x01: Ed25519 over the text. */
    ED25519(KeyAlgorithm.ED25519, new byte[] {0x01}, false),

    /**
     * 0x04: Ed25519 cosignature/v1 of a checkpoint, with the time, C2SP tlog-cosignature.
     * Signature: 8 bytes POSIX seconds, big-endian, then the 64.
     */
    COSIGNATURE_V1(KeyAlgorithm.ED25519, new byte[] {0x04}, true),

    /**
     * 0xff, then the name of the type, as the specification wants it of a type without a byte of
     * its own: SM2 with SM3 over the text; r and s, 32 bytes each.
     */
    SM2(KeyAlgorithm.SM2, named("roadloop/sm2-sm3"), false),

    /** 0xff, then a name: as {@link #COSIGNATURE_V1}, signed with SM2. */
    SM2_COSIGNATURE_V1(KeyAlgorithm.SM2, named("roadloop/sm2-sm3-cosignature"), true);

    private static final int TIME_BYTES = 8;
    private final KeyAlgorithm algorithm;
    private final byte[] identifier;
    private final boolean timed;

    NoteSignatureType(KeyAlgorithm algorithm, byte[] identifier, boolean timed) {
        this.algorithm = algorithm;
        this.identifier = identifier;
        this.timed = timed;
    }

    private static byte[] named(String name) {
        byte[] bytes = name.getBytes(UTF_8);
        return ByteBuffer.allocate(1 + bytes.length).put((byte) 0xFF).put(bytes).array();
    }

    public KeyAlgorithm algorithm() {
        return algorithm;
    }

    /** True for a cosignature: it says when, and is made by a witness, not by the log. */
    public boolean timed() {
        return timed;
    }

    /** The type by which a log signs its own checkpoints with such a key. */
    public static NoteSignatureType of(KeyAlgorithm algorithm) {
        return switch (algorithm) {
            case ED25519 -> ED25519;
            case SM2 -> SM2;
            case P256 -> throw notForNotes(algorithm);
        };
    }

    /** The type by which a witness cosigns with such a key. */
    public static NoteSignatureType cosignature(KeyAlgorithm algorithm) {
        return switch (algorithm) {
            case ED25519 -> COSIGNATURE_V1;
            case SM2 -> SM2_COSIGNATURE_V1;
            case P256 -> throw notForNotes(algorithm);
        };
    }

    private static IllegalArgumentException notForNotes(KeyAlgorithm algorithm) {
        return new IllegalArgumentException(
                "logs and their witnesses sign with Ed25519 or SM2, not " + algorithm.label());
    }

    /** Type and raw public key, as in the third part of a verifier key. */
    byte[] typedKey(byte[] raw) {
        return ByteBuffer.allocate(identifier.length + raw.length).put(identifier).put(raw).array();
    }

    /** True if the bytes are this type's identifier and a key of its length. */
    boolean types(byte[] typedKey) {
        return typedKey.length == identifier.length + algorithm.rawBytes()
                && Arrays.equals(typedKey, 0, identifier.length, identifier, 0, identifier.length);
    }

    byte[] rawKey(byte[] typedKey) {
        return Arrays.copyOfRange(typedKey, identifier.length, typedKey.length);
    }

    /** The bytes that are signed. */
    byte[] message(String text, long timeSeconds) {
        return (timed ? "cosignature/v1\ntime " + timeSeconds + "\n" + text : text).getBytes(UTF_8);
    }

    /** What stands in the line after the key ID. */
    byte[] packed(long timeSeconds, byte[] signature) {
        return timed
                ? ByteBuffer.allocate(TIME_BYTES + signature.length)
                        .putLong(timeSeconds)
                        .put(signature)
                        .array()
                : signature;
    }

    /** Seconds since 1970, or -1 if it has none; negative also for a time beyond 2^63. */
    long timeSeconds(byte[] packed) {
        return timed && packed.length >= TIME_BYTES ? ByteBuffer.wrap(packed).getLong() : -1;
    }

    byte[] signature(byte[] packed) {
        return timed
                ? Arrays.copyOfRange(packed, Math.min(TIME_BYTES, packed.length), packed.length)
                : packed;
    }
}
