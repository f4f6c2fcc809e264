package org.roadloop.core.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.util.Locale;

/** How a key of epoch 2 or later came into use (密钥交接), and who vouches for it. */
public sealed interface KeyHandover {
    /** Why a key is replaced without its own word. */
    enum Because {
        /** Nobody has it any more. */
        LOST,
        /** Somebody else may have it too. */
        LEAKED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The key before it vouches for it.
     *
     * @param continuity signature by that key over {@link #continuityClaim}
     */
    record Rotated(byte[] continuity) implements KeyHandover {}

    /**
     * Another key of the same home vouches for it.
     *
     * @param by DID URL of the voucher, {@code did#participant-1}; empty if nobody vouches
     * @param signature by the voucher over {@link #replacementClaim}; empty if nobody vouches
     */
    record Replaced(Because because, String by, byte[] signature) implements KeyHandover {}

    /** {@code roadloop-key-continuity}, name and epoch, a line each, then the key. */
    static byte[] continuityClaim(String name, int epoch, PublicKey key) {
        return claim("roadloop-key-continuity\n" + name + "\n" + epoch + "\n", key);
    }

    /** {@code roadloop-key-replacement}, name, epoch and reason, a line each, then the key. */
    static byte[] replacementClaim(String name, int epoch, Because because, PublicKey key) {
        return claim(
                "roadloop-key-replacement\n" + name + "\n" + epoch + "\n" + because.word() + "\n",
                key);
    }

    /** Then the SubjectPublicKeyInfo, DER. */
    private static byte[] claim(String head, PublicKey key) {
        byte[] first = head.getBytes(UTF_8);
        byte[] encoded = key.getEncoded();
        return ByteBuffer.allocate(first.length + encoded.length).put(first).put(encoded).array();
    }
}
